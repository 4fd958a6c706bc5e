// ARP packets, behind an Ethernet header.
#include <cstddef>
#include <cstdint>

#include "packet/testing.h"

using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_frame(ethernet(0x0806, Bytes(data, data + size)), LinkType::ethernet, 0);
  return 0;
}
