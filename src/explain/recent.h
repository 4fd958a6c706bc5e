// A table of bounded size that forgets what was used longest ago.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.h"
#include "base/hash.h"

namespace whydown::explain {

// Two addresses, and whatever else tells entries apart, packed by the caller.
struct Key {
  base::IpAddress a;
  base::IpAddress b;
  std::uint64_t detail = 0;
  friend bool operator==(const Key&, const Key&) = default;
};

inline std::uint64_t hash_of(const Key& key) {
  std::uint64_t hash = base::combine(key.a.high(), key.a.low());
  hash = base::combine(hash, key.b.high());
  hash = base::combine(hash, key.b.low());
  return base::combine(hash, key.detail);
}

// Memory is taken as entries come, up to `capacity` of them. References stay valid until the next
// call of open().
template <typename Value>
class Recent {
 public:
  explicit Recent(std::size_t capacity) : capacity_(capacity), buckets_(capacity, kNone) {
    entries_.reserve(capacity);
  }

  Value* find(const Key& key) {
    const std::uint32_t at = locate(key, bucket_of(key));
    if (at == kNone) return nullptr;
    touch(at);
    return &entries_[at].value;
  }
  // The entry of `key`: a fresh one if there is none, for which the oldest may have to go.
  Value& open(const Key& key) {
    if (Value* found = find(key)) return *found;
    std::uint32_t at = static_cast<std::uint32_t>(entries_.size());
    if (entries_.size() < capacity_) {
      entries_.emplace_back();
    } else {
      at = oldest_;
      unlink(at);
      leave_bucket(at);
      ++given_up_;
    }
    Entry& entry = entries_[at];
    entry.key = key;
    entry.value = Value{};
    const std::size_t bucket = bucket_of(key);
    entry.next_in_bucket = buckets_[bucket];
    buckets_[bucket] = at;
    link_newest(at);
    return entry.value;
  }
  std::uint64_t given_up() const { return given_up_; }
  static constexpr std::size_t bytes(std::size_t capacity) {
    return capacity * (sizeof(Entry) + sizeof(std::uint32_t));
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Entry {
    Key key;
    std::uint32_t next_in_bucket = kNone;
    std::uint32_t older = kNone;
    std::uint32_t newer = kNone;
    Value value;
  };

  std::size_t bucket_of(const Key& key) const { return hash_of(key) % buckets_.size(); }
  std::uint32_t locate(const Key& key, std::size_t bucket) const {
    for (std::uint32_t at = buckets_[bucket]; at != kNone; at = entries_[at].next_in_bucket) {
      if (entries_[at].key == key) return at;
    }
    return kNone;
  }
  void leave_bucket(std::uint32_t at) {
    std::uint32_t* link = &buckets_[bucket_of(entries_[at].key)];
    while (*link != at) link = &entries_[*link].next_in_bucket;
    *link = entries_[at].next_in_bucket;
  }
  void unlink(std::uint32_t at) {
    const Entry& entry = entries_[at];
    (entry.older == kNone ? oldest_ : entries_[entry.older].newer) = entry.newer;
    (entry.newer == kNone ? newest_ : entries_[entry.newer].older) = entry.older;
  }
  void link_newest(std::uint32_t at) {
    entries_[at].older = newest_;
    entries_[at].newer = kNone;
    (newest_ == kNone ? oldest_ : entries_[newest_].newer) = at;
    newest_ = at;
  }
  void touch(std::uint32_t at) {
    if (at == newest_) return;
    unlink(at);
    link_newest(at);
  }

  std::size_t capacity_;
  std::vector<std::uint32_t> buckets_;
  std::vector<Entry> entries_;
  std::uint32_t oldest_ = kNone;
  std::uint32_t newest_ = kNone;
  std::uint64_t given_up_ = 0;
};

}  // namespace whydown::explain
