// IP packets, without a link layer: as they are, and as an IPv6 extension chain.
#include <cstddef>
#include <cstdint>
#include <span>

#include "packet/testing.h"

using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_frame({data, size}, LinkType::raw, 0);
  if (size == 0 || size > 60000) return 0;
  fuzz_frame(ipv6(data[0], Bytes(data + 1, data + size)), LinkType::raw, 0);
  return 0;
}
