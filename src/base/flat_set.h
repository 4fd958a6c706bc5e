// A sorted vector as a set of at most `Capacity` values: small sets that are read more often than
// written, without a tree's nodes. Grows by doubling, never beyond its capacity.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace whydown::base {

template <typename T, std::size_t Capacity>
class FlatSet {
 public:
  using value_type = T;
  using const_iterator = typename std::vector<T>::const_iterator;

  bool contains(const T& value) const { return std::ranges::binary_search(items_, value); }
  // False when the value is there already, or no room is left.
  bool insert(const T& value) {
    const auto at = std::ranges::lower_bound(items_, value);
    if (at != items_.end() && *at == value) return false;
    if (items_.size() == Capacity) return false;
    const auto offset = at - items_.begin();
    if (items_.size() == items_.capacity()) {
      items_.reserve(std::min(Capacity, std::max<std::size_t>(items_.size() * 2, 4)));
    }
    items_.insert(items_.begin() + offset, value);
    return true;
  }
  // Puts a smaller value in the place of the largest one; does nothing if the value is there.
  // Not to be called on an empty set.
  void replace_largest(const T& value) {
    const auto at = std::ranges::lower_bound(items_, value);
    if (at == items_.end() || *at == value) return;
    std::move_backward(at, items_.end() - 1, items_.end());
    *at = value;
  }
  const T& largest() const { return items_.back(); }
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  const_iterator begin() const { return items_.begin(); }
  const_iterator end() const { return items_.end(); }
  static constexpr std::size_t most_bytes() { return Capacity * sizeof(T); }

 private:
  std::vector<T> items_;
};

}  // namespace whydown::base
