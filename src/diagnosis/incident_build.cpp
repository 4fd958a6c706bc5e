#include "diagnosis/incident_build.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "base/numbers.h"
#include "diagnosis/limits.h"
#include "diagnosis/packets.h"
#include "diagnosis/severity.h"
#include "diagnosis/steps.h"
#include "diagnosis/summary.h"
#include "diagnosis/timeline.h"
#include "diagnosis/vocabulary.h"
#include "diagnosis/weigh.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

namespace {

using evidence::Protocol;
using evidence::Row;
using evidence::Truth;

Service service_words(const Case& found, const base::Interner& names,
                      const base::AddressBook& book) {
  Service out;
  const evidence::Service& first = found.subject.services.front();
  bool same_port = first.port != 0;
  std::set<base::IpAddress> servers;
  for (const evidence::Service& service : found.subject.services) {
    same_port = same_port && service.port == first.port;
    servers.insert(service.server);
  }
  for (const base::IpAddress& server : servers) {
    if (out.servers.size() < limits::kServers) out.servers.push_back(book.text(server));
  }
  if (same_port) {
    out.port = first.port;
    out.name = port_name(first.port);
  }
  std::set<std::uint32_t> ids;
  for (const Row* row : found.failing) add_names(*row, ids);
  for (const Row* row : found.absorbed) add_names(*row, ids);
  for (const std::uint32_t id : ids) {
    std::string name = names.shown(id);
    if (!name.empty() && out.names.size() < limits::kNames) out.names.push_back(std::move(name));
  }
  return out;
}

Clients client_words(const evidence::AddressSketch& sketch, const base::AddressBook& book) {
  Clients out;
  out.exact = sketch.is_exact();
  out.count = out.exact ? sketch.count() : base::rounded(sketch.count());
  for (const base::IpAddress& client : sketch.kept()) {
    if (out.addresses.size() < limits::kClients) out.addresses.push_back(book.text(client));
  }
  return out;
}

// Over QUIC a server has another way to say no than an alert, before there is any TLS.
std::string objection_words(const Case& found) {
  std::uint64_t negotiations = 0;
  std::uint64_t all = 0;
  for (const Row* row : found.failing) {
    negotiations += row->codes.of(evidence::kQuicVersions);
    all += row->attempts;
  }
  std::string alert = Values{}.objection;
  const std::string negotiation =
      "a Version Negotiation of QUIC, by which a server says that it speaks none of the versions "
      "that it was offered";
  if (negotiations == 0) return alert;
  return negotiations >= all ? negotiation : fmt::format("{}, or with {}", alert, negotiation);
}

Values values_of(const Incident& incident, const Case& found, const base::AddressBook& book) {
  const evidence::Service& first = found.subject.services.front();
  constexpr std::size_t kListed = 3;
  const auto list = [](const std::vector<std::string>& items, const char* otherwise) {
    return items.empty() ? std::string(otherwise) : list_words(items, kListed, items.size());
  };
  Values values;
  values.servers = list(incident.service.servers, "the server");
  values.server =
      incident.service.servers.empty() ? "the server" : incident.service.servers.front();
  values.protocol = incident.protocol;
  values.port = first.port != 0 ? std::to_string(first.port) : "of the service";
  values.names = list(incident.service.names, "a name");
  // RFC 2606 keeps this name for examples: where the capture names none, it is what to try.
  const bool is_named = !incident.service.names.empty();
  values.name = is_named ? incident.service.names.front() : "example.com";
  const std::string bare =
      values.server.find(':') == std::string::npos ? values.server : "[" + values.server + "]";
  values.endpoint = bare + ":" + (first.port != 0 ? std::to_string(first.port) : "PORT");
  values.site = is_named ? fmt::format("{} ({})", values.servers, values.names) : values.servers;
  const std::string host = is_named ? values.name : bare;
  values.url = first.port == 443 ? fmt::format("https://{}/", host)
                                 : fmt::format("http://{}:{}/", host, first.port);
  values.such_names = is_named ? "Names such as " + values.name : "Names";
  values.the_name = is_named ? "The name " + values.name : "A name";
  const Clients failing = client_words(failing_clients_of(found), book);
  values.client_count = failing.count;
  values.client = failing.addresses.empty() ? "the client" : failing.addresses.front();
  values.clients = failing.addresses.empty()
                       ? "the clients"
                       : list_words(failing.addresses, kListed, failing.count);
  values.failed = incident.attempts_failed;
  values.total = incident.attempts_total;
  values.objection = objection_words(found);
  return values;
}

double evidence_db(const RankedCause& cause) {
  double sum = 0;
  for (const Argument& argument : cause.arguments_for) sum += argument.weight_db;
  for (const Argument& argument : cause.arguments_against) sum += argument.weight_db;
  return sum;
}

// Who, what and when.
void fill_scope(Incident& incident, const evidence::Store& store, const Case& found,
                const Tally& tally, const base::Interner& names) {
  const base::AddressBook book(names);
  incident.service = service_words(found, names, book);
  incident.clients = client_words(clients_of(found), book);
  incident.impact = client_impact(store, found, book);
  const Window window = window_of(found);
  incident.first = window.first;
  incident.last = window.last;
  incident.has_time = calendar_of(store.inputs()).has_time && !window.is_empty();
  incident.ongoing_at_end = !tally.is_served_after;
  incident.attempts_total = tally.total;
  incident.attempts_failed = tally.failed;
  incident.healed = tally.healed;
  incident.ok_before = tally.ok_before;
  incident.ok_after = tally.ok_after;
}

// A filter on the one client hides nothing that the client did; any other may hide its web traffic.
bool shows_the_web(const base::InputInfo& input, const evidence::Store& store) {
  if (input.filter.empty()) return true;
  constexpr std::string_view kHost = "host ";
  const std::string_view filter = input.filter;
  if (!filter.starts_with(kHost)) return false;
  const auto only = base::IpAddress::parse(filter.substr(kHost.size()));
  return only && std::ranges::all_of(store.service_clients(),
                                     [&](const auto& pair) { return pair.first.client == *only; });
}

}  // namespace

