// Facts about load: floods, loss that follows the load, rates that something holds.
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

constexpr double kFloodPerSecond = 1000;
constexpr double kFloodGrowth = 10;
constexpr double kUnmeantPerSecond = 100;
constexpr base::Duration kTimeToRepeat = std::chrono::seconds{4};
constexpr std::size_t kSlotsForUsual = 8;
constexpr std::uint64_t kAttemptsForLoad = 50;
constexpr std::uint64_t kAttemptsPerSide = 10;
constexpr double kSigmas = 3;  // beyond chance

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

constexpr std::size_t kMomentsForPin = 5;
constexpr std::uint64_t kServedForPin = 20;
constexpr double kLossForPin = 0.2;
constexpr double kPinned = 0.15;
constexpr double kRandom = 0.5;

// Handshakes that were not completed, and those of them that got no answer and were sent once. A
// client that wants a connection repeats its request after a second (RFC 6298 2.1), so that rows
// with repetitions hold real clients.
struct Unfinished {
  std::uint64_t all = 0;
  std::uint64_t unmeant = 0;  // left half open, or sent once
  std::uint64_t half_open = 0;
};

Unfinished unfinished_of(const Service& service, const RowList& rows) {
  Unfinished out;
  out.half_open = out.all = out.unmeant = sum(rows, &Row::half_open);
  if (service.transport != packet::Transport::tcp) return out;
  for (const Row* row : rows) {
    // Those with no verdict are sent too late, or the table was full, as it is in a flood.
    const bool is_without = row->key.symptom == Symptom::no_response || row->open_at_end > 0;
    if (!is_without) continue;
    const std::uint64_t asked =
        row->key.outcome == Outcome::unknown ? row->open_at_end : row->attempts;
    const std::uint64_t repetitions = row->tries - std::min(row->tries, row->attempts);
    out.all += asked;
    out.unmeant += asked - std::min(asked, repetitions);
  }
  return out;
}

// What the sides say: known where both have enough attempts and `apart` times the load.
Finding compare(const Side& low, const Side& high, double apart,
                const std::vector<base::Place>& packets) {
  constexpr double clear_difference = 0.2;
  constexpr double no_difference = 0.1;
  const std::string detail = fmt::format("{} lost at high load, {} at low",
                                         percent(high.lost, high.all), percent(low.lost, low.all));
  if (low.all < kAttemptsPerSide || high.all < kAttemptsPerSide) return unknown();
  if (high.load() < apart * low.load()) return unknown(detail);
  const double both_lost =
      static_cast<double>(low.lost + high.lost) / static_cast<double>(low.all + high.all);
  const double by_chance =
      std::sqrt(both_lost * (1 - both_lost) *
                (1 / static_cast<double>(low.all) + 1 / static_cast<double>(high.all)));
  const double difference = high.loss() - low.loss();
  if (high.loss() >= 2 * low.loss() && difference >= clear_difference &&
      difference >= kSigmas * by_chance) {
    return yes(detail, packets);
  }
  if (high.loss() - low.loss() < no_difference) return no(detail, packets);
  return unknown(detail);
}

// The moments with more load than their mean, and the others.
std::pair<Side, Side> sides_of(const std::vector<Moment>& moments) {
  Side low;
  Side high;
  double sum = 0;
  for (const Moment& moment : moments) sum += static_cast<double>(moment.all);
  const double mean = moments.empty() ? 0 : sum / static_cast<double>(moments.size());
  for (const Moment& moment : moments) {
    if (moment.all == 0) continue;
    Side& side = static_cast<double>(moment.all) > mean ? high : low;
    side.all += moment.all;
    side.lost += moment.failed;
    ++side.slots;
  }
  return {low, high};
}

// Requests count when they were sent, answers when they came: a limit, or a server at its capacity,
// answers so many a second, among them repetitions of what was lost before.
std::vector<Moment> all_moments(const View& view) {
  const RowList decided =
      rows_where(view.service, [](const Row& row) { return row.key.outcome != Outcome::unknown; });
  const RowList answered = rows_where(decided, [&](const Row& row) {
    return is_served(row, view.subject.symptom) && !may_be_handshakes(row);
  });
  const TimeHistogram sent = times_of(decided);
  TimeHistogram grid = sent;
  TimeHistogram came;
  for (const Row* row : answered) came.merge(row->answer_times);
  grid.merge(came);
  const auto all = on_grid(grid, sent);
  const auto failed = on_grid(grid, times_of(view.failed));
  const auto served = on_grid(grid, came);
  std::vector<Moment> out;
  const std::size_t used = slots_used(grid);
  out.reserve(used);
  for (std::size_t i = 0; i < used; ++i) {
    out.push_back({grid.slot_start(i), all[i], failed[i], served[i]});
  }
  return out;
}

