#include "base/interner.h"

#include <algorithm>
#include <bit>

#include "base/mask.h"

namespace whydown::base {

Interner::Interner(Limits limits)
    : limits_(limits),
      mask_(std::bit_ceil(std::max<std::size_t>(limits.names, 1) * 2) - 1),
      slots_(mask_ + 1) {
  bytes_.reserve(limits_.bytes);
  entries_.reserve(limits_.names + 1);
  entries_.emplace_back();
}

std::uint32_t Interner::add_new(Slot& slot, std::string_view text, std::uint64_t hash) {
  if (size() == limits_.names || text.size() > limits_.bytes - bytes_.size()) {
    ++refused_;
    return 0;
  }
  slot = {static_cast<std::uint32_t>(entries_.size()), tag_of(hash)};
  entries_.push_back(
      {static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(text.size())});
  bytes_.append(text);
  return slot.id;
}

std::string Interner::shown(std::uint32_t id) const {
  const std::string_view original = text(id);
  return veil_ == nullptr || original.empty() ? std::string(original) : veil_->name(original);
}

std::string Interner::shown_path(std::uint32_t id) const {
  std::string_view path = text(id);
  if (veil_ == nullptr) return std::string(path);
  std::string out;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) out += veil_->name(path.substr(0, slash));
    if (slash < path.size()) out += '/';
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return out;
}

std::size_t Interner::memory_bytes() const {
  return limits_.bytes + (limits_.names + 1) * sizeof(Entry) + (mask_ + 1) * sizeof(Slot);
}

std::string shown_filter(const Interner& names, std::string_view filter) {
  return names.mask() == nullptr ? std::string(filter) : names.mask()->filter(filter);
}

}  // namespace whydown::base
