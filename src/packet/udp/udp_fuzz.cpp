// UDP datagrams, behind a good IPv4 header.
#include <cstddef>
#include <cstdint>

#include "packet/testing.h"

using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 60000) return 0;
  fuzz_frame(ipv4(17, Bytes(data, data + size)), LinkType::raw, 0);
  return 0;
}
