#include "packet/tunnel/tunnel.h"

#include <algorithm>

#include "base/cursor.h"
#include "packet/limits.h"
#include "packet/link/link.h"

namespace whydown::packet::tunnel {
namespace {

using base::load_be16;
using base::load_be32;
namespace ethertype = link::ethertype;

constexpr std::size_t kEthernet = 14;

// The ethertype of what begins like an IP header; 0 for anything else.
std::uint16_t ip_type_of(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kHeader4 = 20;
  constexpr std::size_t kHeader6 = 40;
  if (bytes.size() >= kHeader4 && bytes[0] >> 4U == 4) return ethertype::ipv4;
  if (bytes.size() >= kHeader6 && bytes[0] >> 4U == 6) return ethertype::ipv6;
  return 0;
}

// Nothing of the outer packet may pass for the inner one's.
void forget_outer(Packet& packet) {
  packet.network = Network::none;
  packet.transport = Transport::none;
  packet.source_port = packet.destination_port = 0;
  packet.payload = {};
  packet.payload_length = 0;
  packet.ip.fragment_offset = 0;
  packet.ip.more_fragments = false;
  for (const Field field :
       {Field::ttl, Field::tos, Field::ip_id, Field::dont_fragment, Field::payload_length}) {
    packet.known.clear(field);
  }
}

// It carries something, and what that is is not told.
Next stay_outside(Layer& layer) {
  if (layer.packet.transport == Transport::none) layer.packet.transport = Transport::other;
  return kStop;
}

Next enter(Layer& layer, std::uint16_t type, std::size_t header) {
  const auto inside = layer.rest.subspan(header);
  const bool is_arp = type == ethertype::arp && inside.size() >= 28;
  if (!is_arp && ip_type_of(inside) != type) return stay_outside(layer);
  forget_outer(layer.packet);
  layer.advance(header);
  return link::follow(layer, type);
}

// A whole Ethernet frame at `header`; of its VLAN tags the inner packet knows nothing.
Next enter_frame(Layer& layer, std::size_t header) {
  if (layer.rest.size() < header + kEthernet) return stay_outside(layer);
  std::size_t at = header + kEthernet;
  std::uint16_t type = load_be16(layer.rest.data() + at - 2);
  for (std::size_t tags = 0; tags < 2 && type == ethertype::vlan; ++tags) {
    if (layer.rest.size() < at + 4) return stay_outside(layer);
    type = load_be16(layer.rest.data() + at + 2);
    at += 4;
  }
  return enter(layer, type, at);
}

}  // namespace

Next ip_in_ip(Layer& layer) {
  const std::uint16_t type =
      layer.packet.ip.protocol == protocol::ipv4 ? ethertype::ipv4 : ethertype::ipv6;
  return enter(layer, type, 0);
}

Next gre(Layer& layer) {
  constexpr std::size_t kHeader = 4;
  if (layer.rest.size() < kHeader) return stay_outside(layer);
  const std::uint16_t flags = load_be16(layer.rest.data());
  const std::uint16_t type = load_be16(layer.rest.data() + 2);
  // Version 1 carries PPP (RFC 2637), and routing (RFC 1701) is of old.
  constexpr std::uint16_t kRoutingOrVersion = 0x4007;
  if ((flags & kRoutingOrVersion) != 0) return stay_outside(layer);
  std::size_t header = kHeader;
  for (const std::uint32_t optional : {0x8000U, 0x2000U, 0x1000U}) {  // checksum, key, sequence
    if ((flags & optional) != 0) header += 4;
  }
  if (layer.rest.size() < header) return stay_outside(layer);
  if (type == kBridged) return enter_frame(layer, header);
  return enter(layer, type, header);
}

Next vxlan(Layer& layer) {
  constexpr std::size_t kHeader = 8;
  constexpr std::uint32_t kFlags = 0x08000000;  // the network's number is valid; the rest is zero
  if (layer.rest.size() < kHeader || load_be32(layer.rest.data()) != kFlags) return kStop;
  return enter_frame(layer, kHeader);
}

Next mpls(Layer& layer) {
  constexpr std::uint32_t kBottom = 0x100;
  std::size_t header = 0;
  for (std::size_t labels = 0; labels < kMaxMplsLabels; ++labels) {
    if (layer.rest.size() < header + 4) return layer.stop_short(Note::truncated_link);
    const std::uint32_t label = load_be32(layer.rest.data() + header);
    header += 4;
    if ((label & kBottom) == 0) continue;
    const std::uint16_t type = ip_type_of(layer.rest.subspan(header));
    if (type == 0) break;
    layer.advance(header);
    return link::follow(layer, type);
  }
  // What is below the labels is not said (RFC 3032 2.2): a pseudowire, for one.
  layer.note(Note::unknown_ethertype);
  return kStop;
}

}  // namespace whydown::packet::tunnel
