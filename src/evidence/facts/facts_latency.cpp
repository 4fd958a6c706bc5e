// Facts about how long answers took while others did not come: what stands in a queue is late, what
// chance or a limit takes leaves the rest as quick as it was.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

constexpr std::uint64_t kAnswersForTrend = 20;
constexpr double kLatencyJump = 10;
constexpr double kLatencySteady = 2;
constexpr std::uint64_t kAnswersPerSide = 5;
constexpr double kLatencyFlat = 2;
constexpr double kLatencyRose = 4;
// A queue: how much longer than without one, at least how long, and how much it grew meanwhile.
constexpr double kQueued = 3.5;
constexpr double kHardlyQueued = 3;
constexpr base::Duration kQueueLeast = std::chrono::milliseconds{50};
constexpr double kQueueGrew = 1.25;

// The rows of answers to requests that were sent once only: a repeated one waited for its
// repetition, which is no delay of the server's.
RowList served_at_once(const View& view) {
  return rows_where(view.service,
                    [](const Row& row) { return is_ok(row) && row.tries <= row.attempts; });
}

LatencyTrend trend_of(const RowList& rows) {
  LatencyTrend trend;
  for (const Row* row : rows) trend.merge(row->latency_trend);
  return trend;
}

// The quickest answer kept that was asked for before the first failure.
const Attempt* quickest_before(const View& view, const RowList& rows) {
  const Attempt* quickest = nullptr;
  for (const Attempt* attempt : kept(rows)) {
    if (attempt->begin > view.first || attempt->latency.count() <= 0) continue;
    if (quickest == nullptr || attempt->latency < quickest->latency) quickest = attempt;
  }
  return quickest;
}

// A cache answers some at once and others late; in a queue everything waits. So the answers
// meanwhile must be about as late as the middle one of as many, the slowest of all.
bool is_none_quick(const LatencyHistogram& all, const LatencyTrend::Level& meanwhile) {
  const auto within = static_cast<double>(meanwhile.answers);
  const auto count = static_cast<double>(std::max(all.count(), meanwhile.answers));
  return 2 * all.quantile(1 - within / count / 2) <= 3 * meanwhile.mean;
}

Finding latency_jump_before_failure(const View& view) {
  const RowList rows = rows_where(view.service, [&](const Row& row) {
    return is_served(row, view.subject.symptom) && row.first < view.first &&
           row.tries <= row.attempts;
  });
  const double growth = trend_of(rows).growth_before(view.first, kAnswersForTrend);
  if (growth <= 0) return unknown();
  const std::string detail = fmt::format(
      "answers took {:.1f} times as long just before the first failure as at first", growth);
  if (growth >= kLatencyJump) return yes(detail, cite_answers(rows));
  if (growth <= kLatencySteady) return no(detail, cite_answers(rows));
  return unknown(detail);
}

Finding queue_meanwhile(const View& view) {
  const RowList rows = served_at_once(view);
  const LatencyTrend trend = trend_of(rows);
  const LatencyTrend::Level meanwhile = trend.level(view.first, view.last);
  const Attempt* quickest = quickest_before(view, rows);
  if (meanwhile.answers < kAnswersPerSide || quickest == nullptr) return unknown();
  const double longer =
      static_cast<double>(meanwhile.mean.count()) / static_cast<double>(quickest->latency.count());
  const std::string detail = fmt::format("about {} meanwhile, {} at the quickest before",
                                         times(meanwhile.mean), times(quickest->latency));
  std::vector<base::Place> packets =
      both({quickest->answer.place}, cite(rows, [&](const Attempt& attempt) {
             const bool is_within = attempt.begin >= view.first && attempt.begin <= view.last;
             return is_within ? &attempt.answer : nullptr;
           }));
  const bool is_long = meanwhile.mean >= kQueueLeast && longer >= kHardlyQueued;
  if (!is_long || !is_none_quick(latencies(rows), meanwhile)) return no(detail, std::move(packets));
  const bool is_full = longer >= kQueued && meanwhile.least >= 2 * quickest->latency;
  const bool has_grown = trend.growth_across(view.first, view.last, kAnswersPerSide) >= kQueueGrew;
  return is_full && has_grown ? yes(detail, std::move(packets)) : unknown(detail);
}

// What waits in a queue waits for others to be served: as many as come in that time (Little's law).
// Of part of the traffic, which a client's capture shows, that is a fraction of one. Without even
// that, answers that got slower had no queue to wait in: a busy machine, or a link, was late.
bool may_have_queued(const View& view, const LatencyTrend::Level& meanwhile) {
  constexpr double kWaiting = 0.1;
  const auto span = static_cast<double>(base::between(view.first, view.last).count());
  return static_cast<double>(meanwhile.answers) * static_cast<double>(meanwhile.mean.count()) >=
         kWaiting * span;
}

// Where a queue may have stood from the beginning, as long meanwhile as before says nothing.
Finding latency_flat_meanwhile(const View& view) {
  const RowList rows = served_at_once(view);
  const LatencyTrend trend = trend_of(rows);
  const double growth = trend.growth_across(view.first, view.last, kAnswersPerSide);
  if (growth <= 0) return unknown();
  const std::string detail =
      fmt::format("answers took {:.1f} times as long meanwhile as before", growth);
  const LatencyTrend::Level meanwhile = trend.level(view.first, view.last);
  if (growth >= kLatencyRose && may_have_queued(view, meanwhile)) {
    return no(detail, cite_answers(rows));
  }
  const bool is_flat = growth <= kLatencyFlat && queue_meanwhile(view).truth == Truth::no;
  return is_flat ? yes(detail, cite_answers(rows)) : unknown(detail);
}

constexpr std::array kLatencyFacts = {
    Entry{{"latency.jump_before_failure",
           "Did the last quarter of the answers before the first failure take ten times as long "
           "(geometric mean) as the first quarter, of 20 or more?",
           ""},
          latency_jump_before_failure},
    Entry{{"latency.flat_meanwhile",
           "Did answers to first requests meanwhile take at most twice as long (geometric mean) as "
           "before, of 5 or more each, and is `latency.queue_meanwhile` a no? No from four times "
           "on, if a tenth of a request at least was waiting all the time.",
           "reasoned: a queue that fills up delays what it does not drop"},
          latency_flat_meanwhile},
    Entry{
        {"latency.queue_meanwhile",
         "Did answers to first requests meanwhile, five or more, all take long: 50 ms and three "
         "and a half times the quickest before (geometric mean), no second less than twice that, "
         "their mean two thirds of the median of as many, the slowest of all, and longer by a "
         "quarter than those before? No below 50 ms, below three times the quickest, or where some "
         "were quick.",
         "reasoned: what waits in a queue waits for all before it, whereas loss, limits and "
         "caches leave some or all as quick as ever"},
        queue_meanwhile},
};

}  // namespace

std::span<const Entry> latency_facts() { return kLatencyFacts; }

}  // namespace whydown::evidence::facts_detail
