// Bounded tables: a slab of entries, lists over its slots (hash buckets and age queues alike), and
// a set-associative memory of recent things. All memory comes from the operating system zeroed and
// untouched, so that a small input pays for a small part of it; nothing allocates after
// construction.
//
// A tracker's table is one Slab plus some Chains: one Chains per hash index (one list per bucket)
// and one for the ages (one list per state, oldest first). Slots count from 1; 0 is none.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/address.h"
#include "base/hash.h"
#include "base/prefetch.h"
#include "base/zeroed_array.h"
#include "journey/limits.h"
#include "packet/packet.h"

namespace whydown::journey {

using Slot = std::uint32_t;
inline constexpr Slot kNoSlot = 0;
using base::kCacheLine;
using base::ZeroedArray;

template <typename Entry>
class Slab {
 public:
  explicit Slab(std::size_t capacity)
      : capacity_(static_cast<Slot>(capacity)), entries_(capacity + 1), free_(capacity + 1) {}

  // A fresh entry, or kNoSlot when full.
  Slot take() {
    const bool is_used = first_free_ != kNoSlot;
    const Slot slot = take_as_left();
    if (is_used) std::construct_at(&entries_[slot]);
    return slot;
  }
  // One as whoever had it before left it, for who sets all that he reads.
  Slot take_as_left() {
    Slot slot = first_free_;
    if (slot != kNoSlot) {
      first_free_ = free_[slot];
    } else if (used_ < capacity_) {
      slot = ++used_;
      std::construct_at(&entries_[slot]);
    } else {
      return kNoSlot;
    }
    ++size_;
    return slot;
  }
  void give_back(Slot slot) {
    free_[slot] = first_free_;
    first_free_ = slot;
    --size_;
  }
  bool full() const { return size_ == capacity_; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  Entry& operator[](Slot slot) { return entries_[slot]; }
  const Entry& operator[](Slot slot) const { return entries_[slot]; }
  // The first bytes of an entry.
  void prefetch(Slot slot, std::size_t bytes = sizeof(Entry)) const {
    const char* entry = reinterpret_cast<const char*>(&entries_[slot]);
    for (std::size_t i = 0; i < bytes; i += kCacheLine) base::prefetch(entry + i);
  }
  static constexpr std::size_t bytes(std::size_t capacity) {
    return (capacity + 1) * (sizeof(Entry) + sizeof(Slot));
  }

 private:
  Slot capacity_;
  Slot used_ = 0;
  Slot first_free_ = kNoSlot;
  Slot size_ = 0;
  ZeroedArray<Entry> entries_;
  ZeroedArray<Slot> free_;
};

// First-in-first-out lists over the slots of one slab; a slot is in at most one of them.
class Chains {
 public:
  Chains(std::size_t lists, std::size_t slots) : ends_(lists), links_(slots + 1) {}

  Slot front(std::size_t list) const { return ends_[list].next; }
  Slot back(std::size_t list) const { return ends_[list].previous; }
  Slot next(Slot slot) const { return links_[slot].next; }
  Slot previous(Slot slot) const { return links_[slot].previous; }

  void append(std::size_t list, Slot slot) {
    Link& ends = ends_[list];
    links_[slot] = {.next = kNoSlot, .previous = ends.previous};
    (ends.previous == kNoSlot ? ends.next : links_[ends.previous].next) = slot;
    ends.previous = slot;
  }
  void remove(std::size_t list, Slot slot) {
    Link& ends = ends_[list];
    const Link link = links_[slot];
    (link.previous == kNoSlot ? ends.next : links_[link.previous].next) = link.next;
    (link.next == kNoSlot ? ends.previous : links_[link.next].previous) = link.previous;
  }
  static constexpr std::size_t bytes(std::size_t lists, std::size_t slots) {
    return (lists + slots + 1) * sizeof(Link);
  }

 private:
  struct Link {
    Slot next;
    Slot previous;
  };
  ZeroedArray<Link> ends_;
  ZeroedArray<Link> links_;
};

// Finds slots by hash: open addressing with linear probing, a quarter full at most. Several slots
// may have one hash; they keep the order in which they were added. Thirty-two bits of the hash
// stand beside the slot, so that entries of other hashes are not touched. Only as much of the table
// is used as the entries need, so that few entries stay in the cache.
class Index {
 public:
  // For `slots` entries, a power of two.
  explicit Index(std::size_t slots)
      : mask_(std::min(slots * kSparse, kFirstCells) - 1),
        capacity_(slots * kSparse),
        cells_(slots * kSparse) {}

