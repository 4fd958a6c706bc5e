// Times and zones as people type them.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace whydown::base {

// "2026-01-02": its midnight, as if in UTC.
std::optional<Time> parse_date(std::string_view text);
// "13:24", "13:24:32", "13:24:32.192571", "1:24 pm": since midnight.
std::optional<Duration> parse_clock(std::string_view text);
// "UTC", "Z", "+02:00", "-0530": offset from UTC.
std::optional<Duration> parse_zone(std::string_view text);

struct PointInTime {
  std::optional<Time> date;  // absent in a clock time
  Duration clock{0};
  std::optional<Duration> zone;
};
// ISO 8601, "2026-01-02T13:24:32.5+02:00", with a blank for the T, less the end of it that is not
// needed; or a clock time alone.
std::optional<PointInTime> parse_point(std::string_view text);

}  // namespace whydown::base
