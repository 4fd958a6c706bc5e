// Points in time and spans, both in whole nanoseconds.
//
// A text log may carry no date: its times then lie on 1970-01-01, and `InputInfo::date_known` is
// false. Nothing but the report's formatting looks at that.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace whydown::base {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::sys_time<Duration>;

constexpr Time time_from_ns(std::int64_t ns) { return Time{Duration{ns}}; }
constexpr std::int64_t ns_of(Time time) { return time.time_since_epoch().count(); }

constexpr Time add(Time time, Duration span) {
  // A hostile capture may carry any 64-bit time; saturate instead of overflowing.
  std::int64_t sum = 0;
  if (__builtin_add_overflow(ns_of(time), span.count(), &sum)) {
    return span.count() < 0 ? Time::min() : Time::max();
  }
  return time_from_ns(sum);
}

// `later - earlier`, saturating at the ends of the range.
// In nanoseconds; as far as the type goes where times lie further apart.
constexpr std::int64_t ns_between(std::int64_t earlier, std::int64_t later) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(later, earlier, &difference)) {
    return later < earlier ? std::numeric_limits<std::int64_t>::min()
                           : std::numeric_limits<std::int64_t>::max();
  }
  return difference;
}

constexpr Duration between(Time earlier, Time later) {
  return Duration{ns_between(ns_of(earlier), ns_of(later))};
}

// "2026-01-02T13:24:32.192571Z"; nine digits when the nanoseconds are not whole microseconds.
std::string iso8601(Time time);
// "13:24:32.192571", the time of day in UTC.
std::string clock_time(Time time);
// "1:24:32 pm".
std::string clock_time_12h(Time time);
// "2026-01-02".
std::string calendar_date(Time time);
// For people: "0.3 ms", "3.9 s", "4 min 18 s", "2 h 5 min".
std::string human_duration(Duration span);

}  // namespace whydown::base
