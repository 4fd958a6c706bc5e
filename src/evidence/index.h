// A hash index over the nodes of a std::map: the map keeps the order that reports need, the index
// finds a node in a few nanoseconds. It never allocates after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace whydown::evidence {

// `Node` is the map's value_type. Nodes must not move and are never removed.
template <typename Node>
class Index {
 public:
  // At most `capacity` nodes; half of the slots stay free, so that a search ends soon.
  explicit Index(std::size_t capacity) {
    std::size_t slots = 2;
    while (slots < capacity * 2) slots *= 2;
    slots_.resize(slots);
  }

  template <typename Key>
  Node* find(const Key& key, std::uint64_t hash) {
    if (latest_ != nullptr && latest_->first == key) return latest_;
    for (std::size_t i = hash & mask(); slots_[i].node != nullptr; i = (i + 1) & mask()) {
      if (slots_[i].tag == tag_of(hash) && slots_[i].node->first == key) {
        return latest_ = slots_[i].node;
      }
    }
    return nullptr;
  }

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask()]); }

  // The key must not be in the index yet.
  void insert(Node* node, std::uint64_t hash) {
    std::size_t i = hash & mask();
    while (slots_[i].node != nullptr) i = (i + 1) & mask();
    slots_[i] = {node, tag_of(hash)};
    latest_ = node;
  }

  static constexpr std::size_t memory_bytes(std::size_t capacity) {
    return capacity * 4 * sizeof(Slot);
  }

 private:
  // The tag spares following the pointer to a node of another key.
  struct Slot {
    Node* node = nullptr;
    std::uint64_t tag = 0;
  };
  static std::uint64_t tag_of(std::uint64_t hash) { return hash >> 32U; }
  std::size_t mask() const { return slots_.size() - 1; }

  std::vector<Slot> slots_;
  Node* latest_ = nullptr;
};

}  // namespace whydown::evidence
