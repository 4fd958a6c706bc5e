// TCP segments, behind a good IPv4 header: as they are, and as the options of a SYN.
#include <cstddef>
#include <cstdint>

#include "packet/testing.h"

using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 60000) return 0;
  fuzz_frame(ipv4(6, Bytes(data, data + size)), LinkType::raw, 0);
  Bytes options(data, data + std::min<std::size_t>(size, 40));
  options.resize(options.size() / 4 * 4);
  fuzz_frame(ipv4(6, tcp_segment(40000, 443, 2, options)), LinkType::raw, 0);
  return 0;
}