  // The first slot that fits, looking at no more than limits::kChainWalk cells. `crowded`, where
  // asked for, tells that there were more.
  template <typename Fits>
  Slot find(std::uint64_t hash, Fits fits, bool* crowded = nullptr) const {
    const auto tag = static_cast<std::uint32_t>(hash);
    std::size_t cell = tag & mask_;
    for (std::size_t steps = 0; cells_[cell].slot != kNoSlot; cell = (cell + 1) & mask_) {
      if (cells_[cell].tag == tag && fits(cells_[cell].slot)) return cells_[cell].slot;
      if (++steps == limits::kChainWalk) {
        if (crowded != nullptr) *crowded = true;
        break;
      }
    }
    return kNoSlot;
  }
  // Some slot in the way of this hash, where find() told that it is crowded.
  Slot in_the_way(std::uint64_t hash) const { return cells_[hash & mask_].slot; }

  // Fetches the cells that find() will look at.
  void prefetch(std::uint64_t hash) const { base::prefetch(&cells_[hash & mask_]); }

  void add(std::uint64_t hash, Slot slot) {
    if (++size_ * kSparse > mask_ + 1 && mask_ + 1 < capacity_) grow();
    put({.slot = slot, .tag = static_cast<std::uint32_t>(hash)});
  }
  void remove(std::uint64_t hash, Slot slot) {
    std::size_t hole = hash & mask_;
    while (cells_[hole].slot != slot) {
      if (cells_[hole].slot == kNoSlot) return;
      hole = (hole + 1) & mask_;
    }
    --size_;
    // Cells behind the hole move up, unless that would put them before their home.
    for (std::size_t cell = (hole + 1) & mask_; cells_[cell].slot != kNoSlot;
         cell = (cell + 1) & mask_) {
      const std::size_t home = cells_[cell].tag & mask_;
      if (((cell - home) & mask_) < ((cell - hole) & mask_)) continue;
      cells_[hole] = cells_[cell];
      hole = cell;
    }
    cells_[hole] = {};
  }
  static constexpr std::size_t bytes(std::size_t slots) { return slots * kSparse * sizeof(Cell); }

 private:
  struct Cell {
    Slot slot;
    std::uint32_t tag;
  };
  static constexpr std::size_t kFirstCells = 4096;
  // Cells for each entry: in a fuller table the searches, whose length no processor can foresee,
  // take longer than the cache lines saved.
  static constexpr std::size_t kSparse = 4;

  void put(Cell added) {
    std::size_t cell = added.tag & mask_;
    while (cells_[cell].slot != kNoSlot) cell = (cell + 1) & mask_;
    cells_[cell] = added;
  }
  // Doubles the part in use, in place. Begun behind a free cell, every entry finds a cell no later
  // than the one it leaves or in the new half, so none meets one that has not moved yet.
  void grow() {
    const std::size_t old_mask = mask_;
    std::size_t start = 0;
    while (cells_[start].slot != kNoSlot) ++start;
    mask_ = mask_ * 2 + 1;
    for (std::size_t i = 1; i <= old_mask; ++i) {
      Cell& cell = cells_[(start + i) & old_mask];
      if (cell.slot == kNoSlot) continue;
      put(std::exchange(cell, {}));
    }
  }

  std::size_t mask_;
  std::size_t capacity_;  // cells
  std::size_t size_ = 0;
  ZeroedArray<Cell> cells_;
};

// The first entry of a chain that fits, looking at no more than limits::kChainWalk. `crowded`,
// where asked for, tells that the walk was cut short.
template <typename Fits>
Slot find_in(const Chains& chains, std::size_t list, Fits fits) {
  std::size_t steps = 0;
  for (Slot slot = chains.front(list); slot != kNoSlot; slot = chains.next(slot)) {
    if (fits(slot)) return slot;
    if (++steps == limits::kChainWalk) break;
  }
  return kNoSlot;
}

// Remembers recent values by 64-bit key, four to a set; the oldest of a set makes room. Value is an
// aggregate with `std::uint64_t key` (0 = empty) and `std::int64_t last` (time in nanoseconds).
template <typename Value>
class Memory {
  static_assert(std::is_trivially_default_constructible_v<Value>);

