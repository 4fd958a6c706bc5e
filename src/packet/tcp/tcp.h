// TCP (RFC 9293) with the options that tell how a connection was set up.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cursor.h"
#include "packet/layer.h"

namespace whydown::packet::tcp {

inline constexpr std::size_t kHeader = 20;

// Stops at the first option that does not fit; what came before it holds.
void read_options(std::span<const std::uint8_t> options, Tcp& tcp);

// Payload is whatever one segment carries; putting streams together is not done here. Inline, as
// all that nearly every packet passes.
inline Next decode(Layer& layer) {
  // Without the flags a segment means nothing: all of the fixed header or none.
  if (layer.rest.size() < kHeader) return layer.stop_short(Note::truncated_transport);
  Packet& packet = layer.packet;
  const std::uint8_t* p = layer.rest.data();
  packet.transport = Transport::tcp;
  packet.source_port = base::load_be16(p);
  packet.destination_port = base::load_be16(p + 2);
  packet.tcp = Tcp{.sequence = base::load_be32(p + 4),
                   .acknowledgment = base::load_be32(p + 8),
                   .window = base::load_be16(p + 14),
                   .flags = p[13]};
  packet.known.set(Field::tcp_sequence);
  const std::size_t header = (p[12] >> 4U) * std::size_t{4};
  if (header < kHeader || header > layer.claimed) {
    layer.note(Note::bad_tcp_header_length, 12);
    return kStop;
  }
  const std::size_t there = std::min(header, layer.rest.size());
  const std::span<const std::uint8_t> options = layer.rest.subspan(kHeader, there - kHeader);
  // Two no-operations and a timestamp: what nearly every segment of an open connection carries.
  if (options.size() == 12 && base::load_be32(options.data()) == 0x0101080aU) {
    packet.tcp.has_timestamps = true;
  } else if (!options.empty()) {
    read_options(options, packet.tcp);
  }
  packet.payload_length = static_cast<std::uint32_t>(layer.claimed - header);
  packet.known.set(Field::payload_length);
  if (there < header) return layer.stop_short(Note::truncated_transport);
  layer.advance(header);
  packet.payload = {layer.rest.data(), layer.rest.size()};  // not through memory
  return next(Space::tcp_port, packet.destination_port);
}

}  // namespace whydown::packet::tcp
