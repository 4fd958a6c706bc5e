// Facts about what else goes on while the failure lasts: who is served in between, what the server
// asks for itself.
#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

constexpr std::size_t kChanges = 4;  // an outage, a recovery and another outage make two
constexpr std::uint64_t kFailuresForNo = 3;

// An attempt kept whole, of a client that fails.
struct Kept {
  base::IpAddress client;
  base::Time begin{};
  bool is_served = false;
  base::Place packet;
};

std::vector<Kept> kept_of_failing(const View& view) {
  std::vector<Kept> out;
  for (const Row* row : view.service) {
    const bool served = is_served(*row, view.subject.symptom);
    if (!served && row->key.symptom != view.subject.symptom) continue;
    for (const Attempt* attempt : row->exemplars()) {
      const bool is_within = attempt->begin >= view.first && attempt->begin <= view.last_begin;
      if (served && is_handshake(*attempt)) continue;
      if (!is_within || !view.failing_clients.kept().contains(attempt->client)) continue;
      const base::Place& answer = attempt->answer.place;
      out.push_back({attempt->client, attempt->begin, served,
                     attempt->answer.is_set() ? answer : attempt->request.place});
    }
  }
  std::ranges::stable_sort(
      out, {}, [](const Kept& kept) { return std::tuple(kept.client, kept.begin, kept.packet); });
  return out;
}

// How often one client went from failing to being served or back.
std::size_t changes_in(const std::vector<Kept>& kept) {
  std::size_t most = 0;
  std::size_t changes = 0;
  for (std::size_t i = 1; i < kept.size(); ++i) {
    if (kept[i].client != kept[i - 1].client) changes = 0;
    changes += kept[i].client == kept[i - 1].client && kept[i].is_served != kept[i - 1].is_served;
    most = std::max(most, changes);
  }
  return most;
}

// The same of all clients, second by second: a second with both has changed twice.
std::size_t changes_in(const std::vector<Moment>& moments) {
  std::size_t changes = 0;
  bool was_served = false;
  bool is_first = true;
  for (const Moment& moment : moments) {
    if (moment.failed == 0 && moment.served == 0) continue;
    if (moment.failed > 0 && moment.served > 0) {
      changes += 2;
      continue;
    }
    const bool served = moment.served > 0;
    if (!is_first && served != was_served) ++changes;
    was_served = served;
    is_first = false;
  }
  return changes;
}

// Whether some were served at the beginning only, as while a new setting takes hold, and many
// failed since.
// Of silence it says nothing: a server that drowns serves some at first, too.
bool is_settled(const View& view, const RowList& served) {
  if (view.subject.symptom == Symptom::no_response) return false;
  constexpr base::Duration kTakesHold = std::chrono::seconds{3};
  constexpr std::uint64_t kFailuresSince = 10;
  const base::Time since = base::add(view.first, kTakesHold);
  std::uint64_t failed = 0;
  for (const Row* row : view.failed) failed += row->times.within(since, base::Time::max());
  const bool is_served_since = std::ranges::any_of(
      served, [&](const Row* row) { return began_between(*row, since, view.last_begin); });
  return failed >= kFailuresSince && !is_served_since;
}

// What was sent after the last failure that is decided, and has waited for much longer than any
// answer took, was lost as well: until when requests have waited so long.
base::Time waited_enough(const View& view, const RowList& served) {
  constexpr base::Duration at_least = std::chrono::seconds{2};
  constexpr int times_longer = 4;
  const LatencyHistogram answered = latencies(served);
  if (view.subject.symptom != Symptom::no_response || answered.count() == 0) return view.last_begin;
  return base::add(view.store.totals().last.time,
                   -std::max(at_least, times_longer * answered.maximum()));
}

// The seconds since then in which some were served and some wait on.
struct Mixed {
  std::size_t seconds = 0;
  std::uint64_t served = 0;  // in them
};

Mixed mixed_since(const View& view, const RowList& served) {
  TimeHistogram waiting;
  TimeHistogram asked;
  for (const Row* row : view.service) {
    if (row->key.outcome == Outcome::unknown && row->open_at_end == row->attempts) {
      waiting.merge(row->times);
    }
  }
  for (const Row* row : served) asked.merge(row->times);
  const TimeHistogram& wider = waiting.slot_width() > asked.slot_width() ? waiting : asked;
  const base::Time until = waited_enough(view, served);
  Mixed mixed;
  for (std::size_t i = 0; i < TimeHistogram::kSlots; ++i) {
    const base::Time start = wider.slot_start(i);
    const base::Time end = base::add(start, wider.slot_width());
    if (start < view.last_begin || end > until) continue;
    const std::uint64_t served_here = asked.within(start, end);
    if (served_here == 0 || waiting.within(start, end) == 0) continue;
    ++mixed.seconds;
    mixed.served += served_here;
  }
  return mixed;
}

Finding failing_client_served(const View& view) {
  const std::vector<Kept> kept = kept_of_failing(view);
  std::vector<base::Place> packets;
  for (const Kept& attempt : kept) {
    if (attempt.is_served) packets.push_back(attempt.packet);
  }
  const RowList served = rows_where(view.service, [&](const Row& row) {
    return is_served(row, view.subject.symptom) && !may_be_handshakes(row);
  });
  std::uint64_t between = 0;
  for (const Row* row : served) between += row->times.within(view.first, view.last_begin);
  if (is_settled(view, served) && between + packets.size() > 0) {
    return unknown("some served at the beginning, and none since");
  }
  // Where others are served as well, the seconds do not tell who was.
  const bool is_only_failing = others_served(view).truth != Truth::yes;
  const Mixed since = mixed_since(view, served);
  const bool is_by_seconds =
      is_only_failing && changes_in(moments(view)) + 2 * since.seconds >= kChanges;
  if (is_by_seconds || changes_in(kept) >= kChanges) {
    const std::uint64_t shown = std::max<std::uint64_t>(between + since.served, packets.size());
    // Answers that came meanwhile, to questions from before the first failure.
    if (shown == 0) return unknown();
    if (packets.empty()) packets = cite_answers(served);
    return yes(counted(shown, "attempt") + " served between the failures",
               earliest(std::move(packets)));
  }
  if (between > 0 || !packets.empty()) return unknown();
  if (sum(view.failed, &Row::attempts) < kFailuresForNo) return unknown();
  return no("nothing known to be served between the failures", cite_requests(view.failed));
}

