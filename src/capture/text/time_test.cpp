#include "capture/text/time.h"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace whydown::capture::text {
namespace {

using std::chrono::hours;

TEST(Stamp, Forms) {
  const struct {
    const char* text;
    const char* time;  // "" = no stamp
    std::size_t length;
  } rows[] = {
      {"13:24:32.192571 IP", "1970-01-01T13:24:32.192571Z", 15},
      {"13:24:32,192571 IP", "1970-01-01T13:24:32.192571Z", 15},
      {"13:24:32.123456789", "1970-01-01T13:24:32.123456789Z", 18},
      {"13:24:32", "1970-01-01T13:24:32.000000Z", 8},
      {"1:24:32.192571 PM IP", "1970-01-01T13:24:32.192571Z", 17},
      {"1:24:32 p.m. IP", "1970-01-01T13:24:32.000000Z", 12},
      {"12:24:32 AM", "1970-01-01T00:24:32.000000Z", 11},
      {"12:24:32pm", "1970-01-01T12:24:32.000000Z", 10},
      {"2026-01-02 13:24:32.5 IP", "2026-01-02T13:24:32.500000Z", 21},
      {"2026/01/02 13:24:32.5", "2026-01-02T13:24:32.500000Z", 21},
      {"2026-01-02T13:24:32.5Z IP", "2026-01-02T13:24:32.500000Z", 22},
      {"Jan  2, 2026 13:24:32.500000000 UTC", "2026-01-02T13:24:32.500000Z", 35},
      {"1767360272.192571 IP", "2026-01-02T13:24:32.192571Z", 17},
      {"24:00:00", "", 0},
      {"13:60:00", "", 0},
      {"13:24", "", 0},
      {"13:24:32:01", "", 0},
      {"13:24:32.5x", "", 0},
      {"2026-02-30 13:24:32", "", 0},
      {"2026-01-02", "", 0},
      {"9999-01-02 13:24:32", "", 0},
      {"176736027219.5", "", 0},
      {"02:00:5e:10:00:01 > ", "", 0},
      {"", "", 0},
  };
  for (const auto& row : rows) {
    const auto stamp = parse_stamp(row.text);
    EXPECT_EQ(stamp ? base::iso8601(base::time_from_ns(stamp->ns)) : "", row.time) << row.text;
    if (stamp) {
      EXPECT_EQ(stamp->length, row.length) << row.text;
    }
  }
}

TEST(Stamp, CellsMayHoldBareSeconds) {
  for (const char* cell : {"3.144521", "3", "0.000000", "7.5 "}) {
    const auto stamp = parse_time_cell(cell);
    ASSERT_TRUE(stamp) << cell;
    EXPECT_EQ(stamp->kind, StampKind::seconds);
  }
  EXPECT_EQ(parse_time_cell("3.144521")->ns, 3'144'521'000);
  for (const char* cell : {"", "x", "3.1.4", "13:24:32 IP", "-3"}) {
    EXPECT_FALSE(parse_time_cell(cell)) << cell;
  }
}

struct Placed {
  std::vector<std::string> times;
  bool date_known = false;
  bool zone_known = false;
  bool clock_known = false;
};

Placed place(const std::vector<const char*>& stamps, const OpenOptions& options = {}) {
  ClockSniffer sniffer;
  const auto read = [](const char* text) {
    const auto stamp = parse_stamp(text);
    return stamp ? *stamp : *parse_time_cell(text);
  };
  for (const char* text : stamps) sniffer.add(read(text));
  TimeLine line(options, sniffer.meaning());
  Placed placed;
  for (const char* text : stamps) {
    placed.times.push_back(base::iso8601(line.place(read(text))));
  }
  placed.date_known = line.date_known();
  placed.zone_known = line.zone_known();
  placed.clock_known = line.clock_known();
  return placed;
}

TEST(TimeLine, MidnightAddsADayAndStragglersDoNot) {
  const auto placed = place({"23:59:59", "00:00:01", "23:59:58", "00:00:02", "00:00:01"});
  EXPECT_EQ(placed.times,
            (std::vector<std::string>{"1970-01-01T23:59:59.000000Z", "1970-01-02T00:00:01.000000Z",
                                      "1970-01-01T23:59:58.000000Z", "1970-01-02T00:00:02.000000Z",
                                      "1970-01-02T00:00:01.000000Z"}));
  EXPECT_FALSE(placed.date_known);
  EXPECT_FALSE(placed.zone_known);
}

TEST(TimeLine, SecondsOfATable) {
  const auto last = [](const Placed& placed) { return placed.times.back(); };
  EXPECT_EQ(last(place({"0.000000", "1.5", "2.0", "3.25"})), "1970-01-01T00:00:03.250000Z");
  EXPECT_EQ(last(place({"0.000000", "1.5", "1.4", "2", "2.5", "3", "3.5"})),
            "1970-01-01T00:00:03.500000Z")
      << "a little out of order";
  EXPECT_EQ(last(place({"0.000000", "1.5", "0.25", "2", "0.5", "0.25"})),
            "1970-01-01T00:00:04.500000Z")
      << "spans, as of tshark -t d";
}

TEST(TimeLine, DateAndZoneGiven) {
  OpenOptions options;
  options.date = base::Time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 2}};
  options.zone_offset = hours(1);
  const auto placed = place({"13:24:32"}, options);
  EXPECT_EQ(placed.times[0], "2026-01-02T12:24:32.000000Z");
  EXPECT_TRUE(placed.date_known);
  EXPECT_TRUE(placed.zone_known);
  EXPECT_EQ(place({"2026-05-06 00:30:00"}, options).times[0], "2026-05-05T23:30:00.000000Z");
  // What the text says itself wins.
  EXPECT_EQ(place({"2026-05-06 00:30:00Z"}, options).times[0], "2026-05-06T00:30:00.000000Z");
}

