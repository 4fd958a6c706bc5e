#include "base/time.h"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace whydown::base {
namespace {

struct Parts {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Duration> clock;
};

// Not by chrono's floor, which overflows on the first day there is.
Parts split(Time time) {
  constexpr std::int64_t day = Duration{std::chrono::days{1}}.count();
  std::int64_t days = ns_of(time) / day;
  std::int64_t rest = ns_of(time) % day;
  if (rest < 0) {
    --days;
    rest += day;
  }
  return {std::chrono::sys_days{std::chrono::days{days}},
          std::chrono::hh_mm_ss<Duration>{Duration{rest}}};
}

std::string fraction(Duration subseconds) {
  const std::int64_t ns = subseconds.count();
  return ns % 1000 == 0 ? fmt::format("{:06}", ns / 1000) : fmt::format("{:09}", ns);
}

std::string date_words(const std::chrono::year_month_day& date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string two_units(std::int64_t total, std::int64_t factor, const char* large,
                      const char* small) {
  if (total % factor == 0) return fmt::format("{} {}", total / factor, large);
  return fmt::format("{} {} {} {}", total / factor, large, total % factor, small);
}

}  // namespace

std::string iso8601(Time time) {
  const Parts parts = split(time);
  return fmt::format("{}T{}Z", date_words(parts.date), clock_time(time));
}

std::string clock_time(Time time) {
  const auto clock = split(time).clock;
  return fmt::format("{:02}:{:02}:{:02}.{}", clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count(), fraction(clock.subseconds()));
}

std::string clock_time_12h(Time time) {
  const auto clock = split(time).clock;
  const auto hour = clock.hours().count();
  return fmt::format("{}:{:02}:{:02} {}", hour % 12 == 0 ? 12 : hour % 12, clock.minutes().count(),
                     clock.seconds().count(), hour < 12 ? "am" : "pm");
}

std::string calendar_date(Time time) { return date_words(split(time).date); }

std::string human_duration(Duration span) {
  const double ms = std::abs(static_cast<double>(span.count())) / 1e6;
  const char* sign = span.count() < 0 ? "-" : "";
  if (ms < 0.9995) return fmt::format("{}{:.2g} ms", sign, ms);
  if (ms < 999.5) return fmt::format("{}{:.3g} ms", sign, ms);
  if (ms < 59'950) return fmt::format("{}{:.3g} s", sign, ms / 1e3);
  const auto seconds = static_cast<std::int64_t>(std::llround(ms / 1e3));
  if (seconds < 3600) return sign + two_units(seconds, 60, "min", "s");
  const std::int64_t minutes = (seconds + 30) / 60;
  constexpr std::int64_t day = std::int64_t{24} * 60;
  if (minutes < day) return sign + two_units(minutes, 60, "h", "min");
  return sign + two_units((minutes + 30) / 60, 24, "d", "h");
}

}  // namespace whydown::base
