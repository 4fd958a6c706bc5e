#include <limits>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/bounded.h"
#include "base/cursor.h"
#include "base/error.h"
#include "base/flat_set.h"
#include "base/hash.h"
#include "base/interner.h"
#include "base/numbers.h"
#include "base/time.h"

namespace whydown::base {
namespace {

TEST(Cursor, ReadsNetworkOrder) {
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  Cursor cursor(bytes);
  EXPECT_EQ(cursor.u8(), 1);
  EXPECT_EQ(cursor.u16(), 0x0203);
  EXPECT_EQ(cursor.u24(), 0x040506U);
  EXPECT_EQ(cursor.u32(), 0x0708090aU);
  EXPECT_FALSE(cursor.failed());
  EXPECT_EQ(cursor.remaining(), 0U);
  cursor.seek(2);
  EXPECT_EQ(cursor.u64(), 0x030405060708090aULL);
}

TEST(Cursor, StaysFailed) {
  const std::uint8_t bytes[] = {1, 2, 3};
  Cursor cursor(bytes);
  EXPECT_EQ(cursor.u32(), 0U);
  EXPECT_TRUE(cursor.failed());
  EXPECT_EQ(cursor.u8(), 0);
  EXPECT_EQ(cursor.remaining(), 0U);
  EXPECT_TRUE(cursor.rest().empty());
  cursor.seek(0);
  EXPECT_TRUE(cursor.failed());
  EXPECT_TRUE(cursor.take(1).empty());
}

TEST(Cursor, RefusesToSeekPastTheEnd) {
  const std::uint8_t bytes[] = {1, 2, 3};
  Cursor cursor(bytes);
  cursor.seek(3);
  EXPECT_FALSE(cursor.failed());
  cursor.seek(4);
  EXPECT_TRUE(cursor.failed());
  Cursor wide(bytes);
  EXPECT_TRUE(wide.take(std::numeric_limits<std::size_t>::max()).empty());
  EXPECT_TRUE(wide.failed());
}

TEST(BoundedVector, CountsWhatItRefuses) {
  BoundedVector<int, 2> items;
  EXPECT_TRUE(items.push_back(1));
  EXPECT_TRUE(items.push_back(2));
  EXPECT_FALSE(items.push_back(3));
  EXPECT_EQ(items.refused(), 1U);
  EXPECT_EQ(std::vector<int>(items.begin(), items.end()), (std::vector<int>{1, 2}));
}

// Whether memcpy() got a null pointer, only the sanitizers tell.
TEST(FlatSet, IsSortedAndBounded) {
  FlatSet<int, 4> set;
  EXPECT_TRUE(set.empty());
  for (const int value : {5, 1, 5, 9, 3}) set.insert(value);
  EXPECT_EQ(std::vector(set.begin(), set.end()), (std::vector{1, 3, 5, 9}));
  EXPECT_FALSE(set.insert(4)) << "full";
  EXPECT_FALSE(set.insert(9)) << "there already";
  set.replace_largest(4);
  set.replace_largest(3);
  set.replace_largest(7);
  EXPECT_EQ(std::vector(set.begin(), set.end()), (std::vector{1, 3, 4, 5}));
  EXPECT_EQ(set.largest(), 5);
  EXPECT_TRUE(set.contains(4));
  EXPECT_FALSE(set.contains(9));
}

TEST(ShortText, TakesATextThatPointsNowhere) {
  ShortText text("a");
  EXPECT_TRUE(text.append(std::string_view{}));
  EXPECT_EQ(text.view(), "a");
  text.assign(std::string_view{});
  EXPECT_TRUE(text.empty());
}

TEST(ShortText, HoldsAWholeDnsName) {
  ShortText text(std::string(300, 'x'));
  EXPECT_EQ(text.view().size(), 255U);
  EXPECT_FALSE(text.append("y"));
  text.assign("a");
  EXPECT_TRUE(text.append("bc"));
  EXPECT_EQ(text.view(), "abc");
}

TEST(Interner, GivesOneIdPerText) {
  Interner names;
  EXPECT_EQ(names.add("example.com"), 1U);
  EXPECT_EQ(names.add("example.org"), 2U);
  EXPECT_EQ(names.add("example.com"), 1U);
  EXPECT_EQ(names.find("example.org"), 2U);
  EXPECT_EQ(names.find("absent"), 0U);
  EXPECT_EQ(names.add(""), 0U);
  EXPECT_EQ(names.text(2), "example.org");
  EXPECT_EQ(names.text(0), "");
  EXPECT_EQ(names.text(77), "");
}

TEST(Interner, KeepsWithinItsLimits) {
  Interner few({.names = 2, .bytes = 100});
  few.add("a");
  few.add("b");
  EXPECT_EQ(few.add("c"), 0U);
  EXPECT_EQ(few.refused(), 1U);
  EXPECT_EQ(few.add("b"), 2U);
  Interner small({.names = 100, .bytes = 4});
  EXPECT_EQ(small.add("abcde"), 0U);
  EXPECT_EQ(small.add("abcd"), 1U);
  EXPECT_EQ(small.add("e"), 0U);
  EXPECT_EQ(small.text(1), "abcd");
}

TEST(Interner, TakesTheHashFromWhoHasIt) {
  Interner names;
  const std::uint32_t id = names.add("www.example.com", hash_bytes("www.example.com"));
  EXPECT_EQ(names.add("www.example.com"), id);
  EXPECT_EQ(names.find("www.example.com", hash_bytes("www.example.com")), id);
  EXPECT_EQ(names.add("", hash_bytes("")), 0U);
  EXPECT_EQ(names.find("", hash_bytes("")), 0U);
}

// Names of one hash stand side by side: the table is full to the brim, and the tags are no help.
TEST(Interner, TellsNamesOfOneHashApart) {
  Interner names({.names = 8, .bytes = 100});
  for (std::uint32_t i = 0; i < 8; ++i) {
    EXPECT_EQ(names.add(std::string(1, static_cast<char>('a' + i)), 7), i + 1);
  }
  for (std::uint32_t i = 0; i < 8; ++i) {
    const std::string text(1, static_cast<char>('a' + i));
    EXPECT_EQ(names.find(text, 7), i + 1);
    EXPECT_EQ(names.text(i + 1), text);
  }
  EXPECT_EQ(names.find("i", 7), 0U);
  EXPECT_EQ(names.find("a", 8), 0U);
}

TEST(Interner, KeepsNothingWithoutRoom) {
  Interner none({.names = 0, .bytes = 0});
  EXPECT_EQ(none.add("a"), 0U);
  EXPECT_EQ(none.find("a"), 0U);
  EXPECT_EQ(none.refused(), 1U);
}

// Every length, each byte of it changed: each text of its own hash, and spread over a table's slots
// as well as over its tags.
TEST(Hash, LooksAtEveryByte) {
  std::set<std::uint64_t> hashes{0};
  std::size_t texts = 1;
  for (std::size_t size = 1; size <= 70; ++size) {
    std::string text(size, 'a');
    hashes.insert(hash_bytes(text));
    ++texts;
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {'\0', 'b', 'A', '\xff'}) {
        text[at] = c;
        hashes.insert(hash_bytes(text));
        ++texts;
      }
      text[at] = 'a';
    }
  }
  EXPECT_EQ(hashes.size(), texts);
  EXPECT_EQ(hash_bytes(""), 0U);
}

