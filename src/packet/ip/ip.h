// IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200).
//
// Of a fragmented datagram only the first piece shows its transport; journey/fragments.h puts
// together what carries DNS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "packet/layer.h"

namespace whydown::packet::ip {

// https://www.iana.org/assignments/protocol-numbers
namespace protocol {
inline constexpr std::uint8_t hop_by_hop = 0;
inline constexpr std::uint8_t icmp = 1;
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t udp = 17;
inline constexpr std::uint8_t routing = 43;
inline constexpr std::uint8_t fragment = 44;
inline constexpr std::uint8_t authentication = 51;
inline constexpr std::uint8_t icmp6 = 58;
inline constexpr std::uint8_t no_next_header = 59;
inline constexpr std::uint8_t destination_options = 60;
inline constexpr std::uint8_t mobility = 135;
inline constexpr std::uint8_t hip = 139;
inline constexpr std::uint8_t shim6 = 140;
}  // namespace protocol

// ipv4() is in ipv4.h.
Next ipv6(Layer& layer);

enum class Fault : std::uint8_t { none, cut, bad_version, bad_header_length, chain_too_long };

struct Header {
  std::uint32_t length = 0;  // bytes up to the transport
  Fault fault = Fault::none;
  bool has_fields = false;    // the fixed header was there, and `Ip` is filled
  bool has_fragment = false;  // IPv6: a fragment header gave Ip::id
};

// Headers alone, of a packet or of the datagram an ICMP error quotes. `bytes` may be cut anywhere.
Header read_ipv4(std::span<const std::uint8_t> bytes, Ip& ip);
// The 40 bytes of the fixed header; Ip::protocol is the first next header.
Header read_ipv6(std::span<const std::uint8_t> bytes, Ip& ip);
// Extension headers from the first byte after the fixed one; Ip::protocol becomes the last one's
// next header. Stops after the fragment header of a later fragment.
Header read_extensions(std::span<const std::uint8_t> bytes, Ip& ip);

// 16 bytes in network order. Those of base::IpAddress's own range for host names become unknown.
base::IpAddress address6(const std::uint8_t* bytes);

}  // namespace whydown::packet::ip
