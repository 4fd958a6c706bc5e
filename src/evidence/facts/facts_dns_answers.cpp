// Facts about what DNS answers said: names, types, flags.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "evidence/facts/facts.h"
#include "evidence/limits.h"

namespace whydown::evidence::facts_detail {

namespace {

using journey::Kind;
using packet::Field;

struct Names {
  NameSketch failing;
  NameSketch resolved;
  NameSketch all;
  RowList resolved_rows;
};

// Handshakes of DNS over TCP ask for no name.
bool asks_for_names(const Row& row) {
  return row.key.service.protocol == Protocol::dns && row.key.step == Step::name &&
         row.key.outcome != Outcome::unknown &&
         (row.key.service.transport == packet::Transport::udp || row.names.count() > 0);
}

// Over UDP and TCP: what a server resolves, it resolves either way.
Names names_of(const View& view) {
  Names out;
  for (const Row* row : view.failed) out.failing.merge(row->names);
  for (const Row* row : view.host) {
    if (!asks_for_names(*row)) continue;
    out.all.merge(row->names);
    if (!is_ok(*row)) continue;
    out.resolved.merge(row->names);
    out.resolved_rows.push_back(row);
  }
  return out;
}

bool ever_resolved(const Names& names) {
  return std::ranges::any_of(names.failing.kept(),
                             [&](std::uint32_t id) { return names.resolved.kept().contains(id); });
}

// "example.com" of "www.example.com"; empty where no domain of two labels is left.
std::string domain_of(const std::string& name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos || name.find('.', dot + 1) == std::string::npos) return {};
  return name.substr(dot + 1);
}

// Of the answers kept: how many have a property, of those that show it.
template <typename Shows, typename Has>
Finding answer_fact(const View& view, std::string_view words, Shows shows, Has has) {
  std::uint64_t shown = 0;
  std::vector<base::Place> with;
  std::vector<base::Place> without;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) {
      const Digest& answer = attempt->answer;
      if (answer.kind != Kind::dns_answer || (!shows(answer) && !has(answer))) continue;
      ++shown;
      (has(answer) ? with : without).push_back(answer.place);
    }
  }
  const std::string detail =
      fmt::format("{} of {} {}", with.size(), counted(shown, "kept answer"), words);
  if (shown == 0) return unknown();
  if (without.empty()) return yes(detail, earliest(std::move(with)));
  if (with.empty()) return no(detail, earliest(std::move(without)));
  return unknown(detail);
}

// What resolved before the first failure may be of better days. Where a failing name itself is ever
// resolved, the failure is one of times, and only what resolves meanwhile counts.
Finding other_names_resolve(const View& view) {
  if (!is_dns(view)) return unknown();
  const Names names = names_of(view);
  const base::Time until = ever_resolved(names) ? view.meanwhile : base::Time::max();
  std::vector<std::string> others;
  std::set<std::uint32_t> ids;
  for (const Row* row : names.resolved_rows) {
    const NameSketch resolved = names_between(*row, view.first, until);
    for (const std::uint32_t id : resolved.kept()) {
      if (names.failing.kept().contains(id) || !ids.insert(id).second) continue;
      others.push_back(view.name(id));
    }
  }
  if (!others.empty()) {
    std::vector<base::Place> packets = cite(names.resolved_rows, [&](const Attempt& attempt) {
      const bool is_after = attempt.begin >= view.first && attempt.begin <= until;
      return is_after && ids.contains(attempt.request.name) ? &attempt.answer : nullptr;
    });
    if (packets.empty()) packets = cite_answers(names.resolved_rows);
    return yes(list(others, others.size()) + " resolved", std::move(packets));
  }
  if (names.all.count() < 2 || names.resolved.count() > 0) return unknown();
  return no(fmt::format("{} names were asked for, none resolved", names.all.count()),
            cite_requests(view.failed));
}

// Whether a client that fails was served since its own first failure. What only others get tells of
// the clients, not of the names.
bool is_failing_client_served(const View& view) {
  if (view.store.client_overflow() > 0) return true;  // not all of them are known
  return std::ranges::any_of(view.store.service_clients(), [&](const auto& entry) {
    const auto& [key, row] = entry;
    return row.failed() > 0 && row.ok() > 0 && row.last_ok >= row.first_failed &&
           view.failing_clients.kept().contains(key.client) &&
           std::ranges::binary_search(view.subject.services, key.service);
  });
}