// A fault of any application's protocol shows the name of the one that it is about.
std::string protocol_of(const Fault& fault, const evidence::Service& service) {
  switch (service.protocol) {
    case Protocol::smtp:
      return "SMTP";
    case Protocol::ftp:
      return "FTP";
    case Protocol::pop:
      return "POP3";
    case Protocol::imap:
      return "IMAP";
    case Protocol::ssh:
      return "SSH";
    case Protocol::ntp:
      return "NTP";
    case Protocol::http:
      return "HTTP";
    case Protocol::quic:
      return "QUIC";
    case Protocol::tls:
      return service.transport == packet::Transport::udp ? "TLS over QUIC" : fault.protocol;
    default:
      return fault.protocol;
  }
}

std::string transport_of(const evidence::Service& service) {
  switch (service.protocol) {
    case Protocol::arp:
      return "arp";
    case Protocol::nd:
    case Protocol::icmp:
      return "icmp";
    default:
      break;
  }
  if (service.transport == packet::Transport::tcp) return "tcp";
  return service.transport == packet::Transport::udp ? "udp" : "none";
}

std::vector<InseparablePair> pairs_left(const Fault& fault, const std::vector<RankedCause>& causes,
                                        const Values& values) {
  constexpr double kWorthNaming = 0.01;
  constexpr double kWeakDb = 3;  // one weak fact does not tell two causes apart
  std::vector<InseparablePair> out;
  for (const CataloguePair& pair : fault.inseparable) {
    const auto first = std::ranges::find(causes, pair.first, &RankedCause::id);
    const auto second = std::ranges::find(causes, pair.second, &RankedCause::id);
    if (first == causes.end() || second == causes.end()) continue;
    if (std::abs(evidence_db(*first) - evidence_db(*second)) > kWeakDb) continue;
    if (std::min(first->probability, second->probability) < kWorthNaming) continue;
    out.push_back({pair.first, pair.second, fill(pair.because, values)});
  }
  return out;
}

std::vector<Check> checks_of(const Fault& fault, const Values& values) {
  std::vector<Check> out;
  for (const CatalogueCheck& check : fault.checks) {
    if (!check.protocol.empty() && check.protocol != values.protocol) continue;
    Check filled{
        fill_command(check.command, values), fill(check.where, values), check.separates, {}};
    for (const CatalogueAnswer& answer : check.answers) {
      filled.answers.push_back({fill(answer.see, values), fill(answer.then, values)});
    }
    out.push_back(std::move(filled));
  }
  return out;
}

std::vector<std::string> not_shown_of(const Fault& fault, std::span<const evidence::Fact> facts,
                                      const Values& values) {
  std::vector<std::string> out;
  for (const NotShown& entry : fault.not_shown) {
    if (!entry.unless_fact.empty() && is_yes(facts, entry.unless_fact)) continue;
    out.push_back(fill(entry.text, values));
  }
  if (is_yes(facts, "capture.filter_hides_icmp")) {
    out.emplace_back(
        "The capture was taken with a filter that leaves out ICMP errors, so a refusal by such an "
        "error looks like silence here.");
  }
  if (is_yes(facts, "capture.lossy")) {
    out.emplace_back("Packets are missing from the capture itself, so counts may be too low.");
  }
  return out;
}

