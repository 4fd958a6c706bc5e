#include "evidence/sketch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "evidence/limits.h"

namespace whydown::evidence {

namespace {

constexpr std::size_t kRegisters = std::size_t{1} << limits::kRegisterBits;

std::uint64_t estimate(const std::vector<std::uint8_t>& registers) {
  constexpr double size = kRegisters;
  double sum = 0;
  std::size_t zeros = 0;
  for (const std::uint8_t rank : registers) {
    sum += std::ldexp(1.0, -int{rank});
    zeros += rank == 0 ? 1U : 0U;
  }
  double count = 0.7213 / (1 + 1.079 / size) * size * size / sum;
  if (count <= 2.5 * size && zeros > 0) {
    count = size * std::log(size / static_cast<double>(zeros));  // linear counting
  }
  return static_cast<std::uint64_t>(std::llround(count));
}

std::int64_t floor_second(base::Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

base::Time time_of_second(std::int64_t second) {
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(second, std::int64_t{1'000'000'000}, &ns)) {
    return second < 0 ? base::Time::min() : base::Time::max();
  }
  return base::time_from_ns(ns);
}

}  // namespace

// --- DistinctValues ------------------------------------------------------------------------------

template <typename Value, std::size_t kLimit>
void DistinctValues<Value, kLimit>::begin_estimate() {
  registers_.resize(kRegisters);
  for (const Value& old : kept_) note(old);
}

// Every value ever added is in kept_ or in the registers, and the smallest are in kept_ always: so
// the merged form does not depend on who merges whom.
template <typename Value, std::size_t kLimit>
void DistinctValues<Value, kLimit>::merge(const DistinctValues& other) {
  const Kept values = other.kept_;  // `other` may be this one
  for (const Value& value : values) add(value);
  if (other.registers_.empty()) return;
  // The other one counted more values than may be kept, so this one has as many as may be now.
  if (registers_.empty()) begin_estimate();
  for (std::size_t i = 0; i < kRegisters; ++i) {
    registers_[i] = std::max(registers_[i], other.registers_[i]);
  }
}

template <typename Value, std::size_t kLimit>
std::uint64_t DistinctValues<Value, kLimit>::count() const {
  if (registers_.empty()) return kept_.size();
  return std::max<std::uint64_t>(estimate(registers_), kLimit + 1);
}

template class DistinctValues<base::IpAddress, AddressSketch::kKept>;
template class DistinctValues<std::uint32_t, NameSketch::kKept>;

// --- LatencyHistogram ----------------------------------------------------------------------------

namespace {

// The lower edge of a bucket: 1, 5/4, 6/4 and 7/4 times a power of two.
double lower_edge_ns(std::size_t bucket) {
  return std::ldexp(4.0 + static_cast<double>(bucket % 4),
                    static_cast<int>(bucket / 4 + LatencyHistogram::kFirstOctave) - 2);
}

template <typename Count>
Count add_saturating(Count a, Count b) {
  const Count sum = static_cast<Count>(a + b);
  return sum < a ? std::numeric_limits<Count>::max() : sum;
}

}  // namespace

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) {
    buckets_[i] = add_saturating(buckets_[i], other.buckets_[i]);
  }
  count_ += other.count_;
  minimum_ = std::min(minimum_, other.minimum_);
  maximum_ = std::max(maximum_, other.maximum_);
}

base::Duration LatencyHistogram::quantile(double share) const {
  if (count_ == 0) return base::Duration{0};
  const double wanted = std::clamp(share, 0.0, 1.0) * static_cast<double>(count_);
  double below = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (buckets_[i] == 0) continue;
    const double here = buckets_[i];
    if (below + here >= wanted) {
      const double low = lower_edge_ns(i);
      const double ns = low + (lower_edge_ns(i + 1) - low) * (wanted - below) / here;
      const base::Duration inside{static_cast<std::int64_t>(ns)};
      return std::clamp(inside, minimum_, maximum_);
    }
    below += here;
  }
  return maximum_;
}

// --- TimeHistogram -------------------------------------------------------------------------------

