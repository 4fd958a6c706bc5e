#include "explain/recent.h"

#include <gtest/gtest.h>

namespace whydown::explain {
namespace {

Key key(std::uint64_t detail) { return {base::IpAddress::v4(1), {}, detail}; }

TEST(Recent, FindsWhatWasOpened) {
  Recent<int> table(4);
  EXPECT_EQ(table.find(key(1)), nullptr);
  table.open(key(1)) = 11;
  table.open(key(2)) = 22;
  ASSERT_NE(table.find(key(1)), nullptr);
  EXPECT_EQ(*table.find(key(1)), 11);
  EXPECT_EQ(table.open(key(2)), 22);
  EXPECT_EQ(table.given_up(), 0U);
}

TEST(Recent, GivesUpWhatWasUsedLongestAgo) {
  Recent<int> table(3);
  for (const std::uint64_t detail : {1U, 2U, 3U})
    table.open(key(detail)) = static_cast<int>(detail);
  (void)table.find(key(1));  // so 2 is the oldest
  table.open(key(4)) = 4;
  EXPECT_EQ(table.find(key(2)), nullptr);
  EXPECT_NE(table.find(key(1)), nullptr);
  EXPECT_NE(table.find(key(3)), nullptr);
  EXPECT_EQ(*table.find(key(4)), 4);
  EXPECT_EQ(table.given_up(), 1U);
  // What comes back is fresh.
  EXPECT_EQ(table.open(key(2)), 0);
}

TEST(Recent, HoldsOverManyRounds) {
  Recent<std::uint64_t> table(64);
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    table.open(key(i)) = i;
    for (std::uint64_t back = 0; back < 64 && back <= i; ++back) {
      ASSERT_NE(table.find(key(i - 63 + std::max<std::uint64_t>(back, 63 > i ? 63 - i : 0))),
                nullptr);
    }
  }
  EXPECT_EQ(table.given_up(), 10'000U - 64U);
}

}  // namespace
}  // namespace whydown::explain
