#include "base/written_time.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace whydown::base {
namespace {

// Exactly `count` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// ".192571", up to nanoseconds.
std::optional<Duration> take_fraction(std::string_view& text) {
  std::int64_t ns = 0;
  std::int64_t place = 100'000'000;
  std::size_t digits = 0;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    if (++digits > 9) return std::nullopt;
    ns += (text[0] - '0') * place;
    place /= 10;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  return Duration{ns};
}

std::optional<Time> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  // Nanoseconds of 64 bits reach from 1678 to 2261.
  if (!date.ok() || *year < 1700 || *year > 2200) return std::nullopt;
  return Time{std::chrono::sys_days{date}};
}

// "am" or "pm" in either case, behind a blank or not: hours to add to a 12-hour clock's 0 to 11.
std::optional<int> take_half_day(std::string_view& text) {
  std::string_view rest = text;
  take(rest, ' ');
  if (rest.size() < 2 || (rest[1] | 0x20) != 'm') return std::nullopt;
  const int letter = rest[0] | 0x20;
  if (letter != 'a' && letter != 'p') return std::nullopt;
  text = rest.substr(2);
  return letter == 'p' ? 12 : 0;
}

// What follows the hour: ":24", ":24:32.192571".
std::optional<Duration> take_minutes(std::string_view& text) {
  if (!take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  Duration clock = std::chrono::minutes{*minute};
  if (!take(text, ':')) return clock;
  const auto second = take_digits(text, 2);
  if (!second || *second > 60) return std::nullopt;
  clock += std::chrono::seconds{*second};
  if (!take(text, '.')) return clock;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return clock + *fraction;
}

std::optional<Duration> take_clock(std::string_view& text) {
  // One digit is an hour of a 12-hour clock only.
  const std::size_t digits = text.size() > 1 && text[1] == ':' ? 1 : 2;
  const auto hour = take_digits(text, digits);
  if (!hour || *hour > 23) return std::nullopt;
  const auto rest = take_minutes(text);
  if (!rest) return std::nullopt;
  if (const auto half = take_half_day(text)) {
    if (*hour < 1 || *hour > 12) return std::nullopt;
    return std::chrono::hours{*hour % 12 + *half} + *rest;
  }
  return digits == 1 ? std::nullopt : std::optional(std::chrono::hours{*hour} + *rest);
}

}  // namespace

std::optional<Time> parse_date(std::string_view text) {
  const auto date = take_date(text);
  return text.empty() ? date : std::nullopt;
}

std::optional<Duration> parse_clock(std::string_view text) {
  const auto clock = take_clock(text);
  return text.empty() ? clock : std::nullopt;
}

std::optional<Duration> parse_zone(std::string_view text) {
  if (text == "UTC" || text == "utc" || text == "GMT" || text == "Z") return Duration{0};
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 14) return std::nullopt;
  int minutes = 0;
  if (!text.empty()) {
    take(text, ':');
    const auto read = take_digits(text, 2);
    if (!read || *read > 59 || !text.empty()) return std::nullopt;
    minutes = *read;
  }
  return sign * (std::chrono::hours{*hours} + std::chrono::minutes{minutes});
}

std::optional<PointInTime> parse_point(std::string_view text) {
  PointInTime point;
  if (text.size() >= 10 && text[4] == '-') {
    point.date = take_date(text);
    if (!point.date) return std::nullopt;
    if (text.empty()) return point;
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  }
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  point.clock = *clock;
  if (text.empty()) return point;
  point.zone = parse_zone(text);
  return point.zone ? std::optional(point) : std::nullopt;
}

}  // namespace whydown::base
