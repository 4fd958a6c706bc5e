#include <limits>

#include "capture/pcapng.h"

namespace whydown::capture {

namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
constexpr std::uint64_t kMaxNs =
    static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// 10^exponent, or 0 when that is more than 64 bits hold.
constexpr std::uint64_t power_of_ten(unsigned exponent) {
  constexpr unsigned largest = 19;
  if (exponent > largest) return 0;
  std::uint64_t value = 1;
  for (unsigned i = 0; i < exponent; ++i) value *= 10;
  return value;
}

// Nanoseconds, absent when more than base::Time holds.
std::optional<std::uint64_t> scaled(std::uint64_t count, std::uint64_t unit_ns) {
  if (count > kMaxNs / unit_ns) return std::nullopt;
  return count * unit_ns;
}

// The fraction of a second `part / 2^bits`, in ns. 30 bits of ns times 34 bits of fraction fit 64;
// finer fractions are cut to that, far below a nanosecond.
constexpr std::uint64_t binary_fraction_ns(std::uint64_t part, unsigned bits) {
  constexpr unsigned kept = 34;
  if (bits > kept) {
    part >>= bits - kept;
    bits = kept;
  }
  return (part * kNsPerSecond) >> bits;
}

}  // namespace

TimeScale::TimeScale(std::uint8_t resolution) {
  constexpr std::uint8_t binary_flag = 0x80;
  constexpr unsigned ns_exponent = 9;
  const auto exponent = static_cast<std::uint8_t>(resolution & 0x7fU);
  if ((resolution & binary_flag) != 0 && exponent != 0) {
    binary_ = exponent;
  } else if (exponent <= ns_exponent) {
    multiplier_ = power_of_ten(ns_exponent - exponent);
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a power of ten
    plain_end_ = kMaxNs / multiplier_;
  } else {
    divisor_ = power_of_ten(exponent - ns_exponent);
  }
}

std::optional<base::Time> TimeScale::odd_time(std::uint64_t ticks) const {
  std::optional<std::uint64_t> ns;
  if (binary_ != 0) {
    constexpr unsigned word = 64;
    const std::uint64_t seconds = binary_ < word ? ticks >> binary_ : 0;
    const std::uint64_t part = binary_ < word ? ticks - (seconds << binary_) : ticks;
    ns = scaled(seconds, kNsPerSecond);
    // Beyond 2^-64 a tick count is less than a nanosecond, or close to it.
    if (ns && binary_ <= word) *ns += binary_fraction_ns(part, binary_);
  } else if (multiplier_ != 0) {
    ns = scaled(ticks, multiplier_);
  } else {
    ns = divisor_ == 0 ? 0 : ticks / divisor_;
  }
  if (!ns || *ns > kMaxNs) return std::nullopt;
  std::int64_t offset = 0;
  std::int64_t sum = 0;
  if (__builtin_mul_overflow(offset_seconds_, static_cast<std::int64_t>(kNsPerSecond), &offset) ||
      __builtin_add_overflow(static_cast<std::int64_t>(*ns), offset, &sum)) {
    return std::nullopt;
  }
  return base::time_from_ns(sum);
}

}  // namespace whydown::capture
