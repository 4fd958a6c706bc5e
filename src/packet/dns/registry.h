// The numbers of DNS that people have names for, and what the names mean.
// https://www.iana.org/assignments/dns-parameters
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "packet/dns/message.h"

namespace whydown::packet::dns {

std::string type_name(std::uint16_t type);                      // "AAAA", "TYPE65280"
std::optional<std::uint16_t> type_from(std::string_view name);  // exactly as type_name() writes it
// What such a record holds, to follow "for": "the IPv6 address"; empty for unknown types.
std::string_view type_meaning(std::uint16_t type);

std::string rcode_name(Rcode rcode);  // "NXDOMAIN", "rcode 24"; "no error" for 0
// One clause: "the server failed to find an answer"; empty for unknown codes.
std::string_view rcode_meaning(Rcode rcode);

// RFC 8914's info codes: "DNSSEC Bogus"; empty for unknown codes.
std::string_view extended_error_name(std::uint16_t code);

// "query", "notify"; empty for unknown ones.
std::string_view opcode_name(std::uint8_t opcode);

}  // namespace whydown::packet::dns
