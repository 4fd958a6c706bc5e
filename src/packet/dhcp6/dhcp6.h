// DHCP for IPv6 (RFC 8415), in the terms of the older one: what its messages mean for who asks.
//
//   SOLICIT                DISCOVER  ADVERTISE  OFFER; without an address (NoAddrsAvail) of nothing
//   REQUEST RENEW REBIND   REQUEST   REPLY      ACK, if it gives one; NAK, if a status refuses;
//   DECLINE RELEASE        the same             an OFFER of nothing, if there is none (any more)
//   CONFIRM and INFORMATION-REQUEST, and what answers them: INFORM
//
// Message::type6 keeps the message's own number. The client is known by the hardware address in its
// DUID, as most have one; else by that of the frame. Relayed messages are read inside their relays.
#pragma once

#include "packet/layer.h"

namespace whydown::packet::dhcp6 {

// RFC 8415 21.13
namespace status {
inline constexpr std::uint16_t success = 0;
inline constexpr std::uint16_t unspecified = 1;
inline constexpr std::uint16_t no_addresses = 2;
inline constexpr std::uint16_t no_binding = 3;
inline constexpr std::uint16_t not_on_link = 4;
inline constexpr std::uint16_t use_multicast = 5;
inline constexpr std::uint16_t no_prefixes = 6;
}  // namespace status

// Anything on these ports that is no such message stays a plain datagram.
[[gnu::cold, gnu::noinline]] Next decode(Layer& layer);

// A message of which a line of text tells: its number, and what else it shows.
struct Told {
  std::uint8_t number = 0;
  bool is_whole = false;  // all options were shown: what is not there was not sent
  bool has_id = false;
  std::uint32_t id = 0;
  base::MacAddress client;
  base::IpAddress address;
  std::uint16_t status = status::success;
};
void set_told(const Told& told, Packet& packet);
// The hardware address at the end of a DUID that is written in hexadecimal.
base::MacAddress mac_of_duid(std::string_view hex);
std::uint8_t number_of(std::string_view name);   // of "Solicit", "solicit"; 0 for unknown names
std::uint16_t status_of(std::string_view name);  // of "NoAddrsAvail"; `unspecified` for unknown

std::string_view type_name(std::uint8_t type);       // "SOLICIT"; "" for unknown numbers
std::string_view status_name(std::uint16_t status);  // "NoAddrsAvail"

}  // namespace whydown::packet::dhcp6
