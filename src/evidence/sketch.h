// Small mergeable summaries: adding two of them gives the summary of both inputs, in any order.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/flat_set.h"
#include "base/hash.h"
#include "base/place.h"
#include "base/time.h"
#include "evidence/limits.h"

namespace whydown::evidence {

// The smallest kLimit distinct values (a choice that does not depend on order), and how many there
// were: exact up to kLimit, then estimated (HyperLogLog, Flajolet et al. 2007).
template <typename Value, std::size_t kLimit>
class DistinctValues {
 public:
  [[gnu::always_inline]] void add(const Value& value) {
    if (registers_.empty()) {
      if (kept_.insert(value) || kept_.contains(value)) return;
      begin_estimate();
    }
    note(value);
    if (value < kept_.largest()) kept_.replace_largest(value);
  }
  void merge(const DistinctValues& other);
  std::uint64_t count() const;
  bool is_exact() const { return registers_.empty(); }
  using Kept = base::FlatSet<Value, kLimit>;
  const Kept& kept() const { return kept_; }

 private:
  static std::uint64_t hash_of(const base::IpAddress& address) {
    return base::mix(base::fold(address.high(), address.low()));
  }
  static std::uint64_t hash_of(std::uint32_t name) { return base::mix(name); }
  void begin_estimate();
  // 64-bit hashes, so without the large-range correction.
  void note(const Value& value) {
    const std::uint64_t hash = hash_of(value);
    const std::size_t index = hash >> (64U - limits::kRegisterBits);
    // The bit below the used ones ends the run of zeros at the latest.
    const std::uint64_t rest = hash << limits::kRegisterBits | std::uint64_t{1}
                                                                   << (limits::kRegisterBits - 1U);
    const auto rank = static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
    registers_[index] = std::max(registers_[index], rank);
  }
  Kept kept_;
  std::vector<std::uint8_t> registers_;  // empty while exact
};

// The distinct addresses of a row, and the smallest few of them.
class AddressSketch {
 public:
  static constexpr std::size_t kKept = 64;
  void add(const base::IpAddress& address) {
    // The bit keeps the hash apart from an unused slot's zero.
    const std::uint64_t hash = base::fold(address.high(), address.low()) | 1U;
    std::uint64_t& recent = recent_[hash >> 32U & (kKept - 1)];
    if (recent == hash) return;
    recent = hash;
    values_.add(address);
  }
  void merge(const AddressSketch& other) { values_.merge(other.values_); }
  std::uint64_t count() const { return values_.count(); }
  bool is_exact() const { return values_.is_exact(); }
  using Kept = base::FlatSet<base::IpAddress, kKept>;
  const Kept& kept() const { return values_.kept(); }

 private:
  DistinctValues<base::IpAddress, kKept> values_;
  // Hashes of addresses added lately: most come again, and need no search through kept().
  std::array<std::uint64_t, kKept> recent_{};
};

// Like AddressSketch for interner ids: the first kKept ids by value. Id 0 (no name) is not counted.
class NameSketch {
 public:
  static constexpr std::size_t kKept = 16;
  void add(std::uint32_t name) {
    std::uint32_t& recent = recent_[name % kKept];
    if (recent == name || name == 0) return;
    recent = name;
    values_.add(name);
  }
  void merge(const NameSketch& other) { values_.merge(other.values_); }
  std::uint64_t count() const { return values_.count(); }
  using Kept = base::FlatSet<std::uint32_t, kKept>;
  const Kept& kept() const { return values_.kept(); }

 private:
  DistinctValues<std::uint32_t, kKept> values_;
  std::array<std::uint32_t, kKept> recent_{};  // ids added lately
};

// Logarithmic buckets: four per factor of two, from 1 us to about 36 min; what lies outside goes to
// the first or the last one.
class LatencyHistogram {
 public:
  static constexpr std::size_t kBuckets = 124;
  static constexpr unsigned kFirstOctave = 10;  // 2^10 ns, about 1 us
  static std::size_t bucket_of(base::Duration latency) {
    const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
    const auto bits = static_cast<unsigned>(std::bit_width(ns));
    if (bits <= kFirstOctave) return 0;
    const std::size_t octave = bits - 1 - kFirstOctave;
    const std::size_t quarter = ns >> (bits - 3) & 3U;
    return std::min(octave * 4 + quarter, kBuckets - 1);
  }
  void add(base::Duration latency) {  // negative ones (no answer) are not counted
    if (latency.count() < 0) return;
    std::uint32_t& bucket = buckets_[bucket_of(latency)];
    bucket += bucket == std::numeric_limits<std::uint32_t>::max() ? 0U : 1U;
    ++count_;
    minimum_ = std::min(minimum_, latency);
    maximum_ = std::max(maximum_, latency);
  }
  void merge(const LatencyHistogram& other);
  std::uint64_t count() const { return count_; }
  base::Duration minimum() const { return minimum_; }
  base::Duration maximum() const { return maximum_; }
  // Within the bucket's width, clamped to minimum and maximum; zero when empty.
  base::Duration quantile(double share) const;

