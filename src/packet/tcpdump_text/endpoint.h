// Addresses, ports and names as logs write them. Shared by tcpdump_text/ and wireshark_row/.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.h"
#include "base/bounded.h"
#include "base/interner.h"

namespace whydown::packet::text {

struct Endpoint {
  base::IpAddress address;
  std::uint16_t port = 0;
};

// "192.0.2.1", "2001:db8::1", or a host's name, which is interned.
base::IpAddress read_address(std::string_view word, base::Interner& names);

// "192.0.2.1.53", "2001:db8::1.53", "dns.google.domain". The last label is a port if `ported`; one
// whose service is not in the table leaves the port 0, unknown.
Endpoint read_endpoint(std::string_view word, bool ported, base::Interner& names);

// Whether the word is an address with a port behind it: "192.0.2.1.53", not "192.0.2.1".
bool is_numeric_endpoint(std::string_view word);

// "53" or "domain": the names that /etc/services has for ports met in practice.
// https://www.iana.org/assignments/service-names-port-numbers
std::optional<std::uint16_t> read_port(std::string_view word);

// "A", "AAAA", "HTTPS", "Type65", "TYPE65"; https://www.iana.org/assignments/dns-parameters
std::optional<std::uint16_t> read_dns_type(std::string_view word);

// Writes a name as dns::Message::question_name has it: lower case, no final dot, odd bytes escaped.
// False when it did not fit.
bool write_name(std::string_view word, base::ShortText& name);

// Bytes of a name on the wire (RFC 1035 3.1); `name` is as write_name leaves it.
std::uint32_t wire_name_length(std::string_view name);

}  // namespace whydown::packet::text
