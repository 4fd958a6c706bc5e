// Facts about load: floods, loss that follows the load, latency that rises before a failure.
#include <array>

#include <fmt/format.h>

#include "evidence/facts/measures.h"

namespace whydown::evidence::facts_detail {

namespace {

constexpr double kFloodPerSecond = 1000;
constexpr double kFloodGrowth = 10;
constexpr std::size_t kSlotsForUsual = 8;
constexpr std::uint64_t kAttemptsForLoad = 50;
constexpr std::uint64_t kAttemptsPerSide = 20;
constexpr std::uint64_t kAnswersForTrend = 20;
constexpr double kLatencyJump = 10;
constexpr double kLatencySteady = 2;

double seconds_of(base::Duration span) { return std::chrono::duration<double>(span).count(); }

TimeHistogram times_of(const RowList& rows) {
  TimeHistogram all;
  for (const Row* row : rows) all.merge(row->times);
  return all;
}

std::size_t slots_used(const TimeHistogram& times) {
  std::size_t used = TimeHistogram::kSlots;
  while (used > 0 && times.slots()[used - 1] == 0) --used;
  return used;
}

struct Peak {
  double per_second = 0;  // on average over the fullest slot: some second has at least as many
  double usual = 0;       // per second, the quietest quarter of the slots from first to last in use
  bool is_usual_known = false;
  base::Time start{};
};

Peak peak_of(const TimeHistogram& times) {
  Peak peak;
  const std::size_t used = slots_used(times);
  if (used == 0) return peak;
  const double width = seconds_of(times.slot_width());
  std::vector<std::uint64_t> counts(times.slots().begin(),
                                    times.slots().begin() + static_cast<std::ptrdiff_t>(used));
  const auto fullest = std::ranges::max_element(counts);
  peak.per_second = static_cast<double>(*fullest) / width;
  peak.start = times.slot_start(static_cast<std::size_t>(fullest - counts.begin()));
  std::ranges::sort(counts);
  // The first and the last slot are rarely whole, so they must not be the quarter by themselves.
  peak.is_usual_known = counts.size() >= kSlotsForUsual;
  peak.usual = static_cast<double>(counts[counts.size() / 4]) / width;
  return peak;
}

// Failed and all attempts of the slots with much and with little load.
struct Side {
  std::uint64_t all = 0;
  std::uint64_t lost = 0;
  std::uint64_t slots = 0;
  double loss() const {
    return all == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(all);
  }
  double load() const {
    return slots == 0 ? 0 : static_cast<double>(all) / static_cast<double>(slots);
  }
};

// Attempts lost per slot of `grid`. The rows' own slots are as wide or narrower: each lies in one.
std::array<std::uint64_t, TimeHistogram::kSlots> on_grid(const TimeHistogram& grid,
                                                         const TimeHistogram& times) {
  std::array<std::uint64_t, TimeHistogram::kSlots> out{};
  for (std::size_t i = 0; i < TimeHistogram::kSlots; ++i) {
    if (times.slots()[i] == 0) continue;
    const auto offset = base::between(grid.slot_start(0), times.slot_start(i)) / grid.slot_width();
    const auto slot = static_cast<std::size_t>(std::max<std::int64_t>(offset, 0));
    out[std::min(slot, TimeHistogram::kSlots - 1)] += times.slots()[i];
  }
  return out;
}

}  // namespace

// A high rate alone is no flood: it must stand out from what the service saw otherwise, or consist
// of handshakes that nobody meant to finish. Never "no": the flood may have come by another way.
Finding flood_visible(const View& view) {
  for (const Service& service : view.subject.services) {
    const RowList rows =
        rows_where(view.service, [&](const Row& row) { return row.key.service == service; });
    const Peak peak = peak_of(times_of(rows));
    if (peak.per_second < kFloodPerSecond) continue;
    const std::uint64_t attempts = sum(rows, &Row::attempts);
    const std::uint64_t half_open = sum(rows, &Row::half_open);
    const bool stands_out = peak.is_usual_known && peak.per_second >= kFloodGrowth * peak.usual;
    if (!stands_out && half_open * 2 < attempts) continue;
    std::string detail =
        fmt::format("{:.0f} requests a second to {}", peak.per_second, view.endpoint(service));
    if (stands_out) detail += fmt::format(", against {:.0f} usually", peak.usual);
    if (half_open > 0) detail += fmt::format("; {} handshakes left half open", half_open);
    std::vector<base::Place> packets = cite(rows, [&](const Attempt& attempt) {
      return attempt.begin >= peak.start ? &attempt.request : nullptr;
    });
    if (packets.empty()) packets = cite_requests(rows);
    return yes(std::move(detail), std::move(packets));
  }
  return unknown();
}

Finding loss_grows_with_load(const View& view) {
  const RowList decided =
      rows_where(view.service, [](const Row& row) { return row.key.outcome != Outcome::unknown; });
  const RowList silent =
      rows_where(decided, [](const Row& row) { return row.key.symptom == Symptom::no_response; });
  const std::uint64_t attempts = sum(decided, &Row::attempts);
  if (attempts < kAttemptsForLoad || silent.empty()) return unknown();
  const TimeHistogram all = times_of(decided);
  const auto lost = on_grid(all, times_of(silent));
  const double mean = static_cast<double>(attempts) / static_cast<double>(slots_used(all));
  Side low;
  Side high;
  for (std::size_t i = 0; i < slots_used(all); ++i) {
    if (all.slots()[i] == 0) continue;
    Side& side = static_cast<double>(all.slots()[i]) > mean ? high : low;
    side.all += all.slots()[i];
    side.lost += lost[i];
    ++side.slots;
  }
  const std::string detail = fmt::format("{} lost at high load, {} at low",
                                         percent(high.lost, high.all), percent(low.lost, low.all));
  if (low.all < kAttemptsPerSide || high.all < kAttemptsPerSide) return unknown();
  if (high.load() < 2 * low.load()) return unknown(detail);
  constexpr double clear_difference = 0.2;
  constexpr double no_difference = 0.1;
  if (high.loss() >= 2 * low.loss() && high.loss() - low.loss() >= clear_difference) {
    return yes(detail, cite_requests(silent));
  }
  if (high.loss() - low.loss() < no_difference) return no(detail, cite_requests(silent));
  return unknown(detail);
}

Finding latency_jump_before_failure(const View& view) {
  LatencyTrend trend;
  const RowList rows = rows_where(view.service, [&](const Row& row) {
    return is_served(row, view.subject.symptom) && row.first < view.first;
  });
  for (const Row* row : rows) trend.merge(row->latency_trend);
  const double growth = trend.growth_before(view.first, kAnswersForTrend);
  if (growth <= 0) return unknown();
  const std::string detail = fmt::format(
      "answers took {:.1f} times as long just before the first failure as at first", growth);
  if (growth >= kLatencyJump) return yes(detail, cite_answers(rows));
  if (growth <= kLatencySteady) return no(detail, cite_answers(rows));
  return unknown(detail);
}

}  // namespace whydown::evidence::facts_detail
