// Link layers down to what they carry: Ethernet with VLAN tags, PPPoE and SNAP, Linux cooked
// captures, BSD loopback, PPP, and raw IP. 802.11 is in wireless/.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/cursor.h"
#include "packet/layer.h"
#include "packet/limits.h"

namespace whydown::packet::link {

// https://www.iana.org/assignments/ieee-802-numbers
namespace ethertype {
inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t arp = 0x0806;
inline constexpr std::uint16_t vlan = 0x8100;  // IEEE 802.1Q
inline constexpr std::uint16_t ipv6 = 0x86dd;
inline constexpr std::uint16_t pppoe = 0x8864;     // RFC 2516, session stage
inline constexpr std::uint16_t qinq = 0x88a8;      // IEEE 802.1ad
inline constexpr std::uint16_t old_qinq = 0x9100;  // before 802.1ad, still in use
}  // namespace ethertype

// Below this an "ethertype" is a length (IEEE 802.3 3.2.6).
inline constexpr std::uint16_t kFirstEthertype = 0x0600;

Next vlan(Layer& layer);          // after the ethertype that announced it
Next pppoe(Layer& layer);         // RFC 2516
Next linux_sll(Layer& layer);     // https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html
Next linux_sll2(Layer& layer);    // https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html
Next bsd_loopback(Layer& layer);  // LINKTYPE_NULL in either byte order, LINKTYPE_LOOP
Next ppp(Layer& layer);           // RFC 1661, RFC 1662
Next raw_ip(Layer& layer);        // IPv4 or IPv6, as the version says

// Frames by which switches and hosts keep themselves going: neither IP nor worth a note. 802.3
// lengths (spanning tree and other LLC), LLDP, 802.1X, LACP and their kind.
bool is_housekeeping(std::uint16_t ethertype);

// Where an 802.3 length stands instead of an ethertype: what follows it, by SNAP; else the length.
[[gnu::cold]] std::uint16_t type_after_length(Layer& layer, std::uint16_t length);

inline Next follow(Layer& layer, std::uint16_t type) {
  layer.packet.link.ethertype = type;
  return next(Space::ethertype, type);
}

inline Next follow_type_or_length(Layer& layer, std::uint16_t type) {
  return follow(layer, type >= kFirstEthertype ? type : type_after_length(layer, type));
}

// Inline, as all that nearly every packet passes.
inline Next ethernet(Layer& layer) {
  constexpr std::size_t header = 14;
  if (layer.rest.size() < header) return layer.stop_short(Note::truncated_link);
  const std::uint8_t* p = layer.rest.data();
  Packet& packet = layer.packet;
  std::memcpy(packet.link.destination.bytes.data(), p, 6);
  std::memcpy(packet.link.source.bytes.data(), p + 6, 6);
  packet.known.set(Field::mac);
  if (packet.wire_length > kMaxEthernetFrame) layer.note(Note::segment_above_mtu);
  layer.advance(header);
  return follow_type_or_length(layer, base::load_be16(p + 12));
}

}  // namespace whydown::packet::link
