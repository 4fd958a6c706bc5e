#include "evidence/service_clients.h"

#include <algorithm>
#include <stdexcept>

namespace whydown::evidence {

namespace {

// No function: a pointer to one would be called for each comparison.
constexpr auto key_of = [](const ServiceClients::value_type* row) -> const ServiceClientKey& {
  return row->first;
};

}  // namespace

ServiceClients::ServiceClients() { rows_.reserve(limits::kMaxServiceClients); }

const std::vector<const ServiceClients::value_type*>& ServiceClients::ordered() const {
  if (ordered_.size() != rows_.size()) {
    ordered_.clear();
    ordered_.reserve(rows_.size());
    for (const value_type& row : rows_) ordered_.push_back(&row);
    std::ranges::sort(ordered_, {}, key_of);
  }
  return ordered_;
}

ServiceClients::const_iterator ServiceClients::lower_bound(const ServiceClientKey& key) const {
  const auto at = std::ranges::lower_bound(ordered(), key, {}, key_of);
  return const_iterator(ordered().data() + (at - ordered().begin()));
}

ServiceClients::const_iterator ServiceClients::find(const ServiceClientKey& key) const {
  const const_iterator at = lower_bound(key);
  return at == end() || at->first != key ? end() : at;
}

const ServiceClientRow& ServiceClients::at(const ServiceClientKey& key) const {
  const const_iterator row = find(key);
  if (row == end()) throw std::out_of_range("no such client of this service");
  return row->second;
}

ServiceClientRow* ServiceClients::add(const ServiceClientKey& key, std::uint64_t hash) {
  if (rows_.size() == limits::kMaxServiceClients) return nullptr;
  value_type& row = rows_.emplace_back(key, ServiceClientRow{});
  index_.insert(&row, hash);
  return &row.second;
}

std::size_t ServiceClients::memory_bytes() {
  return limits::kMaxServiceClients * (sizeof(value_type) + sizeof(value_type*)) +
         decltype(index_)::memory_bytes(limits::kMaxServiceClients);
}

}  // namespace whydown::evidence
