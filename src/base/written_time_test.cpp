#include "base/written_time.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace whydown::base {
namespace {

using namespace std::chrono_literals;

TEST(Times, Dates) {
  EXPECT_EQ(iso8601(*parse_date("2026-01-02")), "2026-01-02T00:00:00.000000Z");
  EXPECT_EQ(iso8601(*parse_date("2024-02-29")), "2024-02-29T00:00:00.000000Z");
  for (const char* wrong : {"", "2026-1-2", "2026-02-29", "2026-13-01", "26-01-02", "2026-01-02x",
                            "9999-01-01", "0001-01-01", "today"}) {
    EXPECT_FALSE(parse_date(wrong)) << wrong;
  }
}

TEST(Times, Clocks) {
  EXPECT_EQ(parse_clock("13:24"), 13h + 24min);
  EXPECT_EQ(parse_clock("13:24:32"), 13h + 24min + 32s);
  EXPECT_EQ(parse_clock("13:24:32.192571"), 13h + 24min + 32s + 192571us);
  EXPECT_EQ(parse_clock("00:00:00.000000001"), 1ns);
  EXPECT_EQ(parse_clock("1:24 pm"), 13h + 24min);
  EXPECT_EQ(parse_clock("12:05am"), 5min);
  EXPECT_EQ(parse_clock("12:05:09 PM"), 12h + 5min + 9s);
  for (const char* wrong :
       {"", "1:24", "13:24 pm", "0:10 am", "1:24 p", "1:24  pm", "24:00", "13:60", "13",
        "13:24:", "13:24:32.", "13:24x", "13:24:32.1234567890"}) {
    EXPECT_FALSE(parse_clock(wrong)) << wrong;
  }
}

TEST(Times, Zones) {
  EXPECT_EQ(parse_zone("UTC"), 0h);
  EXPECT_EQ(parse_zone("Z"), 0h);
  EXPECT_EQ(parse_zone("+02:00"), 2h);
  EXPECT_EQ(parse_zone("-0530"), -(5h + 30min));
  EXPECT_EQ(parse_zone("+14"), 14h);
  for (const char* wrong : {"", "CET", "+2", "+15:00", "02:00", "+02:60", "+02:0", "+02:00x"}) {
    EXPECT_FALSE(parse_zone(wrong)) << wrong;
  }
}

TEST(Times, Points) {
  struct Row {
    const char* text;
    bool dated;
    base::Duration clock;
    bool zoned;
  };
  const Row rows[] = {{"2026-01-02T13:24:32Z", true, 13h + 24min + 32s, true},
                      {"2026-01-02 13:24", true, 13h + 24min, false},
                      {"2026-01-02", true, 0s, false},
                      {"13:24:32.5", false, 13h + 24min + 32s + 500ms, false},
                      {"13:24+02:00", false, 13h + 24min, true}};
  for (const Row& row : rows) {
    const auto point = parse_point(row.text);
    ASSERT_TRUE(point) << row.text;
    EXPECT_EQ(point->date.has_value(), row.dated) << row.text;
    EXPECT_EQ(point->clock, row.clock) << row.text;
    EXPECT_EQ(point->zone.has_value(), row.zoned) << row.text;
  }
  for (const char* wrong : {"", "yesterday", "2026-01-02T", "2026-01-02X13:24",
                            "2026-01-02T13:24:32 CET", "2026-02-30T10:00"}) {
    EXPECT_FALSE(parse_point(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace whydown::base
