// Names kept once and spoken of by number: DNS names and the host names of text logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/prefetch.h"
#include "base/zeroed_array.h"

namespace whydown::base {

class Mask;

// Bounded in names and bytes, both reserved at construction: adding never allocates. Ids count
// from 1 in the order of first appearance; 0 means "not kept" (empty text, or the interner is
// full).
class Interner {
 public:
  struct Limits {
    std::size_t names = std::size_t{1} << 17U;
    std::size_t bytes = std::size_t{4} << 20U;
  };
  Interner() : Interner(Limits{}) {}
  explicit Interner(Limits limits);

  // `hash` is hash_bytes(text), for callers that have it already.
  std::uint32_t add(std::string_view text, std::uint64_t hash) {
    if (text.empty()) return 0;
    Slot& slot = slots_[slot_of(text, hash)];
    return slot.id != 0 ? slot.id : add_new(slot, text, hash);
  }
  std::uint32_t add(std::string_view text) { return add(text, hash_bytes(text)); }
  // 0 when absent.
  std::uint32_t find(std::string_view text, std::uint64_t hash) const {
    return text.empty() ? 0 : slots_[slot_of(text, hash)].id;
  }
  std::uint32_t find(std::string_view text) const { return find(text, hash_bytes(text)); }
  // Fetches what add() and find() will touch first.
  void prefetch(std::uint64_t hash) const { base::prefetch(&slots_[hash & mask_]); }
  void prefetch(std::string_view text) const { prefetch(hash_bytes(text)); }
  // Empty for 0 and unknown ids. Valid as long as the interner lives.
  std::string_view text(std::uint32_t id) const {
    return id < entries_.size() ? text_of(entries_[id]) : std::string_view{};
  }
  // The text as reports show it: behind the mask, where there is one.
  std::string shown(std::uint32_t id) const;
  // Of a path: behind the mask segment by segment, so that it stays one.
  std::string shown_path(std::uint32_t id) const;
  // `mask` must outlive the interner; nullptr shows the originals.
  void set_mask(const Mask* mask) { veil_ = mask; }
  const Mask* mask() const { return veil_; }
  std::size_t size() const { return entries_.size() - 1; }
  std::uint64_t refused() const { return refused_; }
  std::size_t memory_bytes() const;

 private:
  struct Entry {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };
  // A tag, more of the name's hash than its place tells, spares looking at most other names.
  struct Slot {
    std::uint32_t id = 0;  // 0 = free
    std::uint32_t tag = 0;
  };
  static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32U);
  }
  std::string_view text_of(const Entry& entry) const {
    return {bytes_.data() + entry.offset, entry.length};
  }
  // Where `text` stands in slots_, or the free slot where it would. There always is a free one: the
  // table has at least twice as many slots as names.
  std::size_t slot_of(std::string_view text, std::uint64_t hash) const {
    const std::uint32_t tag = tag_of(hash);
    std::size_t slot = hash & mask_;
    for (; slots_[slot].id != 0; slot = (slot + 1) & mask_) {
      if (slots_[slot].tag == tag && text_of(entries_[slots_[slot].id]) == text) break;
    }
    return slot;
  }
  std::uint32_t add_new(Slot& slot, std::string_view text, std::uint64_t hash);

  Limits limits_;
  std::string bytes_;
  std::vector<Entry> entries_;
  std::size_t mask_;
  ZeroedArray<Slot> slots_;  // mask_ + 1 of them; open addressing
  std::uint64_t refused_ = 0;
  const Mask* veil_ = nullptr;  // of shown()
};

// A capture filter as reports show it.
std::string shown_filter(const Interner& names, std::string_view filter);

}  // namespace whydown::base
