// For tests and fuzzers of redact/ only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include "base/testing.h"
#include "redact/redact.h"

namespace whydown::redact::testing {

using Bytes = std::vector<std::uint8_t>;

inline Key key_of(std::uint8_t first = 1) {
  Key key{};
  std::iota(key.begin(), key.end(), first);
  return key;
}

using base::testing::hex;

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
