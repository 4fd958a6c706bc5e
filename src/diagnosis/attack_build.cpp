// One attack, put into words: the incident of the report.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/numbers.h"
#include "diagnosis/attack.h"
#include "diagnosis/impact.h"
#include "diagnosis/incident_build.h"
#include "diagnosis/limits.h"
#include "diagnosis/packets.h"
#include "diagnosis/summary.h"
#include "diagnosis/timeline.h"
#include "diagnosis/vocabulary.h"
#include "diagnosis/weigh.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

namespace {

using evidence::Attempt;
using evidence::Digest;
using evidence::Pattern;
using evidence::PatternKind;
using evidence::Row;
using evidence::Store;

// Everything an attack's incident is made of.
struct Parts {
  const Store& store;
  const Fault& fault;
  const Pattern& pattern;
  const base::Interner& names;
  base::AddressBook book;
  Bystanders others;
  std::optional<bool> caused;
};

// --- what the others got, in words ---------------------------------------------------------------

std::string span_words(const AttackOutcome& outcome, bool is_about) {
  const std::uint64_t all = outcome.ok + outcome.failed;
  if (all == 0) return "nobody tried";
  return fmt::format("{}{} of {} served", is_about ? "about " : "", base::thousands(outcome.ok),
                     base::thousands(all));
}

std::string spans_words(const Bystanders& others) {
  return fmt::format(
      "before it {}, while it lasted {}, after it {}", span_words(others.before, others.is_about),
      span_words(others.during, others.is_about), span_words(others.after, others.is_about));
}

std::string accepted_words(const Pattern& pattern) {
  if (pattern.accepted == 0) return "No login of theirs is seen to be accepted.";
  return fmt::format(
      "Then {} of them {} accepted: somebody is in.",
      pattern.accepted == 1 ? "one" : "at least " + base::thousands(pattern.accepted),
      pattern.accepted == 1 ? "was" : "were");
}

std::string unknown_words(const Parts& parts) {
  const Bystanders& others = parts.others;
  const bool is_nobody = others.during.ok + others.during.failed == 0;
  if (parts.pattern.kind == PatternKind::login_guessing) {
    return fmt::format("{} A guess takes nothing from others, unless it is right.",
                       accepted_words(parts.pattern));
  }
  if (!parts.pattern.is_flood()) {
    return is_nobody
               ? "Nobody else used what it tried while it lasted, so nothing shows that it hurt "
                 "anybody; a search alone takes nothing from anybody."
               : fmt::format(
                     "Of the others' attempts at the same machines, {}; a search alone "
                     "takes nothing from anybody.",
                     spans_words(others));
  }
  const std::string_view why =
      is_nobody ? "nobody else used the service while it lasted"
                : "too few others used the service, or their trouble does not begin with it";
  return fmt::format(
      "Whether it hurt anybody cannot be told from these packets: {} (attempts of others: {}). The "
      "rate alone proves nothing. What would tell: a longer capture at the server, its own log, or "
      "people's complaints with their times.",
      why, spans_words(others));
}

std::string outcome_words(const Parts& parts) {
  const Bystanders& others = parts.others;
  const bool is_guess = parts.pattern.kind == PatternKind::login_guessing;
  if (parts.pattern.kind == PatternKind::dns_tunnel) {
    return "It takes nothing from others, and is no outage: ask who runs the client, and what was "
           "on it.";
  }
  if (!parts.caused || is_guess) return unknown_words(parts);
  if (*parts.caused) {
    return fmt::format(
        "It is what took the service from the others, whose trouble began with it: of their "
        "attempts, {}.",
        spans_words(others));
  }
  const bool is_served = others.during.failed * 10 < others.during.ok + others.during.failed;
  if (is_served) {
    return fmt::format("It did not take the service down: of the others' attempts, {}.",
                       spans_words(others));
  }
  return fmt::format("It is not what began the others' trouble: of their attempts, {}.",
                     spans_words(others));
}

// --- packets -------------------------------------------------------------------------------------

const Digest* answer_of(const Attempt& attempt) {
  return attempt.answer.is_set() && attempt.answer.place.is_set() ? &attempt.answer : nullptr;
}

struct Moments {
  const Digest* served_before = nullptr;  // the last answer before it
  const Digest* served_during = nullptr;  // the last one while it lasted
  const Digest* served_after = nullptr;   // the first one after it
  const Digest* failed = nullptr;         // the first request that failed
  const Digest* begins = nullptr;         // its own first packet that is kept
};

void keep(const Digest*& kept, const Digest* other, bool later) {
  if (other == nullptr || !other->place.is_set()) return;
  const bool is_better =
      kept == nullptr || (later ? kept->place < other->place : other->place < kept->place);
  if (is_better) kept = other;
}

bool is_other(const Parts& parts, const base::IpAddress& client) {
  const evidence::AddressSketch& others = parts.others.clients;
  return others.is_exact() ? others.kept().contains(client) : !parts.pattern.is_source(client);
}

Moments moments_of(const Parts& parts) {
  const Pattern& pattern = parts.pattern;
  Moments out;
  for (const Row* row : parts.others.served) {
    for (const Attempt* attempt : judged_exemplars(*row)) {
      if (!is_other(parts, attempt->client)) continue;
      const Digest* answer = answer_of(*attempt);
      if (attempt->begin < pattern.first) {
        keep(out.served_before, answer, true);
      } else if (attempt->begin > pattern.last) {
        keep(out.served_after, answer, false);
      } else {
        keep(out.served_during, answer, true);
      }
    }
  }
  for (const Row* row : parts.others.failed) {
    for (const Attempt* attempt : judged_exemplars(*row)) {
      const bool is_theirs = parts.others.hurt.kept().contains(attempt->client);
      if (is_theirs) keep(out.failed, &attempt->request, false);
    }
  }
  for (const Row* row : pattern.rows) {
    for (const Attempt* attempt : row->exemplars()) {
      if (attempt->begin >= pattern.first && !is_other(parts, attempt->client))
        keep(out.begins, attempt->request.is_set() ? &attempt->request : &attempt->answer, false);
    }
  }
  return out;
}

std::vector<base::Place> places_of(const Moments& moments) {
  std::vector<base::Place> out;
  for (const Digest* digest : {moments.served_before, moments.begins, moments.failed,
                               moments.served_during, moments.served_after}) {
    if (digest != nullptr) out.push_back(digest->place);
  }
  std::ranges::sort(out);
  return out;
}

void add_packets(Incident& incident, const Parts& parts, const Moments& moments) {
  Candidates candidates;
  for (const Row* row : parts.pattern.rows) {
    if (candidates.size() > limits::kEvidencePackets) break;
    for (const Attempt* attempt : row->exemplars()) {
      const bool is_own =
          attempt->begin >= parts.pattern.first && !is_other(parts, attempt->client);
      if (!is_own) continue;
      offer(candidates, attempt->request, Role::cause);
      offer(candidates, attempt->answer, attempt->request.is_set() ? Role::context : Role::cause);
    }
  }
  if (moments.failed != nullptr) offer(candidates, *moments.failed, Role::symptom);
  for (const Digest* digest :
       {moments.served_before, moments.served_during, moments.served_after}) {
    if (digest != nullptr) offer(candidates, *digest, Role::context);
  }
  PacketList list = list_packets(candidates, parts.pattern.packets, parts.names);
  incident.evidence = std::move(list.packets);
  incident.evidence_left_out = list.left_out;
}

void add_times(Incident& incident, const Parts& parts, const Moments& moments) {
  Case others;
  others.subject.services = parts.pattern.services;
  others.failing = parts.others.failed;
  for (const Row* row : parts.others.served) others.subject.services.push_back(row->key.service);
  std::ranges::sort(others.subject.services);
  incident.activity = activity_of(parts.store, others);
  const auto add = [&](const char* id, const Digest* packet, std::string text) {
    if (packet != nullptr) incident.marks.push_back({id, packet->place, std::move(text)});
  };
  const bool is_guess = parts.pattern.kind == PatternKind::login_guessing;
  if (is_guess) {
    add("flood", moments.begins, "The first of the refused logins that are kept.");
    return;
  }
  add("served_before", moments.served_before, "The last answer to others before it.");
  add("flood", moments.begins, "It begins.");
  add("onset", moments.failed, "The first attempt of others that fails begins.");
  add("served_after", moments.served_after, "The first answer to others after it.");
  std::ranges::stable_sort(incident.marks, {}, &Mark::place);
}

// --- who and where -------------------------------------------------------------------------------

void add_service(Incident& incident, const Parts& parts) {
  const Pattern& pattern = parts.pattern;
  std::set<base::IpAddress> servers;
  std::set<std::uint16_t> ports;
  for (const evidence::Service& service : pattern.services) {
    servers.insert(service.server);
    ports.insert(service.port);
  }
  for (const base::IpAddress& server : servers) {
    if (incident.service.servers.size() == limits::kServers) break;
    incident.service.servers.push_back(parts.book.text(server));
  }
  if (pattern.name != 0) incident.service.names.push_back(parts.names.shown(pattern.name));
  if (ports.size() != 1 || *ports.begin() == 0) return;
  incident.service.port = *ports.begin();
  incident.service.name = port_name(*ports.begin());
}

void add_people(Incident& incident, const Parts& parts) {
  const evidence::AddressSketch& hurt = parts.others.hurt;
  incident.clients.count = hurt.count();
  incident.clients.exact = hurt.is_exact();
  for (const base::IpAddress& client : hurt.kept()) {
    if (incident.clients.addresses.size() == limits::kClients) break;
    incident.clients.addresses.push_back(parts.book.text(client));
  }
  incident.attempts_failed = parts.others.during.failed;
  incident.attempts_total = parts.others.during.failed + parts.others.during.ok;
  incident.ok_before = parts.others.before.ok;
  incident.ok_after = parts.others.after.ok;
}

Attack attack_of(const Parts& parts, const Moments& moments) {
  const Pattern& pattern = parts.pattern;
  Attack attack;
  attack.pattern = evidence::pattern_id(pattern.kind);
  for (const evidence::TopSources::Source& source : pattern.sources) {
    attack.sources.push_back({parts.book.text(source.address), source.packets, source.is_exact});
  }
  attack.source_count =
      pattern.is_count_exact ? pattern.source_count : base::rounded(pattern.source_count);
  attack.is_count_exact = pattern.is_count_exact;
  if (pattern.kind == PatternKind::dns_reflection) {
    attack.role = pattern.is_at_reflector ? "reflector" : "victim";
  }
  attack.packets = pattern.packets;
  attack.per_second = pattern.per_second;
  attack.caused_outage = parts.caused;
  attack.before = parts.others.before;
  attack.during = parts.others.during;
  attack.after = parts.others.after;
  attack.outcome = outcome_words(parts);
  attack.places = places_of(moments);
  return attack;
}

std::string service_list(const Pattern& pattern, const base::AddressBook& book) {
  constexpr std::size_t kListed = 6;
  std::vector<std::string> words;
  for (const evidence::Service& service : pattern.open) {
    words.push_back(service.port == 0 ? book.text(service.server)
                                      : book.endpoint(service.server, service.port));
  }
  return words.empty() ? "none" : list_words(words, kListed, words.size());
}

std::string rate_words(double per_second) {
  if (per_second >= 10) {
    return base::thousands(base::rounded(static_cast<std::uint64_t>(per_second))) + " a second";
  }
  if (per_second >= 1) return fmt::format("{:.1f} a second", per_second);
  return fmt::format("{:.1f} a minute", per_second * 60);
}

std::string source_words(const Pattern& pattern, const base::AddressBook& book) {
  constexpr std::size_t kListed = 3;
  std::vector<std::string> words;
  for (const auto& source : pattern.sources) words.push_back(book.text(source.address));
  const std::string count = pattern.is_count_exact
                                ? base::thousands(pattern.source_count)
                                : "about " + base::thousands(base::rounded(pattern.source_count));
  if (words.empty()) return fmt::format("{} addresses, none of which sent much", count);
  if (pattern.source_count == 1) return words.front();
  return fmt::format("{} addresses, most of all {}", count,
                     list_words(words, kListed, words.size()));
}

// Guessed logins come in many protocols.
std::string protocol_words(const Fault& fault, const Pattern& pattern) {
  if (pattern.kind != PatternKind::login_guessing) return fault.protocol;
  return protocol_of(fault, pattern.services.front());
}

// What is said of a flood of queries, a reflection, a tunnel.
void add_dns_values(Values& values, const Parts& parts) {
  const Pattern& pattern = parts.pattern;
  const std::uint64_t count = std::max<std::uint64_t>(pattern.packets, 1);
  values.size = base::thousands((pattern.query_bytes + pattern.answer_bytes) / count) + " bytes";
  values.asked = pattern.name == 0 ? "more than it answered before"
                                   : fmt::format("for ever new names of {}", values.name);
  if (pattern.kind != PatternKind::dns_reflection) return;
  values.size = base::thousands(pattern.answer_bytes / count) + " bytes";
  values.asked = fmt::format("{}{}", pattern.type == 0 ? "" : evidence::type_id(pattern) + " of ",
                             values.name);
  values.role = pattern.is_at_reflector ? "seen at a server that is misused" : "seen at its victim";
  values.reflector = pattern.is_at_reflector ? values.server : values.source;
  values.victim = pattern.is_at_reflector ? values.source : values.server;
  values.course =
      pattern.is_at_reflector
          ? fmt::format("went from {} to {}, in whose name the question was asked again and again",
                        values.server, values.source)
          : fmt::format("came to {} from {}; nothing here shows that it asked", values.server,
                        values.sources);
}

Values values_of(const Incident& incident, const Parts& parts) {
  constexpr std::size_t kListed = 3;
  const Pattern& pattern = parts.pattern;
  const auto& servers = incident.service.servers;
  Values values;
  values.server = servers.empty() ? "the server" : servers.front();
  values.servers =
      servers.empty()
          ? "the servers"
          : list_words(servers, kListed, std::max<std::uint64_t>(pattern.hosts, servers.size()));
  values.port = incident.service.port ? std::to_string(*incident.service.port) : "of the service";
  values.name = pattern.name == 0 ? "example.com" : parts.names.shown(pattern.name);
  values.names = "a name";
  values.endpoint = values.server + ":" + values.port;
  values.site = values.servers;
  values.url = "http://" + values.endpoint + "/";
  values.such_names = "Names";
  values.the_name = "A name";
  values.client =
      incident.clients.addresses.empty() ? "a client" : incident.clients.addresses.front();
  values.clients = "the clients";
  values.client_count = incident.clients.count;
  values.failed = incident.attempts_failed;
  values.total = incident.attempts_total;
  values.source =
      pattern.sources.empty() ? "SOURCE" : parts.book.text(pattern.sources.front().address);
  values.sources = source_words(pattern, parts.book);
  add_dns_values(values, parts);
  values.rate = rate_words(pattern.per_second);
  values.sent = base::thousands(pattern.packets);
  values.ports = count_words(pattern.ports, "port");
  values.hosts = count_words(pattern.hosts, "host");
  values.open = service_list(pattern, parts.book);
  values.protocol = protocol_words(parts.fault, pattern);
  values.accepted = accepted_words(pattern);
  return values;
}

// An attack that hurt nobody is low, whatever its rate.
std::string severity_of(const Parts& parts) {
  if (parts.pattern.accepted > 0) return "critical";
  if (!parts.pattern.is_flood()) return parts.fault.severity;
  if (!parts.caused) return "medium";
  return *parts.caused ? parts.fault.severity : "low";
}

void add_reasons(Incident& incident, const Parts& parts, const Values& values) {
  evidence::Subject subject;
  subject.services = parts.pattern.services;
  subject.pattern = &parts.pattern;
  const std::vector<evidence::Fact> facts = evidence::facts(parts.store, subject, parts.names);
  incident.causes = weigh(parts.fault, facts, Nature::act);
  fill_causes(incident.causes, values);
  incident.facts = known_facts(facts);
  incident.inseparable = pairs_left(parts.fault, incident.causes, values);
  incident.checks = checks_of(parts.fault, values);
  incident.not_shown = not_shown_of(parts.fault, facts, values);
  // Only an attack has a technique; a crash, or a test of one's own, has none.
  const bool is_attack = !incident.causes.empty() && incident.causes.front().id == "attack";
  if (is_attack) incident.attack->technique = parts.fault.technique;
}

}  // namespace

