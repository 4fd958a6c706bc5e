#include "packet/wireshark_row/wireshark_row.h"

#include <algorithm>
#include <array>

#include "capture/text/scan.h"
#include "packet/dns/dns.h"
#include "packet/tcpdump_text/endpoint.h"
#include "packet/wireshark_row/info.h"

namespace whydown::packet {
namespace row {
namespace {

namespace scan = capture::text;

constexpr std::string_view kOverTcp[] = {"TCP",    "HTTP",     "TLSv1", "SSL",   "SSH",  "SMTP",
                                         "FTP",    "FTP-DATA", "IMAP",  "POP",   "SMB",  "SMB2",
                                         "TELNET", "MySQL",    "PGSQL", "RDP",   "BGP",  "HTTP2",
                                         "LDAP",   "TPKT",     "TLS",   "SSHv2", "COTP", "T.125"};
constexpr std::string_view kOverUdp[] = {
    "UDP",  "QUIC",   "NTP",  "DHCP",  "BOOTP",  "SSDP",   "NBNS",    "SNMP",
    "TFTP", "DHCPv6", "STUN", "GQUIC", "RADIUS", "Syslog", "OpenVPN", "WireGuard"};

// "TLSv1.2" is listed as "TLSv1", "SMTP/IMF" as "SMTP".
template <std::size_t N>
bool is_listed(const std::string_view (&list)[N], std::string_view protocol) {
  protocol = protocol.substr(0, protocol.find('/'));
  return std::ranges::any_of(list, [&](std::string_view name) {
    return scan::equal_ignoring_case(protocol, name) ||
           (name == "TLSv1" && scan::starts_ignoring_case(protocol, name));
  });
}

// "IGMPv3", "802.1Q", "OSPF": a protocol's name, as opposed to what a shifted column holds.
bool is_name(std::string_view protocol) {
  const auto is_part = [](char c) {
    return scan::is_alpha(c) || scan::is_digit(c) || c == '.' || c == '-' || c == '/' || c == '_';
  };
  return protocol.size() > 1 && std::ranges::all_of(protocol, is_part) &&
         std::ranges::any_of(protocol, scan::is_upper);
}

void set_transport(Transport transport, std::uint8_t protocol, Packet& packet) {
  packet.transport = transport;
  packet.ip.protocol = protocol;
}

// Ports that stand for a protocol whose rows show none: who asks sends to the second.
void set_client_ports(std::uint16_t client, std::uint16_t server, bool from_client,
                      Packet& packet) {
  packet.source_port = from_client ? client : server;
  packet.destination_port = from_client ? server : client;
}

void read_ports_of(std::string_view protocol, std::string_view info, Packet& packet) {
  if (scan::equal_ignoring_case(protocol, "DHCP") || scan::equal_ignoring_case(protocol, "BOOTP")) {
    if (!read_dhcp_info(info, packet)) return;
    set_client_ports(dhcp::kClientPort, dhcp::kServerPort, !packet.dhcp.is_reply, packet);
  } else if (scan::equal_ignoring_case(protocol, "DHCPv6")) {
    if (!read_dhcp6_info(info, packet)) return;
    set_client_ports(dhcp::kClientPort6, dhcp::kServerPort6, !packet.dhcp.is_reply, packet);
  } else if (scan::equal_ignoring_case(protocol, "NTP")) {
    if (info.find("client") != npos) packet.destination_port = 123;
    if (info.find("server") != npos) packet.source_port = 123;
  }
}

void read_dns(std::string_view protocol, std::string_view info, Packet& packet) {
  set_transport(Transport::udp, 17, packet);
  const bool named = scan::equal_ignoring_case(protocol, "DNS");
  // "Standard query 0x8080[Malformed Packet]": what runs on the port may be anything.
  const bool is_guessed = info.find("[Malformed Packet") != npos;
  if (!read_dns_info(info, packet) || (is_guessed && packet.dns.question_count == 0)) {
    add_row_note(packet, Note::text_unreadable);
    return;
  }
  const std::uint16_t port = named                                          ? dns::kPort
                             : scan::equal_ignoring_case(protocol, "LLMNR") ? dns::kLinkLocalPort
                                                                            : dns::kMulticastPort;
  if (named) packet.application = Application::dns;
  set_client_ports(0, port, !packet.dns.response, packet);
}

void read_ip(std::string_view protocol, std::string_view info, base::Interner& names,
             Packet& packet) {
  if (protocol == "ICMP") {
    set_transport(Transport::icmp, 1, packet);
    if (read_icmp_info(info, packet)) return;
    set_transport(Transport::other, 1, packet);
  } else if (protocol == "ICMPv6") {
    set_transport(Transport::icmp6, 58, packet);
    if (read_icmp6_info(info, names, packet)) return;
    set_transport(Transport::other, 58, packet);
  } else if (protocol == "DNS" || protocol == "MDNS" || protocol == "LLMNR") {
    return read_dns(protocol, info, packet);
  } else if (is_listed(kOverTcp, protocol)) {
    set_transport(Transport::tcp, 6, packet);
    // An HTTP status may stand on a TCP row; then the row shows neither ports nor flags.
    packet.tongue = tongue_of(protocol);
    if (!read_tcp_info(info, packet) && packet.said.empty()) {
      packet.said = words_of(packet.tongue, info);
    }
    return;
  } else if (is_listed(kOverUdp, protocol)) {
    set_transport(Transport::udp, 17, packet);
    // "Initial, DCID=8394c8f03e515708, PKN: 0, CRYPTO, PADDING": no ports.
    if (scan::equal_ignoring_case(protocol, "QUIC")) {
      packet.application = Application::quic;
      packet.said = info;
      return;
    }
    if (!read_udp_info(info, packet)) read_ports_of(protocol, info, packet);
    return;
  } else if (read_tcp_info(info, packet)) {
    // "54770 -> 443 [SYN] Seq=0 ..." is TCP whatever the protocol column says.
    return set_transport(Transport::tcp, 6, packet);
  } else {
    set_transport(Transport::none, 0, packet);
    // IGMP, STP, OSPF: nothing that would answer a request that is judged here.
    if (is_name(protocol) && !protocol.starts_with("IPv")) return;
  }
  add_row_note(packet, Note::text_unreadable);
}

Network network_of(const base::IpAddress& source, const base::IpAddress& destination) {
  const bool v6 =
      source.kind() == base::AddressKind::v6 || destination.kind() == base::AddressKind::v6;
  return v6 ? Network::ipv6 : Network::ipv4;
}

}  // namespace

void add_row_note(Packet& packet, Note note) {
  for (const NoteAt& seen : packet.notes) {
    if (seen.note == note) return;
  }
  packet.notes.push_back({note, 0});
}

}  // namespace row

void decode_wireshark_row(std::string_view record, base::Interner& names, Packet& packet) {
  std::array<std::string_view, 4> cells;
  for (std::string_view& cell : cells) {
    const std::size_t tab = record.find('\t');
    if (tab == std::string_view::npos) {
      row::add_row_note(packet, Note::text_unreadable);
      return;
    }
    cell = record.substr(0, tab);
    record.remove_prefix(tab + 1);
  }
  const auto [source, destination, protocol, length] = cells;
  if (packet.wire_length > 0) packet.known.set(Field::length);
  if (protocol == "ARP") return row::read_arp_info(source, destination, record, names, packet);
  packet.ip.source = text::read_address(source, names);
  packet.ip.destination = text::read_address(destination, names);
  // Frames without IP show their MAC addresses.
  if (base::MacAddress::parse(source)) {
    row::add_row_note(packet, Note::unknown_ethertype);
    return;
  }
  packet.network = row::network_of(packet.ip.source, packet.ip.destination);
  if (protocol == "ICMPv6") packet.network = Network::ipv6;
  row::read_ip(protocol, record, names, packet);
}

}  // namespace whydown::packet
