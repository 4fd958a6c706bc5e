// What is kept of a DHCP message (RFC 2131, RFC 2132; of IPv6, RFC 8415).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/address.h"

namespace whydown::packet::dhcp {

inline constexpr std::uint16_t kServerPort = 67;  // RFC 2131 4.1
inline constexpr std::uint16_t kClientPort = 68;
inline constexpr std::uint16_t kServerPort6 = 547;  // RFC 8415 7.2
inline constexpr std::uint16_t kClientPort6 = 546;

// Option 53, and what of IPv6 does the same (read6() in dhcp6.h).
// https://www.iana.org/assignments/bootp-dhcp-parameters; unknown numbers are kept.
enum class Type : std::uint8_t {
  unknown = 0,  // not shown, or BOOTP without it (RFC 951)
  discover = 1,
  offer = 2,
  request = 3,
  decline = 4,
  ack = 5,
  nak = 6,
  release = 7,
  inform = 8,
};

// Why a server refuses, as far as the words of its option 56 say so. RFC 2132 9.9 leaves the words
// to the server.
enum class Reason : std::uint8_t { none, other_network, not_available, other };

// Fields that the message does not hold are zero, addresses unknown; 0.0.0.0 counts as that.
struct Message {
  std::uint32_t id = 0;             // xid
  std::uint32_t lease_seconds = 0;  // option 51
  std::uint16_t seconds = 0;        // since the client began
  Type type = Type::unknown;
  Reason reason = Reason::none;
  bool is_reply = false;  // op 2
  bool is_v6 = false;
  bool has_id = false;           // text may show less
  bool wants_broadcast = false;  // the B flag, RFC 2131 2
  bool names_portal = false;     // a login page stands before the internet (RFC 8910)
  std::uint8_t hops = 0;
  std::uint8_t type6 = 0;     // of IPv6: the message's own number (RFC 8415 7.3)
  std::uint16_t status = 0;   // of IPv6: the status code that refuses (RFC 8415 21.13)
  base::MacAddress client;    // chaddr, of Ethernet
  base::IpAddress client_ip;  // ciaddr: the address it has
  base::IpAddress yours;      // yiaddr: the address it is given
  base::IpAddress relay;      // giaddr
  base::IpAddress requested;  // option 50
  base::IpAddress server;     // option 54
};

// What the words of option 56 mean.
Reason reason_of(std::string_view words);
// Whether the value of the option of RFC 8910 leads to a login page.
bool is_portal(std::string_view url);
std::string_view type_name(Type type);               // "DISCOVER"; "" for unknown numbers
std::string_view type_name(const Message& message);  // of IPv6: "SOLICIT"

}  // namespace whydown::packet::dhcp
