// Facts about HTTP: which statuses, how soon, for which paths and names.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Duration kSoon = milliseconds{100};
constexpr base::Duration kLate = seconds{1};
constexpr base::Duration kWaited = milliseconds{1500};

bool is_http_answer(const Attempt& attempt) {
  return attempt.answer.kind == journey::Kind::http_answer;
}

// Whether four of five failing answers have one of these statuses.
Finding most_have(const View& view, std::initializer_list<std::uint16_t> statuses,
                  std::string_view words) {
  if (!is_http(view)) return unknown();
  std::uint64_t all = 0;
  std::uint64_t some = 0;
  for (const Row* row : view.failed) {
    for (const CodeCounts::Entry& entry : row->codes.all()) {
      all += entry.count;
      if (std::ranges::find(statuses, entry.code) != statuses.end()) some += entry.count;
    }
  }
  if (all == 0) return unknown();
  const std::string detail =
      fmt::format("{} of {} had {}", some, counted(all, "failing answer"), words);
  const std::vector<base::Place> packets = cite(view.failed, [&](const Attempt& attempt) {
    const bool fits = std::ranges::find(statuses, attempt.answer.code) != statuses.end();
    return fits == (some != 0) ? &attempt.answer : nullptr;
  });
  if (some * 5 >= all * 4) return yes(detail, packets);
  return some * 5 <= all ? no(detail, packets) : unknown(detail);
}

// Exemplars of what was served meanwhile.
std::vector<const Attempt*> served_meanwhile(const View& view, const RowList& rows) {
  std::vector<const Attempt*> out;
  for (const Attempt* attempt : kept(rows)) {
    const bool ok = attempt->outcome == Outcome::ok || attempt->outcome == Outcome::slow;
    const bool meanwhile =
        attempt->begin >= view.first && attempt->begin <= base::add(view.meanwhile, kAfterLast);
    if (ok && meanwhile && is_http_answer(*attempt)) out.push_back(attempt);
  }
  return out;
}

Finding http_bad_gateway(const View& view) { return most_have(view, {502}, "status 502"); }
Finding http_gateway_timeout(const View& view) { return most_have(view, {504}, "status 504"); }
Finding http_unavailable(const View& view) { return most_have(view, {503}, "status 503"); }
Finding http_too_many(const View& view) { return most_have(view, {429}, "status 429"); }
Finding http_server_error(const View& view) {
  return most_have(view, {500, 501, 505, 507, 508}, "status 500 or a like one");
}
Finding http_asks_for_credentials(const View& view) {
  return most_have(view, {401, 407, 511}, "status 401, 407 or 511");
}
Finding http_login_required(const View& view) { return most_have(view, {511}, "status 511"); }
Finding http_forbidden(const View& view) {
  return most_have(view, {403, 451}, "status 403 or 451");
}
Finding http_nothing_there(const View& view) {
  return most_have(view, {404, 410}, "status 404 or 410");
}
Finding http_request_at_fault(const View& view) {
  return most_have(view, {400, 405, 406, 408, 411, 413, 414, 415, 417, 421, 422, 426, 431},
                   "a status that finds fault with the request");
}

Finding http_failed_soon(const View& view) {
  if (!is_http(view)) return unknown();
  const LatencyHistogram latency = latencies(view.failed);
  if (latency.count() == 0) return unknown();
  const base::Duration median = latency.quantile(0.5);
  const std::string detail = fmt::format("failing answers after {} (median of {})", times(median),
                                         counted(latency.count(), "answer"));
  if (median <= kSoon) return yes(detail, cite_answers(view.failed));
  return median >= kLate ? no(detail, cite_answers(view.failed)) : unknown(detail);
}

