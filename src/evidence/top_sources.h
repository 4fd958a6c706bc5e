// Who sent most of very many packets, in little memory and one step per packet.
//
// Each address falls into one of 64 slots. A slot holds the address that leads there: its packets
// count up, those of others down, and who brings it to zero takes its place (Boyer and Moore's
// majority vote). One that sent more than half of its slot's packets always leads it, so whoever
// sends much is found among any number of invented addresses; its count is then too low by what the
// others took off, and never too high.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.h"

namespace whydown::evidence {

class TopSources {
 public:
  static constexpr std::size_t kSlots = 64;

  struct Source {
    base::IpAddress address;
    std::uint64_t packets = 0;  // at least so many
    bool is_exact = true;
  };

  void add(const base::IpAddress& address, std::uint64_t packets);
  void merge(const TopSources& other);
  // The largest first, at most so many; of equal ones the smaller address first.
  std::vector<Source> largest(std::size_t most) const;
  std::uint64_t total() const { return total_; }

 private:
  struct Slot {
    base::IpAddress address;
    std::uint64_t votes = 0;
    std::uint64_t others = 0;  // packets of other addresses
  };
  Slot& slot_of(const base::IpAddress& address);
  std::array<Slot, kSlots> slots_{};
  std::uint64_t total_ = 0;
};

}  // namespace whydown::evidence
