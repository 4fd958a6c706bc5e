// The words of one tcpdump record -> a packet.
//
// Reads what tcpdump prints for ARP, IPv4, IPv6, ICMP, ICMPv6, UDP, TCP and DNS, with or without
// -v, -e, -q and -n. Nothing is guessed: a field is set only where the words show it.
#pragma once

#include <string_view>

#include "base/interner.h"
#include "packet/packet.h"

namespace whydown::packet {

// `record` is one record in the normal form of capture/text: one line, without its time, blanks
// single, entities decoded. Host names go to `names`. `packet` comes with place, wire_length,
// direction and has_time set and all else reset.
void decode_tcpdump_text(std::string_view record, base::Interner& names, Packet& packet);

}  // namespace whydown::packet
