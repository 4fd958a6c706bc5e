#include "evidence/index.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace whydown::evidence {
namespace {

using Map = std::map<int, int>;

auto is(int key) {
  return [key](int known) { return known == key; };
}

TEST(Index, FindsWhatIsInAndNothingElse) {
  constexpr int count = 1000;
  // Hashes good and bad: spread, all alike, alike in the low or the high half.
  const struct {
    const char* what;
    std::uint64_t (*hash)(int);
  } rows[] = {
      {"spread",
       [](int key) -> std::uint64_t {
         return static_cast<std::uint64_t>(key) * std::uint64_t{0x9e3779b97f4a7c15};
       }},
      {"all alike", [](int) { return std::uint64_t{7}; }},
      {"low half alike", [](int key) { return static_cast<std::uint64_t>(key) << 32U; }},
      {"high half alike", [](int key) { return static_cast<std::uint64_t>(key); }},
      {"wraps around",
       [](int key) { return ~std::uint64_t{0} - static_cast<std::uint64_t>(key % 3); }},
  };
  for (const auto& row : rows) {
    Map map;
    Index<Map::value_type> index(count);
    for (int key = 0; key < count; ++key) {
      ASSERT_EQ(index.find(row.hash(key), is(key)), nullptr) << row.what;
      index.insert(&*map.emplace(key, key * 2).first, row.hash(key));
    }
    for (int key = count - 1; key >= 0; --key) {
      auto* node = index.find(row.hash(key), is(key));
      ASSERT_NE(node, nullptr) << row.what << " " << key;
      EXPECT_EQ(node->second, key * 2);
    }
    EXPECT_EQ(index.find(row.hash(count + 5), is(count + 5)), nullptr) << row.what;
  }
}

TEST(Index, AgreesWithTheMap) {
  std::mt19937 random(11);
  Map map;
  Index<Map::value_type> index(300);
  const auto hash = [](int key) -> std::uint64_t {
    return static_cast<std::uint64_t>(key % 40) * std::uint64_t{0x100000001};
  };
  for (int i = 0; i < 5000; ++i) {
    const int key = static_cast<int>(random() % 300);
    auto* node = index.find(hash(key), is(key));
    ASSERT_EQ(node != nullptr, map.contains(key));
    if (node == nullptr) index.insert(&*map.emplace(key, 0).first, hash(key));
    EXPECT_TRUE(node == nullptr || node->first == key);
  }
}

// Tags of one byte: many keys share a group and a tag, and keys are still told apart.
TEST(Index, TellsEqualTagsApart) {
  constexpr int count = 700;
  Map map;
  Index<Map::value_type> index(count);
  const auto hash = [](int key) -> std::uint64_t {
    return static_cast<std::uint64_t>(key % 3) << 56U | static_cast<std::uint64_t>(key % 5);
  };
  for (int key = 0; key < count; ++key) index.insert(&*map.emplace(key, 0).first, hash(key));
  for (int key = 0; key < count; ++key) {
    auto* node = index.find(hash(key), is(key));
    ASSERT_NE(node, nullptr) << key;
    EXPECT_EQ(node->first, key);
  }
  EXPECT_EQ(index.find(hash(count), is(count)), nullptr);
}

TEST(Index, BillsAtLeastWhatItHolds) {
  constexpr std::size_t capacity = 1000;
  EXPECT_GE(Index<Map::value_type>::memory_bytes(capacity), 2 * capacity * (1 + sizeof(void*)));
}

}  // namespace
}  // namespace whydown::evidence