Finding sibling_names_resolve(const View& view) {
  if (!is_dns(view)) return unknown();
  const Names names = names_of(view);
  std::set<std::string> domains;
  for (const std::uint32_t id : names.failing.kept()) domains.insert(domain_of(view.name(id)));
  domains.erase("");
  RowList rows;
  std::set<std::uint32_t> ids;
  std::vector<std::string> siblings;
  for (const Row* row : names.resolved_rows) {
    if (!began_between(*row, view.first, view.meanwhile)) continue;
    rows.push_back(row);
    const NameSketch resolved = names_between(*row, view.first, view.meanwhile);
    for (const std::uint32_t id : resolved.kept()) {
      if (names.failing.kept().contains(id) || !domains.contains(domain_of(view.name(id))))
        continue;
      if (ids.insert(id).second) siblings.push_back(view.name(id));
    }
    // The failing name itself, between two failures: for a client that fails, because what others
    // get tells of the clients, not of the name.
    for (const Attempt* attempt : row->exemplars()) {
      const std::uint32_t id = attempt->request.name;
      if (attempt->begin < view.first || attempt->begin > view.last || id == 0) continue;
      if (!view.failing_clients.kept().contains(attempt->client)) continue;
      if (!names.failing.kept().contains(id)) continue;
      if (ids.insert(id).second) siblings.push_back(view.name(id));
    }
  }
  if (rows.empty() || domains.empty()) return unknown();
  if (siblings.empty()) return no("no other name of the same domain resolved meanwhile");
  if (!is_failing_client_served(view)) {
    return no("other names of the same domain resolved for others only");
  }
  return yes(
      list(siblings, siblings.size()) + " resolved meanwhile",
      cite(rows, [&](const Attempt& attempt) {
        const bool is_meanwhile = attempt.begin >= view.first && attempt.begin <= view.meanwhile;
        return is_meanwhile && ids.contains(attempt.request.name) ? &attempt.answer : nullptr;
      }));
}

Finding all_names_fail(const View& view) {
  if (!is_dns(view)) return unknown();
  const Names names = names_of(view);
  if (names.failing.count() == 0) return unknown();
  const RowList resolved = rows_where(names.resolved_rows, [&](const Row& row) {
    return began_between(row, view.first, view.meanwhile);
  });
  if (!resolved.empty()) {
    return no(counted(sum(resolved, &Row::attempts), "attempt") + " resolved",
              cite_answers(resolved));
  }
  if (names.failing.count() < 2) return unknown();
  return yes(fmt::format("{} names fail, none resolves", names.failing.count()),
             cite_requests(view.failed));
}

Finding failing_name_resolved(const View& view) {
  if (!is_dns(view)) return unknown();
  const Names names = names_of(view);
  std::vector<std::string> found;
  std::set<std::uint32_t> ids;
  for (const std::uint32_t id : names.failing.kept()) {
    if (!names.resolved.kept().contains(id)) continue;
    ids.insert(id);
    found.push_back(view.name(id));
  }
  if (!found.empty()) {
    std::vector<base::Place> packets = cite(names.resolved_rows, [&](const Attempt& attempt) {
      return ids.contains(attempt.request.name) ? &attempt.answer : nullptr;
    });
    if (packets.empty()) packets = cite_answers(names.resolved_rows);
    return yes(list(found, found.size()) + " resolved at another time", std::move(packets));
  }
  // Of many names only some are kept.
  const bool is_all_kept = names.failing.count() <= names.failing.kept().size() &&
                           names.resolved.count() <= names.resolved.kept().size();
  if (names.failing.count() == 0 || names.resolved.count() == 0 || !is_all_kept) return unknown();
  return no("none of the failing names was resolved in view", cite_requests(view.failed));
}

Finding authoritative_answer(const View& view) {
  return answer_fact(
      view, "authoritative (AA)",
      [](const Digest& answer) {
        return answer.known.has(Field::bytes) || answer.known.has(Field::dns_id);
      },
      [](const Digest& answer) { return answer.authoritative; });
}

Finding soa_in_answer(const View& view) {
  return answer_fact(
      view, "with a SOA record in the authority section",
      [](const Digest& answer) { return answer.known.has(Field::dns_sections); },
      [](const Digest& answer) { return answer.has_soa; });
}

Finding second_answers(const View& view) {
  if (view.subject.symptom != Symptom::wrong_answer) return unknown();
  std::uint64_t count = 0;
  std::vector<base::Place> packets;
  for (const ObservationRow& row : view.store.observations()) {
    const auto& wanted = view.subject.services;
    const bool is_ours = std::ranges::find(wanted, row.service) != wanted.end();
    if (row.sign != Sign::second_answer || !is_ours) continue;
    count += row.count;
    for (const Observation& seen : row.first) packets.push_back(seen.packet.place);
  }
  if (count == 0) return no("no query got two different answers", cite_answers(view.failed));
  return yes(fmt::format("{} sent once got two different answers",
                         count == 1 ? "1 query" : fmt::format("{} queries", count)),
             earliest(std::move(packets)));
}

