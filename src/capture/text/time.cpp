#include "capture/text/time.h"

#include <algorithm>
#include <chrono>

#include "capture/text/scan.h"

namespace whydown::capture::text {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
// Midnights that are counted: 273 years, which nanoseconds in 64 bits still hold.
constexpr std::int64_t kLastDay = 100'000;

// Exactly `width` digits.
std::optional<std::int64_t> take_fixed(std::string_view& text, std::size_t width) {
  if (text.size() < width || !all_digits(text.substr(0, width))) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value * 10 + (text[i] - '0');
  text.remove_prefix(width);
  return value;
}

// ".192571" or ",192571" as nanoseconds; digits past the ninth are read over.
std::int64_t take_fraction(std::string_view& text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',') || !is_digit(text[1])) return 0;
  text.remove_prefix(1);
  std::int64_t value = 0;
  std::size_t digits = 0;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1), ++digits) {
    if (digits < 9) value = value * 10 + (text[0] - '0');
  }
  for (; digits < 9; ++digits) value *= 10;
  return value;
}

// "AM", "p.m.", with or without a blank before.
bool take_half_day(std::string_view& text, bool& afternoon) {
  std::string_view rest = text;
  skip_blanks(rest);
  for (const std::string_view word : {"a.m.", "p.m.", "am", "pm"}) {
    if (!starts_ignoring_case(rest, word)) continue;
    const std::string_view after = rest.substr(word.size());
    if (!after.empty() && (is_alpha(after[0]) || is_digit(after[0]))) continue;
    afternoon = word[0] == 'p';
    text = after;
    return true;
  }
  return false;
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
  std::string_view rest = text;
  auto hour = take_number(rest, 23);
  if (!hour || text.size() - rest.size() > 2 || !take(rest, ":")) return std::nullopt;
  const auto minute = take_fixed(rest, 2);
  if (!minute || *minute > 59 || !take(rest, ":")) return std::nullopt;
  const auto second = take_fixed(rest, 2);
  if (!second || *second > 60) return std::nullopt;  // 60: a leap second
  if (!rest.empty() && (is_digit(rest[0]) || rest[0] == ':')) return std::nullopt;
  const std::int64_t fraction = take_fraction(rest);
  bool afternoon = false;
  if (*hour <= 12 && *hour >= 1 && take_half_day(rest, afternoon)) {
    hour = *hour % 12 + (afternoon ? 12U : 0U);
  }
  text = rest;
  return static_cast<std::int64_t>(*hour) * kHour + *minute * kMinute + *second * kSecond +
         fraction;
}

std::optional<std::int64_t> days(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  // Nanoseconds since 1970 fit into 64 bits for these years.
  if (!date.ok() || year < 1900 || year > 2200) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

// "2026-01-02", "2026/01/02".
std::optional<std::int64_t> take_date(std::string_view& text) {
  std::string_view rest = text;
  const auto year = take_fixed(rest, 4);
  if (!year || rest.empty() || (rest[0] != '-' && rest[0] != '/')) return std::nullopt;
  const std::string_view separator = rest.substr(0, 1);
  rest.remove_prefix(1);
  const auto month = take_fixed(rest, 2);
  if (!month || !take(rest, separator)) return std::nullopt;
  const auto day = take_fixed(rest, 2);
  if (!day || rest.empty() || (rest[0] != ' ' && rest[0] != 'T')) return std::nullopt;
  const auto count = days(*year, *month, *day);
  if (!count) return std::nullopt;
  rest.remove_prefix(1);
  skip_blanks(rest);
  text = rest;
  return count;
}

// "Jan  2, 2026 ", as tshark writes frame.time.
std::optional<std::int64_t> take_month_date(std::string_view& text) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() < 4 || text[3] != ' ') return std::nullopt;
  const std::size_t at = kMonths.find(text.substr(0, 3));
  if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  std::string_view rest = text.substr(4);
  skip_blanks(rest);
  const auto day = take_number(rest, 31);
  if (!day || !take(rest, ",")) return std::nullopt;
  skip_blanks(rest);
  const auto year = take_fixed(rest, 4);
  if (!year || !take(rest, " ")) return std::nullopt;
  const auto count =
      days(*year, static_cast<std::int64_t>(at / 3) + 1, static_cast<std::int64_t>(*day));
  if (count) text = rest;
  return count;
}

void take_zone(std::string_view& text, Stamp& stamp) {
  std::string_view rest = text;
  skip_blanks(rest);
  for (const std::string_view word : {"Z", "UTC", "GMT"}) {
    if (!rest.starts_with(word)) continue;
    if (rest.size() > word.size() && rest[word.size()] != ' ') continue;
    stamp.has_zone = true;
    text = rest.substr(word.size());
    return;
  }
  if (rest.empty() || (rest[0] != '+' && rest[0] != '-')) return;
  const std::int64_t sign = rest[0] == '+' ? 1 : -1;
  rest.remove_prefix(1);
  const auto hours = take_fixed(rest, 2);
  if (!hours || *hours > 14) return;
  (void)take(rest, ":");
  const auto minutes = take_fixed(rest, 2);
  if (!minutes || *minutes > 59 || (!rest.empty() && rest[0] != ' ')) return;
  stamp.has_zone = true;
  stamp.zone_ns = sign * (*hours * kHour + *minutes * kMinute);
  text = rest;
}

