// Inside capture/: what an input is that is neither a capture nor text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace whydown::capture {

struct OtherFormat {
  std::string found;  // "a PNG image"
  std::string advice;
};

// By the first bytes (kSniffSize of them, or all there are). Absent for what may be text.
std::optional<OtherFormat> known_as_other(std::span<const std::uint8_t> head);

}  // namespace whydown::capture
