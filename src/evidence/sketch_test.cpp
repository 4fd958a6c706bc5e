#include "evidence/sketch.h"

#include <algorithm>
#include <random>
#include <string>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "evidence/limits.h"

namespace whydown::evidence {
namespace {

using base::Duration;
using base::IpAddress;
using base::Time;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

Time second(std::int64_t value) { return base::time_from_ns(value * 1'000'000'000); }

// What a summary shows, as text: two that show the same are the same to every reader.
std::string shown(const AddressSketch& sketch) {
  std::string out = std::to_string(sketch.count()) + (sketch.is_exact() ? " exact" : " about");
  for (const IpAddress& address : sketch.kept()) out += " " + address.to_string();
  return out;
}

std::string shown(const NameSketch& sketch) {
  std::string out = std::to_string(sketch.count());
  for (const std::uint32_t name : sketch.kept()) out += " " + std::to_string(name);
  return out;
}

std::string shown(const LatencyHistogram& histogram) {
  std::string out = std::to_string(histogram.count());
  for (const double share : {0.0, 0.1, 0.5, 0.9, 1.0}) {
    out += " " + std::to_string(histogram.quantile(share).count());
  }
  return out;
}

std::string shown(const TimeHistogram& histogram) {
  std::string out = std::to_string(histogram.slot_width().count()) + " from " +
                    std::to_string(base::ns_of(histogram.slot_start(0)));
  for (const std::uint64_t count : histogram.slots()) out += " " + std::to_string(count);
  return out;
}

std::string shown(const LatencyTrend& trend) {
  return shown(trend.answers()) + " " + std::to_string(trend.growth_before(Time::max(), 4));
}

std::string shown(const CodeCounts& counts) {
  std::string out;
  for (const auto& [count, first, code] : counts.all()) {
    out += fmt::format("{}x{}@{} ", code, count, first.number);
  }
  return out;
}

// Values that go into the summaries under test; some repeat, some lie far out.
struct Value {
  std::uint64_t number;
  Time time;
  Duration latency;
};

void put(AddressSketch& to, const Value& value) {
  to.add(IpAddress::v4(static_cast<std::uint32_t>(value.number)));
}
void put(NameSketch& to, const Value& value) { to.add(static_cast<std::uint32_t>(value.number)); }
void put(LatencyHistogram& to, const Value& value) { to.add(value.latency); }
void put(TimeHistogram& to, const Value& value) { to.add(value.time, value.number % 3); }
void put(LatencyTrend& to, const Value& value) { to.add(value.time, value.latency); }
void put(CodeCounts& to, const Value& value) {
  to.add(static_cast<std::uint16_t>(value.number), {value.time, value.number + 1});
}

std::vector<Value> some_values(std::mt19937_64& random, std::size_t count, std::uint64_t range) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t number = random() % range;
    const std::int64_t spread = std::int64_t{1} << (random() % 34);
    const auto offset = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(spread));
    values.push_back({number, second(1'700'000'000 - offset),
                      Duration{static_cast<std::int64_t>(random() % 60'000'000'000) - 1'000}});
  }
  return values;
}

template <typename Summary>
Summary summary_of(const std::vector<Value>& values) {
  Summary out;
  for (const Value& value : values) put(out, value);
  return out;
}

template <typename Summary>
class MergeTest : public ::testing::Test {};
using Summaries = ::testing::Types<AddressSketch, NameSketch, LatencyHistogram, TimeHistogram,
                                   LatencyTrend, CodeCounts>;
TYPED_TEST_SUITE(MergeTest, Summaries);

TYPED_TEST(MergeTest, AnyOrderOfAddingAndMergingGivesTheSame) {
  std::mt19937_64 random(42);
  for (const std::size_t size : {0U, 1U, 5U, 20U, 70U, 300U}) {
    for (const std::uint64_t range : {3U, 40U, 100'000U}) {
      const auto a = some_values(random, size, range);
      const auto b = some_values(random, random() % 100, range);
      const auto c = some_values(random, random() % 10, range);
      std::vector<Value> all = a;
      all.insert(all.end(), b.begin(), b.end());
      all.insert(all.end(), c.begin(), c.end());
      const std::string expected = shown(summary_of<TypeParam>(all));

      auto left = summary_of<TypeParam>(a);  // (a + b) + c
      left.merge(summary_of<TypeParam>(b));
      left.merge(summary_of<TypeParam>(c));
      EXPECT_EQ(shown(left), expected);

      auto right = summary_of<TypeParam>(b);  // (b + c) + a
      right.merge(summary_of<TypeParam>(c));
      right.merge(summary_of<TypeParam>(a));
      EXPECT_EQ(shown(right), expected);

      std::ranges::shuffle(all, random);
      EXPECT_EQ(shown(summary_of<TypeParam>(all)), expected);
    }
  }
}

TYPED_TEST(MergeTest, AnEmptyOneChangesNothing) {
  std::mt19937_64 random(7);
  auto some = summary_of<TypeParam>(some_values(random, 90, 1000));
  const std::string before = shown(some);
  some.merge(TypeParam{});
  EXPECT_EQ(shown(some), before);
  TypeParam empty;
  empty.merge(some);
  EXPECT_EQ(shown(empty), before);
}

TEST(AddressSketch, IsExactAsLongAsItKeepsAll) {
  AddressSketch sketch;
  for (std::uint32_t i = 0; i < AddressSketch::kKept; ++i) {
    sketch.add(IpAddress::v4(1000 - i));
    sketch.add(IpAddress::v4(1000 - i));
    EXPECT_EQ(sketch.count(), i + 1);
  }
  EXPECT_TRUE(sketch.is_exact());
  sketch.add(IpAddress::v4(5));
  EXPECT_FALSE(sketch.is_exact());
  EXPECT_GE(sketch.count(), AddressSketch::kKept + 1);
  EXPECT_EQ(*sketch.kept().begin(), IpAddress::v4(5));
  EXPECT_EQ(sketch.kept().size(), AddressSketch::kKept);
}

TEST(AddressSketch, EstimatesWithinThreeStandardErrors) {
  for (const std::uint32_t count : {100U, 1000U, 3000U, 10'000U, 200'000U, 1'000'000U}) {
    AddressSketch sketch;
    for (std::uint32_t i = 0; i < count; ++i) sketch.add(IpAddress::v4(i * 7919));
    const double error = std::abs(static_cast<double>(sketch.count()) / count - 1);
    EXPECT_LT(error, 0.1) << count << " estimated as " << sketch.count();
  }
}

TEST(AddressSketch, CountsKindsOfAddressesApart) {
  AddressSketch sketch;
  sketch.add(IpAddress::v4(1));
  sketch.add(IpAddress::host(1));
  sketch.add(IpAddress::parse("::1").value());
  sketch.add(IpAddress{});
  EXPECT_EQ(sketch.count(), 4U);
}

TEST(NameSketch, NoNameIsNotCounted) {
  NameSketch sketch;
  sketch.add(0);
  EXPECT_EQ(sketch.count(), 0U);
  sketch.add(3);
  sketch.add(0);
  sketch.add(3);
  EXPECT_EQ(sketch.count(), 1U);
  for (std::uint32_t i = 1; i <= 500; ++i) sketch.add(i);
  EXPECT_NEAR(static_cast<double>(sketch.count()), 500, 50);
  EXPECT_EQ(sketch.kept().largest(), NameSketch::kKept);
}

TEST(LatencyHistogram, Buckets) {
  const struct {
    Duration latency;
    std::size_t bucket;
  } rows[] = {
      {Duration{0}, 0},    {Duration{1023}, 0},  {Duration{1024}, 0},    {Duration{1279}, 0},
      {Duration{1280}, 1}, {Duration{1536}, 2},  {Duration{1792}, 3},    {Duration{2048}, 4},
      {Duration{2560}, 5}, {seconds{5000}, 123}, {Duration::max(), 123}, {Duration{-5}, 0},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(LatencyHistogram::bucket_of(row.latency), row.bucket) << row.latency.count();
  }
  for (std::int64_t ns = 1; ns < 4'000'000'000; ns = ns * 3 / 2 + 1) {
    EXPECT_LE(LatencyHistogram::bucket_of(Duration{ns}),
              LatencyHistogram::bucket_of(Duration{ns * 3 / 2 + 1}));
  }
}

TEST(LatencyHistogram, QuantilesLieWithinABucketsWidth) {
  std::mt19937_64 random(3);
  for (const std::int64_t range : {5'000LL, 900'000LL, 70'000'000'000LL}) {
    LatencyHistogram histogram;
    std::vector<std::int64_t> values;
    for (int i = 0; i < 501; ++i) {
      values.push_back(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(range)) +
                       1100);
      histogram.add(Duration{values.back()});
    }
    std::ranges::sort(values);
    for (const double share : {0.05, 0.5, 0.95}) {
      const auto exact = static_cast<double>(values[static_cast<std::size_t>(share * 500)]);
      const auto got = static_cast<double>(histogram.quantile(share).count());
      EXPECT_NEAR(got / exact, 1, 0.3) << share << " of " << range;
    }
    EXPECT_EQ(histogram.quantile(0).count(), values.front());
    EXPECT_EQ(histogram.quantile(1).count(), values.back());
  }
}

TEST(LatencyHistogram, OneValueIsItsOwnMedian) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.quantile(0.5).count(), 0);
  histogram.add(Duration{-1});
  EXPECT_EQ(histogram.count(), 0U);
  histogram.add(milliseconds{3906});
  EXPECT_EQ(histogram.quantile(0.5), milliseconds{3906});
  EXPECT_EQ(histogram.minimum(), histogram.maximum());
}

TEST(TimeHistogram, SlotsWidenWithTheSpan) {
  const struct {
    std::vector<std::int64_t> seconds;
    std::int64_t width;
    std::int64_t start;
  } rows[] = {
      {{100}, 1, 100},
      {{100, 163}, 1, 100},
      {{100, 164}, 2, 100},
      {{101, 165}, 2, 100},
      {{164, 100}, 2, 100},
      {{163, 100, 163}, 1, 100},
      {{0, 1'000'000}, 16384, 0},
      {{-1, 0}, 1, -1},
      {{-70, 10}, 2, -70},
  };
  for (const auto& row : rows) {
    TimeHistogram histogram;
    for (const std::int64_t value : row.seconds) histogram.add(second(value));
    EXPECT_EQ(histogram.slot_width(), seconds{row.width}) << row.seconds.back();
    EXPECT_EQ(histogram.slot_start(0), second(row.start)) << row.seconds.back();
    EXPECT_EQ(histogram.total(), row.seconds.size());
  }
}

TEST(TimeHistogram, HoldsTheWholeRangeOfTime) {
  TimeHistogram histogram;
  histogram.add(Time::max());
  histogram.add(Time::min());
  histogram.add(second(0), 5);
  EXPECT_EQ(histogram.total(), 7U);
  EXPECT_EQ(histogram.slot_start(0), Time::min());
  for (std::size_t i = 1; i < TimeHistogram::kSlots; ++i) {
    EXPECT_GE(histogram.slot_start(i), histogram.slot_start(i - 1));
  }
}

TEST(TimeHistogram, WithinCountsWholeSlotsOnly) {
  TimeHistogram histogram;
  for (std::int64_t i = 0; i < 10; ++i) histogram.add(second(i), 1);
  EXPECT_EQ(histogram.within(second(2), second(5)), 3U);
  EXPECT_EQ(histogram.within(base::add(second(2), milliseconds{1}), second(5)), 2U);
  EXPECT_EQ(histogram.within(second(2), base::add(second(2), milliseconds{999})), 0U);
  EXPECT_EQ(histogram.within(Time::min(), Time::max()), 10U);
  histogram.add(second(3), 0);
  EXPECT_EQ(histogram.total(), 10U);
}

TEST(LatencyTrend, GrowthOfTheLastQuarter) {
  const struct {
    const char* what;
    int answers;    // one a second
    int slow_from;  // from here on
    Duration slow;  // instead of 1 ms
    Time end;
    double growth;
  } rows[] = {
      {"steady", 40, 40, milliseconds{1}, Time::max(), 1},
      {"ten times at the end", 40, 30, milliseconds{10}, Time::max(), 10},
      {"after the end does not count", 40, 30, milliseconds{10}, second(1030), 1},
      {"faster at the end", 40, 20, microseconds{100}, Time::max(), 0.1},
      {"too few", 15, 10, milliseconds{100}, Time::max(), 0},
      {"all in one slot", 20, 10, milliseconds{100}, second(1000), 0},
  };
  for (const auto& row : rows) {
    LatencyTrend trend;
    for (int i = 0; i < row.answers; ++i) {
      trend.add(second(1000 + i), i < row.slow_from ? milliseconds{1} : row.slow);
    }
    EXPECT_NEAR(trend.growth_before(row.end, 20), row.growth, row.growth * 0.25) << row.what;
  }
  LatencyTrend at_once;
  for (int i = 0; i < 30; ++i) at_once.add(second(5), milliseconds{1 + i * 100});
  EXPECT_EQ(at_once.growth_before(Time::max(), 20), 0);
}

TEST(CodeCounts, KeepsTheSmallestCodes) {
  CodeCounts counts;
  for (int round = 0; round < 3; ++round) {
    for (std::uint16_t code = 100; code > 0; --code) {
      counts.add(code, {second(10 - round), static_cast<std::uint64_t>(10 - round)});
    }
  }
  EXPECT_EQ(counts.all().size(), limits::kMaxCodes);
  EXPECT_EQ(counts.of(1), 3U);
  EXPECT_EQ(counts.of(static_cast<std::uint16_t>(limits::kMaxCodes)), 3U);
  EXPECT_EQ(counts.of(99), 0U);
  EXPECT_EQ(counts.all().front().first.number, 8U);
}

}  // namespace
}  // namespace whydown::evidence
