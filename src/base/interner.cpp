#include "base/interner.h"

#include <bit>

#include "base/hash.h"

namespace whydown::base {

Interner::Interner(Limits limits) : limits_(limits) {
  bytes_.reserve(limits_.bytes);
  entries_.reserve(limits_.names + 1);
  entries_.emplace_back();
  slots_.resize(std::bit_ceil(limits_.names * 2 + 1));
}

// Where `text` stands in slots_, or the free slot where it would. There always is a free one: the
// table has more than twice as many slots as names.
std::size_t Interner::slot_of(std::string_view text) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_bytes(text) & mask;
  while (slots_[slot] != 0 && this->text(slots_[slot]) != text) slot = (slot + 1) & mask;
  return slot;
}

std::uint32_t Interner::add(std::string_view text) {
  if (text.empty()) return 0;
  const std::size_t slot = slot_of(text);
  if (slots_[slot] != 0) return slots_[slot];
  if (size() == limits_.names || text.size() > limits_.bytes - bytes_.size()) {
    ++refused_;
    return 0;
  }
  const auto id = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back(
      {static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(text.size())});
  bytes_.append(text);
  slots_[slot] = id;
  return id;
}

std::uint32_t Interner::find(std::string_view text) const {
  return text.empty() ? 0 : slots_[slot_of(text)];
}

void Interner::prefetch(std::string_view text) const {
  __builtin_prefetch(&slots_[hash_bytes(text) & (slots_.size() - 1)]);
}

std::string_view Interner::text(std::uint32_t id) const {
  if (id >= entries_.size()) return {};
  const Entry& entry = entries_[id];
  return std::string_view(bytes_).substr(entry.offset, entry.length);
}

std::size_t Interner::memory_bytes() const {
  return limits_.bytes + (limits_.names + 1) * sizeof(Entry) +
         slots_.size() * sizeof(std::uint32_t);
}

}  // namespace whydown::base
