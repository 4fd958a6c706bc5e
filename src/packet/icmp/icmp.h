// ICMP (RFC 792) and ICMPv6 (RFC 4443), with the datagram that an error quotes.
//
// The quote is what ties an error to the flow it ended, so it is read as far as it goes: addresses,
// ports, the header fields that tell who sent the error, and the id of a DNS query inside it.
#pragma once

#include <cstddef>

#include "packet/layer.h"

namespace whydown::packet::icmp {

inline constexpr std::size_t kHeader = 8;

// https://www.iana.org/assignments/icmp-parameters
namespace type4 {
inline constexpr std::uint8_t echo_reply = 0;
inline constexpr std::uint8_t unreachable = 3;
inline constexpr std::uint8_t source_quench = 4;
inline constexpr std::uint8_t redirect = 5;
inline constexpr std::uint8_t echo_request = 8;
inline constexpr std::uint8_t time_exceeded = 11;
inline constexpr std::uint8_t parameter_problem = 12;
}  // namespace type4

// https://www.iana.org/assignments/icmpv6-parameters
namespace type6 {
inline constexpr std::uint8_t unreachable = 1;
inline constexpr std::uint8_t packet_too_big = 2;
inline constexpr std::uint8_t time_exceeded = 3;
inline constexpr std::uint8_t parameter_problem = 4;
inline constexpr std::uint8_t echo_request = 128;
inline constexpr std::uint8_t echo_reply = 129;
inline constexpr std::uint8_t router_advertisement = 134;
inline constexpr std::uint8_t neighbour_solicitation = 135;
inline constexpr std::uint8_t neighbour_advertisement = 136;
}  // namespace type6

Next icmp4(Layer& layer);
Next icmp6(Layer& layer);

}  // namespace whydown::packet::icmp
