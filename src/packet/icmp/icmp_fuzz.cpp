// ICMP and ICMPv6 messages, behind good IP headers, cut by a snaplen or not.
#include <cstddef>
#include <cstdint>

#include "packet/testing.h"

using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 60000) return 0;
  const Bytes message(data + 1, data + size);
  fuzz_frame(ipv4(1, message, message.size() + 20 + data[0]), LinkType::raw,
             static_cast<std::uint32_t>(message.size() + 20 + data[0]));
  fuzz_frame(ipv6(58, message), LinkType::raw, 0);
  return 0;
}
