// Packets within packets: IP in IP (RFC 2003, RFC 4213, RFC 2473), GRE (RFC 2784, RFC 2890), VXLAN
// (RFC 7348), MPLS (RFC 3032). What the clients sent is inside, so the innermost packet is the one
// that is told; the outer one is forgotten. Where the inside is cut off, encrypted or not IP, the
// outer packet stays.
#pragma once

#include <cstdint>

#include "packet/layer.h"

namespace whydown::packet::tunnel {

// https://www.iana.org/assignments/protocol-numbers
namespace protocol {
inline constexpr std::uint8_t ipv4 = 4;
inline constexpr std::uint8_t ipv6 = 41;
inline constexpr std::uint8_t gre = 47;
}  // namespace protocol

// https://www.iana.org/assignments/ieee-802-numbers
inline constexpr std::uint16_t kMpls = 0x8847;
inline constexpr std::uint16_t kMplsMulticast = 0x8848;
inline constexpr std::uint16_t kBridged = 0x6558;  // an Ethernet frame, in GRE
inline constexpr std::uint16_t kVxlanPort = 4789;  // RFC 7348 5

[[gnu::cold]] Next ip_in_ip(Layer& layer);
[[gnu::cold]] Next gre(Layer& layer);
[[gnu::cold]] Next vxlan(Layer& layer);
[[gnu::cold]] Next mpls(Layer& layer);

}  // namespace whydown::packet::tunnel
