// Names of transports, as people write them.
#pragma once

#include <string_view>

#include "packet/packet.h"

namespace whydown::packet {

// "UDP"; "a packet" for what is none of those that are read.
constexpr std::string_view transport_name(Transport transport) {
  switch (transport) {
    case Transport::udp:
      return "UDP";
    case Transport::tcp:
      return "TCP";
    case Transport::icmp:
      return "ICMP";
    case Transport::icmp6:
      return "ICMPv6";
    case Transport::none:
    case Transport::other:
      break;
  }
  return "a packet";
}

}  // namespace whydown::packet
