// DHCPv6 messages, from a client and from a server; the first byte says how much of them is
// missing.
#include <cstddef>
#include <cstdint>

#include "packet/testing.h"

using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 60000) return 0;
  const Bytes message(data + 1, data + size);
  const Bytes asks = ipv6(17, udp_datagram(546, 547, message));
  fuzz_frame(asks, LinkType::raw, 0);
  fuzz_frame(asks, LinkType::raw, static_cast<std::uint32_t>(asks.size() + data[0]));
  fuzz_frame(ipv6(17, udp_datagram(547, 546, message)), LinkType::raw, 0);
  return 0;
}
