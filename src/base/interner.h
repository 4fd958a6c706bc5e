// Names kept once and spoken of by number: DNS names and the host names of text logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace whydown::base {

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

  std::uint32_t add(std::string_view text);
  std::uint32_t find(std::string_view text) const;  // 0 when absent
  // Fetches what add() and find() will touch first.
  void prefetch(std::string_view text) const;
  // Empty for 0 and unknown ids. Valid as long as the interner lives.
  std::string_view text(std::uint32_t id) const;
  std::size_t size() const { return entries_.size() - 1; }
  std::uint64_t refused() const { return refused_; }
  std::size_t memory_bytes() const;

 private:
  struct Entry {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };
  std::size_t slot_of(std::string_view text) const;

  Limits limits_;
  std::string bytes_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // open addressing, power of two, 0 = free
  std::uint64_t refused_ = 0;
};

}  // namespace whydown::base
