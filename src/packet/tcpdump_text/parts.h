// The parts of a tcpdump record, each read by its own file. Internal to tcpdump_text/.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/interner.h"
#include "packet/packet.h"

namespace whydown::packet::text {

inline constexpr std::size_t npos = std::string_view::npos;

// "IP (tos 0x0, ttl 64, ...) 192.0.2.1.53 > 192.0.2.7.4711: words", taken apart.
struct IpWords {
  Ip ip;         // without the addresses
  Fields known;  // ttl, tos, ip_id, dont_fragment
  Network network = Network::none;
  bool fragmented = false;
  std::string_view source;
  std::string_view destination;
  std::string_view payload;
};
// `text` begins after "IP " or "IP6 "; Network::none leaves the version to the addresses. False
// when it shows no two endpoints.
bool read_ip_words(std::string_view text, Network network, IpWords& words);

// Takes "[udp sum ok] " and its like.
void skip_checksum_words(std::string_view& text);

// After "ICMP " and "ICMP6, ". packet.ip holds the addresses already.
void read_icmp_words(std::string_view text, base::Interner& names, Packet& packet);
void read_icmp6_words(std::string_view text, base::Interner& names, Packet& packet);

// The datagram that an error quotes, which -v prints: " IP (tos ...) a > b: ...".
void read_quote(std::string_view text, base::Interner& names, Packet& packet);

// True when the words are TCP's: "Flags [S], ...", "S 1:1(0) win 5840", "tcp 30". `rest` becomes
// what is left after the length.
bool read_tcp_words(std::string_view text, Packet& packet, std::string_view& rest);

// True when the words are a DNS message. Sets packet.dns and the length it shows.
bool read_dns_words(std::string_view text, Packet& packet, std::uint32_t& length);

// "BOOTP/DHCP, Request from ...", with the options that -v prints.
void read_dhcp_words(std::string_view text, Packet& packet);

// "solicit", and what -v prints behind it: "(xid=bbd9ea (client-ID hwaddr/time type 1 time 8490
// 020000000077) (IA_NA IAID:119 T1:3600 T2:5400) (status-code NoAddrsAvail))".
void read_dhcp6_words(std::string_view text, Packet& packet);

void read_arp_words(std::string_view text, base::Interner& names, Packet& packet);

void add_note(Packet& packet, Note note);

// Notes a DNS length that cannot hold the question shown with it.
void check_dns_length(Packet& packet);

}  // namespace whydown::packet::text
