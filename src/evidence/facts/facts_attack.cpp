// Facts about a pattern of traffic that looks like an attack: whose packets they may be.
#include <array>
#include <set>

#include <fmt/format.h>

#include "evidence/facts/facts.h"
#include "evidence/traffic.h"
#include "journey/application.h"

namespace whydown::evidence::facts_detail {

namespace {

constexpr std::uint64_t kMany = 50;
constexpr std::uint64_t kFew = 8;

std::vector<base::Place> places_of(const View& view) {
  return cite_requests(view.subject.pattern->rows);
}

std::string named(const View& view) {
  std::vector<std::string> names;
  names.reserve(view.subject.pattern->sources.size());
  for (const TopSources::Source& source : view.subject.pattern->sources) {
    names.push_back(view.book.text(source.address));
  }
  return list(names, names.size());
}

// 10/8, 172.16/12, 192.168/16 (RFC 1918), 169.254/16 (RFC 3927); fc00::/7 (RFC 4193), fe80::/10.
bool is_local(const base::IpAddress& address) {
  if (address.kind() == base::AddressKind::v6) {
    const std::uint64_t top = address.high() >> 48U;
    return (top & 0xfe00U) == 0xfc00U || (top & 0xffc0U) == 0xfe80U;
  }
  if (address.kind() != base::AddressKind::v4) return false;
  const auto bits = static_cast<std::uint32_t>(address.low());
  return bits >> 24U == 10U || bits >> 20U == 0xac1U || bits >> 16U == 0xc0a8U ||
         bits >> 16U == 0xa9feU;
}

Finding attack_sources_many(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  const std::string detail = fmt::format("{}{}", pattern.is_count_exact ? "" : "about ",
                                         counted(pattern.source_count, "source"));
  const bool is_led = std::ranges::any_of(pattern.sources, [&](const TopSources::Source& source) {
    return source.packets * 10 >= pattern.packets;
  });
  if (pattern.source_count >= kMany && !is_led) return yes(detail, places_of(view));
  if (pattern.source_count <= kFew) return no(detail, places_of(view));
  return unknown(detail);
}

Finding attack_sources_local(const View& view) {
  const auto& sources = view.subject.pattern->sources;
  if (sources.empty()) return unknown();
  const auto local = std::ranges::count_if(
      sources, [](const TopSources::Source& source) { return is_local(source.address); });
  if (static_cast<std::size_t>(local) == sources.size()) return yes(named(view), places_of(view));
  if (local == 0) return no(named(view), places_of(view));
  return unknown();
}

Finding attack_source_served(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  for (const auto& [key, row] : view.store.rows()) {
    if (!is_ok(row) || key.unmeant || key.service.protocol == Protocol::arp) continue;
    if (std::ranges::find(pattern.rows, &row) != pattern.rows.end()) continue;
    for (const Attempt* attempt : row.exemplars()) {
      if (!pattern.is_source(attempt->client) || !attempt->answer.is_set()) continue;
      return yes(fmt::format("{} got an answer from {}", view.book.text(attempt->client),
                             view.endpoint(key.service)),
                 {attempt->answer.place});
    }
  }
  return unknown();
}

// Requests of the pattern's sources that are kept, in order of rows.
std::vector<const Attempt*> kept_of_sources(const View& view) {
  std::vector<const Attempt*> out;
  const Pattern& pattern = *view.subject.pattern;
  for (const Row* row : pattern.rows) {
    for (const Attempt* attempt : row->exemplars()) {
      if (pattern.is_source(attempt->client) && attempt->request.is_set()) out.push_back(attempt);
    }
  }
  return out;
}

bool is_kind(const View& view, PatternKind kind) {
  return view.subject.pattern != nullptr && view.subject.pattern->kind == kind;
}

Finding flood_one_path(const View& view) {
  constexpr std::size_t kEnough = 4;
  if (!is_kind(view, PatternKind::http_flood)) return unknown();
  std::set<std::uint32_t> paths;
  const std::vector<const Attempt*> kept = kept_of_sources(view);
  for (const Attempt* attempt : kept) {
    if (attempt->request.target != 0) paths.insert(attempt->request.target);
  }
  if (kept.size() < kEnough || paths.empty()) return unknown();
  if (paths.size() == 1) {
    return yes("one path in " + counted(kept.size(), "request") + " kept", requests_of(kept));
  }
  return no(counted(paths.size(), "path") + " in those kept", requests_of(kept));
}

Finding flood_queries_differ(const View& view) {
  constexpr std::size_t kEnough = 4;
  if (!is_kind(view, PatternKind::http_flood)) return unknown();
  std::set<std::uint16_t> queries;
  std::vector<const Attempt*> kept = kept_of_sources(view);
  std::erase_if(kept, [](const Attempt* attempt) { return attempt->request.variant == 0; });
  for (const Attempt* attempt : kept) queries.insert(attempt->request.variant);
  if (kept.size() < kEnough) return unknown();
  const std::string detail =
      fmt::format("{} in {}", fmt::format("{} different queries", queries.size()),
                  counted(kept.size(), "request"));
  if (queries.size() * 2 > kept.size()) return yes(detail, requests_of(kept));
  return unknown(detail);
}

Finding flood_unfinished(const View& view) {
  if (!is_kind(view, PatternKind::http_flood)) return unknown();
  const Pattern& pattern = *view.subject.pattern;
  if (!pattern.is_unfinished) return no("whole requests", requests_of(kept_of_sources(view)));
  return yes(fmt::format("{} that stand, and hardly a whole request on them",
                         counted(pattern.packets, "connection")),
             requests_of(kept_of_sources(view)));
}

Finding login_accepted(const View& view) {
  if (!is_kind(view, PatternKind::login_guessing)) return unknown();
  const Pattern& pattern = *view.subject.pattern;
  if (pattern.accepted == 0) return unknown();
  std::vector<base::Place> places;
  for (const auto& [key, row] : view.store.rows()) {
    if (key.service != pattern.services.front() || !is_ok(row)) continue;
    for (const Attempt* attempt : row.exemplars()) {
      const bool is_theirs = pattern.is_source(attempt->client) && attempt->begin > pattern.first;
      const bool is_login = attempt->request.secret != 0 || key.service.protocol == Protocol::ssh;
      if (is_theirs && is_login && attempt->answer.is_set())
        places.push_back(attempt->answer.place);
    }
  }
  // It may not be kept; then those before it are.
  if (places.empty()) places = places_of(view);
  return yes(
      fmt::format("{} after {} refused", counted(pattern.accepted, "login"), pattern.packets),
      earliest(std::move(places)));
}

Finding login_secrets_differ(const View& view) {
  if (!is_kind(view, PatternKind::login_guessing)) return unknown();
  std::set<std::uint16_t> secrets;
  std::vector<const Attempt*> kept = kept_of_sources(view);
  std::erase_if(kept, [](const Attempt* attempt) { return attempt->request.secret == 0; });
  for (const Attempt* attempt : kept) secrets.insert(attempt->request.secret);
  if (secrets.size() < 2) return unknown();
  return yes(fmt::format("{} different ones in {}", secrets.size(), counted(kept.size(), "login")),
             requests_of(kept));
}

Finding login_users_differ(const View& view) {
  if (!is_kind(view, PatternKind::login_guessing)) return unknown();
  std::set<std::uint16_t> users;
  std::set<std::uint16_t> secrets;
  std::vector<const Attempt*> kept = kept_of_sources(view);
  std::erase_if(kept, [](const Attempt* attempt) {
    return attempt->request.verb != journey::kLoginVerb || attempt->request.variant == 0;
  });
  for (const Attempt* attempt : kept) {
    users.insert(attempt->request.variant);
    secrets.insert(attempt->request.secret);
  }
  constexpr std::size_t kNames = 5;  // one who mistypes gives one or two
  if (users.size() < kNames) return unknown();
  return yes(fmt::format("{} names of users in {}, {}", users.size(), counted(kept.size(), "login"),
                         secrets.size() == 1 ? "all with one password"
                                             : fmt::format("with {} passwords", secrets.size())),
             requests_of(kept));
}

// --- of DNS --------------------------------------------------------------------------------------

Finding attack_names_new(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  if (pattern.kind != PatternKind::dns_query_flood) return unknown();
  if (pattern.name == 0) return no("the names come again", places_of(view));
  return yes(fmt::format("{} names of {} that were not asked for before", pattern.packets,
                         view.name(pattern.name)),
             places_of(view));
}

Finding attack_answers_rejected(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  if (pattern.kind != PatternKind::dns_reflection) return unknown();
  for (const ObservationRow& row : view.store.observations()) {
    if (row.sign != Sign::late_answer_rejected) continue;
    for (const Observation& seen : row.first) {
      const base::IpAddress& host = pattern.services.front().server;
      const bool is_it = pattern.is_at_reflector
                             ? row.service.server == host && pattern.is_source(seen.client)
                             : seen.client == host;
      if (!is_it) continue;
      return yes(fmt::format("{} refuses answers of {}", view.book.text(seen.client),
                             view.endpoint(row.service)),
                 {seen.packet.place});
    }
  }
  return unknown();
}

Finding attack_victim_heard(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  if (pattern.kind != PatternKind::dns_reflection || pattern.is_at_reflector) return unknown();
  const base::IpAddress& victim = pattern.services.front().server;
  for (const auto& [key, row] : view.store.rows()) {
    const bool is_server = key.service.server == victim && row.server_spoke > 0;
    if (is_neighbour(key.service.protocol)) continue;
    const bool is_asking = row.request_unseen == 0 && row.clients.kept().contains(victim);
    if (!is_server && !is_asking) continue;
    const RowList rows{&row};
    return yes(fmt::format("{} {} {}", view.book.text(victim), is_server ? "answers as" : "asks",
                           view.endpoint(key.service)),
               is_server ? cite_answers(rows) : cite_requests(rows));
  }
  return no(fmt::format("no packet of {}", view.book.text(victim)));
}

Finding attack_types_of_data(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  if (pattern.kind != PatternKind::dns_tunnel || pattern.type == 0) return unknown();
  const std::string detail = fmt::format("most questions are of type {}", type_id(pattern));
  const bool is_address =
      pattern.type == packet::dns::type::a || pattern.type == packet::dns::type::aaaa;
  return is_address ? no(detail, places_of(view)) : yes(detail, places_of(view));
}

constexpr std::array kAttackFacts = {
    Entry{
        {"traffic.flood_began_it",
         "Did a flood of packets that nobody meant go on at the service, and the trouble of those "
         "who were served before begin with it? Never no.",
         "reasoned: served until the flood, and not since it began"},
        flood_began_it},
    Entry{{"attack.sources_many",
           "Do the packets come from 50 addresses or more, none of which sent a tenth of them? No "
           "where at most 8 addresses sent them.",
           "RFC 4987 2.2: floods of SYNs come from invented addresses"},
          attack_sources_many},
    Entry{{"attack.sources_local", "Is each address that sent much of it a private or local one?",
           "RFC 1918; RFC 4193"},
          attack_sources_local},
    Entry{{"attack.source_served",
           "Was an address that sent much of it served here too, by this service or another: a "
           "lookup answered, a connection completed?",
           "reasoned: who gets answers owns the address"},
          attack_source_served},
    Entry{{"attack.one_path",
           "Do the sources of a flood of requests ask for one path, again and again? In the kept "
           "requests, four or more; no where they ask for several.",
           ""},
          flood_one_path},
    Entry{{"attack.queries_differ",
           "Do more than half of the flood's kept requests have a query of their own, so that no "
           "cache answers them? Never no.",
           "MITRE ATT&CK T1499.002"},
          flood_queries_differ},
    Entry{{"attack.unfinished",
           "Is the flood one of connections that stand, and on which hardly a whole request is "
           "asked? No where whole requests are.",
           "MITRE ATT&CK T1499.002"},
          flood_unfinished},
    Entry{{"attack.login_accepted",
           "Was a login of a source accepted after it had been refused many times? In the kept "
           "logins; never no.",
           "MITRE ATT&CK T1110"},
          login_accepted},
    Entry{
        {"attack.secrets_differ",
         "Do the refused logins offer something else each time? In the kept logins whose words are "
         "in clear; never no.",
         "MITRE ATT&CK T1110.001"},
        login_secrets_differ},
    Entry{{"attack.users_differ",
           "Do the refused logins name many different users? In the kept logins whose words are in "
           "clear; never no.",
           "MITRE ATT&CK T1110.003"},
          login_users_differ},
    Entry{{"attack.names_new",
           "Does the flood of queries ask for ever new names of one domain? No where it asks for "
           "what others ask for too.",
           "reasoned: an answer that a resolver keeps is not asked for at the name's own server "
           "(RFC 2308 5)"},
          attack_names_new},
    Entry{{"attack.answers_rejected",
           "Does the address that gets the large DNS answers refuse them with ICMP \"port "
           "unreachable\"? Never no: a firewall may drop them.",
           "RFC 1122 4.1.3.1: nobody waits at that port"},
          attack_answers_rejected},
    Entry{{"attack.victim_heard",
           "Does the capture show packets that the address which gets the answers sent itself, so "
           "that its questions would be in it?",
           "reasoned: where one direction was captured, every answer looks unasked"},
          attack_victim_heard},
    Entry{{"attack.types_of_data",
           "Are most of the tunnel's questions of a type whose answers hold free data (TXT, NULL, "
           "CNAME, MX ...), and not an address?",
           "RFC 1035 3.3"},
          attack_types_of_data},
};

}  // namespace

std::span<const Entry> attack_facts() { return kAttackFacts; }

Finding flood_began_it(const View& view) {
  if (view.subject.pattern == nullptr) return unknown();
  const Pattern& flood = *view.subject.pattern;
  return yes(fmt::format("{} that nobody meant to {}, and the failures begin with them",
                         counted(flood.packets, "packet"), view.endpoint(flood.services.front())),
             places_of(view));
}

}  // namespace whydown::evidence::facts_detail
