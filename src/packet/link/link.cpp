#include "packet/link/link.h"

#include <cstring>

#include "base/cursor.h"

namespace whydown::packet::link {
namespace {

using base::load_be16;
using base::load_be32;

// SNAP: LLC aa aa 03 and the organisation code 00 00 00, then an ethertype (RFC 1042).
constexpr std::uint8_t kSnap[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00};
constexpr std::size_t kSnapHeader = 8;

// SLL's packet type: 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 from us.
void set_direction(Packet& packet, std::uint16_t packet_type) {
  if (packet.direction != capture::Direction::unknown) return;
  if (packet_type == 4) packet.direction = capture::Direction::outbound;
  if (packet_type <= 2) packet.direction = capture::Direction::inbound;
}

Next ppp_protocol(Layer& layer) {
  if (layer.rest.empty()) return layer.stop_short(Note::truncated_link);
  // An odd first byte is a protocol compressed to one byte (RFC 1661 6.5).
  std::uint16_t protocol = layer.rest[0];
  std::size_t size = 1;
  if ((protocol & 1U) == 0) {
    if (layer.rest.size() < 2) return layer.stop_short(Note::truncated_link);
    protocol = load_be16(layer.rest.data());
    size = 2;
  }
  // https://www.iana.org/assignments/ppp-numbers; from 0x8000 on they are PPP's own control.
  constexpr std::uint16_t ipv4 = 0x0021;
  constexpr std::uint16_t ipv6 = 0x0057;
  constexpr std::uint16_t first_control = 0x8000;
  if (protocol != ipv4 && protocol != ipv6) {
    if (protocol < first_control) layer.note(Note::unknown_ethertype);
    return kStop;
  }
  layer.advance(size);
  return follow(layer, protocol == ipv4 ? ethertype::ipv4 : ethertype::ipv6);
}

}  // namespace

std::uint16_t type_after_length(Layer& layer, std::uint16_t length) {
  if (length <= layer.claimed) layer.clip(length);
  if (layer.rest.size() < kSnapHeader || std::memcmp(layer.rest.data(), kSnap, sizeof kSnap) != 0) {
    return length;
  }
  const std::uint16_t type = load_be16(layer.rest.data() + sizeof kSnap);
  layer.advance(kSnapHeader);
  return type;
}

Next vlan(Layer& layer) {
  constexpr std::size_t header = 4;
  if (layer.rest.size() < header) return layer.stop_short(Note::truncated_link);
  Link& link = layer.packet.link;
  const std::uint8_t* p = layer.rest.data();
  if (link.vlan_count < 2) {
    link.vlan[link.vlan_count++] = load_be16(p) & 0x0fffU;
  } else {
    layer.note(Note::too_many_vlans);
  }
  layer.advance(header);
  return follow_type_or_length(layer, load_be16(p + 2));
}

Next pppoe(Layer& layer) {
  constexpr std::size_t header = 6;
  if (layer.rest.size() < header) return layer.stop_short(Note::truncated_link);
  const std::uint16_t length = load_be16(layer.rest.data() + 4);
  layer.advance(header);
  if (length <= layer.claimed) layer.clip(length);
  return ppp_protocol(layer);
}

Next linux_sll(Layer& layer) {
  constexpr std::size_t header = 16;
  if (layer.rest.size() < header) return layer.stop_short(Note::truncated_link);
  const std::uint8_t* p = layer.rest.data();
  // The source's MAC alone is not Field::mac: both would have to be there.
  set_direction(layer.packet, load_be16(p));
  layer.advance(header);
  return follow(layer, load_be16(p + 14));
}

Next linux_sll2(Layer& layer) {
  constexpr std::size_t header = 20;
  if (layer.rest.size() < header) return layer.stop_short(Note::truncated_link);
  const std::uint8_t* p = layer.rest.data();
  set_direction(layer.packet, p[10]);
  layer.advance(header);
  return follow(layer, load_be16(p));
}

Next bsd_loopback(Layer& layer) {
  constexpr std::size_t header = 4;
  if (layer.rest.size() < header) return layer.stop_short(Note::truncated_link);
  // The family is in the byte order of the machine that captured: families are small numbers.
  std::uint32_t family = load_be32(layer.rest.data());
  if (family > 0xffff) family = __builtin_bswap32(family);
  layer.advance(header);
  switch (family) {
    case 2:
      return follow(layer, ethertype::ipv4);
    case 10:  // Linux
    case 24:  // NetBSD, OpenBSD
    case 28:  // FreeBSD
    case 30:  // macOS
      return follow(layer, ethertype::ipv6);
    default:
      layer.note(Note::unknown_ethertype);
      return kStop;
  }
}

Next ppp(Layer& layer) {
  // Address and control, which may be compressed away (RFC 1661 6.6).
  if (layer.rest.size() >= 2 && layer.rest[0] == 0xff && layer.rest[1] == 0x03) layer.advance(2);
  return ppp_protocol(layer);
}

Next raw_ip(Layer& layer) {
  if (layer.rest.empty()) return layer.stop_short(Note::truncated_network);
  switch (layer.rest[0] >> 4U) {
    case 4:
      return follow(layer, ethertype::ipv4);
    case 6:
      return follow(layer, ethertype::ipv6);
    default:
      layer.note(Note::bad_ip_version);
      return kStop;
  }
}

bool is_housekeeping(std::uint16_t ethertype) {
  switch (ethertype) {
    case 0x8809:  // LACP and other slow protocols
    case 0x8863:  // PPPoE discovery
    case 0x888e:  // 802.1X, EAPOL
    case 0x88cc:  // LLDP
    case 0x88f7:  // PTP
    case 0x893a:  // IEEE 1905.1
    case 0x9000:  // Ethernet loopback test
      return true;
    default:
      return ethertype < kFirstEthertype;
  }
}

}  // namespace whydown::packet::link