Incident build_attack(const Store& store, const Fault& fault, const Pattern& pattern,
                      const base::Interner& names) {
  Parts parts{store, fault, pattern, names, base::AddressBook(names), bystanders_of(store, pattern),
              {}};
  parts.caused = caused_outage(pattern, parts.others);
  const Moments moments = moments_of(parts);
  Incident incident;
  incident.fault = fault.id;
  incident.kind = fault.kind;
  incident.step = step_from(fault.step).value_or(evidence::Step::connect);
  incident.protocol = protocol_words(fault, pattern);
  incident.transport = transport_of(pattern.services.front());
  incident.severity = severity_of(parts);
  incident.first = pattern.first;
  incident.last = pattern.last;
  const Calendar calendar = calendar_of(store.inputs());
  incident.has_time = calendar.has_time;
  constexpr base::Duration kStillThere = std::chrono::milliseconds{500};
  incident.ongoing_at_end = base::add(pattern.last, kStillThere) >= store.totals().last.time;
  add_service(incident, parts);
  add_people(incident, parts);
  incident.impact = client_impact(store, pattern, parts.book);
  incident.attack = attack_of(parts, moments);
  const Values values = values_of(incident, parts);
  incident.title = fill(fault.title, values);
  add_reasons(incident, parts, values);
  add_packets(incident, parts, moments);
  if (incident.has_time) add_times(incident, parts, moments);
  incident.explanation = fill(fault.meaning, values);
  incident.student = fill(fault.student, values);
  incident.summary = attack_summary_of(incident, fill(fault.supervisor, values), calendar);
  return incident;
}

}  // namespace whydown::diagnosis
