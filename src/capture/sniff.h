// Inside capture/: what an input is that is neither a capture nor text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace whydown::capture {

struct OtherFormat {
  std::string found;  // "a PNG image"
  std::string advice;
};

// UTF-16 is full of zeros and still text.
struct Utf16 {
  enum class Order : std::uint8_t { none, little, big };
  Order order = Order::none;
  std::size_t mark = 0;  // bytes of the byte order mark
  bool is_wide() const { return order != Order::none; }
};
Utf16 utf16_of(std::span<const std::uint8_t> head);

// By the first bytes (kSniffSize of them, or all there are). Absent for what may be text.
std::optional<OtherFormat> known_as_other(std::span<const std::uint8_t> head);

}  // namespace whydown::capture
