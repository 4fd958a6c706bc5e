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
    mask_ = slots - 1;
  }

  // `is_it` is asked about the keys of nodes that have this hash.
  template <typename IsIt>
  Node* find(std::uint64_t hash, IsIt is_it) const {
    const Slot* const slots = slots_.data();
    for (std::size_t i = hash & mask_; slots[i].node != nullptr; i = (i + 1) & mask_) {
      if (slots[i].hash == hash && is_it(slots[i].node->first)) return slots[i].node;
    }
    return nullptr;
  }

  // The key must not be in the index yet.
  void insert(Node* node, std::uint64_t hash) {
    std::size_t i = hash & mask_;
    while (slots_[i].node != nullptr) i = (i + 1) & mask_;
    slots_[i] = {node, hash};
  }

  static constexpr std::size_t memory_bytes(std::size_t capacity) {
    return capacity * 4 * sizeof(Slot);
  }

 private:
  // The hash spares following the pointer to a node of another key.
  struct Slot {
    Node* node = nullptr;
    std::uint64_t hash = 0;
  };

  std::size_t mask_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace whydown::evidence
