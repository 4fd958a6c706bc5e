// Times as logs write them, and how they become points in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "capture/frame.h"

namespace whydown::capture::text {

enum class StampKind : std::uint8_t {
  clock,    // 13:24:32.192571, 1:24:32 PM: a time of day, or (-ttt, -ttttt) a span
  dated,    // 2026-01-02 13:24:32.192571
  epoch,    // 1767360272.192571
  seconds,  // 3.144521: of tables, since the capture began
};

struct Stamp {
  StampKind kind = StampKind::clock;
  std::int64_t ns = 0;    // clock: since midnight; dated: since 1970 in local time
  bool has_zone = false;  // "Z", "+01:00", "UTC" follow
  std::int64_t zone_ns = 0;
  std::size_t length = 0;  // characters read
};

// A stamp at the start of `text`, followed by a blank or the end. Kinds clock, dated and epoch.
std::optional<Stamp> parse_stamp(std::string_view text);
// The same for a table's cell, which may also hold bare seconds; must read the whole cell.
std::optional<Stamp> parse_time_cell(std::string_view cell);

// What the clock stamps of a log mean, which only several of them together tell.
enum class ClockMeaning : std::uint8_t {
  time_of_day,
  since_first,     // tcpdump -ttttt
  since_previous,  // tcpdump -ttt
};

// Guesses nothing from a single stamp: spans are recognised by a first stamp of exactly zero.
class ClockSniffer {
 public:
  void add(const Stamp& stamp);
  ClockMeaning meaning() const;

 private:
  std::int64_t previous_ = -1;
  bool starts_at_zero_ = false;
  bool is_seconds_ = false;
  std::size_t stamps_ = 0;
  std::size_t steps_back_ = 0;
};

// Places stamps in time: adds days at midnight, sums spans, applies the date and zone given.
class TimeLine {
 public:
  TimeLine(const OpenOptions& options, ClockMeaning meaning);
  base::Time place(const Stamp& stamp);
  // For a record without a stamp: just after the one before.
  base::Time after_last();
  bool date_known() const { return date_known_; }
  bool zone_known() const { return zone_known_; }
  // Whether times of day are told, not spans since the first packet.
  bool clock_known() const { return clock_known_; }

 private:
  std::int64_t clock_ns(std::int64_t ns);
  std::int64_t zone_ns(const Stamp& stamp);

  OpenOptions options_;
  ClockMeaning meaning_;
  std::int64_t last_clock_ = -1;
  std::int64_t day_ = 0;
  std::int64_t sum_ = 0;
  base::Duration unknown_day_{0};
  base::Time last_{};
  bool any_ = false;
  bool date_known_ = true;
  bool zone_known_ = true;
  bool clock_known_ = true;
};

}  // namespace whydown::capture::text