TEST(TimeLine, AZoneAloneNeverLeadsBefore1970) {
  OpenOptions options;
  options.zone_offset = hours(2);
  const auto placed = place({"01:00:00", "01:30:00"}, options);
  EXPECT_EQ(placed.times[0], "1970-01-01T23:00:00.000000Z");
  EXPECT_EQ(placed.times[1], "1970-01-01T23:30:00.000000Z");
  EXPECT_FALSE(placed.date_known);
  EXPECT_TRUE(placed.zone_known);
}

TEST(TimeLine, SpansSinceThePreviousAndSinceTheFirst) {
  EXPECT_EQ(place({"00:00:00.000000", "00:00:03.000000", "00:00:01.000000"}).times[2],
            "1970-01-01T00:00:04.000000Z");
  EXPECT_EQ(place({"00:00:00.000000", "00:00:01.000000", "00:00:03.000000"}).times[2],
            "1970-01-01T00:00:03.000000Z");
}

TEST(TimeLine, SpansTellNoTimeOfDay) {
  EXPECT_FALSE(place({"0.000000", "1.5", "2.0"}).clock_known);
  EXPECT_FALSE(place({"00:00:00.000000", "00:00:03.000000", "00:00:01.000000"}).clock_known);
  EXPECT_TRUE(place({"13:24:32", "13:24:33"}).clock_known);
}

TEST(TimeLine, EpochSecondsKnowEverything) {
  const auto placed = place({"1767360272.192571"});
  EXPECT_TRUE(placed.clock_known);
  EXPECT_TRUE(placed.date_known);
  EXPECT_TRUE(placed.zone_known);
}

TEST(TimeLine, HostileSpansSaturate) {
  TimeLine line({}, ClockMeaning::since_previous);
  Stamp day;
  day.ns = 86'399'999'999'999;
  base::Time last{};
  for (int i = 0; i < 300'000; ++i) last = line.place(day);
  EXPECT_GT(last, base::Time{});
}

}  // namespace
}  // namespace whydown::capture::text