// Nine to eleven digits before the point: 1973 to 5138.
std::optional<Stamp> take_epoch(std::string_view& text) {
  std::string_view rest = text;
  const auto seconds = take_number(rest, 9'000'000'000);
  const std::size_t width = text.size() - rest.size();
  if (!seconds || width < 9 || width > 11 || rest.empty() || rest[0] != '.') return std::nullopt;
  Stamp stamp;
  stamp.kind = StampKind::epoch;
  stamp.has_zone = true;
  stamp.ns = static_cast<std::int64_t>(*seconds) * kSecond;
  stamp.ns += take_fraction(rest);
  text = rest;
  return stamp;
}

}  // namespace

std::optional<Stamp> parse_stamp(std::string_view text) {
  std::string_view rest = text;
  if (rest.empty()) return std::nullopt;
  Stamp stamp;
  auto date = take_date(rest);
  if (!date && is_upper(rest[0])) date = take_month_date(rest);
  const auto clock = take_clock(rest);
  if (clock) {
    stamp.kind = date ? StampKind::dated : StampKind::clock;
    stamp.ns = *clock + date.value_or(0) * kDay;
    if (date) take_zone(rest, stamp);
  } else {
    if (date) return std::nullopt;
    const auto epoch = take_epoch(rest);
    if (!epoch) return std::nullopt;
    stamp = *epoch;
  }
  if (!rest.empty() && rest[0] != ' ') return std::nullopt;
  stamp.length = text.size() - rest.size();
  return stamp;
}

std::optional<Stamp> parse_time_cell(std::string_view cell) {
  cell = trimmed(cell);
  if (const auto stamp = parse_stamp(cell); stamp && stamp->length == cell.size()) return stamp;
  std::string_view rest = cell;
  const auto seconds = take_number(rest, 9'000'000'000);
  if (!seconds) return std::nullopt;
  Stamp stamp;
  stamp.kind = StampKind::seconds;
  stamp.ns = static_cast<std::int64_t>(*seconds) * kSecond;
  stamp.ns += take_fraction(rest);
  if (!rest.empty() && rest != "s") return std::nullopt;
  stamp.length = cell.size();
  return stamp;
}

void ClockSniffer::add(const Stamp& stamp) {
  if (stamp.kind != StampKind::clock && stamp.kind != StampKind::seconds) return;
  if (previous_ < 0) starts_at_zero_ = stamp.ns == 0;
  is_seconds_ = stamp.kind == StampKind::seconds;
  if (stamp.ns < previous_) ++steps_back_;
  ++stamps_;
  previous_ = stamp.ns;
}

ClockMeaning ClockSniffer::meaning() const {
  if (!starts_at_zero_) return ClockMeaning::time_of_day;
  // Seconds since the first packet go back a little where a capture is out of order; spans between
  // packets go back at about every other one.
  constexpr std::size_t often = 4;
  const bool is_spans = is_seconds_ ? steps_back_ * often >= stamps_ : steps_back_ > 0;
  return is_spans ? ClockMeaning::since_previous : ClockMeaning::since_first;
}

TimeLine::TimeLine(const OpenOptions& options, ClockMeaning meaning)
    : options_(options), meaning_(meaning) {}

std::int64_t TimeLine::clock_ns(std::int64_t ns) {
  if (meaning_ == ClockMeaning::since_previous) {
    sum_ = std::min(sum_ + ns, kLastDay * kDay);
    return sum_;
  }
  if (last_clock_ >= 0 && ns < last_clock_ - kDay / 2) day_ = std::min(day_ + 1, kLastDay);
  // A straggler from before midnight, written after it.
  const bool late = last_clock_ >= 0 && ns > last_clock_ + kDay / 2 && day_ > 0;
  if (!late) last_clock_ = ns;
  return ns + (late ? day_ - 1 : day_) * kDay;
}

std::int64_t TimeLine::zone_ns(const Stamp& stamp) {
  if (stamp.has_zone) return stamp.zone_ns;
  if (!options_.zone_offset) zone_known_ = false;
  return options_.zone_offset.value_or(base::Duration{0}).count();
}

base::Time TimeLine::place(const Stamp& stamp) {
  base::Time time = base::time_from_ns(stamp.ns);
  if (stamp.kind == StampKind::dated) {
    time = base::add(time, base::Duration{-zone_ns(stamp)});
  } else if (stamp.kind == StampKind::seconds || meaning_ != ClockMeaning::time_of_day) {
    const bool is_span = meaning_ == ClockMeaning::since_previous && stamp.kind != StampKind::epoch;
    if (stamp.kind == StampKind::clock || is_span) time = base::time_from_ns(clock_ns(stamp.ns));
    if (stamp.kind != StampKind::epoch) date_known_ = zone_known_ = clock_known_ = false;
  } else if (stamp.kind == StampKind::clock) {
    const base::Duration clock{clock_ns(stamp.ns) - zone_ns(stamp)};
    // Where the day is unknown it is at least not one before 1970.
    if (!any_ && !options_.date && clock.count() < 0) unknown_day_ = base::Duration{kDay};
    if (!options_.date) date_known_ = false;
    time = base::add(options_.date.value_or(base::Time{}), clock + unknown_day_);
  }
  last_ = time;
  any_ = true;
  return time;
}

base::Time TimeLine::after_last() {
  if (!any_) date_known_ = zone_known_ = false;
  last_ = base::add(last_, base::Duration{1});
  return last_;
}

}  // namespace whydown::capture::text
