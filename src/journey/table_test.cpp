#include "journey/table.h"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace whydown::journey {
namespace {

struct Entry {
  int value = 7;
};

TEST(Slab, GivesEverySlotOnceAndTakesThemBack) {
  Slab<Entry> slab{4};
  std::vector<Slot> slots;
  for (int i = 0; i < 4; ++i) slots.push_back(slab.take());
  EXPECT_EQ(slots, (std::vector<Slot>{1, 2, 3, 4}));
  EXPECT_TRUE(slab.full());
  EXPECT_EQ(slab.take(), kNoSlot);
  slab[2].value = 9;
  slab.give_back(2);
  EXPECT_FALSE(slab.full());
  EXPECT_EQ(slab.take(), 2U);
  EXPECT_EQ(slab[2].value, 7);  // fresh
}

std::vector<Slot> list_of(const Chains& chains, std::size_t list) {
  std::vector<Slot> slots;
  for (Slot slot = chains.front(list); slot != kNoSlot; slot = chains.next(slot)) {
    slots.push_back(slot);
  }
  return slots;
}

TEST(Chains, KeepTheOrderOfArrival) {
  Chains chains{2, 8};
  for (const Slot slot : {3U, 1U, 5U}) chains.append(0, slot);
  chains.append(1, 2);
  EXPECT_EQ(list_of(chains, 0), (std::vector<Slot>{3, 1, 5}));
  chains.remove(0, 1);
  EXPECT_EQ(list_of(chains, 0), (std::vector<Slot>{3, 5}));
  chains.remove(0, 3);
  chains.append(1, 3);
  chains.remove(0, 5);
  EXPECT_TRUE(list_of(chains, 0).empty());
  EXPECT_EQ(chains.back(0), kNoSlot);
  EXPECT_EQ(list_of(chains, 1), (std::vector<Slot>{2, 3}));
  EXPECT_EQ(chains.previous(3), 2U);
}

// Against a plain list of pairs, with few hashes, so that clusters wrap and collide.
TEST(Index, FindsWhatWasAddedAndOnlyThat) {
  std::mt19937 random{5};
  for (int round = 0; round < 50; ++round) {
    Index index{16};
    std::vector<std::pair<std::uint64_t, Slot>> expected;
    for (int step = 0; step < 400; ++step) {
      const std::uint64_t hash = std::uint64_t{random() % 6} * 7 + 27;
      const Slot slot = 1 + random() % 16;
      const auto known = std::ranges::find(expected, slot, &std::pair<std::uint64_t, Slot>::second);
      if (known == expected.end()) {
        index.add(hash, slot);
        expected.emplace_back(hash, slot);
      } else {
        index.remove(known->first, slot);
        expected.erase(known);
      }
      for (std::uint64_t h = 27; h < 70; h += 7) {
        const auto first = std::ranges::find(expected, h, &std::pair<std::uint64_t, Slot>::first);
        const Slot want = first == expected.end() ? kNoSlot : first->second;
        ASSERT_EQ(index.find(h, [](Slot) { return true; }), want);
      }
    }
  }
}

// Few hashes near each other and near the ends of the part in use, so that clusters are long and
// wrap while it grows.
TEST(Index, KeepsOrderAndEntriesWhileItGrows) {
  constexpr std::size_t kSlots = std::size_t{1} << 15U;
  std::mt19937 random{7};
  Index index{kSlots};
  std::map<std::uint64_t, std::vector<Slot>> expected;
  const auto check = [&] {
    for (const auto& [hash, slots] : expected) {
      std::vector<Slot> found;
      (void)index.find(hash, [&](Slot slot) {
        found.push_back(slot);
        return false;
      });
      ASSERT_EQ(found, slots) << hash;
    }
  };
  for (Slot slot = 1; slot <= kSlots; ++slot) {
    const std::uint64_t hash = random() % 2 == 0 ? random() : 0xffffffU - random() % 9;
    std::vector<Slot>& slots = expected[hash];
    if (slots.size() == 3) continue;
    slots.push_back(slot);
    index.add(hash, slot);
    if ((slot & (slot - 1)) == 0) check();
  }
  check();
}

TEST(Index, TellsWhenItIsCrowded) {
  Index index{128};
  for (Slot slot = 1; slot <= limits::kChainWalk; ++slot) index.add(9, slot);
  bool crowded = false;
  EXPECT_EQ(index.find(9, [](Slot) { return false; }, &crowded), kNoSlot);
  EXPECT_TRUE(crowded);
  EXPECT_EQ(index.in_the_way(9), 1U);
}

// So that an entry of whole cache lines shares none of them.
TEST(ZeroedArray, BeginsWithACacheLine) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{100'000}}) {
    ZeroedArray<std::uint32_t> array{size};
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&array[0]) % kCacheLine, 0U);
    EXPECT_EQ(array[0], 0U);
    array[size - 1] = 7;
    EXPECT_EQ(array[size - 1], 7U);
  }
}

