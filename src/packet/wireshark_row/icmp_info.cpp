// ICMP, ICMPv6 and ARP rows. An error's row does not show what it quotes.
#include <algorithm>
#include <span>

#include "capture/text/scan.h"
#include "packet/tcpdump_text/endpoint.h"
#include "packet/wireshark_row/info.h"

namespace whydown::packet::row {
namespace {

namespace scan = capture::text;

struct Words {
  std::string_view text;
  std::uint8_t type;
  std::uint8_t code;
};
// packet-icmp.c's value strings, upper and lower case alike.
constexpr Words kIcmp[] = {
    {"Destination unreachable (Network unreachable)", 3, 0},
    {"Destination unreachable (Host unreachable)", 3, 1},
    {"Destination unreachable (Protocol unreachable)", 3, 2},
    {"Destination unreachable (Port unreachable)", 3, 3},
    {"Destination unreachable (Fragmentation needed", 3, 4},
    {"Destination unreachable (Source route failed)", 3, 5},
    {"Destination unreachable (Destination network unknown)", 3, 6},
    {"Destination unreachable (Destination host unknown)", 3, 7},
    {"Destination unreachable (Source host isolated)", 3, 8},
    {"Destination unreachable (Network administratively prohibited)", 3, 9},
    {"Destination unreachable (Host administratively prohibited)", 3, 10},
    {"Destination unreachable (Network unreachable for TOS)", 3, 11},
    {"Destination unreachable (Host unreachable for TOS)", 3, 12},
    {"Destination unreachable (Communication administratively filtered)", 3, 13},
    {"Destination unreachable (Host precedence violation)", 3, 14},
    {"Destination unreachable (Precedence cutoff in effect)", 3, 15},
    {"Time-to-live exceeded (Time to live exceeded in transit)", 11, 0},
    {"Time-to-live exceeded (Fragment reassembly time exceeded)", 11, 1},
    {"Echo (ping) request", 8, 0},
    {"Echo (ping) reply", 0, 0},
    {"Redirect (Redirect for network)", 5, 0},
    {"Redirect (Redirect for host)", 5, 1},
    {"Redirect (Redirect for TOS and network)", 5, 2},
    {"Redirect (Redirect for TOS and host)", 5, 3},
    {"Parameter problem", 12, 0},
    {"Source quench", 4, 0},
    {"Router advertisement", 9, 0},
    {"Router solicitation", 10, 0},
    {"Timestamp request", 13, 0},
    {"Timestamp reply", 14, 0},
};
constexpr Words kIcmp6[] = {
    {"Destination Unreachable (no route to destination)", 1, 0},
    {"Destination Unreachable (Administratively prohibited)", 1, 1},
    {"Destination Unreachable (Beyond scope of source address)", 1, 2},
    {"Destination Unreachable (Address unreachable)", 1, 3},
    {"Destination Unreachable (Port unreachable)", 1, 4},
    {"Destination Unreachable (Source address failed ingress/egress policy)", 1, 5},
    {"Destination Unreachable (Reject route to destination)", 1, 6},
    {"Packet Too Big", 2, 0},
    {"Time Exceeded (hop limit exceeded in transit)", 3, 0},
    {"Time Exceeded (fragment reassembly time exceeded)", 3, 1},
    {"Parameter Problem", 4, 0},
    {"Echo (ping) request", 128, 0},
    {"Echo (ping) reply", 129, 0},
    {"Multicast Listener Report", 131, 0},
    {"Router Solicitation", 133, 0},
    {"Router Advertisement", 134, 0},
    {"Neighbor Solicitation", 135, 0},
    {"Neighbor Advertisement", 136, 0},
    {"Redirect", 137, 0},
};

bool read_words(std::span<const Words> list, std::string_view info, Icmp& icmp) {
  for (const Words& words : list) {
    if (!scan::starts_ignoring_case(info, words.text)) continue;
    icmp.type = words.type;
    icmp.code = words.code;
    return true;
  }
  return false;
}

// "id=0x0007, seq=1/256, ttl=64": seq in both byte orders.
void read_echo(std::string_view info, Packet& packet) {
  if (const std::size_t at = info.find("id=0x"); at != npos) {
    std::string_view rest = info.substr(at + 3);
    if (const auto id = scan::take_hex(rest); id && *id <= 0xffff) {
      packet.icmp.identifier = static_cast<std::uint16_t>(*id);
    }
  }
  const auto number = [&](std::string_view key, std::uint64_t limit) {
    const std::size_t at = info.find(key);
    if (at == npos) return std::optional<std::uint64_t>();
    std::string_view rest = info.substr(at + key.size());
    return scan::take_number(rest, limit);
  };
  packet.icmp.sequence = static_cast<std::uint16_t>(number("seq=", 0xffff).value_or(0));
  if (const auto ttl = number("ttl=", 255)) {
    packet.ip.ttl = static_cast<std::uint8_t>(*ttl);
    packet.known.set(Field::ttl);
  }
}

std::string_view word_after(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == npos) return {};
  std::string_view rest = text.substr(at + key.size());
  std::string_view word = scan::take_token(rest);
  while (word.ends_with('?') || word.ends_with(',') || word.ends_with('.')) word.remove_suffix(1);
  return word;
}

}  // namespace

