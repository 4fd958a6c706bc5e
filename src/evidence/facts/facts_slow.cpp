// Facts about answers that came late: what the time went into.
#include <array>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Duration kWait = seconds{1};
// Until an answer that was ready is back, over any distance.
constexpr base::Duration kAtOnce = milliseconds{250};
constexpr std::uint64_t kFewAnswers = 4;
constexpr std::uint64_t kAnswersPerSide = 10;
constexpr double kGrew = 2;
constexpr double kSteady = 1.3;
constexpr double kNarrow = 1.3;  // the histogram's own steps are 1.25
constexpr double kWide = 2;

bool is_slow(const View& view) { return view.subject.symptom == Symptom::slow_answer; }

// Answers that came late as they were sent, without a repetition that they may have waited for.
RowList timed_rows(const View& view) {
  return rows_where(view.service,
                    [](const Row& row) { return is_ok(row) && row.latency.count() > 0; });
}

double ratio_of(base::Duration longer, base::Duration shorter) {
  return shorter.count() <= 0
             ? 0
             : static_cast<double>(longer.count()) / static_cast<double>(shorter.count());
}

// Where the server answers with a code of its own, it was there.
Finding rescued(const View& view) {
  if (is_rcode(view.subject.symptom) || is_slow(view)) {
    return no("the server answered itself", cite_answers(view.failed));
  }
  const RowList healed = rows_where(view.failed, [](const Row& row) {
    return row.key.healed && row.answered_by_other_server * 2 >= row.attempts;
  });
  const LatencyHistogram waits = latencies(healed);
  // Overlapping lookups of one name end each other's wait: most seem shorter than they were.
  constexpr double upper = 0.75;
  if (waits.count() == 0 || waits.quantile(upper) < kWait) return unknown();
  return yes(fmt::format("another server answered {} of {}, after {} (upper quartile)",
                         sum(healed, &Row::answered_by_other_server),
                         counted(sum(view.failed, &Row::attempts), "attempt"),
                         times(waits.quantile(upper))),
             cite_requests(healed));
}

Finding repetition_answered(const View& view) {
  if (!is_slow(view)) return unknown();
  std::vector<base::Place> prompt;
  std::vector<base::Place> others;
  for (const Row* row : view.failed) {
    for (const Attempt* attempt : row->exemplars()) {
      if (!attempt->timed || !attempt->answer.is_set()) continue;
      const base::Place& answer = attempt->answer.place;
      const bool is_prompt = attempt->last_request.is_set() &&
                             base::between(attempt->last_request.place.time, answer.time) < kAtOnce;
      (is_prompt ? prompt : others).push_back(answer);
    }
  }
  const std::uint64_t all = prompt.size() + others.size();
  if (all < kFewAnswers) return unknown();
  const std::string detail = fmt::format("{} of {} came at once after a repetition", prompt.size(),
                                         counted(all, "kept late answer"));
  if (prompt.size() * 5 >= all * 4) return yes(detail, earliest(std::move(prompt)));
  if (prompt.size() * 5 <= all) return no(detail, earliest(std::move(others)));
  return unknown(detail);
}

Finding others_at_once(const View& view) {
  if (!is_slow(view)) return unknown();
  std::vector<base::Place> quick;
  for (const Row* row : timed_rows(view)) {
    if (row->key.symptom == Symptom::slow_answer || row->latency.minimum() >= kAtOnce) continue;
    for (const Attempt* attempt : row->exemplars()) {
      const bool is_within = attempt->begin >= view.first && attempt->begin <= view.last_begin;
      const bool is_quick = attempt->latency.count() >= 0 && attempt->latency < kAtOnce;
      if (is_within && is_quick) quick.push_back(attempt->answer.place);
    }
  }
  if (!quick.empty()) {
    std::string detail = counted(quick.size(), "kept answer") + " came at once meanwhile";
    return yes(std::move(detail), earliest(std::move(quick)));
  }
  if (sum(view.failed, &Row::attempts) < kFewAnswers) return unknown();
  return no("no kept answer came at once meanwhile", cite_answers(view.failed));
}

Finding latency_grows_with_load(const View& view) {
  LatencyTrend trend;
  const RowList rows =
      rows_where(timed_rows(view), [](const Row& row) { return row.tries <= row.attempts; });
  for (const Row* row : rows) trend.merge(row->latency_trend);
  const double growth = trend.growth_with_load(kAnswersPerSide);
  if (growth <= 0) return unknown();
  const std::string detail =
      fmt::format("answers took {:.1f} times as long in the busy seconds as in the others", growth);
  if (growth >= kGrew) return yes(detail, cite_answers(rows));
  if (growth <= kSteady) return no(detail, cite_answers(rows));
  return unknown(detail);
}

Finding latency_constant(const View& view) {
  const RowList rows =
      rows_where(view.failed, [](const Row& row) { return row.latency.count() > 0; });
  const LatencyHistogram all = latencies(rows);
  if (!is_slow(view) || all.count() < kFewAnswers) return unknown();
  const base::Duration shortest = all.quantile(0.1);
  const base::Duration longest = all.quantile(0.9);
  const double ratio = ratio_of(longest, shortest);
  const std::string detail = fmt::format("the late answers took {} to {} (8 in 10 of them)",
                                         times(shortest), times(longest));
  if (ratio <= kNarrow) return yes(detail, cite_answers(rows));
  if (ratio >= kWide) return no(detail, cite_answers(rows));
  return unknown(detail);
}

constexpr std::array kSlowFacts = {
    Entry{{"service.rescued",
           "Did other servers answer what this one did not, after the clients had waited a second "
           "or more (upper quartile)? No where the server answered itself.",
           "glibc resolver(5), timeout: 5 s for each server of the list"},
          rescued},
    Entry{{"request.repetition_answered",
           "Did late answers (80 % of them or more) come within 250 ms of a repetition of the "
           "request, as where the first one was lost? No below 20 %. In the kept packets.",
           "RFC 1035 4.2.1"},
          repetition_answered},
    Entry{{"latency.others_at_once",
           "Were other requests answered within 250 ms while most answers were late? In the kept "
           "packets.",
           "reasoned: what a cache holds costs no time"},
          others_at_once},
    Entry{{"latency.grows_with_load",
           "Did answers take twice as long (geometric mean) in the seconds with more requests than "
           "the mean as in the others, of 10 answers or more each and twice the load? No up to 1.3 "
           "times.",
           "reasoned: a queue grows with what is put into it"},
          latency_grows_with_load},
    Entry{{"latency.constant",
           "Did the late answers all take about the same time (the 90th percentile at most 1.3 "
           "times the 10th)? No from twice on.",
           "reasoned: a timer that runs out is constant, a queue is not"},
          latency_constant},
};

}  // namespace

std::span<const Entry> slow_facts() { return kSlowFacts; }

}  // namespace whydown::evidence::facts_detail
