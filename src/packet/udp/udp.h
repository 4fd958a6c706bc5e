// UDP (RFC 768).
#pragma once

#include <cstddef>

#include "base/cursor.h"
#include "packet/layer.h"

namespace whydown::packet::udp {

inline constexpr std::size_t kHeader = 8;

// Inline, as all that nearly every packet passes.
inline Next decode(Layer& layer) {
  if (layer.rest.size() < kHeader) return layer.stop_short(Note::truncated_transport);
  Packet& packet = layer.packet;
  const std::uint8_t* p = layer.rest.data();
  packet.transport = Transport::udp;
  packet.source_port = base::load_be16(p);
  packet.destination_port = base::load_be16(p + 2);
  std::size_t length = base::load_be16(p + 4);
  if (length == 0 && layer.claimed > 0xffff) length = layer.claimed;  // RFC 2675 4
  if (length < kHeader) {
    layer.note(Note::bad_udp_length, 4);
    return kStop;
  }
  // The length counts the whole datagram, of which a first fragment is only the beginning.
  if (length > layer.claimed && !packet.ip.more_fragments) layer.note(Note::bad_udp_length, 4);
  layer.clip(length);
  layer.advance(kHeader);
  packet.payload_length = static_cast<std::uint32_t>(layer.claimed);
  packet.known.set(Field::payload_length);
  packet.payload = {layer.rest.data(), layer.rest.size()};  // not through memory
  return next(Space::udp_port, packet.destination_port);
}

}  // namespace whydown::packet::udp