// A time-out of the gateway makes all failures take the same time.
Finding http_failed_after_same_wait(const View& view) {
  if (!is_http(view)) return unknown();
  base::Duration shortest = base::Duration::max();
  base::Duration longest{0};
  std::size_t count = 0;
  for (const Attempt* attempt : kept(view.failed)) {
    if (attempt->latency.count() < 0 || !is_http_answer(*attempt)) continue;
    ++count;
    shortest = std::min(shortest, attempt->latency);
    longest = std::max(longest, attempt->latency);
  }
  if (count < 2) return unknown();
  const std::string least = times(shortest);
  const std::string most = times(longest);
  const std::string span = least == most ? least + " each" : least + " to " + most;
  const std::string detail = fmt::format("{} failed after {}", counted(count, "request"), span);
  const bool same = longest - shortest <= longest / 10;
  if (shortest >= kWaited && same) return yes(detail, cite_answers(view.failed));
  return no(detail, cite_answers(view.failed));
}

Finding http_retry_after(const View& view) {
  if (!is_http(view) || sum(view.failed, &Row::attempts) == 0) return unknown();
  const std::uint64_t all = sum(view.failed, &Row::attempts);
  const std::uint64_t some = sum(view.failed, &Row::retry_after);
  const std::string detail =
      fmt::format("{} of {} said when to come again", some, counted(all, "failing answer"));
  // Which of the kept ones did is told by the outline.
  const std::vector<base::Place> packets = cite(view.failed, [&](const Attempt& attempt) {
    return attempt.has_retry_after == (some != 0) ? &attempt.answer : nullptr;
  });
  return some * 2 >= all ? yes(detail, packets) : some == 0 ? no(detail, packets) : unknown(detail);
}

Finding http_other_paths_served(const View& view) {
  if (!is_http(view)) return unknown();
  std::set<std::uint32_t> failing;
  for (const Attempt* attempt : kept(view.failed)) failing.insert(attempt->request.target);
  std::vector<const Attempt*> others;
  std::vector<const Attempt*> same;
  for (const Attempt* attempt : served_meanwhile(view, view.service)) {
    if (attempt->request.target == 0) continue;
    (failing.contains(attempt->request.target) ? same : others).push_back(attempt);
  }
  if (failing.contains(0) || failing.empty()) return unknown();
  if (!same.empty()) return no("the same paths were served in between", answers_of(same));
  if (others.empty()) return unknown();
  return yes(fmt::format("{} served meanwhile, and never {}",
                         view.names.shown_path(others.front()->request.target),
                         view.names.shown(*failing.begin())),
             answers_of(others));
}

Finding http_other_names_served(const View& view) {
  if (!is_http(view)) return unknown();
  std::set<std::uint32_t> failing;
  for (const Attempt* attempt : kept(view.failed)) failing.insert(attempt->request.name);
  if (failing.contains(0) || failing.empty()) return unknown();
  std::vector<const Attempt*> others;
  std::vector<const Attempt*> same;
  for (const Attempt* attempt : served_meanwhile(view, view.service)) {
    if (attempt->request.name == 0) continue;
    (failing.contains(attempt->request.name) ? same : others).push_back(attempt);
  }
  if (!same.empty()) return no("the same name was served in between", answers_of(same));
  if (others.empty()) return unknown();
  return yes(fmt::format("{} served meanwhile by the same server",
                         view.name(others.front()->request.name)),
             answers_of(others));
}

// Accepted connections to the subject's services while the failure lasted.
RowList handshakes_of(const View& view) {
  return rows_where(view.host, [&](const Row& row) {
    const Service& service = row.key.service;
    const bool is_same = std::ranges::any_of(view.subject.services, [&](const Service& wanted) {
      return wanted.server == service.server && wanted.port == service.port;
    });
    return is_same && service.protocol == Protocol::tcp && row.key.step == Step::connect &&
           is_ok(row) && is_during(view, row);
  });
}

Finding http_handshakes_repeated(const View& view) {
  if (!is_http(view)) return unknown();
  const RowList connects = handshakes_of(view);
  const std::uint64_t attempts = sum(connects, &Row::attempts);
  const std::uint64_t tries = sum(connects, &Row::tries);
  if (attempts == 0 || tries == 0) return unknown();
  const std::string detail =
      fmt::format("{} for {}", counted(tries, "request"), counted(attempts, "connection"));
  if (tries <= attempts) return no(detail, cite_requests(connects));
  const std::vector<base::Place> repeats =
      cite(connects, [](const Attempt& attempt) { return &attempt.last_request; });
  return yes(detail, repeats.empty() ? cite_requests(connects) : repeats);
}

