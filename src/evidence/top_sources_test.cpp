#include "evidence/top_sources.h"

#include <gtest/gtest.h>

namespace whydown::evidence {
namespace {

using base::IpAddress;

IpAddress address(std::uint32_t number) { return IpAddress::v4(number); }

TEST(TopSources, AFewAreCountedExactly) {
  TopSources top;
  for (int i = 0; i < 10; ++i) top.add(address(0xc0000207), 1);
  top.add(address(0xc0000208), 3);
  const auto found = top.largest(8);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].address, address(0xc0000207));
  EXPECT_EQ(found[0].packets, 10U);
  EXPECT_TRUE(found[0].is_exact);
  EXPECT_EQ(found[1].packets, 3U);
  EXPECT_EQ(top.total(), 13U);
}

// One real source among a hundred thousand invented ones, each of which sends once.
TEST(TopSources, TheLargestIsFoundAmongManyInventedOnes) {
  TopSources top;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    top.add(address(0xc6120000 + i * 7919), 1);
    if (i % 10 == 0) top.add(address(0x0a000001), 1);
  }
  const auto found = top.largest(1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].address, address(0x0a000001));
  EXPECT_LE(found[0].packets, 10'000U);
  EXPECT_GE(found[0].packets, 7'000U);
  EXPECT_FALSE(found[0].is_exact);
}

TEST(TopSources, MergesInAnyOrder) {
  TopSources a;
  TopSources b;
  for (std::uint32_t i = 0; i < 500; ++i) {
    a.add(address(i % 90), 1 + i % 3);
    b.add(address(40 + i % 90), 2);
  }
  TopSources ab = a;
  ab.merge(b);
  TopSources ba = b;
  ba.merge(a);
  const auto one = ab.largest(TopSources::kSlots);
  const auto other = ba.largest(TopSources::kSlots);
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].address, other[i].address);
    EXPECT_EQ(one[i].packets, other[i].packets);
  }
  EXPECT_EQ(ab.total(), a.total() + b.total());
}

}  // namespace
}  // namespace whydown::evidence
