#include "report/fixtures_test.h"

#include <gtest/gtest.h>

namespace whydown::report {

using diagnosis::Argument;
using diagnosis::Diagnosis;
using diagnosis::Incident;
using diagnosis::Role;
using evidence::Outcome;
using evidence::Step;

namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kMinuteUs = 60'000'000;

// Packet n of the log begins on line 2n - 1: its records are two lines long.
base::Place packet(std::uint64_t number, std::int64_t time_us) {
  base::Place place;
  place.number = number;
  place.line = static_cast<std::uint32_t>(2 * number - 1);
  place.time = base::time_from_ns(time_us * 1000);
  return place;
}

constexpr std::int64_t kQueryUs = 13 * kHourUs + 24 * kMinuteUs + 32'192'571;
const std::vector<base::Place>& places() {
  static const std::vector<base::Place> list{packet(1, kQueryUs),
                                             packet(2, 13 * kHourUs + 24 * kMinuteUs + 36'098'564),
                                             packet(3, 13 * kHourUs + 26 * kMinuteUs + 32'192'571),
                                             packet(4, 13 * kHourUs + 27 * kMinuteUs + 15'934'126),
                                             packet(5, 13 * kHourUs + 28 * kMinuteUs + 32'192'571),
                                             packet(6, 13 * kHourUs + 28 * kMinuteUs + 50'022'967)};
  return list;
}
std::vector<base::Place> answers() { return {places()[1], places()[3], places()[5]}; }
std::vector<base::Place> queries() { return {places()[0], places()[2], places()[4]}; }

Argument argument(std::string fact, double db, std::string because) {
  return {std::move(fact), db, std::move(because), "", answers(), "RFC 1122 3.2.2.1"};
}

std::vector<diagnosis::RankedCause> dns_causes() {
  const auto alive = [](double db) {
    return argument("icmp.source_is_server", db,
                    "The error comes from the DNS server's own address, so the host is up.");
  };
  const auto act = [](double db) {
    return argument("icmp.explicit_error", db, "An explicit error came back; a drop sends none.");
  };
  return {
      {"service_down", "The DNS service is not running", 0.52, {alive(7)}, {}},
      {"firewall_reject_host", "A firewall on the host rejects UDP port 53", 0.23, {alive(7)}, {}},
      {"wrong_bind_address", "The service listens on another address", 0.11, {alive(7)}, {}},
      {"wrong_server_address", "The client asks a wrong resolver address", 0.07, {}, {}},
      {"flood", "A flood took the service down", 0.03, {}, {}},
      {"host_down", "The host is down", 0.00004, {}, {alive(-13)}},
      {"firewall_drop", "A firewall drops the packets silently", 0.00003, {}, {act(-13)}},
      {"path_loss", "Packets are lost on the way", 0.00003, {}, {act(-13)}},
      {"other", "Something else", 0.0399, {}, {}}};
}

std::vector<diagnosis::Check> dns_checks() {
  return {{"ss -lunp 'sport = :53'",
           "on the server",
           {"service_down", "wrong_bind_address", "firewall_reject_host"},
           {{"nothing is listed", "the service is not running."},
            {"only 127.0.0.1:53 is listed", "the service listens on the wrong address."},
            {"203.0.113.2:53 is listed", "the service runs, and a filter rejects the queries."}}},
          {"dig +tcp @203.0.113.2 yummyrecipesforme.com",
           "from the client",
           {"service_down", "firewall_reject_host"},
           {{"an answer", "the service runs, and only UDP is rejected."}}}};
}

Incident dns_incident() {
  Incident out;
  out.id = 1;
  out.fault = "dns.port_unreachable";
  out.kind = "fault";
  out.title = "The DNS server 203.0.113.2 refuses queries: UDP port 53 is unreachable";
  out.summary =
      "The name yummyrecipesforme.com could not be looked up, because the DNS server 203.0.113.2 "
      "turned every query away. The web server itself was never asked.";
  out.explanation =
      "The server's host answered each query with ICMP destination unreachable, port unreachable "
      "(type 3 code 3): the host is up, and nothing on it accepts UDP port 53.";
  out.step = Step::name;
  out.protocol = "DNS";
  out.transport = "udp";
  out.severity = "critical";
  out.service = {"domain", std::uint16_t{53}, {"203.0.113.2"}, {"yummyrecipesforme.com"}};
  out.clients = {1, true, {"192.51.100.15"}};
  out.impact = {{"192.51.100.15", 0, 3}};
  out.first = places().front().time;
  out.last = places().back().time;
  out.ongoing_at_end = true;
  out.attempts_total = 3;
  out.attempts_failed = 3;
  out.causes = dns_causes();
  out.facts = {{"icmp.source_is_server", true, "203.0.113.2 answers for itself", answers()},
               {"service.answered_before", false, "", {}}};
  out.inseparable = {{"service_down", "firewall_reject_host",
                      "a closed UDP port and a host's own REJECT rule send the same packets."}};
  out.checks = dns_checks();
  out.not_shown = {"Why the service stopped: that is in the server's logs, not in packets."};
  for (const base::Place& place : places()) {
    const bool query = place.number % 2 == 1;
    out.evidence.push_back(
        {place,
         query ? "192.51.100.15:52444 > 203.0.113.2:53 DNS query A yummyrecipesforme.com (id 35084)"
               : "203.0.113.2 > 192.51.100.15 ICMP destination unreachable, port unreachable "
                 "(type 3 code 3): UDP to 203.0.113.2 port 53 was not delivered",
         query ? Role::context : Role::symptom,
         {{"TTL", query ? "64" : "61"}}});
  }
  out.student = "Common misreadings: the error is no echo reply.";
  out.activity = {std::chrono::seconds{8},
                  {{places().front().time, 0, 1}, {places().back().time, 0, 2}}};
  out.marks = {{"onset", places().front(), "The first attempt that fails begins."},
               {"last_failure", places().back(), "The last attempt that fails begins."}};
  out.journey = {{Step::name, Outcome::refused, "All 3 lookups met an ICMP port unreachable."},
                 {Step::connect, Outcome::unknown, "No connection was attempted."}};
  return out;
}

base::InputInfo text_log() {
  base::InputInfo input;
  input.path = "incident.log";
  input.sha256 = std::string(64, 'a');
  input.format = "tcpdump-text";
  input.link_type = "text";
  input.bytes = 702;
  input.packets = 6;
  input.first_time = places().front().time;
  input.last_time = places().back().time;
  input.date_known = false;
  input.zone_known = false;
  input.is_text = true;
  return input;
}

base::InputInfo capture_file(std::string path) {
  base::InputInfo input;
  input.path = std::move(path);
  input.sha256 = std::string(64, 'b');
  input.format = "pcap";
  input.link_type = "EN10MB";
  input.bytes = 1'234'567;
  input.packets = 4321;
  input.first_time = base::time_from_ns(1'767'360'272'192'571'000);  // 2026-01-02T13:24:32.192571Z
  input.last_time = base::time_from_ns(1'767'360'299'000'000'000);
  return input;
}

}  // namespace