bool read_icmp_info(std::string_view info, Packet& packet) {
  if (!read_words(kIcmp, info, packet.icmp)) return false;
  if (packet.icmp.type == 8 || packet.icmp.type == 0) read_echo(info, packet);
  return true;
}

bool read_icmp6_info(std::string_view info, base::Interner& names, Packet& packet) {
  Icmp& icmp = packet.icmp;
  if (!read_words(kIcmp6, info, icmp)) return false;
  if (icmp.type == 128 || icmp.type == 129) {
    read_echo(info, packet);
    // "hop limit=64"
    const std::string_view limit = word_after(info, "hop limit=");
    if (const auto value = scan::port_number(limit); value && *value < 256) {
      packet.ip.ttl = static_cast<std::uint8_t>(*value);
      packet.known.set(Field::ttl);
    }
  }
  // "Neighbor Solicitation for 2001:db8::53 from 02:..", "Neighbor Advertisement 2001:db8::53 (..".
  const std::string_view target = icmp.type == 135   ? word_after(info, "Solicitation for ")
                                  : icmp.type == 136 ? word_after(info, "Advertisement ")
                                                     : std::string_view();
  if (!target.empty()) icmp.target = text::read_address(target, names);
  return true;
}

void read_arp_info(std::string_view source, std::string_view destination, std::string_view info,
                   base::Interner& names, Packet& packet) {
  Arp& arp = packet.arp;
  const auto from = base::MacAddress::parse(source);
  if (scan::starts_ignoring_case(info, "who has ")) {
    const std::string_view teller = word_after(info, "Tell ");
    arp.operation = 1;
    arp.target = text::read_address(word_after(info, "ho has "), names);
    if (!teller.empty()) arp.sender = text::read_address(teller, names);
    if (from) arp.sender_mac = *from;
  } else if (const std::size_t at = info.find(" is at "); at != npos) {
    std::string_view address = info.substr(0, at);
    address = address.substr(address.rfind(' ') + 1);
    arp.operation = 2;
    arp.sender = text::read_address(address, names);
    const auto mac = base::MacAddress::parse(word_after(info, " is at "));
    if (mac) arp.sender_mac = *mac;
  } else if (scan::starts_ignoring_case(info, "ARP Announcement for ") ||
             scan::starts_ignoring_case(info, "Gratuitous ARP for ")) {
    arp.operation = 1;
    arp.sender = arp.target = text::read_address(word_after(info, " for "), names);
    if (from) arp.sender_mac = *from;
  } else {
    add_row_note(packet, Note::text_unreadable);
    return;
  }
  packet.network = Network::arp;
  const auto to = base::MacAddress::parse(destination);
  if (from && to) {
    packet.link.source = *from;
    packet.link.destination = *to;
    packet.known.set(Field::mac);
  }
}

}  // namespace whydown::packet::row