// The handshake takes a round trip of the network and no thought of the server.
Finding http_server_slower_than_network(const View& view) {
  if (!is_http(view)) return unknown();
  const LatencyHistogram answers = latencies(view.failed);
  const RowList connects = handshakes_of(view);
  const LatencyHistogram handshakes = latencies(connects);
  if (answers.count() == 0 || handshakes.count() == 0) return unknown();
  const base::Duration answer = answers.quantile(0.5);
  const base::Duration handshake = handshakes.quantile(0.5);
  const std::string detail =
      fmt::format("answers took {}, handshakes {} (medians)", times(answer), times(handshake));
  constexpr int kMuchSlower = 10;
  constexpr int kAlike = 3;
  if (handshake * kMuchSlower <= answer) {
    return yes(detail, both(cite_answers(view.failed), cite_answers(connects)));
  }
  if (handshake * kAlike >= answer) {
    return no(detail, both(cite_answers(view.failed), cite_answers(connects)));
  }
  return unknown(detail);
}

Finding http_others_answered(const View& view) {
  if (!is_http(view)) return unknown();
  RowList answered;
  for (const Row* row : view.service) {
    const bool is_answer = !row->codes.all().empty();
    if (is_answer && began_between(*row, view.first, view.meanwhile)) answered.push_back(row);
  }
  if (!answered.empty()) {
    const std::vector<const Attempt*> served = served_meanwhile(view, answered);
    return yes("other requests were answered meanwhile",
               served.empty() ? cite_answers(answered) : answers_of(served));
  }
  // There must have been others that could have been answered: of other clients, for other pages,
  // or that failed in another way.
  const RowList others = rows_where(view.service, [&](const Row& row) {
    return row.key.symptom != view.subject.symptom && row.key.outcome != Outcome::unknown &&
           began_between(row, view.first, view.meanwhile);
  });
  std::set<std::uint32_t> paths;
  for (const Attempt* attempt : kept(view.failed)) paths.insert(attempt->request.target);
  const bool has_others = !others.empty() || paths.size() > 1 || view.failing_clients.count() > 1;
  if (!has_others) return unknown();
  return no("no request was answered meanwhile",
            both(cite_requests(view.failed), cite_requests(others)));
}

Finding http_closed_by_reset(const View& view) {
  if (!is_http(view) || view.subject.symptom != Symptom::unanswered) return unknown();
  std::size_t resets = 0;
  std::size_t all = 0;
  for (const Attempt* attempt : kept(view.failed)) {
    if (!attempt->answer.is_set()) continue;
    ++all;
    resets += (attempt->answer.tcp_flags & packet::tcp_flag::rst) != 0 ? 1U : 0U;
  }
  if (all == 0) return unknown();
  const std::string detail =
      fmt::format("{} of {} ended by a reset", resets, counted(all, "connection"));
  return resets * 2 >= all ? yes(detail, cite_answers(view.failed))
                           : no(detail, cite_answers(view.failed));
}

Finding http_on_reused_connections(const View& view) {
  if (!is_http(view)) return unknown();
  std::size_t reused = 0;
  const std::vector<const Attempt*> attempts = kept(view.failed);
  for (const Attempt* attempt : attempts) reused += attempt->was_reused ? 1U : 0U;
  if (attempts.empty()) return unknown();
  const std::string detail = fmt::format("{} of {} on a connection that had carried an answer",
                                         reused, counted(attempts.size(), "failing request"));
  if (reused == attempts.size()) return yes(detail, cite_requests(view.failed));
  return no(detail, cite_requests(view.failed));
}