Diagnosis dns_refused() {
  Diagnosis out;
  out.verdict = diagnosis::Verdict::incident;
  out.verdict_text = "Name lookups fail: the DNS server refuses them.";
  out.incidents = {dns_incident()};
  using base::Severity;
  out.data_quality = {
      {"text.length_mismatch", Severity::note, "A query for this name takes 39 bytes, not 24.",
       queries(), 3},
      {"text.icmp_lengths", Severity::note,
       "The ICMP lengths (254, 320, 150) should be equal and 75.", answers(), 3},
      {"text.slow_refusal", Severity::note,
       "Answers after 4, 44 and 18 s are not how a closed port behaves.", answers(), 3},
      {"text.repeated_query", Severity::warning,
       "The same source port, query id and microseconds come three times.", queries(), 3}};
  out.not_attempted = {"HTTP (TCP port 80)", "HTTPS (TCP port 443)"};
  out.inputs = {text_log()};
  return out;
}

Diagnosis healthy() {
  Diagnosis out;
  out.verdict = diagnosis::Verdict::healthy;
  out.verdict_text = "All 12 attempts were served.";
  out.inputs = {capture_file("ok.pcap")};
  out.inputs[0].capture_drops = 0;
  return out;
}

Diagnosis inconclusive() {
  Diagnosis out;
  out.verdict = diagnosis::Verdict::inconclusive;
  out.verdict_text = "Only one direction was captured, so silence proves nothing.";
  out.data_quality = {{"capture.one_sided",
                       base::Severity::warning,
                       "No packet from any server is in the capture.",
                       {},
                       1}};
  out.inputs = {capture_file("one-sided.pcap")};
  out.inputs[0].snaplen = 96;
  out.inputs[0].filter = "port 53";
  return out;
}

