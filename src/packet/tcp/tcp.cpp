#include "packet/tcp/tcp.h"

#include <algorithm>
#include <span>

#include "base/cursor.h"

namespace whydown::packet::tcp {
namespace {

using base::load_be16;
using base::load_be32;

// https://www.iana.org/assignments/tcp-parameters
constexpr std::uint8_t kEnd = 0;
constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kMss = 2;
constexpr std::uint8_t kWindowScale = 3;
constexpr std::uint8_t kSackPermitted = 4;
constexpr std::uint8_t kTimestamps = 8;

// Stops at the first option that does not fit; what came before it holds.
void read_options(std::span<const std::uint8_t> options, Tcp& tcp) {
  // Two no-operations and a timestamp: what nearly every segment of an open connection carries.
  if (options.size() == 12 && load_be32(options.data()) == 0x0101080aU) {
    tcp.has_timestamps = true;
    return;
  }
  std::size_t at = 0;
  while (at < options.size() && options[at] != kEnd) {
    const std::uint8_t* p = options.data() + at;
    const std::size_t left = options.size() - at;
    if (*p == kNoOperation) {
      ++at;
      continue;
    }
    if (left < 2 || p[1] < 2 || p[1] > left) return;
    if (*p == kMss && p[1] == 4) tcp.mss = load_be16(p + 2);
    if (*p == kWindowScale && p[1] == 3) tcp.window_scale = p[2];
    if (*p == kSackPermitted && p[1] == 2) tcp.sack_permitted = true;
    if (*p == kTimestamps && p[1] == 10) tcp.has_timestamps = true;
    at += p[1];
  }
}

}  // namespace

Next decode(Layer& layer) {
  // Without the flags a segment means nothing: all of the fixed header or none.
  if (layer.rest.size() < kHeader) return layer.stop_short(Note::truncated_transport);
  Packet& packet = layer.packet;
  const std::uint8_t* p = layer.rest.data();
  packet.transport = Transport::tcp;
  packet.source_port = load_be16(p);
  packet.destination_port = load_be16(p + 2);
  packet.tcp = Tcp{.sequence = load_be32(p + 4),
                   .acknowledgment = load_be32(p + 8),
                   .window = load_be16(p + 14),
                   .flags = p[13]};
  packet.known.set(Field::tcp_sequence);
  const std::size_t header = (p[12] >> 4U) * std::size_t{4};
  if (header < kHeader || header > layer.claimed) {
    layer.note(Note::bad_tcp_header_length, 12);
    return kStop;
  }
  const std::size_t there = std::min(header, layer.rest.size());
  read_options(layer.rest.subspan(kHeader, there - kHeader), packet.tcp);
  packet.payload_length = static_cast<std::uint32_t>(layer.claimed - header);
  packet.known.set(Field::payload_length);
  if (there < header) return layer.stop_short(Note::truncated_transport);
  layer.advance(header);
  packet.payload = layer.rest;
  return next(Space::tcp_port, packet.destination_port);
}

}  // namespace whydown::packet::tcp
