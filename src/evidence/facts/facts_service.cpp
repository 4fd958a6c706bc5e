// Facts about who was served, and when.
#include <array>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

RowList served_rows(const View& view) {
  return rows_where(view.service,
                    [&](const Row& row) { return is_served(row, view.subject.symptom); });
}

// What shows that attempts that began in [from, to] were answered.
std::vector<base::Place> cite_begun(const RowList& rows, base::Time from, base::Time to) {
  return cite(rows, [&](const Attempt& attempt) {
    return attempt.begin >= from && attempt.begin <= to ? &proof_of(attempt) : nullptr;
  });
}

// Clients of the subject's services since the first failure, by what they got.
struct Clients {
  std::set<base::IpAddress> failing;
  std::set<base::IpAddress> served_others;  // served during the failure, and not failing
  std::uint64_t failing_count = 0;
  bool anyone_served = false;
  std::uint64_t in_view = 0;
};

// Who was served meanwhile by what is counted of each client.
void add_from_pairs(const View& view, Clients& out) {
  const auto is_within = [&](base::Time time) {
    return time >= view.first && time <= view.meanwhile;
  };
  for (const Service& service : view.subject.services) {
    const auto& pairs = view.store.service_clients();
    for (auto at = pairs.lower_bound({service, {}, {}});
         at != pairs.end() && at->first.service == service; ++at) {
      const ServiceClientRow& row = at->second;
      if (row.ok() == 0) continue;
      // Between its first and its last answer a client that never failed stands for those whom the
      // service is known to have served.
      const bool is_served = is_within(row.first_ok) || is_within(row.last_ok) ||
                             (out.anyone_served && row.failed() == 0 && row.first_ok < view.first &&
                              row.last_ok > view.meanwhile);
      if (is_served) out.served_others.insert(at->first.client);
    }
  }
}

Clients clients_of(const View& view) {
  Clients out;
  out.failing.insert(view.failing_clients.kept().begin(), view.failing_clients.kept().end());
  out.failing_count = view.failing_clients.count();
  const base::Time until = view.meanwhile;
  const auto is_within = [&](base::Time time) { return time >= view.first && time <= until; };
  AddressSketch all;
  for (const Row* row : view.service) {
    if (row->counted == 0 || row->key.outcome == Outcome::unknown) continue;
    all.merge(row->clients);
    if (!is_served(*row, view.subject.symptom)) continue;
    out.anyone_served = out.anyone_served || began_between(*row, view.first, until);
    for (const Attempt* attempt : row->exemplars()) {
      // Who never took the answer up was not served by it.
      const bool is_one = is_within(attempt->begin) && !attempt->half_open;
      if (is_one) out.served_others.insert(attempt->client);
    }
  }
  add_from_pairs(view, out);
  out.anyone_served = out.anyone_served || !out.served_others.empty();
  // Beyond what the sketch keeps, a client may fail without being known by address.
  if (!view.failing_clients.is_exact()) {
    std::erase_if(out.served_others, [&](const auto& client) {
      const auto& pairs = view.store.service_clients();
      return std::ranges::any_of(view.subject.services, [&](const Service& service) {
        const auto found = pairs.lower_bound({service, client, {}});
        if (found == pairs.end() || found->first.service != service ||
            found->first.client != client) {
          return true;
        }
        return found->second.failed() > 0;
      });
    });
  }
  std::erase_if(out.served_others,
                [&](const auto& client) { return out.failing.contains(client); });
  out.in_view = all.count();
  return out;
}

std::vector<base::Place> cite_clients(const View& view, const RowList& rows,
                                      const std::set<base::IpAddress>& clients) {
  const base::Time until = view.meanwhile;
  const std::vector<base::Place> during = cite(rows, [&](const Attempt& attempt) {
    const bool fits =
        clients.contains(attempt.client) && attempt.begin >= view.first && attempt.begin <= until;
    return fits ? &attempt.answer : nullptr;
  });
  return during.empty() ? cite_answers(rows) : during;
}

std::string addresses(const View& view, const std::set<base::IpAddress>& clients,
                      std::uint64_t total) {
  std::vector<std::string> items;
  items.reserve(clients.size());
  for (const base::IpAddress& client : clients) items.push_back(view.book.text(client));
  return list(items, std::max<std::uint64_t>(total, items.size()));
}

Finding answered_before(const View& view) {
  const RowList rows =
      rows_where(served_rows(view), [&](const Row& row) { return row.first < view.first; });
  if (rows.empty()) {
    const RowList asked = rows_where(view.service, [&](const Row& row) {
      return row.first < view.first && row.key.outcome != Outcome::unknown;
    });
    if (asked.empty()) return unknown();
    return no("nothing in view was answered before the first failure", cite_requests(asked));
  }
  base::Time first = base::Time::max();
  for (const Row* row : rows) first = std::min(first, row->first);
  return yes(fmt::format("answered since {} before the first failure",
                         times(base::between(first, view.first))),
             cite_begun(rows, base::Time::min(), base::add(view.first, -base::Duration{1})));
}

