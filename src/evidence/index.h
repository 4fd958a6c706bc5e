// A hash index over things that lie elsewhere, such as the nodes of a std::map: it finds one in a
// few nanoseconds, and never allocates after construction.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/prefetch.h"
#include "base/zeroed_array.h"

namespace whydown::evidence {

// The key of a `Node` is its member `first`. Nodes must not move and are never removed.
//
// Eight places make a group, whose tags (a byte of each hash, 0 for a free place) are one word. In
// a flood nearly every search is for what is not there: it then ends with that word, of a table
// small enough for the cache, and touches no node.
template <typename Node>
class Index {
 public:
  // At most `capacity` nodes; half of the places stay free, so that a search ends soon.
  explicit Index(std::size_t capacity)
      : mask_(groups_of(capacity) - 1), tags_(mask_ + 1), nodes_((mask_ + 1) * kGroup) {}

  // `is_it` is asked about the keys of nodes that may have this hash.
  template <typename IsIt>
  Node* find(std::uint64_t hash, IsIt is_it) const {
    const std::uint64_t wanted = tag_of(hash) * kOnes;
    for (std::size_t group = hash & mask_;; group = (group + 1) & mask_) {
      const std::uint64_t tags = tags_[group];
      for (std::uint64_t hits = zero_bytes(tags ^ wanted); hits != 0; hits &= hits - 1) {
        Node* const node = nodes_[group * kGroup + place_of(hits)];
        if (is_it(node->first)) return node;
      }
      if (zero_bytes(tags) != 0) [[likely]]
        return nullptr;
    }
  }

  // Fetches what prefetch() and find() will look at first.
  void prefetch_places(std::uint64_t hash) const {
    base::prefetch(&tags_[hash & mask_]);
    base::prefetch(static_cast<const void*>(&nodes_[(hash & mask_) * kGroup]));
  }
  // Fetches the node that find() will most likely ask about.
  void prefetch(std::uint64_t hash) const {
    const std::size_t group = hash & mask_;
    const std::uint64_t hits = zero_bytes(tags_[group] ^ tag_of(hash) * kOnes);
    if (hits == 0) return;
    const char* const node = reinterpret_cast<const char*>(nodes_[group * kGroup + place_of(hits)]);
    for (std::size_t i = 0; i < sizeof(Node); i += base::kCacheLine) base::prefetch(node + i);
  }

  // The key must not be in the index yet.
  void insert(Node* node, std::uint64_t hash) {
    std::size_t group = hash & mask_;
    while (zero_bytes(tags_[group]) == 0) group = (group + 1) & mask_;
    const std::size_t place = place_of(zero_bytes(tags_[group]));
    // NOLINTNEXTLINE(clang-analyzer-core.BitwiseShift): the group has a free place, below 8
    tags_[group] |= tag_of(hash) << (8 * place);
    nodes_[group * kGroup + place] = node;
  }

  static constexpr std::size_t memory_bytes(std::size_t capacity) {
    return groups_of(capacity) * (sizeof(std::uint64_t) + kGroup * sizeof(Node*));
  }

 private:
  static constexpr std::size_t kGroup = 8;
  static constexpr std::uint64_t kOnes = 0x0101010101010101ULL;

  static constexpr std::size_t groups_of(std::size_t capacity) {
    return std::bit_ceil(capacity * 2 / kGroup);
  }
  static std::uint64_t tag_of(std::uint64_t hash) {
    const std::uint64_t tag = hash >> 56U;
    return tag == 0 ? 1 : tag;
  }
  // The highest bit of each byte that is zero, and no other.
  static std::uint64_t zero_bytes(std::uint64_t word) {
    constexpr std::uint64_t low = kOnes * 0x7f;
    return ~(((word & low) + low) | word | low);
  }
  static std::size_t place_of(std::uint64_t highest_bits) {
    return static_cast<std::size_t>(std::countr_zero(highest_bits)) / 8;
  }

  std::size_t mask_;
  base::ZeroedArray<std::uint64_t> tags_;
  base::ZeroedArray<Node*> nodes_;
};

}  // namespace whydown::evidence
