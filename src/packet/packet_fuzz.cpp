// The whole decoder. The first byte picks the link type, the second how much longer the frame was
// on the wire than it is here.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "packet/testing.h"

using whydown::capture::LinkType;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr LinkType kTypes[] = {
      LinkType::ethernet, LinkType::raw,        LinkType::linux_sll, LinkType::linux_sll2,
      LinkType::null,     LinkType::loop,       LinkType::ppp,       LinkType::ipv4,
      LinkType::ipv6,     LinkType::ieee802_11, LinkType::radiotap};
  if (size < 2) return 0;
  const std::span<const std::uint8_t> bytes(data + 2, size - 2);
  whydown::packet::testing::fuzz_frame(bytes, kTypes[data[0] % std::size(kTypes)],
                                       static_cast<std::uint32_t>(bytes.size() + data[1]));
  return 0;
}