Finding answered_after(const View& view) {
  const RowList rows = rows_where(
      served_rows(view), [&](const Row& row) { return latest_begin(row) > view.last_begin; });
  if (rows.empty()) {
    const RowList asked = rows_where(view.service, [&](const Row& row) {
      return latest_begin(row) > view.last_begin && row.key.outcome != Outcome::unknown;
    });
    if (asked.empty()) return unknown();
    return no("nothing in view was answered after the last failure", cite_requests(asked));
  }
  return yes("answered again after the last failure",
             cite_begun(rows, base::add(view.last_begin, base::Duration{1}), base::Time::max()));
}

Finding never_answered(const View& view) {
  const RowList rows = served_rows(view);
  const std::uint64_t served = sum(rows, &Row::attempts);
  if (served > 0) return no(counted(served, "attempt") + " answered", cite_answers(rows));
  return yes(fmt::format("none of {} in view answered",
                         counted(sum(view.service, &Row::attempts), "attempt")),
             cite_requests(view.service));
}

Finding only_one_client_fails(const View& view) {
  const Clients clients = clients_of(view);
  if (clients.failing_count >= 2) {
    return no(fmt::format("{} clients fail", clients.failing_count), cite_requests(view.failed));
  }
  if (clients.failing_count == 0 || clients.served_others.empty()) return unknown();
  return yes(fmt::format("only {} fails; {} served meanwhile",
                         addresses(view, clients.failing, clients.failing_count),
                         addresses(view, clients.served_others, clients.served_others.size())),
             both(cite_requests(view.failed),
                  cite_clients(view, served_rows(view), clients.served_others)));
}

Finding all_clients_fail(const View& view) {
  const Clients clients = clients_of(view);
  if (clients.in_view < 2) return unknown();
  if (clients.anyone_served) {
    return no("some attempts were served meanwhile", cite_answers(served_rows(view)));
  }
  if (clients.failing_count < 2) return unknown();
  return yes(fmt::format("{} clients fail, nobody was served meanwhile", clients.failing_count),
             cite_requests(view.failed));
}

// Request packets beyond the first of an attempt. A request that comes again unchanged (port and
// id alike) after its error is a retry too, though it counts as an attempt of its own. One that
// comes again from another port, as dig's do, may have been answered the second time: that is
// neither.
Finding retried(const View& view) {
  const std::uint64_t attempts = sum(view.failed, &Row::attempts);
  const std::uint64_t tries = sum(view.failed, &Row::tries);
  if (tries == 0) return unknown();
  std::set<std::tuple<base::IpAddress, std::uint16_t, std::uint16_t, std::uint32_t>> seen;
  std::set<std::tuple<base::IpAddress, std::uint16_t, std::uint32_t>> asked;  // from any port
  bool is_asked_again = false;
  std::vector<base::Place> packets;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) {
      const Digest& request = attempt->request;
      if (attempt->last_request.is_set()) packets.push_back(attempt->last_request.place);
      if (request.kind != journey::Kind::dns_query || request.source_port == 0) continue;
      if (!seen.emplace(request.source, request.source_port, request.dns_id, request.name).second) {
        packets.push_back(request.place);
      }
      is_asked_again |= !asked.emplace(request.source, request.dns_id, request.name).second;
    }
  }
  const std::string detail =
      fmt::format("{} in {}", counted(tries, "request packet"), counted(attempts, "attempt"));
  if (tries > attempts) return yes(detail, earliest(std::move(packets)));
  if (!packets.empty()) return yes("the same query came again", earliest(std::move(packets)));
  return is_asked_again ? unknown() : no(detail, cite_requests(view.failed));
}

constexpr std::array kServiceFacts = {
    Entry{{"service.answered_before",
           "Was anyone served by this service before the first failure in view? A DNS error answer "
           "counts as service where the failure is not an error answer.",
           ""},
          answered_before},
    Entry{{"service.answered_after",
           "Was anyone served by this service after the last failure in view?", ""},
          answered_after},
    Entry{{"service.never_answered", "Is there no attempt at all in view that this service served?",
           ""},
          never_answered},
    Entry{{"service.others_served",
           "Was a client that did not fail served by this service meanwhile? No where two or more "
           "clients failed and none else was served.",
           ""},
          others_served},
    Entry{{"service.only_one_client_fails",
           "Does exactly one client fail while another is served by this service meanwhile?", ""},
          only_one_client_fails},
    Entry{{"service.all_clients_fail",
           "Do two or more clients fail while nobody is served by this service meanwhile?", ""},
          all_clients_fail},
    Entry{{"request.retried",
           "Was the request sent more than once: several packets in an attempt, or the same DNS "
           "query (port and id) again? Unknown where it came again from another port.",
           "RFC 1035 4.2.1"},
          retried},
};

}  // namespace

std::span<const Entry> service_facts() { return kServiceFacts; }

Finding others_served(const View& view) {
  const Clients clients = clients_of(view);
  if (!clients.served_others.empty()) {
    return yes(fmt::format("{} served meanwhile",
                           addresses(view, clients.served_others, clients.served_others.size())),
               cite_clients(view, served_rows(view), clients.served_others));
  }
  if (clients.failing_count < 2) return unknown();
  return no(fmt::format("{} failed, no other client was served meanwhile",
                        addresses(view, clients.failing, clients.failing_count)),
            cite_answers(view.failed));
}

}  // namespace whydown::evidence::facts_detail