TEST(Slab, TakesAnEntryFreshOrAsItWasLeft) {
  Slab<int> slab{2};
  const Slot slot = slab.take();
  EXPECT_EQ(slab[slot], 0);
  slab[slot] = 5;
  slab.give_back(slot);
  ASSERT_EQ(slab.take_as_left(), slot);
  EXPECT_EQ(slab[slot], 5);
  slab.give_back(slot);
  ASSERT_EQ(slab.take(), slot);
  EXPECT_EQ(slab[slot], 0);
}

TEST(RecentWords, TheOneSetLongestAgoMakesRoom) {
  RecentWords words{4};  // one set: all keys meet
  EXPECT_EQ(words.find(1), 0U);
  for (const std::uint64_t key : {1U, 2U, 3U, 4U}) words.set(key, key * 10);
  for (const std::uint64_t key : {1U, 2U, 3U, 4U}) EXPECT_EQ(words.find(key), key * 10);
  words.set(1, 11);  // set again, it is the latest
  words.set(5, 50);
  EXPECT_EQ(words.find(1), 11U);
  EXPECT_EQ(words.find(2), 0U);
  for (const std::uint64_t key : {3U, 4U, 5U}) EXPECT_EQ(words.find(key), key * 10);
  words.set(4, 41);
  words.set(6, 60);
  words.set(7, 70);
  EXPECT_EQ(words.find(3), 0U);
  EXPECT_EQ(words.find(1), 0U);
  EXPECT_EQ(words.find(4), 41U);
  EXPECT_EQ(words.find(5), 50U);
}

struct Remembered {
  std::uint64_t key;
  std::int64_t last;
  int value;
};

TEST(Memory, AFreePlaceIsOlderThanAny) {
  Memory<Remembered> memory{4};
  memory.get(1).last = -5;
  memory.get(2).last = -7;
  memory.get(3);
  EXPECT_NE(memory.find(1), nullptr);
  EXPECT_NE(memory.find(2), nullptr);
  EXPECT_NE(memory.find(3), nullptr);
  EXPECT_EQ(memory.find(4), nullptr);
}

TEST(Memory, TheOldestOfASetMakesRoom) {
  Memory<Remembered> memory{8};  // two sets of four
  for (std::uint64_t i = 1; i <= 4; ++i) {
    Remembered& entry = memory.get(i * 2);
    entry.last = static_cast<std::int64_t>(10 - i);
    entry.value = static_cast<int>(i);
  }
  EXPECT_EQ(memory.find(8)->value, 4);
  EXPECT_EQ(memory.get(10).value, 0);  // takes the place of the one with the least `last`
  EXPECT_EQ(memory.find(8), nullptr);
  EXPECT_NE(memory.find(2), nullptr);
  EXPECT_EQ(memory.find(1), nullptr);
}

}  // namespace
}  // namespace whydown::journey