TEST(Hash, SpreadsNamesThatAreAlike) {
  constexpr std::size_t kNames = 1U << 16U;
  const char* const patterns[] = {"www.site{}.example.com", "{}.example.com", "{}", "h{}.lan",
                                  "host-{}.a-rather-long-zone-name.internal.example.org"};
  for (const char* pattern : patterns) {
    std::set<std::uint32_t> slots;
    std::set<std::uint32_t> tags;
    for (std::size_t i = 0; i < kNames; ++i) {
      const std::uint64_t hash = hash_bytes(fmt::format(fmt::runtime(pattern), i));
      slots.insert(hash & (kNames - 1));
      tags.insert(static_cast<std::uint32_t>(hash >> 32U));
    }
    // Thrown at random they would fill 1 - 1/e of the slots; of 2^16 tags of 32 bits, half a pair.
    EXPECT_GT(slots.size(), kNames * 62 / 100) << pattern;
    EXPECT_GT(tags.size(), kNames - 20) << pattern;
  }
}

TEST(Time, PrintsForMachinesAndPeople) {
  using namespace std::chrono_literals;
  const Time time = time_from_ns(48'272'192'571'000);
  EXPECT_EQ(iso8601(time), "1970-01-01T13:24:32.192571Z");
  EXPECT_EQ(clock_time(time), "13:24:32.192571");
  EXPECT_EQ(clock_time_12h(time), "1:24:32 pm");
  EXPECT_EQ(clock_time_12h(time_from_ns(0)), "12:00:00 am");
  EXPECT_EQ(clock_time(add(time, 1ns)), "13:24:32.192571001");
  EXPECT_EQ(iso8601(time_from_ns(-1)), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(calendar_date(time_from_ns(1'767'360'272'000'000'000)), "2026-01-02");
}

TEST(Time, SaturatesInsteadOfOverflowing) {
  using namespace std::chrono_literals;
  EXPECT_EQ(add(Time::max(), 1s), Time::max());
  EXPECT_EQ(add(Time::min(), -1s), Time::min());
  EXPECT_EQ(between(Time::min(), Time::max()), Duration::max());
  EXPECT_EQ(between(Time::max(), Time::min()), Duration::min());
  EXPECT_EQ(between(time_from_ns(5), time_from_ns(9)), 4ns);
  EXPECT_FALSE(iso8601(Time::max()).empty());
  EXPECT_FALSE(iso8601(Time::min()).empty());
}

TEST(Time, SaysDurationsAsPeopleDo) {
  using namespace std::chrono_literals;
  struct Row {
    Duration span;
    const char* words;
  };
  const Row rows[] = {
      {300us, "0.3 ms"}, {12ms, "12 ms"},      {999'900us, "1 s"},       {3'905'993us, "3.91 s"},
      {60s, "1 min"},    {258s, "4 min 18 s"}, {2h + 5min, "2 h 5 min"}, {49h, "2 d 1 h"},
      {-2s, "-2 s"},     {0s, "0 ms"},
  };
  for (const Row& row : rows) EXPECT_EQ(human_duration(row.span), row.words);
}

TEST(Numbers, RoundsWhatWasEstimated) {
  const std::pair<std::uint64_t, std::uint64_t> rows[] = {
      {7, 7}, {99, 99}, {199, 200}, {1234, 1200}, {1250, 1300}, {9'960'000, 10'000'000}};
  for (const auto& [number, wanted] : rows) EXPECT_EQ(rounded(number), wanted) << number;
}

TEST(Error, MakesOneLine) {
  const Error error{"a.pcap", "an empty file", "a capture", "check the path"};
  EXPECT_EQ(error.message(), "a.pcap: found an empty file; expected a capture; check the path");
  EXPECT_EQ((Error{"a.pcap", "", "", "check"}).message(), "a.pcap; check");
}

}  // namespace
}  // namespace whydown::base