base::Time TimeHistogram::slot_start(std::size_t slot) const {
  const std::int64_t index = first_slot_ + static_cast<std::int64_t>(slot);
  return time_of_second(index * (std::int64_t{1} << doublings_));
}

void TimeHistogram::add_elsewhere(base::Time time, std::uint64_t count) {
  add_second(floor_second(time), count);
}

void TimeHistogram::add_second(std::int64_t second, std::uint64_t count) {
  if (count == 0) return;
  if (empty_) {
    empty_ = false;
    first_slot_ = second >> doublings_;
  }
  while (true) {
    const std::int64_t slot = second >> doublings_;
    const bool fits = slot >= first_slot_ ? slot - first_slot_ < static_cast<std::int64_t>(kSlots)
                                          : move_start(slot);
    if (fits) {
      recent_ = static_cast<std::size_t>(slot - first_slot_);
      slots_[recent_] += count;
      recent_span_ = {slot_start(recent_), base::add(slot_start(recent_), width_)};
      return;
    }
    widen();
  }
}

// Makes room for an earlier slot; false when the latest one would fall out at the end.
bool TimeHistogram::move_start(std::int64_t slot) {
  std::size_t used = kSlots;
  while (slots_[used - 1] == 0) --used;
  const std::int64_t shift = first_slot_ - slot;
  if (shift > static_cast<std::int64_t>(kSlots - used)) return false;
  std::ranges::rotate(slots_, slots_.end() - shift);
  first_slot_ = slot;
  return true;
}

void TimeHistogram::widen() {
  std::array<std::uint64_t, kSlots> wider{};
  const std::int64_t start = first_slot_ >> 1;
  for (std::size_t i = 0; i < kSlots; ++i) {
    const std::int64_t slot = (first_slot_ + static_cast<std::int64_t>(i)) >> 1;
    wider[static_cast<std::size_t>(slot - start)] += slots_[i];
  }
  slots_ = wider;
  first_slot_ = start;
  width_ *= 2;
  ++doublings_;
}

void TimeHistogram::merge(const TimeHistogram& other) {
  const TimeHistogram added = other;  // `other` may be this one
  if (added.empty_) return;
  while (doublings_ < added.doublings_) widen();
  for (std::size_t i = 0; i < kSlots; ++i) {
    const std::int64_t index = added.first_slot_ + static_cast<std::int64_t>(i);
    add_second(index * (std::int64_t{1} << added.doublings_), added.slots_[i]);
  }
}

std::uint64_t TimeHistogram::within(base::Time from, base::Time to) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kSlots; ++i) {
    const base::Time start = slot_start(i);
    if (slots_[i] != 0 && start >= from && base::add(start, width_) <= to) sum += slots_[i];
  }
  return sum;
}

std::uint64_t TimeHistogram::total() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : slots_) sum += count;
  return sum;
}

// --- LatencyTrend --------------------------------------------------------------------------------

void LatencyTrend::merge(const LatencyTrend& other) {
  answers_.merge(other.answers_);
  buckets_.merge(other.buckets_);
}

double LatencyTrend::growth_before(base::Time end, std::uint64_t least) const {
  const auto& answers = answers_.slots();
  const auto& buckets = buckets_.slots();
  std::size_t used = 0;
  std::uint64_t total = 0;
  while (used < TimeHistogram::kSlots && answers_.slot_start(used) < end) total += answers[used++];
  if (total < least || total == 0) return 0;

  const double quarter = static_cast<double>(total) / 4;
  double early = 0;
  double early_sum = 0;
  std::size_t from = 0;
  for (; from < used && early < quarter; ++from) {
    early += static_cast<double>(answers[from]);
    early_sum += static_cast<double>(buckets[from]);
  }
  double late = 0;
  double late_sum = 0;
  std::size_t to = used;
  for (; to > from && late < quarter; --to) {
    late += static_cast<double>(answers[to - 1]);
    late_sum += static_cast<double>(buckets[to - 1]);
  }
  if (late < quarter) return 0;
  return std::exp2((late_sum / late - early_sum / early) / 4);
}