 private:
  std::array<std::uint32_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  base::Duration minimum_{base::Duration::max()};
  base::Duration maximum_{base::Duration::min()};
};

// Counts per slot of time. Slots start 1 s wide on multiples of their width since 1970 and double
// when the span no longer fits, so that two histograms always merge exactly.
class TimeHistogram {
 public:
  static constexpr std::size_t kSlots = 64;
  void add(base::Time time, std::uint64_t count = 1) {
    // Most times lie in the slot of the time before.
    const auto [start, end] = recent_span_;
    if (time >= start && time < end) {
      slots_[recent_] += count;
    } else {
      add_elsewhere(time, count);
    }
  }
  void merge(const TimeHistogram& other);
  base::Duration slot_width() const { return width_; }
  base::Time slot_start(std::size_t slot) const;
  const std::array<std::uint64_t, kSlots>& slots() const { return slots_; }
  bool empty() const { return empty_; }
  // The sum over the slots that lie wholly within [from, to): at least so many.
  std::uint64_t within(base::Time from, base::Time to) const;
  std::uint64_t total() const;

 private:
  void add_elsewhere(base::Time time, std::uint64_t count);
  void add_second(std::int64_t second, std::uint64_t count);
  bool move_start(std::int64_t slot);
  void widen();
  std::array<std::uint64_t, kSlots> slots_{};
  base::Duration width_{std::chrono::seconds{1}};
  // Index of slots_[0] in units of width_ since 1970. The earliest time lies in slots_[0], which
  // makes the form depend on the times alone and not on their order.
  std::int64_t first_slot_ = 0;
  unsigned doublings_ = 0;  // width_ = 1 s << doublings_
  bool empty_ = true;
  // The slot added to last, its index and its span, [start, end).
  struct Span {
    base::Time start{};
    base::Time end{};
  };
  std::size_t recent_ = 0;
  Span recent_span_;
};

// How the latency went over time: per slot of time, how many answers, and the sum of the buckets
// (LatencyHistogram) they fell into. The mean bucket of a slot is the geometric mean of its
// latencies.
class LatencyTrend {
 public:
  void add(base::Time time, base::Duration latency) {  // negative ones (no answer) do not count
    if (latency.count() < 0) return;
    answers_.add(time);
    buckets_.add(time, LatencyHistogram::bucket_of(latency) + 1);
  }
  void merge(const LatencyTrend& other);
  const TimeHistogram& answers() const { return answers_; }
  // How many times longer the later quarter of the answers before `end` took than the earlier
  // quarter, whole slots at a time; 0 when there are fewer than `least` answers or the quarters
  // overlap.
  double growth_before(base::Time end, std::uint64_t least) const;
  // How many times longer the answers from `at` to `to` took than those before `at`, whole slots at
  // a time; 0 when either side has fewer than `least` answers.
  double growth_across(base::Time at, base::Time to, std::uint64_t least) const;
  // How long the answers of the slots that begin in [from, to] took, and those of the quickest
  // slot.
  struct Level {
    std::uint64_t answers = 0;
    base::Duration mean{};  // geometric
    base::Duration least{};
  };
  Level level(base::Time from, base::Time to) const;
  // How many times longer the answers of the slots with more answers than their mean took than
  // those of the other slots; 0 when either side has fewer than `least` or not twice the load.
  double growth_with_load(std::uint64_t least) const;

 private:
  TimeHistogram answers_;
  TimeHistogram buckets_;  // bucket + 1, so that both histograms have the same slots
};

// How often each small code came, and where first: the smallest limits::kMaxCodes of them.
class CodeCounts {
 public:
  struct Entry {
    std::uint64_t count = 0;
    base::Place first;  // the earliest packet
    std::uint16_t code = 0;
  };
  void add(std::uint16_t code, const base::Place& place) { add({1, place, code}); }
  void merge(const CodeCounts& other);
  std::uint64_t of(std::uint16_t code) const;
  std::span<const Entry> all() const { return entries_; }  // by code

 private:
  void add(const Entry& added);
  std::vector<Entry> entries_;
};

}  // namespace whydown::evidence
