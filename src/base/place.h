// Where a packet stands, so that every claim can name it.
#pragma once

#include <compare>
#include <cstdint>

#include "base/time.h"

namespace whydown::base {

struct Place {
  Time time{};
  std::uint64_t number = 0;  // counts from 1 within its input, as Wireshark shows it; 0 = no packet
  std::uint32_t line = 0;    // of a text input, where the packet's record begins; 0 otherwise
  std::uint16_t input = 0;   // index of the input on the command line

  bool is_set() const { return number != 0; }
  friend bool operator==(const Place& a, const Place& b) {
    return a.input == b.input && a.number == b.number;
  }
  friend std::strong_ordering operator<=>(const Place& a, const Place& b) {
    if (const auto order = a.time <=> b.time; order != 0) return order;
    if (const auto order = a.input <=> b.input; order != 0) return order;
    return a.number <=> b.number;
  }
};

}  // namespace whydown::base
