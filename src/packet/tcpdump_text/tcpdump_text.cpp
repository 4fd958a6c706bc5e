#include "packet/tcpdump_text/tcpdump_text.h"

#include <algorithm>
#include <array>

#include "capture/text/scan.h"
#include "packet/dns/dns.h"
#include "packet/tcpdump_text/endpoint.h"
#include "packet/tcpdump_text/parts.h"

namespace whydown::packet {
namespace text {
namespace {

namespace scan = capture::text;

// https://www.iana.org/assignments/ieee-802-numbers
constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kArp = 0x0806;
constexpr std::uint16_t kVlan = 0x8100;
constexpr std::uint16_t kIpv6 = 0x86dd;

// What tcpdump prints for protocols over IP that have no ports.
constexpr std::string_view kPortless[] = {"igmp", "GREv", "ip-proto-", "ESP(",   "AH(",  "OSPF",
                                          "PIM",  "VRRP", "CARP",      "IP ",    "IP6 ", "EIGRP",
                                          "RSVP", "HBH",  "frag (",    "IPComp", "ipip", "IGMP"};

bool is_portless(std::string_view payload) {
  return std::ranges::any_of(kPortless, [&](auto head) { return payload.starts_with(head); });
}

void set_addresses(const IpWords& words, bool ported, base::Interner& names, Packet& packet) {
  const Endpoint source = read_endpoint(words.source, ported, names);
  const Endpoint destination = read_endpoint(words.destination, ported, names);
  packet.ip.source = source.address;
  packet.ip.destination = destination.address;
  packet.source_port = source.port;
  packet.destination_port = destination.port;
  if (packet.network != Network::none) return;
  const bool v6 = packet.ip.source.kind() == base::AddressKind::v6;
  packet.network = v6 ? Network::ipv6 : Network::ipv4;
}

bool is_local_name_port(std::uint16_t port) {
  return port == dns::kMulticastPort || port == dns::kLinkLocalPort;
}

// "GET / HTTP/1.1" of ": HTTP: GET / HTTP/1.1", which is what follows the length; and, of -v, of
// ": HTTP, length: 73 GET / HTTP/1.1 Host: www.example.com". FTP and SMTP are shown in the same
// way, on their ports.
std::string_view application_words(std::string_view rest) {
  if (!scan::take(rest, ": ")) return {};
  for (const std::string_view name : {"HTTP", "FTP", "SMTP"}) {
    if (!scan::take(rest, name)) continue;
    if (scan::take(rest, ": ")) return rest;
    if (!scan::take(rest, ", length: ") || !scan::take_number(rest)) return {};
    scan::skip_blanks(rest);
    return rest;
  }
  return {};
}

// The DNS message behind "length 41" of a TCP segment.
void read_dns_over_tcp(std::string_view rest, Packet& packet) {
  if (packet.source_port != dns::kPort && packet.destination_port != dns::kPort) return;
  scan::skip_blanks(rest);
  std::uint32_t length = 0;
  const Fields before = packet.known;
  if (!read_dns_words(rest, packet, length)) {
    packet.known = before;
    return;
  }
  packet.application = Application::dns;
  packet.dns.over_tcp = true;
  check_dns_length(packet);
}

// "35084+ A? example.com. (29)", "UDP, length 39", "NTPv4, Client, length 48".
void read_udp(std::string_view payload, Packet& packet) {
  packet.transport = Transport::udp;
  packet.ip.protocol = 17;
  skip_checksum_words(payload);
  std::uint32_t length = 0;
  const Fields before = packet.known;
  const bool named = packet.source_port == dns::kPort || packet.destination_port == dns::kPort;
  const bool local =
      is_local_name_port(packet.source_port) || is_local_name_port(packet.destination_port);
  if ((named || local) && read_dns_words(payload, packet, length)) {
    // mDNS and LLMNR ask nobody in particular: silence there means nothing.
    if (named) packet.application = Application::dns;
    if (length > 0) {
      packet.payload_length = length;
      packet.known.set(Field::payload_length);
    }
    if (named) check_dns_length(packet);
    return;
  }
  packet.known = before;
  if (scan::take(payload, "BOOTP/DHCP, ")) read_dhcp_words(payload, packet);
  if (scan::take(payload, "dhcp6 ")) read_dhcp6_words(payload, packet);
  // "quic, initial, dcid 8394c8f03e515708, length 1182"
  if (!named && scan::take(payload, "quic, ")) {
    packet.application = Application::quic;
    packet.said = payload;
  }
  if (payload.find("[|") != npos) {
    add_note(packet, Note::truncated_capture);
    return;
  }
  const std::size_t at = payload.find("length ");
  if (at != npos) {
    std::string_view rest = payload.substr(at + 7);
    if (const auto value = scan::take_number(rest, 0xffff)) {
      packet.payload_length = static_cast<std::uint32_t>(*value);
      packet.known.set(Field::payload_length);
    }
    if (named && payload.starts_with("UDP, ")) add_note(packet, Note::text_terse);
  } else if (named) {
    add_note(packet, Note::text_unreadable);
  }
}

// Of IPv6, "frag (0|1448) 53 > 46433: 59844 2/3/9 AAAA 2001:db8::1 (1440)": here the ports stand
// behind the addresses. Later fragments, "frag (1448|61)", carry none.
bool read_first_fragment(std::string_view payload, const IpWords& words, base::Interner& names,
                         Packet& packet) {
  if (!scan::take(payload, "frag (")) return false;
  if (scan::take(payload, "0x") && (!scan::take_hex(payload) || !scan::take(payload, ":"))) {
    return false;  // the fragments' id, of -v
  }
  if (!scan::take(payload, "0|") || !scan::take_number(payload) || !scan::take(payload, ") ")) {
    return false;
  }
  const std::size_t arrow = payload.find(" > ");
  const std::size_t colon = payload.find(": ");
  if (arrow == npos || colon == npos || arrow > colon) return false;
  const auto source = read_port(payload.substr(0, arrow));
  const auto destination = read_port(payload.substr(arrow + 3, colon - arrow - 3));
  if (!source || !destination) return false;
  payload.remove_prefix(colon + 2);
  set_addresses(words, false, names, packet);
  packet.source_port = *source;
  packet.destination_port = *destination;
  add_note(packet, Note::fragment);
  std::string_view rest;
  if (!read_tcp_words(payload, packet, rest)) read_udp(payload, packet);
  return true;
}

void read_ip(std::string_view text, Network network, base::Interner& names, Packet& packet) {
  IpWords words;
  if (!read_ip_words(text, network, words)) {
    add_note(packet, Note::text_unreadable);
    return;
  }
  packet.network = words.network;
  packet.ip = words.ip;
  packet.known.bits |= words.known.bits;
  if (words.fragmented) add_note(packet, Note::fragment);
  std::string_view payload = words.payload;
  skip_checksum_words(payload);
  // tcpdump before 3.9 showed the flag at the end.
  if (payload.ends_with(" (DF)")) {
    payload.remove_suffix(5);
    packet.ip.dont_fragment = true;
    packet.known.set(Field::dont_fragment);
  }
  const std::uint8_t protocol = words.ip.protocol;
  for (const std::string_view head : {"ICMP ", "icmp: ", "icmp "}) {
    if (!scan::take(payload, head)) continue;
    set_addresses(words, false, names, packet);
    read_icmp_words(payload, names, packet);
    return;
  }
  for (const std::string_view head : {"ICMP6, ", "icmp6: ", "ICMP6 "}) {
    if (!scan::take(payload, head)) continue;
    set_addresses(words, false, names, packet);
    read_icmp6_words(payload, names, packet);
    return;
  }
  if (read_first_fragment(payload, words, names, packet)) return;
  std::string_view rest;
  if (read_tcp_words(payload, packet, rest)) {
    set_addresses(words, true, names, packet);
    if (!rest.empty()) {
      packet.said = application_words(rest);
      read_dns_over_tcp(rest, packet);
    }
    return;
  }
  const bool numeric = is_numeric_endpoint(words.source) && is_numeric_endpoint(words.destination);
  const bool bare = base::IpAddress::parse(words.source).has_value() ||
                    base::IpAddress::parse(words.destination).has_value();
  const bool udp = protocol == 17 ? !bare : protocol == 0 && !bare && !is_portless(payload);
  set_addresses(words, numeric || udp, names, packet);
  if (udp) {
    read_udp(payload, packet);
    return;
  }
  packet.transport = Transport::other;
  if (payload.empty()) {
    packet.transport = Transport::none;
    add_note(packet, Note::text_unreadable);
  } else if (scan::take(payload, "ip-proto-")) {
    packet.ip.protocol = static_cast<std::uint8_t>(scan::take_number(payload, 255).value_or(0));
  }
}

// "02:00:5e:10:00:01 > 02:00:5e:10:00:02, ethertype IPv4 (0x0800), length 81: " (-e), and what
// cooked captures print: "ifindex 2 02:00:5e:10:00:01 ethertype IPv4 (0x0800), length 87: ".
// Returns the ethertype, 0 when the words are not understood.
std::uint16_t take_link(std::string_view& text, Packet& packet) {
  const std::size_t at = text.find("ethertype ");
  if (at == npos) return 0;
  std::string_view head = text.substr(0, at);
  if (const auto source =
          base::MacAddress::parse(head.substr(0, std::min<std::size_t>(17, head.size())))) {
    head.remove_prefix(17);
    if (scan::take(head, " > ")) {
      const auto destination =
          base::MacAddress::parse(head.substr(0, std::min<std::size_t>(17, head.size())));
      if (destination) {
        packet.link.source = *source;
        packet.link.destination = *destination;
        packet.known.set(Field::mac);
      }
    }
  }
  text.remove_prefix(at);
  std::uint16_t ethertype = 0;
  for (int tags = 0; tags < 4 && scan::take(text, "ethertype "); ++tags) {
    const std::size_t open = text.find("(0x");
    if (open == npos) return 0;
    text.remove_prefix(open + 1);
    ethertype = static_cast<std::uint16_t>(scan::take_hex(text).value_or(0));
    if (!scan::take(text, "), ")) return 0;
    if (scan::take(text, "length ")) {
      const auto length = scan::take_number(text, 0xffffff);
      if (!length || !scan::take(text, ": ")) return 0;
      packet.wire_length = static_cast<std::uint32_t>(*length);
    }
    if (ethertype != kVlan && ethertype != 0x88a8) break;
    if (!scan::take(text, "vlan ")) return 0;
    const auto vlan = scan::take_number(text, 4095);
    if (vlan && packet.link.vlan_count < 2) {
      packet.link.vlan[packet.link.vlan_count++] = static_cast<std::uint16_t>(*vlan);
    }
    const std::size_t next = text.find("ethertype ");
    if (next == npos) return 0;
    text.remove_prefix(next);
  }
  packet.link.ethertype = ethertype;
  return ethertype;
}

void read_words(std::string_view text, base::Interner& names, Packet& packet) {
  if (text.starts_with("IP ")) return read_ip(text.substr(3), Network::ipv4, names, packet);
  if (text.starts_with("IP6 ")) return read_ip(text.substr(4), Network::ipv6, names, packet);
  if (text.starts_with("ARP, ")) return read_arp_words(text.substr(5), names, packet);
  if (text.starts_with("arp ")) return read_arp_words(text.substr(4), names, packet);
  if (text.substr(0, 80).find("ethertype ") != npos) {
    switch (take_link(text, packet)) {
      case kIpv4:
        return read_ip(text, Network::ipv4, names, packet);
      case kIpv6:
        return read_ip(text, Network::ipv6, names, packet);
      case kArp:
        return read_arp_words(text, names, packet);
      default:
        return add_note(packet, Note::unknown_ethertype);
    }
  }
  // tcpdump before 3.9 printed no "IP" in front.
  if (const std::size_t arrow = text.find(" > "); arrow != npos && text.find(' ') == arrow) {
    return read_ip(text, Network::none, names, packet);
  }
  add_note(packet, Note::unknown_ethertype);
}

}  // namespace

// "Request who-has 192.0.2.1 (02:..) tell 192.0.2.7, length 28", "Reply 192.0.2.1 is-at 02:..".
void read_arp_words(std::string_view text, base::Interner& names, Packet& packet) {
  const auto word_after = [](std::string_view from, std::string_view key) {
    const std::size_t at = from.find(key);
    if (at == npos) return std::string_view();
    std::string_view rest = from.substr(at + key.size());
    std::string_view word = scan::take_token(rest);
    while (word.ends_with(',')) word.remove_suffix(1);
    return word;
  };
  Arp& arp = packet.arp;
  const std::string_view asked = word_after(text, "who-has ");
  if (!asked.empty()) {
    const std::string_view teller = word_after(text, " tell ");
    arp.operation = 1;
    arp.target = read_address(asked, names);
    if (!teller.empty()) arp.sender = read_address(teller, names);
    if (packet.known.has(Field::mac)) arp.sender_mac = packet.link.source;
  } else if (const std::size_t at = text.find(" is-at "); at != npos) {
    const std::string_view before = text.substr(0, at);
    arp.operation = 2;
    arp.sender = read_address(before.substr(before.rfind(' ') + 1), names);
    if (const auto mac = base::MacAddress::parse(word_after(text, " is-at ")))
      arp.sender_mac = *mac;
  } else {
    add_note(packet, Note::text_unreadable);
    return;
  }
  packet.network = Network::arp;
}

}  // namespace text

void decode_tcpdump_text(std::string_view record, base::Interner& names, Packet& packet) {
  text::read_words(record, names, packet);
  if (packet.wire_length > 0) packet.known.set(Field::length);
}

}  // namespace whydown::packet