 public:
  explicit Memory(std::size_t capacity) : mask_(capacity / kWays - 1), values_(capacity) {}

  // Where in its set a key stands tells no processor in advance: so all are looked at, without
  // branches.
  Value* find(std::uint64_t key) {
    Value* set = &values_[(key & mask_) * kWays];
    std::size_t at = kWays;
    for (std::size_t i = 0; i < kWays; ++i) at = set[i].key == nonzero(key) ? i : at;
    return at == kWays ? nullptr : &set[at];
  }
  // The value of this key; a new one is zero but for its key.
  Value& get(std::uint64_t key) {
    if (Value* known = find(key)) return *known;
    Value* set = &values_[(key & mask_) * kWays];
    // A free one counts as the oldest.
    constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();
    std::size_t oldest = 0;
    std::int64_t since = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < kWays; ++i) {
      const std::int64_t last = set[i].key == 0 ? never : set[i].last;
      oldest = last < since ? i : oldest;
      since = std::min(last, since);
    }
    set[oldest] = Value{};
    set[oldest].key = nonzero(key);
    return set[oldest];
  }
  static constexpr std::size_t bytes(std::size_t capacity) { return capacity * sizeof(Value); }

 private:
  static constexpr std::size_t kWays = 4;
  static std::uint64_t nonzero(std::uint64_t key) { return key == 0 ? 1 : key; }
  std::uint64_t mask_;
  ZeroedArray<Value> values_;
};

// Remembers a word other than 0 for each of the recent keys. Four of them are a set and fill a
// cache line, the one set last in front: a new one pushes out the one behind. All without branches,
// for in a flood of invented addresses no processor can foresee one.
class RecentWords {
 public:
  explicit RecentWords(std::size_t capacity)
      : mask_(capacity / kWays - 1), sets_(capacity / kWays) {}

  // 0 when not known.
  std::uint64_t find(std::uint64_t key) const {
    std::uint64_t word = 0;
    for (const Cell& cell : sets_[key & mask_].cells) word = cell.key == key ? cell.word : word;
    return word;
  }
  void set(std::uint64_t key, std::uint64_t word) {
    auto& cells = sets_[key & mask_].cells;
    std::size_t at = kWays - 1;  // whose place is free, by and by
    for (std::size_t i = kWays - 1; i-- > 0;) at = cells[i].key == key ? i : at;
    for (std::size_t i = kWays - 1; i > 0; --i) cells[i] = cells[i <= at ? i - 1 : i];
    cells[0] = {.key = key, .word = word};
  }
  void prefetch(std::uint64_t key) const { base::prefetch(&sets_[key & mask_]); }
  static constexpr std::size_t bytes(std::size_t capacity) { return capacity * sizeof(Cell); }

 private:
  static constexpr std::size_t kWays = 4;
  struct Cell {
    std::uint64_t key;
    std::uint64_t word;  // 0: empty
  };
  struct alignas(kCacheLine) Set {
    std::array<Cell, kWays> cells;
  };
  std::uint64_t mask_;
  ZeroedArray<Set> sets_;
};

// --- Hashing ------------------------------------------------------------------------------------

using base::fold;
inline std::uint64_t hash_of(const base::IpAddress& address, std::uint64_t salt) {
  return fold(address.low() + salt * 0xa0761d6478bd642fULL, address.high() ^ salt);
}
// The same for both directions.
inline std::uint64_t flow_hash(const base::IpAddress& a, std::uint16_t a_port,
                               const base::IpAddress& b, std::uint16_t b_port) {
  return hash_of(a, a_port) + hash_of(b, b_port);
}
inline std::uint64_t hash_of_ends(const packet::Packet& packet) {
  return flow_hash(packet.ip.source, packet.source_port, packet.ip.destination,
                   packet.destination_port);
}
inline std::uint64_t pair_hash(const base::IpAddress& client, const base::IpAddress& server) {
  return fold(hash_of(client, 1), hash_of(server, 2));
}

}  // namespace whydown::journey
