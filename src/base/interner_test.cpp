#include "base/interner.h"

#include <gtest/gtest.h>

namespace whydown::base {
namespace {

TEST(Interner, KeepsANameOnce) {
  Interner names;
  const std::uint32_t first = names.add("www.example.com");
  EXPECT_EQ(first, 1U);
  EXPECT_EQ(names.add("mail.example.com"), 2U);
  EXPECT_EQ(names.add("www.example.com"), first);
  EXPECT_EQ(names.find("mail.example.com"), 2U);
  EXPECT_EQ(names.find("ftp.example.com"), 0U);
  EXPECT_EQ(names.text(first), "www.example.com");
  EXPECT_EQ(names.text(9), "");
  EXPECT_EQ(names.add(""), 0U);
  EXPECT_EQ(names.size(), 2U);
}

// Whatever the hash says: it alone makes no two texts equal.
TEST(Interner, TellsTextsOfOneHashApart) {
  constexpr std::uint64_t kHash = 0x1234567890abcdef;
  for (std::size_t size = 1; size <= 40; ++size) {
    Interner names;
    const std::string text(size, 'a');
    const std::uint32_t id = names.add(text, kHash);
    EXPECT_EQ(names.find(text, kHash), id);
    EXPECT_EQ(names.find(text + 'a', kHash), 0U) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'b';
      EXPECT_EQ(names.find(other, kHash), 0U) << size << " " << at;
    }
  }
}

TEST(Interner, IsFullAtItsLimitsAndSaysSo) {
  Interner names{{.names = 2, .bytes = 10}};
  EXPECT_EQ(names.add("abcde"), 1U);
  EXPECT_EQ(names.add("abcdefgh"), 0U);  // too long for what is left
  EXPECT_EQ(names.add("fghij"), 2U);
  EXPECT_EQ(names.add("k"), 0U);
  EXPECT_EQ(names.refused(), 2U);
  EXPECT_EQ(names.find("abcde"), 1U);
}

}  // namespace
}  // namespace whydown::base