Finding own_requests_fail(const View& view) {
  const bool is_dns = view.subject.services.front().protocol == Protocol::dns;
  std::vector<base::Place> failed;
  std::vector<base::Place> answered;
  std::string what;
  for (const auto& [key, row] : view.store.rows()) {
    const bool is_itself = std::ranges::binary_search(view.servers, key.service.server);
    const bool is_asked_for = key.service.protocol != Protocol::arp &&
                              key.service.protocol != Protocol::nd &&
                              (!is_dns || key.service.protocol == Protocol::dns);
    if (is_itself || !is_asked_for || key.noise || key.outcome == Outcome::unknown) continue;
    const bool is_answered = is_ok(row) || key.symptom == Symptom::nx_domain;
    for (const Attempt* attempt : row.exemplars()) {
      const bool is_own = std::ranges::binary_search(view.servers, attempt->client);
      if (!is_own || !is_during(view, attempt->begin)) continue;
      const Digest& shown = attempt->answer.is_set() || !attempt->request.is_set()
                                ? attempt->answer
                                : attempt->request;
      (is_answered ? answered : failed).push_back(shown.place);
      if (!is_answered && what.empty()) what = view.endpoint(key.service);
    }
  }
  if (failed.size() > answered.size()) {
    return yes(fmt::format("its own requests, such as to {}, fail", what),
               earliest(std::move(failed)));
  }
  if (!failed.empty() || answered.empty()) return unknown();
  return no("its own requests to others were answered", earliest(std::move(answered)));
}

// Of a name and type that it failed, a server had an answer with data from others, and none of what
// it asked them failed: what came was not to its liking.
Finding answer_withheld(const View& view) {
  if (view.subject.symptom != Symptom::serv_fail) return unknown();
  std::set<std::pair<std::uint32_t, std::uint16_t>> failing;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) {
      if (attempt->question.name == 0) continue;
      failing.emplace(attempt->question.name, attempt->question.type);
    }
  }
  std::vector<base::Place> packets;
  for (const auto& [key, row] : view.store.rows()) {
    const bool is_itself = std::ranges::binary_search(view.servers, key.service.server);
    if (is_itself || key.service.protocol != Protocol::dns) continue;
    for (const Attempt* attempt : row.exemplars()) {
      const bool is_own = std::ranges::binary_search(view.servers, attempt->client);
      if (!is_own || !is_during(view, attempt->begin) || key.outcome == Outcome::unknown) continue;
      if (!is_ok(row) && key.symptom != Symptom::nx_domain) return unknown();
      const bool has_data = attempt->answer.is_set() && attempt->answer.dns_answers != 0;
      const auto& asked = attempt->question;
      if (has_data && failing.contains({asked.name, asked.type})) {
        packets.push_back(attempt->answer.place);
      }
    }
  }
  if (packets.empty()) return unknown();
  return yes("it was given the answer itself, and said SERVFAIL all the same",
             earliest(std::move(packets)));
}

Finding servfail_meanwhile(const View& view) {
  if (view.subject.symptom == Symptom::serv_fail) return unknown();
  std::vector<base::Place> packets;
  for (const Row* row : view.host) {
    if (row->key.symptom != Symptom::serv_fail) continue;
    for (const Attempt* attempt : row->exemplars()) {
      if (is_during(view, attempt->answer.place.time)) packets.push_back(attempt->answer.place);
    }
  }
  if (packets.empty()) return unknown();
  return yes("other queries were answered with SERVFAIL", earliest(std::move(packets)));
}

constexpr std::array kMeanwhileFacts = {
    Entry{{"host.own_requests_fail",
           "Did requests that the server itself sent to others (a DNS server: DNS queries) fail "
           "since the first failure? No where they were answered. In the kept packets.",
           "RFC 1034 5.3.1"},
          own_requests_fail},
    Entry{{"service.failing_client_served",
           "Were clients that fail served by this service in between, so that failing and being "
           "served changed four times or more? What is unanswered at the end of the capture, after "
           "two seconds and four times the longest answer, has failed. No where nobody was served "
           "between the failures; "
           "unknown where some were in the first three seconds of refusals or errors only.",
           "reasoned: what stops a service altogether serves nobody in between"},
          failing_client_served},
    Entry{{"dns.answer_withheld",
           "Was the server itself given an answer with data for a name and type that it failed "
           "with SERVFAIL, while nothing that it asked others failed? Never no. In the kept "
           "packets.",
           "RFC 4035 5.5"},
          answer_withheld},
    Entry{{"dns.servfail_meanwhile",
           "Did the same server answer other queries with SERVFAIL since the first failure? Never "
           "no.",
           "RFC 1035 4.1.1"},
          servfail_meanwhile},
};

}  // namespace

std::span<const Entry> meanwhile_facts() { return kMeanwhileFacts; }

}  // namespace whydown::evidence::facts_detail
