#include "evidence/service_clients.h"

#include <algorithm>

namespace whydown::evidence {

const std::vector<const ServiceClients::value_type*>& ServiceClients::ordered() const {
  if (ordered_.size() != rows_.size()) {
    ordered_.clear();
    ordered_.reserve(rows_.size());
    for (const value_type& row : rows_) ordered_.push_back(&row);
  }
  return ordered_;
}

ServiceClients::const_iterator ServiceClients::lower_bound(const ServiceClientKey& key) const {
  const auto key_of = [](const value_type* row) -> const ServiceClientKey& { return row->first; };
  const auto at = std::ranges::lower_bound(ordered(), key, {}, key_of);
  return const_iterator(ordered().data() + (at - ordered().begin()));
}

ServiceClients::const_iterator ServiceClients::find(const ServiceClientKey& key) const {
  const const_iterator at = lower_bound(key);
  return at == end() || at->first != key ? end() : at;
}

ServiceClientRow* ServiceClients::add(const ServiceClientKey& key, std::uint64_t hash) {
  if (rows_.size() == limits::kMaxServiceClients) return nullptr;
  const auto at = rows_.try_emplace(key).first;
  index_.insert(&*at, hash);
  return &at->second;
}

// With the headers that std::map puts around its values.
std::size_t ServiceClients::memory_bytes() {
  constexpr std::size_t node = 48;  // tree node and allocator, per value
  return limits::kMaxServiceClients * (sizeof(value_type) + node + sizeof(value_type*)) +
         decltype(index_)::memory_bytes(limits::kMaxServiceClients);
}

}  // namespace whydown::evidence
