#include "probe/check_actions.h"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <arpa/nameser.h>
#include <fmt/format.h>

#include "probe/authority.h"
#include "probe/connect.h"
#include "probe/dns_ask.h"
#include "probe/limits.h"
#include "probe/load.h"
#include "probe/next_hop.h"
#include "probe/path.h"
#include "probe/tls_versions.h"

namespace whydown::probe {
namespace {

using evidence::Truth;

std::uint16_t closed_port(const Subject& subject) {
  return subject.port == limits::kClosedPort ? limits::kClosedPort + 1 : limits::kClosedPort;
}

DnsQuestion question_of(const Subject& subject) {
  DnsQuestion question;
  question.server = subject.server;
  question.port = subject.port;
  question.name = subject.name;
  question.type = subject.type;
  question.is_tcp = subject.is_tcp;
  question.patience = limits::kCheckDns;
  return question;
}

// RFC 1035 4.1.1; the rcodes that an outage shows.
std::string rcode_words(std::uint16_t rcode) {
  switch (rcode) {
    case ns_r_noerror:
      return "an answer";
    case ns_r_formerr:
      return "FORMERR";
    case ns_r_servfail:
      return "SERVFAIL";
    case ns_r_nxdomain:
      return "NXDOMAIN";
    case ns_r_notimpl:
      return "NOTIMP";
    case ns_r_refused:
      return "REFUSED";
    default:
      return fmt::format("response code {}", rcode);
  }
}

std::string words_of(const DnsReply& reply) {
  if (reply.is_answer) return rcode_words(reply.rcode);
  return reply.is_refused ? "a refusal" : "no answer";
}

std::string words_of(int ended) {
  switch (ended) {
    case kServed:
      return "an answer";
    case 0:
    case ETIMEDOUT:
      return "no answer";
    case ECONNREFUSED:
      return "a refusal";
    case EHOSTUNREACH:
      return "an error: host unreachable, or forbidden";
    case ENETUNREACH:
      return "an error: network unreachable";
    default:
      return "an error";
  }
}

std::string question_words(const Subject& subject) {
  return fmt::format("{} of {}", subject.type_name, subject.name);
}

// The next hop on the way, where that is not the host itself.
std::optional<base::IpAddress> gateway_to(const base::IpAddress& host) {
  const auto next = next_hop(host);
  return next && *next != host ? next : std::nullopt;
}

// The URL of the page "/" of the same server; empty where that is the target, or it has none.
std::string front_page(const Target& target) {
  if (target.kind != TargetKind::url) return {};
  const std::size_t authority = target.text.find("://") + 3;
  const std::size_t path = target.text.find_first_of("/?#", authority);
  const bool is_front = path == std::string::npos || target.text.substr(path) == "/";
  return is_front ? std::string() : target.text.substr(0, path) + "/";
}

std::string endpoint_words(const base::IpAddress& address, std::uint16_t port) {
  return fmt::format("{} port {}", address.to_string(), port);
}

}  // namespace

std::string top_of(const std::string& name) {
  const std::size_t end = name.ends_with('.') ? name.size() - 1 : name.size();
  const std::size_t dot = name.rfind('.', end == 0 ? 0 : end - 1);
  return dot == std::string::npos ? std::string() : name.substr(dot + 1, end - dot - 1);
}

const Resolver* Actions::other_resolver(const Subject& subject) const {
  const auto found = std::ranges::find_if(
      tools_.others, [&](const Resolver& resolver) { return resolver.address != subject.server; });
  return found == tools_.others.end() ? nullptr : &*found;
}

std::string Actions::plan(const std::string& sends, const Subject& subject) const {
  const std::string server = endpoint_words(subject.server, subject.port);
  if (sends == "closed-port") {
    return fmt::format("{} to {} port {}, which hardly anybody uses",
                       subject.is_tcp ? "a TCP SYN" : "a UDP datagram", subject.server.to_string(),
                       closed_port(subject));
  }
  if (sends == "tcp-tos") {
    const bool can_compare = tools_.echo.can_ask(subject.server);
    return fmt::format(
        "a TCP SYN with type of service 0x{:02x} to {}{}", limits::kTypeOfService, server,
        can_compare ? " and a ping with the same, to see whether the way keeps it" : "");
  }
  if (sends == "echo") {
    const bool can_ask = tools_.echo.can_ask(subject.server);
    return can_ask ? "an ICMP echo request to " + subject.server.to_string() : std::string();
  }
  if (sends == "gateway") {
    const auto gateway = gateway_to(subject.server);
    const bool can_ask = gateway && tools_.echo.can_ask(*gateway);
    return can_ask ? fmt::format("an ICMP echo request to the gateway {}", gateway->to_string())
                   : std::string();
  }
  if (sends == "path-ttl") {
    if (!tools_.echo.can_ask(subject.server) || !gateway_to(subject.server)) return {};
    return fmt::format(
        "ICMP echo requests to {} with a limited time to live, and one packet to port {} that ends "
        "a hop before it",
        subject.server.to_string(), subject.port);
  }
  if (sends == "tls-versions") {
    return "a TLS handshake that offers also the versions before 1.2 to " + server;
  }
  if (sends == "http-front-page") {
    const std::string page = front_page(tools_.target);
    return page.empty() ? std::string() : fmt::format("GET {} to {}", page, server);
  }
  return subject.name.empty() ? std::string() : plan_for_names(sends, subject);
}

std::string Actions::plan_for_names(const std::string& sends, const Subject& subject) const {
  const std::string server = endpoint_words(subject.server, subject.port);
  const std::string question = question_words(subject);
  if (sends == "dns-tcp") {
    return subject.is_tcp ? std::string() : fmt::format("{} over TCP to {}", question, server);
  }
  if (sends == "dns-cd") {
    return fmt::format("{} to {}, without a check of signatures (CD)", question, server);
  }
  if (sends == "dns-edns") {
    return fmt::format("{} to {} with EDNS, so that it may say why", question, server);
  }
  if (sends == "dns-sizes") {
    return fmt::format("{} to {} with room for 4096, 1232 and 512 bytes, and without EDNS",
                       question, server);
  }
  if (sends == "dns-other-name") {
    const std::string top = top_of(subject.name);
    return top.empty() ? std::string() : fmt::format("NS of {} to {}", top, server);
  }
  if (sends == "dns-resolver") {
    const Resolver* other = other_resolver(subject);
    if (other == nullptr) return {};
    return fmt::format("{} to the other resolver {}", question,
                       endpoint_words(other->address, other->port));
  }
  if (sends == "dns-authority") {
    return fmt::format("{} to the servers that hold the name, asked for at {}", question, server);
  }
  return {};
}

Heard Actions::ask(const std::string& sends, const Subject& subject) {
  if (sends == "closed-port") return ask_closed_port(subject);
  if (sends == "tcp-tos") return ask_with_type_of_service(subject);
  if (sends == "echo") return ask_echo(subject);
  if (sends == "dns-other-name") return ask_other_name(subject);
  if (sends == "dns-resolver") return ask_other_resolver(subject);
  if (sends == "dns-authority") return ask_authority(subject);
  if (sends == "dns-sizes") return ask_sizes(subject);
  if (sends == "gateway") return ask_gateway(subject);
  if (sends == "path-ttl") return refused_before(subject, tools_);
  if (sends == "tls-versions") return ask_old_versions(subject, tools_.target.host, tools_);
  if (sends == "http-front-page") return ask_front_page(subject);
  return ask_dns_again(sends, subject);
}

Heard Actions::ask_dns_again(const std::string& sends, const Subject& subject) {
  DnsQuestion question = question_of(subject);
  if (sends == "dns-tcp") {
    question.is_tcp = true;
    question.patience = limits::kCheckDnsTcp;
  }
  if (sends == "dns-cd") {
    question.is_checking_disabled = true;
    question.wants_signatures = true;
  }
  if (sends != "dns-tcp") question.edns_size = limits::kEdnsSize;
  return {words_of(ask_dns(question, tools_.clock, tools_.ports))};
}

Heard Actions::ask_other_name(const Subject& subject) {
  DnsQuestion question = question_of(subject);
  question.name = top_of(subject.name);
  question.type = ns_t_ns;
  return {words_of(ask_dns(question, tools_.clock, tools_.ports))};
}

Heard Actions::ask_other_resolver(const Subject& subject) {
  const Resolver* other = other_resolver(subject);
  if (other == nullptr) return {};
  tools_.admit(other->address);
  DnsQuestion question = question_of(subject);
  question.server = other->address;
  question.port = other->port;
  question.is_tcp = false;
  return {words_of(ask_dns(question, tools_.clock, tools_.ports))};
}

Heard Actions::ask_authority(const Subject& subject) {
  const Resolver resolver{subject.server, subject.port};
  const AuthorityAsked asked = probe::ask_authority(resolver, subject.name, subject.type,
                                                    tools_.clock, tools_.ports, tools_.admit);
  Heard heard{asked.words};
  // That nobody answered shows in the packets; that they are the name's own servers does not.
  if (!asked.servers.empty() && !asked.is_answered && !tools_.clock.is_over()) {
    heard.facts.push_back({"dns.authority_answers", evidence::Truth::no, asked.words, {}});
  }
  return heard;
}

Heard Actions::ask_closed_port(const Subject& subject) {
  const std::uint16_t port = closed_port(subject);
  const int ended =
      subject.is_tcp
          ? try_tcp({subject.server, port, limits::kTypeOfService, limits::kCheckConnect},
                    tools_.clock, tools_.ports)
          : try_udp({subject.server, port, 0, limits::kCheckDatagram}, tools_.clock, tools_.ports);
  Heard heard{words_of(ended)};
  // Packets to a port that need not answer are no failure in a capture; here it is known whose they
  // are, and that nothing came.
  if (ended == 0 && !tools_.clock.is_over()) {
    heard.facts.push_back(
        {"host.other_ports_refuse", Truth::no, fmt::format("port {} is silent, too", port), {}});
  }
  return heard;
}

Heard Actions::ask_with_type_of_service(const Subject& subject) {
  const int ended =
      try_tcp({subject.server, subject.port, limits::kTypeOfService, limits::kCheckConnect},
              tools_.clock, tools_.ports);
  if (tools_.echo.can_ask(subject.server)) {
    tools_.clock.sleep(limits::kBetweenPackets);
    (void)tools_.echo.ask(subject.server, tools_.clock);
  }
  return {words_of(ended)};
}

Heard Actions::ask_echo(const Subject& subject) {
  return {tools_.echo.ask(subject.server, tools_.clock) ? "an echo reply" : "no echo reply"};
}

Heard Actions::ask_gateway(const Subject& subject) {
  const auto gateway = gateway_to(subject.server);
  if (!gateway) return {};
  tools_.admit(*gateway);
  const bool is_there = tools_.echo.ask(*gateway, tools_.clock);
  Heard heard{is_there ? "an echo reply" : "no echo reply"};
  heard.facts.push_back({"path.gateway_answers",
                         is_there ? Truth::yes : Truth::no,
                         gateway->to_string() + (is_there ? " answers" : " does not answer"),
                         {}});
  return heard;
}

Heard Actions::ask_sizes(const Subject& subject) {
  Heard heard;
  for (const std::uint16_t size : limits::kEdnsSizes) {
    DnsQuestion question = question_of(subject);
    question.is_tcp = false;
    question.edns_size = size;
    question.patience = limits::kSizePatience;
    const DnsReply reply = ask_dns(question, tools_.clock, tools_.ports);
    if (tools_.clock.is_over()) return heard;
    const bool is_whole = reply.is_answer && !reply.is_truncated && reply.rcode == ns_r_noerror;
    const std::string words =
        reply.is_answer && reply.is_truncated ? "only a part (TC)" : words_of(reply);
    heard.words += fmt::format("{}{}: {}", heard.words.empty() ? "" : "; ",
                               size == 0 ? "without EDNS" : std::to_string(size), words);
    const Truth truth = is_whole ? Truth::yes : Truth::no;
    if (size == limits::kEdnsSizes.front()) {
      heard.facts.push_back({"dns.large_answers", truth, words, {}});
    }
    if (size == 0) heard.facts.push_back({"dns.plain_answers", truth, words, {}});
    tools_.clock.sleep(limits::kBetweenPackets);
  }
  return heard;
}

Heard Actions::ask_front_page(const Subject& subject) {
  Target page = tools_.target;
  page.text = front_page(page);
  std::vector<report::ProbePhase> phases;
  const Loading loading{tools_.curl, tools_.clock, tools_.ports, tools_.authorities,
                        [](const std::string&, const base::IpAddress&) { return false; }};
  load(page, subject.server, loading, phases);
  const auto request =
      std::ranges::find(phases, evidence::Step::request, &report::ProbePhase::step);
  if (request == phases.end() || request->outcome == evidence::Outcome::unknown) {
    return {phases.empty() ? std::string() : phases.back().text};
  }
  const bool is_answered = request->fault.empty() || request->fault != "http.no_response";
  const bool is_served =
      request->outcome == evidence::Outcome::ok || request->outcome == evidence::Outcome::slow;
  return {request->text,
          {{"http.others_answered", is_answered ? Truth::yes : Truth::no, request->text, {}},
           {"http.other_paths_served", is_served ? Truth::yes : Truth::no, request->text, {}}}};
}

}  // namespace whydown::probe
