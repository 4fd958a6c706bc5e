// IPv4, inline, as all that nearly every packet passes. Internal to packet/.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/cursor.h"
#include "packet/ip/ip.h"

namespace whydown::packet::ip {

using base::load_be16;
using base::load_be32;

inline constexpr std::size_t kHeader4 = 20;

// RFC 1071, over a whole header with its checksum: the sum of a good one is all ones, in either
// byte order (2 (B)). In arithmetic modulo 0xffff that is zero, and words of 32 bits may be added
// as well as those of 16.
inline std::uint64_t checksum_sum(const std::uint8_t* header, std::size_t size) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < size; i += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, header + i, sizeof word);
    sum += word;
  }
  return sum;
}
// A header is never all zero: the one sum that is 0 without being good.
inline bool checksum_good(const std::uint8_t* header, std::size_t size = kHeader4) {
  return checksum_sum(header, size) % 0xffff == 0;
}
// Notes what is wrong and stops.
[[gnu::cold]] Next fault(Layer& layer, Fault fault);

// A header of another length than 20, its fields read.
[[gnu::cold]] Next with_options(Layer& layer);

// The transport, unless this is a later fragment.
inline Next follow(Layer& layer) {
  const Ip& ip = layer.packet.ip;
  if (ip.more_fragments || ip.fragment_offset != 0) [[unlikely]] {
    layer.note(Note::fragment);
    layer.packet.fragment = layer.rest;
    layer.packet.fragment_length = static_cast<std::uint32_t>(layer.claimed);
    if (ip.fragment_offset != 0) return kStop;
  }
  return next(Space::ip_protocol, ip.protocol);
}

// `length` is what the header claims for itself and its payload. 0 is segmentation offload, which
// hands the capture a segment before its length is known: then the frame's own length holds.
inline void clip(Layer& layer, std::size_t length) {
  if (length == 0) [[unlikely]] {
    layer.note(Note::segment_above_mtu);
    return;
  }
  if (length > layer.claimed) layer.note(Note::ip_length_mismatch);
  layer.clip(length);
}

// The 20 bytes that every header has.
inline void read_fixed(const std::uint8_t* p, Ip& ip) {
  const std::uint16_t flags = load_be16(p + 6);
  ip.tos = p[1];
  ip.total_length = load_be16(p + 2);
  ip.id = load_be16(p + 4);
  ip.dont_fragment = (flags & 0x4000U) != 0;
  ip.more_fragments = (flags & 0x2000U) != 0;
  ip.fragment_offset = static_cast<std::uint16_t>((flags & 0x1fffU) * 8U);
  ip.ttl = p[8];
  ip.protocol = p[9];
  ip.source = base::IpAddress::v4(load_be32(p + 12));
  ip.destination = base::IpAddress::v4(load_be32(p + 16));
}

// With its length known, nearly always a constant. A checksum of 0 is one that is left to the
// network card: the capture saw the header before it was filled in.
inline Next pass_header(Layer& layer, std::size_t length, bool is_sum_good) {
  if (!is_sum_good && load_be16(layer.rest.data() + 10) != 0) layer.note(Note::bad_ip_checksum, 10);
  const std::uint32_t total = layer.packet.ip.total_length;
  if (total != 0 && total < length) return fault(layer, Fault::bad_header_length);
  clip(layer, total);
  layer.advance(length);
  return follow(layer);
}

inline Next ipv4(Layer& layer) {
  Packet& packet = layer.packet;
  const std::uint8_t* p = layer.rest.data();
  if (layer.rest.size() < kHeader4 || p[0] >> 4U != 4) [[unlikely]] {
    return fault(layer, read_ipv4(layer.rest, packet.ip).fault);
  }
  read_fixed(p, packet.ip);
  packet.network = Network::ipv4;
  packet.known.set(Field::ttl);
  packet.known.set(Field::tos);
  packet.known.set(Field::ip_id);
  packet.known.set(Field::dont_fragment);
  if (p[0] == 0x45) [[likely]]
    return pass_header(layer, kHeader4, checksum_good(p));
  return with_options(layer);
}

}  // namespace whydown::packet::ip
