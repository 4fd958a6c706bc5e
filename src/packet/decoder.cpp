#include <algorithm>
#include <string_view>

#include "packet/arp/arp.h"
#include "packet/dns/dns.h"
#include "packet/icmp/icmp.h"
#include "packet/ip/ip.h"
#include "packet/layer.h"
#include "packet/limits.h"
#include "packet/link/link.h"
#include "packet/packet.h"
#include "packet/tcp/tcp.h"
#include "packet/tcpdump_text/tcpdump_text.h"
#include "packet/udp/udp.h"
#include "packet/wireshark_row/wireshark_row.h"

namespace whydown::packet {
namespace {

using capture::LinkType;

constexpr std::uint16_t link_type(LinkType type) { return static_cast<std::uint16_t>(type); }

// A number that no decoder claims.
Next unclaimed(Next what, Layer& layer) {
  Packet& packet = layer.packet;
  switch (space_of(what)) {
    case Space::link_type:
      layer.note(Note::unknown_link_type);
      return kStop;
    case Space::ethertype:
      if (!link::is_housekeeping(number_of(what))) layer.note(Note::unknown_ethertype);
      return kStop;
    case Space::ip_protocol:
      if (number_of(what) != ip::protocol::no_next_header) packet.transport = Transport::other;
      return kStop;
    case Space::udp_port:
    case Space::tcp_port:
      // Transports offer their destination port first: the source's turn.
      if (number_of(what) == packet.source_port) return kStop;
      return next(space_of(what), packet.source_port);
    case Space::none:
      break;
  }
  return kStop;
}

// The table: a decoder is one line of it, and may have several.
// clang-format off
// NOLINTBEGIN(bugprone-branch-clone)
// https://www.tcpdump.org/linktypes.html
Next decode_link_type(Next what, Layer& layer) {
  switch (number_of(what)) {
    case link_type(LinkType::ethernet): return link::ethernet(layer);
    case link_type(LinkType::linux_sll): return link::linux_sll(layer);
    case link_type(LinkType::linux_sll2): return link::linux_sll2(layer);
    case link_type(LinkType::null): return link::bsd_loopback(layer);
    case link_type(LinkType::loop): return link::bsd_loopback(layer);
    case link_type(LinkType::ppp): return link::ppp(layer);
    case 50: return link::ppp(layer);  // in HDLC framing
    case link_type(LinkType::raw): return link::raw_ip(layer);
    case 12: return link::raw_ip(layer);  // DLT_RAW of most systems,
    case 14: return link::raw_ip(layer);  // of OpenBSD; in old files
    case link_type(LinkType::ipv4): return ip::ipv4(layer);
    case link_type(LinkType::ipv6): return ip::ipv6(layer);
    default: return unclaimed(what, layer);
  }
}

// https://www.iana.org/assignments/ieee-802-numbers
Next decode_ethertype(Next what, Layer& layer) {
  switch (number_of(what)) {
    case link::ethertype::ipv4: return ip::ipv4(layer);
    case link::ethertype::ipv6: return ip::ipv6(layer);
    case link::ethertype::arp: return arp::decode(layer);
    case link::ethertype::vlan: return link::vlan(layer);
    case link::ethertype::qinq: return link::vlan(layer);
    case link::ethertype::old_qinq: return link::vlan(layer);
    case link::ethertype::pppoe: return link::pppoe(layer);
    default: return unclaimed(what, layer);
  }
}

// https://www.iana.org/assignments/protocol-numbers
Next decode_ip_protocol(Next what, Layer& layer) {
  switch (number_of(what)) {
    case ip::protocol::icmp: return icmp::icmp4(layer);
    case ip::protocol::icmp6: return icmp::icmp6(layer);
    case ip::protocol::tcp: return tcp::decode(layer);
    case ip::protocol::udp: return udp::decode(layer);
    default: return unclaimed(what, layer);
  }
}

// https://www.iana.org/assignments/service-names-port-numbers
Next decode_udp_port(Next what, Layer& layer) {
  switch (number_of(what)) {
    case dns::kPort: return dns::decode_udp(layer);
    case dns::kMulticastPort: return dns::decode_local(layer);
    case dns::kLinkLocalPort: return dns::decode_local(layer);
    default: return unclaimed(what, layer);
  }
}

Next decode_tcp_port(Next what, Layer& layer) {
  switch (number_of(what)) {
    case dns::kPort: return dns::decode_tcp(layer);
    default: return unclaimed(what, layer);
  }
}
// NOLINTEND(bugprone-branch-clone)
// clang-format on

Next decode_layer(Next what, Layer& layer) {
  switch (space_of(what)) {
    case Space::link_type:
      return decode_link_type(what, layer);
    case Space::ethertype:
      return decode_ethertype(what, layer);
    case Space::ip_protocol:
      return decode_ip_protocol(what, layer);
    case Space::udp_port:
      return decode_udp_port(what, layer);
    case Space::tcp_port:
      return decode_tcp_port(what, layer);
    case Space::none:
      break;
  }
  return kStop;
}

// What every packet needs. The layers' own members are filled by the layer that makes them
// meaningful; clearing them all (over a kilobyte) would cost more than decoding does.
void reset(const capture::Frame& frame, Packet& packet) {
  const auto captured = static_cast<std::uint32_t>(frame.bytes.size());
  packet.place = frame.place;
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
}

}  // namespace

void Decoder::decode(const capture::Frame& frame, Packet& packet) {
  if (frame.link_type == LinkType::tcpdump_text || frame.link_type == LinkType::wireshark_row) {
    reset_text(frame, packet);
    const std::string_view record(reinterpret_cast<const char*>(frame.bytes.data()),
                                  frame.bytes.size());
    if (frame.link_type == LinkType::tcpdump_text) {
      decode_tcpdump_text(record, *names_, packet);
    } else {
      decode_wireshark_row(record, *names_, packet);
    }
    return;
  }
  reset(frame, packet);
  packet.known.set(Field::bytes);
  packet.known.set(Field::length);
  Layer layer{packet, frame.bytes.data(), frame.bytes, packet.wire_length};
  Next what = next(Space::link_type, link_type(frame.link_type));
  for (std::size_t depth = 0; what != kStop && depth < kMaxLayers; ++depth) {
    what = decode_layer(what, layer);
  }
}

}  // namespace whydown::packet
