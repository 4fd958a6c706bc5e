// The Info column, by protocol. Internal to wireshark_row/.
#pragma once

#include <string_view>

#include "base/interner.h"
#include "packet/packet.h"

namespace whydown::packet::row {

inline constexpr std::size_t npos = std::string_view::npos;

// Each returns false when the words are not understood; the packet is then as it was, but for
// single fields.

// "52444 -> 443 [SYN] Seq=0 Win=5792 Len=0 MSS=1460", also with "Win-5792", a bracket missing,
// "..." at the end and "[TCP Retransmission]" in front. Wireshark counts Seq and Ack from the
// connection's beginning on both sides alike, so the numbers fit each other; they are kept.
bool read_tcp_info(std::string_view info, Packet& packet);
// "53421 -> 5000 Len=11"
bool read_udp_info(std::string_view info, Packet& packet);
// "Standard query 0x890c A example.com", "Standard query response 0x890c No such name A ... SOA
// ..."
bool read_dns_info(std::string_view info, Packet& packet);
// "Destination unreachable (Port unreachable)", "Echo (ping) request id=0x0007, seq=1/256, ttl=64"
bool read_icmp_info(std::string_view info, Packet& packet);
bool read_icmp6_info(std::string_view info, base::Interner& names, Packet& packet);
// "DHCP Discover - Transaction ID 0x3d1d"
bool read_dhcp_info(std::string_view info, Packet& packet);
// "Who has 192.0.2.1? Tell 192.0.2.7", "192.0.2.1 is at 02:00:5e:10:00:02"
void read_arp_info(std::string_view source, std::string_view destination, std::string_view info,
                   base::Interner& names, Packet& packet);

// What the application said, as its own tracker reads it: "220 mail.example.org ESMTP" of "S: 220
// mail.example.org ESMTP", "SSH-2.0-OpenSSH_9.2" of "Server: Protocol (SSH-2.0-OpenSSH_9.2)". Empty
// where Info shows nothing that one reads.
std::string_view words_of(Tongue tongue, std::string_view info);
Tongue tongue_of(std::string_view protocol);
// "Solicit XID: 0xbbd9ea CID: 00010001329abeb9020000000077"
bool read_dhcp6_info(std::string_view info, Packet& packet);

void add_row_note(Packet& packet, Note note);

}  // namespace whydown::packet::row