std::vector<KnownFact> known_facts(std::span<const evidence::Fact> facts) {
  std::vector<KnownFact> out;
  for (const evidence::Fact& fact : facts) {
    if (fact.truth == Truth::unknown) continue;
    out.push_back({std::string(fact.id), fact.truth == Truth::yes, fact.detail, fact.packets});
  }
  return out;
}

void fill_causes(std::vector<RankedCause>& causes, const Values& values) {
  for (RankedCause& cause : causes) {
    cause.title = fill(cause.title, values);
    for (Argument& argument : cause.arguments_for) {
      argument.because = fill(argument.because, values);
    }
    for (Argument& argument : cause.arguments_against) {
      argument.because = fill(argument.because, values);
    }
  }
}

WebUse web_use(const evidence::Store& store) {
  constexpr std::uint16_t kHttp = 80;
  constexpr std::uint16_t kHttps = 443;
  WebUse use;
  for (const auto& [key, row] : store.rows()) {
    const evidence::Service& service = key.service;
    const bool is_port = service.protocol == Protocol::tcp && service.port == kHttp;
    if (is_port || service.protocol == Protocol::http) use.http = true;
    if (service.port == kHttps) use.https = true;
  }
  use.is_known = store.overflow() == 0;
  for (const base::InputInfo& input : store.inputs()) {
    use.is_known = use.is_known && shows_the_web(input, store);
  }
  return use;
}

void weigh_incident(Incident& incident, const Fault& fault, std::span<const evidence::Fact> facts) {
  const Values& values = incident.values;
  incident.causes = weigh(fault, facts, nature_of(incident.subject.symptom));
  fill_causes(incident.causes, values);
  incident.facts = known_facts(facts);
  incident.inseparable = pairs_left(fault, incident.causes, values);
  incident.not_shown = not_shown_of(fault, facts, values);
  // A crash, or two machines set up alike, are no attack and never bear its name.
  const bool is_attack = !incident.causes.empty() && incident.causes.front().id == "attack";
  incident.technique = is_attack ? fault.technique : std::string{};
}

namespace {

// Whose hardware address spoke for another machine.
std::vector<AttackSource> suspects_of(const Case& found, const base::AddressBook& book) {
  std::map<base::IpAddress, std::uint64_t> counts;
  for (const Row* row : found.failing) {
    if (row->key.symptom != evidence::Symptom::spoofed) continue;
    for (const evidence::Attempt* attempt : row->exemplars()) {
      if (attempt->answer.mac.is_known()) ++counts[base::IpAddress::mac(attempt->answer.mac)];
    }
  }
  std::vector<AttackSource> out;
  for (const auto& [mac, count] : counts) {
    if (out.size() == limits::kClients) break;
    out.push_back({book.text(mac), count, false});
  }
  return out;
}

}  // namespace

Incident build_incident(const evidence::Store& store, const Case& found,
                        std::span<const evidence::Fact> facts, const Tally& tally,
                        const base::Interner& names) {
  const Fault& fault = *found.fault;
  Incident incident;
  incident.fault = fault.id;
  incident.kind = fault.kind;
  incident.step = step_from(fault.step).value_or(found.subject.step);
  incident.protocol = protocol_of(fault, found.subject.services.front());
  incident.transport = transport_of(found.subject.services.front());
  fill_scope(incident, store, found, tally, names);
  incident.severity = severity_of(found, tally, incident.impact, facts);

  const base::AddressBook book(names);
  const Values values = values_of(incident, found, book);
  incident.title = fill(fault.title, values);
  incident.subject = found.subject;
  incident.values = values;
  weigh_incident(incident, fault, facts);
  incident.suspects = suspects_of(found, book);
  incident.checks = checks_of(fault, values);

  PacketList packets = evidence_packets(store, found, names);
  incident.evidence = std::move(packets.packets);
  incident.evidence_left_out = packets.left_out;
  incident.journey = journey_steps(store, found, facts, tally, values.servers, names);

  if (incident.has_time) {
    incident.activity = activity_of(store, found);
    incident.marks = marks_of(store, found, facts, names);
  }

  incident.explanation = explanation_of(found, values, book);
  incident.student = fill(fault.student, values);
  incident.summary =
      summary_of(incident, found, values, calendar_of(store.inputs()), web_use(store));
  return incident;
}

}  // namespace whydown::diagnosis