struct Spread {
  double served = 0;
  double loss = 0;
  double of_random = 0;  // the variance of what is served, against that of a random loss
};

// Of n requests each lost by chance with the share p, n * (1 - p) arrive, with a variance of p
// times that. A limit lets the same number through each second.
Spread spread_of(const std::vector<Moment>& moments) {
  Spread out;
  double failed = 0;
  for (const Moment& moment : moments) {
    out.served += static_cast<double>(moment.served);
    failed += static_cast<double>(moment.failed);
  }
  if (out.served == 0 || failed == 0 || moments.size() < 2) return out;
  out.loss = failed / (failed + out.served);
  const auto count = static_cast<double>(moments.size());
  const double mean = out.served / count;
  double squares = 0;
  for (const Moment& moment : moments) {
    const double off = static_cast<double>(moment.served) - mean;
    squares += off * off;
  }
  out.of_random = squares / (count - 1) / (mean * out.loss);
  return out;
}

// A high rate alone is no flood: it must stand out from what the service saw otherwise, or consist
// of handshakes that nobody meant to finish: left half open, or not repeated when no answer came,
// as every real client does. A rate that stands out may be lower where most of it stays unfinished:
// repetitions do not count, so that an outage alone raises it little. Never "no": the flood may
// have come by another way.
Finding flood_visible(const View& view) {
  if (view.subject.pattern != nullptr) return flood_began_it(view);
  for (const Service& service : view.subject.services) {
    const RowList rows =
        rows_where(view.service, [&](const Row& row) { return row.key.service == service; });
    const Peak peak = peak_of(times_of(rows));
    const std::uint64_t attempts = sum(rows, &Row::attempts);
    const Unfinished unfinished = unfinished_of(service, rows);
    // At the end of the capture the repetitions are still to come.
    const bool had_time = base::add(peak.start, kTimeToRepeat) <= view.store.totals().last.time;
    const bool is_unmeant = had_time && is_most(unfinished.unmeant, attempts);
    const bool stands_out = peak.is_usual_known && peak.per_second >= kFloodGrowth * peak.usual;
    const bool is_half_open = unfinished.half_open * 2 >= attempts;
    const bool is_crest = stands_out && had_time && is_most(unfinished.all, attempts);
    const bool is_flood = (peak.per_second >= kFloodPerSecond && (stands_out || is_half_open)) ||
                          (peak.per_second >= kUnmeantPerSecond && (is_unmeant || is_crest));
    if (attempts == 0 || !is_flood) continue;
    std::string detail =
        fmt::format("{:.0f} requests a second to {}", peak.per_second, view.endpoint(service));
    if (stands_out) detail += fmt::format(", against {:.0f} usually", peak.usual);
    if (unfinished.all > 0) {
      detail += fmt::format("; {} handshakes not completed, {} of them left half open",
                            unfinished.all, unfinished.half_open);
    }
    std::vector<base::Place> packets = cite(rows, [&](const Attempt& attempt) {
      return attempt.begin >= peak.start ? &attempt.request : nullptr;
    });
    if (packets.empty()) packets = cite_requests(rows);
    return yes(std::move(detail), std::move(packets));
  }
  return unknown();
}

// Loads are compared while the failure lasts: before it the load may have been another by chance,
// and during it clients repeat what is lost, up to three times as a rule.
Finding loss_grows_with_load(const View& view) {
  if (view.subject.symptom == Symptom::slow_answer) return unknown();  // nothing is lost
  std::vector<Moment> all = all_moments(view);
  std::uint64_t attempts = 0;
  for (const Moment& moment : all) attempts += moment.all;
  if (attempts < kAttemptsForLoad || view.failed.empty()) return unknown();
  const std::vector<base::Place> packets = cite_requests(view.failed);
  const auto [low, high] = sides_of(moments(view));
  constexpr double twice = 2;
  Finding within = compare(low, high, twice, packets);
  if (within.truth != Truth::unknown) return within;
  // The first and the last second are rarely whole.
  if (all.size() > 2) {
    all.erase(all.begin());
    all.pop_back();
  }
  const auto [quiet, busy] = sides_of(all);
  constexpr double beyond_retries = 4;
  return compare(quiet, busy, beyond_retries, packets);
}

