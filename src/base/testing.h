// What tests of several stages write bytes with.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace whydown::base::testing {

using Bytes = std::vector<std::uint8_t>;

// Digits in pairs; anything else is ignored, and text in single quotes stands for itself.
inline Bytes hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  bool quoted = false;
  for (const char c : text) {
    if (c == '\'') {
      quoted = !quoted;
      continue;
    }
    if (quoted) {
      bytes.push_back(static_cast<std::uint8_t>(c));
      continue;
    }
    int digit = -1;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    if (digit < 0) continue;
    if (high >= 0) bytes.push_back(static_cast<std::uint8_t>(high * 16 + digit));
    high = high >= 0 ? -1 : digit;
  }
  return bytes;
}

}  // namespace whydown::base::testing
