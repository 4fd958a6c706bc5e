// For tests and fuzzers of redact/ only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include "redact/redact.h"

namespace whydown::redact::testing {

using Bytes = std::vector<std::uint8_t>;

inline Key key_of(std::uint8_t first = 1) {
  Key key{};
  std::iota(key.begin(), key.end(), first);
  return key;
}

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

inline base::KeptFrame frame_of(const Bytes& bytes, std::uint16_t link_type) {
  base::KeptFrame frame;
  frame.bytes = bytes;
  frame.wire_length = static_cast<std::uint32_t>(bytes.size());
  frame.link_type = link_type;
  return frame;
}

inline bool contains(const Bytes& bytes, const Bytes& part) {
  return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
}

}  // namespace whydown::redact::testing
