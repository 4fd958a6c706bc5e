// 802.11 frames, bare and behind radiotap; the first byte picks which, and how much was cut off.
#include <cstddef>
#include <cstdint>
#include <span>

#include "packet/testing.h"

using whydown::capture::LinkType;
using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> bytes(data + 1, size - 1);
  const auto wire = static_cast<std::uint32_t>((data[0] >> 1U) * 8U);
  const bool bare = (data[0] & 1U) != 0;
  fuzz_frame(bytes, bare ? LinkType::ieee802_11 : LinkType::radiotap, wire);
  return 0;
}