constexpr std::array kHttpFacts = {
    Entry{{"http.bad_gateway",
           "Do the failing answers (80 % of them or more) have status 502, by which a gateway says "
           "that the server behind it refused or answered nonsense?",
           "RFC 9110 15.6.3"},
          http_bad_gateway},
    Entry{{"http.gateway_timeout",
           "Do the failing answers (80 % of them or more) have status 504, by which a gateway says "
           "that the server behind it did not answer in time?",
           "RFC 9110 15.6.5"},
          http_gateway_timeout},
    Entry{{"http.unavailable",
           "Do the failing answers (80 % of them or more) have status 503: overloaded or down for "
           "maintenance?",
           "RFC 9110 15.6.4"},
          http_unavailable},
    Entry{{"http.too_many", "Do the failing answers (80 % of them or more) have status 429?",
           "RFC 6585 4"},
          http_too_many},
    Entry{{"http.server_error",
           "Do the failing answers (80 % of them or more) have status 500, 501, 505, 507 or 508?",
           "RFC 9110 15.6.1"},
          http_server_error},
    Entry{{"http.asks_for_credentials",
           "Do the failing answers (80 % of them or more) have status 401, 407 or 511?",
           "RFC 9110 15.5.2, 15.5.8; RFC 6585 6"},
          http_asks_for_credentials},
    Entry{{"http.login_required",
           "Do the failing answers (80 % of them or more) have status 511 (Network Authentication "
           "Required), which comes from the network on the way?",
           "RFC 6585 6"},
          http_login_required},
    Entry{
        {"http.forbidden", "Do the failing answers (80 % of them or more) have status 403 or 451?",
         "RFC 9110 15.5.4; RFC 7725 3"},
        http_forbidden},
    Entry{{"http.nothing_there",
           "Do the failing answers (80 % of them or more) have status 404 or 410?",
           "RFC 9110 15.5.5, 15.5.11"},
          http_nothing_there},
    Entry{{"http.request_at_fault",
           "Do the failing answers (80 % of them or more) have a status that finds fault with the "
           "request itself: 400, 405, 413, 415 and the like?",
           "RFC 9110 15.5"},
          http_request_at_fault},
    Entry{{"http.failed_soon",
           "Did the failing answers come within 100 ms (median)? No from 1 s on.", ""},
          http_failed_soon},
    Entry{{"http.failed_after_same_wait",
           "Did the failing answers, two or more of those kept, all come after the same wait of "
           "1.5 s or more (within 10 %), as after a time-out?",
           "reasoned: a gateway waits a fixed time for the server behind it"},
          http_failed_after_same_wait},
    Entry{{"http.retry_after",
           "Do half of the failing answers or more say when to come again? No where none does.",
           "RFC 9110 10.2.3"},
          http_retry_after},
    Entry{{"http.other_paths_served",
           "Were other paths of the service served meanwhile, and those that fail never? In the "
           "kept packets; no where the same ones were.",
           ""},
          http_other_paths_served},
    Entry{{"http.other_names_served",
           "Were other names (Host) served by the same server meanwhile, and those that fail "
           "never? In the kept packets; no where the same ones were.",
           "RFC 9110 7.2"},
          http_other_names_served},
    Entry{{"http.server_slower_than_network",
           "Did the answers take ten times as long as the handshakes of the same service, or more "
           "(medians)? No up to three times.",
           "reasoned: a handshake is answered by the system, without the program"},
          http_server_slower_than_network},
    Entry{{"http.handshakes_repeated",
           "Had connections to the same service to be asked for again before they were accepted, "
           "while the failure lasted?",
           "RFC 6298 5"},
          http_handshakes_repeated},
    Entry{
        {"http.others_answered",
         "Were other requests to the service answered meanwhile? No only where there were some: of "
         "other clients, for other pages, or failing in another way. In the kept packets.",
         ""},
        http_others_answered},
    Entry{{"http.closed_by_reset",
           "Of requests whose connection was closed instead of an answer: was it by a reset, in "
           "half of them or more?",
           "RFC 9293 3.10.7"},
          http_closed_by_reset},
    Entry{{"http.on_reused_connections",
           "Were all failing requests (of those kept) sent on connections that had carried an "
           "answer before?",
           "RFC 9112 9.3.1"},
          http_on_reused_connections},
};

}  // namespace

std::span<const Entry> http_facts() { return kHttpFacts; }

}  // namespace whydown::evidence::facts_detail
