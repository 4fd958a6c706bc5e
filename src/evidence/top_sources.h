// Who sent most of very many packets, in little memory and one step per packet.
//
// Each address falls into one of 64 slots. A slot holds the address that leads there: its packets
// count up, those of others down, and who brings it to zero takes its place (Boyer and Moore's
// majority vote). One that sent more than half of its slot's packets always leads it, so whoever
// sends much is found among any number of invented addresses; its count is then too low by what the
// others took off, and never too high.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.h"
#include "base/hash.h"

namespace whydown::evidence {

class TopSources {
 public:
  static constexpr std::size_t kSlots = 64;

  struct Source {
    base::IpAddress address;
    std::uint64_t packets = 0;  // at least so many
    bool is_exact = true;
  };

  void add(const base::IpAddress& address, std::uint64_t packets) {
    total_ += packets;
    Slot& slot = slot_of(address);
    if (slot.address == address) {
      slot.votes += packets;
      return;
    }
    // Of invented addresses nobody can tell which one wins: so without branches.
    const std::uint64_t votes = slot.votes;
    const bool wins = packets > votes;
    slot.others += std::min(votes, packets);
    slot.votes = wins ? packets - votes : votes - packets;
    slot.address = wins ? address : slot.address;
  }
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
  Slot& slot_of(const base::IpAddress& address) {
    return slots_[base::fold(address.low(), address.high()) % kSlots];
  }
  std::array<Slot, kSlots> slots_{};
  std::uint64_t total_ = 0;
};

}  // namespace whydown::evidence
