// Link headers. The first byte picks the link type; a second frame is put behind VLAN tags.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "packet/testing.h"

using whydown::capture::LinkType;
using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr LinkType kTypes[] = {LinkType::ethernet,   LinkType::linux_sll,
                                        LinkType::linux_sll2, LinkType::null,
                                        LinkType::loop,       LinkType::ppp};
  if (size == 0) return 0;
  const std::span<const std::uint8_t> bytes(data + 1, size - 1);
  fuzz_frame(bytes, kTypes[data[0] % std::size(kTypes)], 0);
  const Bytes tagged =
      ethernet(0x88a8, join({hex("0064 8100 0065"), {bytes.begin(), bytes.end()}}));
  fuzz_frame(tagged, LinkType::ethernet, 0);
  return 0;
}
