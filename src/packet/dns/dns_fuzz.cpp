// DNS messages: the fast reader against the slow one, names at every offset, then whole packets
// over UDP and TCP. The first byte says how much of the message is missing.
#include <cstddef>
#include <cstdint>
#include <span>

#include "packet/dns/dns_reference.h"
#include "packet/testing.h"

using namespace whydown::packet;
using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 60000) return 0;
  const Bytes message(data + 1, data + size);
  const std::string differs = dns::reference::disagreement(message, message.size() + data[0]);
  require(differs.empty(), std::string("both readers agree on the ").append(differs), Packet{});
  whydown::base::ShortText name;
  for (std::size_t at = 0; at < message.size() && at < 512; ++at) {
    const bool good = dns::read_name(message, at, name);
    require(good != name.empty(), "a name is read or is not", Packet{});
  }
  fuzz_frame(ipv4(17, udp_datagram(53, 40000, message)), LinkType::raw, 0);
  fuzz_frame(ipv4(6, tcp_segment(40000, 53, 0x18, {}, message)), LinkType::raw, 0);
  fuzz_frame(
      ipv4(6, tcp_segment(40000, 53, 0x18, {}, join({be16(message.size() + data[0]), message}))),
      LinkType::raw, 0);
  return 0;
}
