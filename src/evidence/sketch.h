// Small mergeable summaries: adding two of them gives the summary of both inputs, in any order.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "base/address.h"
#include "base/time.h"

namespace whydown::evidence {

// How many distinct addresses, and the smallest few of them by value (a choice that does not
// depend on order). Exact up to kKept, then estimated (HyperLogLog, Flajolet et al. 2007).
class AddressSketch {
 public:
  static constexpr std::size_t kKept = 64;
  void add(const base::IpAddress& address);
  void merge(const AddressSketch& other);
  std::uint64_t count() const;
  bool is_exact() const { return registers_.empty(); }
  const std::set<base::IpAddress>& kept() const { return kept_; }

 private:
  std::set<base::IpAddress> kept_;
  std::vector<std::uint8_t> registers_;  // empty while exact
  // Hashes of addresses added lately: most come again, and need no search through kept_.
  std::array<std::uint64_t, kKept> recent_{};
};

// Like AddressSketch for interner ids: the first kKept ids by value. Id 0 (no name) is not counted.
class NameSketch {
 public:
  static constexpr std::size_t kKept = 16;
  void add(std::uint32_t name);
  void merge(const NameSketch& other);
  std::uint64_t count() const;  // exact up to kKept, then a lower bound estimate as above
  const std::set<std::uint32_t>& kept() const { return kept_; }

 private:
  std::set<std::uint32_t> kept_;
  std::vector<std::uint8_t> registers_;
  std::uint32_t latest_ = 0;
};

// Logarithmic buckets: four per factor of two, from 1 us to about 36 min; what lies outside goes to
// the first or the last one.
class LatencyHistogram {
 public:
  static constexpr std::size_t kBuckets = 124;
  static std::size_t bucket_of(base::Duration latency);
  void add(base::Duration latency);  // negative ones (no answer) are not counted
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
  void add(base::Time time, std::uint64_t count = 1);
  void merge(const TimeHistogram& other);
  base::Duration slot_width() const { return width_; }
  base::Time slot_start(std::size_t slot) const;
  const std::array<std::uint64_t, kSlots>& slots() const { return slots_; }
  bool empty() const { return empty_; }
  // The sum over the slots that lie wholly within [from, to): at least so many.
  std::uint64_t within(base::Time from, base::Time to) const;
  std::uint64_t total() const;

 private:
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
};

// How the latency went over time: per slot of time, how many answers, and the sum of the buckets
// (LatencyHistogram) they fell into. The mean bucket of a slot is the geometric mean of its
// latencies.
class LatencyTrend {
 public:
  void add(base::Time time, base::Duration latency);  // negative ones (no answer) are not counted
  void merge(const LatencyTrend& other);
  const TimeHistogram& answers() const { return answers_; }
  // How many times longer the later quarter of the answers before `end` took than the earlier
  // quarter, whole slots at a time; 0 when there are fewer than `least` answers or the quarters
  // overlap.
  double growth_before(base::Time end, std::uint64_t least) const;
  // How many times longer the answers from `at` to `to` took than those before `at`, whole slots at
  // a time; 0 when either side has fewer than `least` answers.
  double growth_across(base::Time at, base::Time to, std::uint64_t least) const;

 private:
  TimeHistogram answers_;
  TimeHistogram buckets_;  // bucket + 1, so that both histograms have the same slots
};

// How often each small code came: the smallest limits::kMaxCodes of them.
class CodeCounts {
 public:
  void add(std::uint16_t code);
  void merge(const CodeCounts& other);
  std::uint64_t of(std::uint16_t code) const;
  const std::map<std::uint16_t, std::uint64_t>& all() const { return counts_; }

 private:
  std::map<std::uint16_t, std::uint64_t> counts_;  // at most limits::kMaxCodes
};

}  // namespace whydown::evidence