// Requests a second before the failure and during it. What was lost is asked for again, up to three
// times as a rule.
Finding began_with_load(const View& view) {
  constexpr std::uint64_t kBefore = 3;
  constexpr std::uint64_t kDuring = 20;
  constexpr double kAlike = 1.5;
  const double much_more =
      view.subject.symptom == Symptom::no_response || view.subject.symptom == Symptom::slow_answer
          ? 4
          : 3;
  Side before;
  const std::vector<Moment> all = all_moments(view);
  for (std::size_t i = 1; i + 1 < all.size() && all[i + 1].start <= view.first; ++i) {
    before.all += all[i].all;
    before.lost += all[i].failed;
    ++before.slots;
  }
  Side during;
  for (const Moment& moment : moments(view)) {
    during.all += moment.all;
    ++during.slots;
  }
  if (before.slots < 2 || before.all < kBefore || during.slots < 2) return unknown();
  const double growth = during.load() / before.load();
  const std::string detail = fmt::format(
      "{} in {} s before the first failure, {} in {} s during it", before.all,
      before.slots *
          static_cast<std::uint64_t>(seconds_of(base::between(all[0].start, all[1].start))),
      during.all,
      during.slots *
          static_cast<std::uint64_t>(seconds_of(base::between(all[0].start, all[1].start))));
  const RowList earlier = rows_where(
      view.service, [&](const Row& row) { return row.first < view.first && is_ok(row); });
  const std::vector<base::Place> packets = both(cite_requests(earlier), cite_requests(view.failed));
  if (growth >= much_more && during.all >= kDuring) return yes(detail, packets);
  return growth <= kAlike ? no(detail, packets) : unknown(detail);
}

Finding answered_rate_pinned(const View& view) {
  if (view.subject.symptom == Symptom::slow_answer) return unknown();
  std::vector<Moment> lossy = moments(view);
  std::erase_if(lossy, [](const Moment& moment) { return moment.failed == 0; });
  const Spread spread = spread_of(lossy);
  if (lossy.size() < kMomentsForPin || spread.served < static_cast<double>(kServedForPin) ||
      spread.loss < kLossForPin) {
    return unknown();
  }
  const auto [least, most] = std::ranges::minmax(lossy, {}, &Moment::served);
  const std::string detail = fmt::format("{} to {} served a second, {} lost", least.served,
                                         most.served, fmt::format("{:.0f} %", 100 * spread.loss));
  const RowList rows = rows_where(
      view.service, [&](const Row& row) { return is_served(row, view.subject.symptom); });
  std::vector<base::Place> packets =
      both(cite_requests(view.failed), cite(rows, [&](const Attempt& attempt) {
             const bool is_within = attempt.begin >= view.first && attempt.begin <= view.last;
             return is_within ? &attempt.answer : nullptr;
           }));
  if (spread.of_random <= kPinned) return yes(detail, std::move(packets));
  if (spread.of_random >= kRandom) return no(detail, std::move(packets));
  return unknown(detail);
}

constexpr std::array kTrafficFacts = {
    Entry{
        {"traffic.flood_visible",
         "Did this service get 1000 requests or more in some second, ten times as many as in its "
         "quieter hours, or most of them half-open handshakes? Or 100 handshakes, four of five of "
         "all left half open, or never repeated though unanswered, or unfinished at ten times the "
         "usual rate? Or a flood of any rate with which the failures begin? Never no.",
         "RFC 4987"},
        flood_visible},
    Entry{
        {"traffic.loss_grows_with_load",
         "Of 50 or more attempts, is the failing share at high load at least twice, and 20 points "
         "above, the share at low load? Within the failure; or against all of the capture, where "
         "the load differs four times or more, which repeated requests do not explain.",
         ""},
        loss_grows_with_load},
    Entry{{"traffic.began_with_load",
           "Did the failures begin when the requests rose to three times as many a second as "
           "before, or four times where unanswered ones are repeated? No where they rose to less "
           "than one and a half. Of whole seconds, two or more on each side.",
           "reasoned: a limit and a full queue show when the load rises, a broken machine when it "
           "breaks"},
          began_with_load},
    Entry{{"traffic.answered_rate_pinned",
           "While a fifth or more failed, were as many served in each second as in the next: does "
           "the number vary less than chance would make it (variance at most 15 % of a random "
           "loss's, over five seconds or more)? No from half on.",
           "reasoned: a limit lets a fixed number through, chance does not"},
          answered_rate_pinned},
};

}  // namespace

std::span<const Entry> traffic_facts() { return kTrafficFacts; }

std::vector<Moment> moments(const View& view) {
  std::vector<Moment> out;
  const std::vector<Moment> all = all_moments(view);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i].start > view.first && all[i + 1].start <= view.last_begin) out.push_back(all[i]);
  }
  return out;
}

}  // namespace whydown::evidence::facts_detail