Finding answers_from_two_distances(const View& view) {
  if (view.subject.symptom != Symptom::wrong_answer) return unknown();
  std::map<std::uint8_t, std::vector<base::Place>> places;
  for (const Row* row : view.service) {
    if (!is_ok(*row) && row->key.symptom != Symptom::wrong_answer) continue;
    for (const Attempt* attempt : row->exemplars()) {
      const Digest& answer = attempt->answer;
      if (answer.kind != Kind::dns_answer || !answer.known.has(Field::ttl)) continue;
      places[answer.ttl].push_back(answer.place);
    }
  }
  if (places.empty()) return unknown();
  std::vector<base::Place> cited;
  std::vector<std::string> ttls;
  for (auto& [ttl, packets] : places) {
    ttls.push_back(std::to_string(ttl));
    cited.insert(
        cited.end(), packets.begin(),
        packets.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(packets.size(), 2)));
  }
  if (places.size() == 1) {
    return no("all kept answers have the TTL " + ttls.front(), earliest(std::move(cited)));
  }
  return yes("the kept answers have the TTLs " + list(ttls, ttls.size()),
             earliest(std::move(cited)));
}

Finding one_address_for_all(const View& view) {
  if (view.subject.symptom != Symptom::wrong_answer) return unknown();
  std::set<base::IpAddress> given;
  std::set<std::string> domains;
  std::vector<base::Place> packets;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) {
      if (!attempt->answer.quoted_destination.is_known()) continue;
      given.insert(attempt->answer.quoted_destination);
      const std::string name = view.name(attempt->question.name);
      const std::size_t top = name.rfind('.');
      const std::size_t second =
          top == std::string::npos || top == 0 ? top : name.rfind('.', top - 1);
      domains.insert(second == std::string::npos ? name : name.substr(second + 1));
      packets.push_back(attempt->answer.place);
    }
  }
  constexpr std::size_t few = 3;
  if (given.empty() || domains.size() < few) return unknown();
  if (given.size() == 1) {
    return yes(
        fmt::format("{} for names of {} domains", view.book.text(*given.begin()), domains.size()),
        earliest(std::move(packets)));
  }
  return no(fmt::format("{} addresses for names of {} domains", given.size(), domains.size()),
            earliest(std::move(packets)));
}

Finding other_types_exist(const View& view) {
  if (!is_dns(view)) return unknown();
  std::set<std::pair<std::uint32_t, std::uint16_t>> failing;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) {
      const Digest& request = attempt->request;
      if (request.name != 0) failing.emplace(request.name, request.dns_type);
    }
  }
  const auto asks_other_type = [&](const Digest& request) {
    const auto at = failing.lower_bound({request.name, 0});
    return request.name != 0 && at != failing.end() && at->first == request.name &&
           !failing.contains({request.name, request.dns_type});
  };
  const RowList rows = rows_where(view.service, is_ok);
  std::string name;
  std::vector<base::Place> packets = cite(rows, [&](const Attempt& attempt) -> const Digest* {
    const bool exists = attempt.answer.dns_answers > 0 && asks_other_type(attempt.request);
    if (exists) name = view.name(attempt.request.name);
    return exists ? &attempt.answer : nullptr;
  });
  if (!packets.empty()) {
    return yes(name + " has records of another type, in the kept packets", std::move(packets));
  }
  return unknown();
}

constexpr std::array kDnsAnswersFacts = {
    Entry{
        {"dns.other_names_resolve",
         "Did this server, over UDP or TCP, resolve a name that is not among the failing ones "
         "since the first failure? Only meanwhile, where it resolved a failing name at some time.",
         ""},
        other_names_resolve},
    Entry{{"dns.sibling_names_resolve",
           "Did the same server resolve another name of a failing name's own domain while the "
           "failure lasted, or for a failing client the failing name itself between two failures? "
           "No where no client that fails was served since its own first failure.",
           ""},
          sibling_names_resolve},
    Entry{{"dns.all_names_fail",
           "Do two or more names fail at this server while it resolves none meanwhile, over UDP or "
           "TCP?",
           ""},
          all_names_fail},
    Entry{{"dns.failing_name_resolved",
           "Did this server resolve one of the failing names at another time in view?", ""},
          failing_name_resolved},
    Entry{{"dns.authoritative_answer",
           "Are all failing answers authoritative (AA)? In the kept packets.", "RFC 1035 4.1.1"},
          authoritative_answer},
    Entry{{"dns.soa_in_answer",
           "Have all failing answers a SOA record in their authority section? In the kept packets.",
           "RFC 2308 2"},
          soa_in_answer},
    Entry{{"dns.other_types_exist",
           "Did this server give records of another type for a failing name? In the kept packets; "
           "never no.",
           "RFC 2308 2.2"},
          other_types_exist},
    Entry{{"dns.second_answers",
           "Did queries that were sent once get two answers that say different things?",
           "RFC 5452 4; RFC 3833 2.2"},
          second_answers},
    Entry{{"dns.answers_from_two_distances",
           "Do answers that carry the server's address have different TTLs, as from different "
           "places? In the kept packets.",
           "nmap.org, firewall and IDS packet forgery"},
          answers_from_two_distances},
    Entry{
        {"dns.one_address_for_all",
         "Do the answers give one address for names of three domains or more? In the kept packets.",
         "RFC 8952 (captive portals)"},
        one_address_for_all},
};

}  // namespace

std::span<const Entry> dns_answers_facts() { return kDnsAnswersFacts; }

}  // namespace whydown::evidence::facts_detail
