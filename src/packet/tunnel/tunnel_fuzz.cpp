// What tunnels carry: the same bytes inside of each of them.
#include <cstddef>
#include <cstdint>

#include "packet/testing.h"

using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 60000) return 0;
  const Bytes inside(data, data + size);
  fuzz_frame(ipv4(4, inside), LinkType::raw, 0);
  fuzz_frame(ipv4(41, inside), LinkType::raw, 0);
  fuzz_frame(ipv4(47, inside), LinkType::raw, 0);
  fuzz_frame(ipv6(47, join({hex("3000 6558 00000001 00000002"), inside})), LinkType::raw, 0);
  fuzz_frame(ipv4(17, udp_datagram(50000, 4789, join({hex("08000000 00000100"), inside}))),
             LinkType::raw, 0);
  fuzz_frame(ethernet(0x8847, inside), LinkType::ethernet, 0);
  return 0;
}
