#include <algorithm>
#include <string_view>

#include "packet/arp/arp.h"
#include "packet/dhcp/dhcp.h"
#include "packet/dhcp6/dhcp6.h"
#include "packet/dns/dns.h"
#include "packet/icmp/icmp.h"
#include "packet/ip/ipv4.h"
#include "packet/layer.h"
#include "packet/limits.h"
#include "packet/link/link.h"
#include "packet/packet.h"
#include "packet/tcp/tcp.h"
#include "packet/tcpdump_text/tcpdump_text.h"
#include "packet/tunnel/tunnel.h"
#include "packet/udp/udp.h"
#include "packet/wireless/wireless.h"
#include "packet/wireshark_row/wireshark_row.h"

namespace whydown::packet {
namespace {

using capture::LinkType;

constexpr std::uint16_t link_type(LinkType type) { return static_cast<std::uint16_t>(type); }

// A port that no decoder claims: the other end's may be one that is.
constexpr Next kUnclaimed = next(Space::none, 1);

// A number that no decoder claims.
[[gnu::cold]] Next unclaimed(Layer& layer, Space space, std::uint16_t number) {
  if (space == Space::link_type) layer.note(Note::unknown_link_type);
  if (space == Space::ethertype && !link::is_housekeeping(number)) {
    layer.note(Note::unknown_ethertype);
  }
  if (space == Space::ip_protocol && number != ip::protocol::no_next_header) {
    layer.packet.transport = Transport::other;
  }
  return kStop;
}

// The table: a decoder is one line of it, and may have several. What nearly every packet is comes
// before the switch, which jumps by a table of its own.
// clang-format off
// NOLINTBEGIN(bugprone-branch-clone)
// https://www.tcpdump.org/linktypes.html
Next decode_link_type(std::uint16_t number, Layer& layer) {
  if (number == link_type(LinkType::ethernet)) [[likely]] return link::ethernet(layer);
  switch (number) {
    case link_type(LinkType::linux_sll): return link::linux_sll(layer);
    case link_type(LinkType::linux_sll2): return link::linux_sll2(layer);
    case link_type(LinkType::null): return link::bsd_loopback(layer);
    case link_type(LinkType::loop): return link::bsd_loopback(layer);
    case link_type(LinkType::ppp): return link::ppp(layer);
    case 50: return link::ppp(layer);  // in HDLC framing
    case link_type(LinkType::raw): return link::raw_ip(layer);
    case 12: return link::raw_ip(layer);  // DLT_RAW of most systems,
    case 14: return link::raw_ip(layer);  // of OpenBSD; in old files
    case link_type(LinkType::ieee802_11): return wireless::frame(layer);
    case link_type(LinkType::radiotap): return wireless::radiotap(layer);
    case link_type(LinkType::ipv4): return ip::ipv4(layer);
    case link_type(LinkType::ipv6): return ip::ipv6(layer);
    default: return unclaimed(layer, Space::link_type, number);
  }
}

// https://www.iana.org/assignments/ieee-802-numbers
Next decode_ethertype(std::uint16_t number, Layer& layer) {
  switch (number) {
    [[likely]] case link::ethertype::ipv4: return ip::ipv4(layer);
    case link::ethertype::ipv6: return ip::ipv6(layer);
    case link::ethertype::arp: return arp::decode(layer);
    case link::ethertype::vlan: return link::vlan(layer);
    case link::ethertype::qinq: return link::vlan(layer);
    case link::ethertype::old_qinq: return link::vlan(layer);
    case link::ethertype::pppoe: return link::pppoe(layer);
    case tunnel::kMpls: return tunnel::mpls(layer);
    case tunnel::kMplsMulticast: return tunnel::mpls(layer);
    default: return unclaimed(layer, Space::ethertype, number);
  }
}

// https://www.iana.org/assignments/protocol-numbers
Next decode_ip_protocol(std::uint16_t number, Layer& layer) {
  if (number == ip::protocol::tcp) [[likely]] return tcp::decode(layer);
  if (number == ip::protocol::udp) [[likely]] return udp::decode(layer);
  switch (number) {
    case ip::protocol::icmp: return icmp::icmp4(layer);
    case ip::protocol::icmp6: return icmp::icmp6(layer);
    case tunnel::protocol::ipv4: return tunnel::ip_in_ip(layer);
    case tunnel::protocol::ipv6: return tunnel::ip_in_ip(layer);
    case tunnel::protocol::gre: return tunnel::gre(layer);
    default: return unclaimed(layer, Space::ip_protocol, number);
  }
}

// https://www.iana.org/assignments/service-names-port-numbers
[[gnu::always_inline]] inline Next decode_udp_port(std::uint16_t number, Layer& layer) {
  switch (number) {
    [[likely]] case dns::kPort: return dns::decode_udp(layer);
    case tunnel::kVxlanPort: return tunnel::vxlan(layer);
    case dhcp::kServerPort: return dhcp::decode(layer);
    case dhcp::kClientPort: return dhcp::decode(layer);
    case dhcp::kServerPort6: return dhcp6::decode(layer);
    case dhcp::kClientPort6: return dhcp6::decode(layer);
    case dns::kMulticastPort: return dns::decode_local(layer);
    case dns::kLinkLocalPort: return dns::decode_local(layer);
    default: return kUnclaimed;
  }
}

Next decode_tcp_port(std::uint16_t number, Layer& layer) {
  switch (number) {
    case dns::kPort: return dns::decode_tcp(layer);
    default: return kUnclaimed;
  }
}
// NOLINTEND(bugprone-branch-clone)
// clang-format on

// Transports offer their destination port first; then it is the source's turn.
Next decode_udp_ports(std::uint16_t number, Layer& layer) {
  if (number == dns::kPort) return dns::decode_udp(layer);
  Next what = decode_udp_port(number, layer);
  if (what == kUnclaimed) what = decode_udp_port(layer.packet.source_port, layer);
  return what == kUnclaimed ? kStop : what;
}

Next decode_tcp_ports(std::uint16_t number, Layer& layer) {
  Next what = decode_tcp_port(number, layer);
  if (what == kUnclaimed) what = decode_tcp_port(layer.packet.source_port, layer);
  return what == kUnclaimed ? kStop : what;
}

// One layer of each space, in the order in which they nearly always come: so the next one is not
// searched for but found at once. VLAN tags and the like take another round.
[[gnu::always_inline]] inline void decode_layers(Next what, Layer& layer) {
  for (std::size_t round = 0; what != kStop && round < kMaxLayers; ++round) {
    if (space_of(what) == Space::link_type) what = decode_link_type(number_of(what), layer);
    if (space_of(what) == Space::ethertype) what = decode_ethertype(number_of(what), layer);
    if (space_of(what) == Space::ip_protocol) what = decode_ip_protocol(number_of(what), layer);
    if (space_of(what) == Space::udp_port) what = decode_udp_ports(number_of(what), layer);
    if (space_of(what) == Space::tcp_port) what = decode_tcp_ports(number_of(what), layer);
  }
}

// What every packet needs. The layers' own members are filled by the layer that makes them
// meaningful; clearing them all (over a kilobyte) would cost more than decoding does.
void reset(const capture::Frame& frame, Packet& packet) {
  const auto captured = static_cast<std::uint32_t>(frame.bytes.size());
  // Field by field, as it was written just now: read back in pairs it makes the processor wait.
  packet.place.time = frame.place.time;
  packet.place.number = frame.place.number;
  packet.place.line = frame.place.line;
  packet.place.input = frame.place.input;
  packet.known.bits = 0;
  packet.captured_length = captured;
  packet.wire_length = std::max(frame.wire_length, captured);
  packet.payload_length = 0;
  packet.direction = frame.direction;
  packet.has_time = frame.has_time;
  packet.network = Network::none;
  packet.transport = Transport::none;
  packet.application = Application::none;
  packet.link.ethertype = 0;
  packet.link.vlan_count = 0;
  packet.ip.fragment_offset = 0;
  packet.source_port = 0;
  packet.destination_port = 0;
  packet.payload = {};
  packet.said = {};
  packet.tongue = Tongue::unknown;
  packet.notes.clear();
}

// Words show fields one by one, so everything a line may leave out starts out empty.
void reset_text(const capture::Frame& frame, Packet& packet) {
  reset(frame, packet);
  packet.captured_length = 0;
  packet.wire_length = frame.wire_length;
  packet.link = Link{};
  packet.arp = Arp{};
  packet.ip = Ip{};
  packet.tcp = Tcp{};
  packet.icmp = Icmp{};
  dns::reset(packet.dns);
  packet.dhcp = {};
}

[[gnu::cold]] void decode_text(const capture::Frame& frame, base::Interner& names, Packet& packet) {
  reset_text(frame, packet);
  const std::string_view record(reinterpret_cast<const char*>(frame.bytes.data()),
                                frame.bytes.size());
  if (frame.link_type == LinkType::tcpdump_text) {
    decode_tcpdump_text(record, names, packet);
  } else {
    decode_wireshark_row(record, names, packet);
  }
}

}  // namespace

void Decoder::decode(const capture::Frame& frame, Packet& packet) {
  if (frame.link_type == LinkType::tcpdump_text || frame.link_type == LinkType::wireshark_row) {
    decode_text(frame, *names_, packet);
    return;
  }
  reset(frame, packet);
  packet.known.set(Field::bytes);
  packet.known.set(Field::length);
  // Its size as reset() narrowed it: read back as one with the address, which was written apart
  // from it just now, it would make the processor wait.
  const std::uint8_t* const bytes = frame.bytes.data();
  Layer layer{packet, bytes, packet.wire_length, {bytes, packet.captured_length}};
  decode_layers(next(Space::link_type, link_type(frame.link_type)), layer);
}

}  // namespace whydown::packet