Diagnosis hostile() {
  Diagnosis out = dns_refused();
  out.inputs = {capture_file("<b>a</b>|`x`.pcap"), capture_file("b\xff\x1b[2J.pcap")};
  Incident& first = out.incidents[0];
  first.service.names = {"<script>alert(1)</script>.example", "\x1b]0;owned\x07.example",
                         "a|b`c*[x](http://evil.example).example", "\xe2\x80\xaemoc.example"};
  first.title += " <img src=x onerror=alert(1)>\nNo incident found";
  first.evidence[0].text = "192.51.100.15:1 > 203.0.113.2:53 DNS query A \"><svg/onload=x>\r\n\x9b";
  first.evidence[1].place.input = 1;
  first.causes[0].arguments_for[0].packets[1].input = 1;
  Incident second = first;
  second.id = 2;
  second.title = "Second " + std::string("\x00\x7f", 2) + "\xc3(";
  out.incidents.push_back(second);
  return out;
}

Diagnosis bare() {
  Diagnosis out;
  out.verdict = diagnosis::Verdict::incident;
  Incident incident;
  incident.id = 1;
  incident.fault = "arp.no_reply";
  incident.kind = "fault";
  incident.title = "Nobody answers for 192.0.2.9";
  incident.summary = "The host cannot be reached on its own network.";
  incident.step = Step::address;
  incident.protocol = "ARP";
  incident.transport = "arp";
  incident.severity = "high";
  incident.service.servers = {"192.0.2.9"};
  incident.has_time = false;
  incident.causes = {{"host_down", "The host is down", 1.0 / 3, {}, {}},
                     {"wrong_server_address", "The address is wrong", 1.0 / 3, {}, {}},
                     {"other", "Something else", 1.0 / 3, {}, {}}};
  out.incidents = {incident};
  base::InputInfo input = text_log();
  input.first_time.reset();
  input.last_time.reset();
  out.inputs = {input};
  return out;
}

namespace {

std::string rendered(const Diagnosis& diagnosis, Format format, std::optional<Template> form) {
  Options options;
  options.format = format;
  options.form = form;
  options.version = "0.1.0";
  options.command = {"whydown", "report", "incident.log"};
  return render(diagnosis, options);
}

}  // namespace

std::string as_text(const Diagnosis& diagnosis) {
  return rendered(diagnosis, Format::text, std::nullopt);
}
std::string as_json(const Diagnosis& diagnosis) {
  return rendered(diagnosis, Format::json, std::nullopt);
}
std::string as_worksheet(const Diagnosis& diagnosis) {
  return rendered(diagnosis, Format::markdown, Template::worksheet);
}
std::string as_incident_form(const Diagnosis& diagnosis) {
  return rendered(diagnosis, Format::markdown, Template::incident);
}
std::string as_html(const Diagnosis& diagnosis) {
  return rendered(diagnosis, Format::html, std::nullopt);
}

std::string flat(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || out.empty() || out.back() != ' ') out += blank ? ' ' : c;
  }
  return out;
}

}  // namespace whydown::report
