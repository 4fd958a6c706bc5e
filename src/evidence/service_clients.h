// What each client got from each service: filled by hash while attempts come, walked in order by
// the diagnosis, many times.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "evidence/index.h"
#include "evidence/limits.h"
#include "journey/journey.h"

namespace whydown::evidence {

using journey::Outcome;
using journey::Service;
using journey::Step;

struct Row;   // evidence.h
class Store;  // evidence.h

// What one client got from one service: who was served, before and after. Probes, noise,
// mid-stream, half-open handshakes and what was healed are left out; times are of begin.
struct ServiceClientKey {
  Service service;
  base::IpAddress client;
  Step step{};
  friend auto operator<=>(const ServiceClientKey&, const ServiceClientKey&) = default;
};

struct ServiceClientRow {
  std::array<std::uint32_t, journey::kOutcomes> attempts{};
  std::uint32_t unmeant = 0;  // of the failed ones: is_unmeant()
  base::Time first_ok{base::Time::max()};
  base::Time last_ok{base::Time::min()};
  base::Time first_failed{base::Time::max()};
  base::Time last_failed{base::Time::min()};

  std::uint64_t of(Outcome outcome) const { return attempts[static_cast<std::size_t>(outcome)]; }
  std::uint64_t ok() const { return of(Outcome::ok) + of(Outcome::slow); }
  std::uint64_t failed() const {
    return of(Outcome::refused) + of(Outcome::failed) + of(Outcome::silent) + of(Outcome::cut);
  }
  std::uint64_t total() const { return ok() + failed() + of(Outcome::unknown); }

 private:
  friend class Store;
  Row* latest_ = nullptr;  // the row that the latest attempt went to
};

// At most limits::kMaxServiceClients rows. Reads like a std::map.
class ServiceClients {
 public:
  // Two cache lines.
  // NOLINTNEXTLINE(readability-identifier-naming): as of the standard library's containers
  struct alignas(base::kCacheLine) value_type {
    ServiceClientKey first;
    ServiceClientRow second;
  };

  // NOLINTNEXTLINE(readability-identifier-naming)
  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = ServiceClients::value_type;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = const value_type&;
    const_iterator() = default;
    explicit const_iterator(const pointer* at) : at_(at) {}
    reference operator*() const { return **at_; }
    pointer operator->() const { return *at_; }
    const_iterator& operator++() {
      ++at_;
      return *this;
    }
    const_iterator operator++(int) { return const_iterator(at_++); }
    bool operator==(const const_iterator&) const = default;

   private:
    const pointer* at_ = nullptr;
  };

  ServiceClients();
  const_iterator begin() const { return const_iterator(ordered().data()); }
  const_iterator end() const { return const_iterator(ordered().data() + ordered().size()); }
  std::size_t size() const { return rows_.size(); }
  const_iterator lower_bound(const ServiceClientKey& key) const;
  const_iterator find(const ServiceClientKey& key) const;
  bool contains(const ServiceClientKey& key) const { return find(key) != end(); }
  const ServiceClientRow& at(const ServiceClientKey& key) const;  // std::out_of_range without it

  // The row with this hash of which `is_it` says so, or null.
  template <typename IsIt>
  ServiceClientRow* find(std::uint64_t hash, IsIt is_it) {
    value_type* const row = index_.find(hash, is_it);
    return row == nullptr ? nullptr : &row->second;
  }
  void prefetch(std::uint64_t hash) const { index_.prefetch(hash); }
  void prefetch_places(std::uint64_t hash) const { index_.prefetch_places(hash); }
  // Null when full. The key must not be there yet.
  ServiceClientRow* add(const ServiceClientKey& key, std::uint64_t hash);
  static std::size_t memory_bytes();

 private:
  const std::vector<const value_type*>& ordered() const;
  std::vector<value_type> rows_;  // as they came; room for all is reserved, so that none moves
  Index<value_type> index_{limits::kMaxServiceClients};
  mutable std::vector<const value_type*> ordered_;  // sorted when asked for after rows were added
};

}  // namespace whydown::evidence