namespace {

struct Side {
  std::uint64_t answers = 0;
  std::uint64_t buckets = 0;
  std::uint64_t slots = 0;
  double mean() const { return static_cast<double>(buckets) / static_cast<double>(answers); }
  double load() const { return static_cast<double>(answers) / static_cast<double>(slots); }
  void add(std::uint64_t more_answers, std::uint64_t more_buckets) {
    answers += more_answers;
    buckets += more_buckets;
    ++slots;
  }
};

}  // namespace

double LatencyTrend::growth_with_load(std::uint64_t least) const {
  std::uint64_t answers = 0;
  std::uint64_t used = 0;
  for (const std::uint64_t count : answers_.slots()) {
    answers += count;
    used += count > 0 ? 1U : 0U;
  }
  Side quiet;
  Side busy;
  for (std::size_t i = 0; i < TimeHistogram::kSlots; ++i) {
    const std::uint64_t count = answers_.slots()[i];
    if (count == 0) continue;
    (count * used > answers ? busy : quiet).add(count, buckets_.slots()[i]);
  }
  least = std::max<std::uint64_t>(least, 1);
  if (quiet.answers < least || busy.answers < least || busy.load() < 2 * quiet.load()) return 0;
  return std::exp2((busy.mean() - quiet.mean()) / 4);
}

double LatencyTrend::growth_across(base::Time at, base::Time to, std::uint64_t least) const {
  Side before;
  Side after;
  for (std::size_t i = 0; i < TimeHistogram::kSlots; ++i) {
    const base::Time start = answers_.slot_start(i);
    const bool is_before = base::add(start, answers_.slot_width()) <= at;
    if (!is_before && (start < at || start > to)) continue;
    Side& side = is_before ? before : after;
    side.answers += answers_.slots()[i];
    side.buckets += buckets_.slots()[i];
  }
  if (before.answers < std::max<std::uint64_t>(least, 1) || after.answers < least) return 0;
  if (after.answers == 0) return 0;
  return std::exp2((after.mean() - before.mean()) / 4);
}

LatencyTrend::Level LatencyTrend::level(base::Time from, base::Time to) const {
  // The middle of a bucket, of those that `add` counted from one on.
  const auto latency_of = [](double bucket) {
    constexpr double first_ns = 1U << LatencyHistogram::kFirstOctave;
    return base::Duration{static_cast<std::int64_t>(first_ns * std::exp2((bucket - 0.5) / 4))};
  };
  Side all;
  double least = 0;
  for (std::size_t i = 0; i < TimeHistogram::kSlots; ++i) {
    const base::Time start = answers_.slot_start(i);
    if (start < from || start > to || answers_.slots()[i] == 0) continue;
    Side slot;
    slot.add(answers_.slots()[i], buckets_.slots()[i]);
    least = all.answers == 0 ? slot.mean() : std::min(least, slot.mean());
    all.add(slot.answers, slot.buckets);
  }
  if (all.answers == 0) return {};
  return {all.answers, latency_of(all.mean()), latency_of(least)};
}

// --- CodeCounts ----------------------------------------------------------------------------------

// The smallest codes are kept: a code once dropped is never smaller than those kept, so that the
// counts kept are exact whatever the order.
void CodeCounts::add(const Entry& added) {
  const auto at = std::ranges::lower_bound(entries_, added.code, {}, &Entry::code);
  if (at != entries_.end() && at->code == added.code) {
    at->count += added.count;
    at->first = std::min(at->first, added.first);
    return;
  }
  if (entries_.size() < limits::kMaxCodes) {
    entries_.insert(at, added);
  } else if (at != entries_.end()) {
    std::move_backward(at, entries_.end() - 1, entries_.end());
    *at = added;
  }
}

void CodeCounts::merge(const CodeCounts& other) {
  const std::vector<Entry> entries = other.entries_;  // `other` may be this one
  for (const Entry& entry : entries) add(entry);
}

std::uint64_t CodeCounts::of(std::uint16_t code) const {
  const auto at = std::ranges::lower_bound(entries_, code, {}, &Entry::code);
  return at == entries_.end() || at->code != code ? 0 : at->count;
}

}  // namespace whydown::evidence
