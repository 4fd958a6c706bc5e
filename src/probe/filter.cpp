#include "probe/filter.h"

#include <span>

#include <fmt/format.h>

namespace whydown::probe {
namespace {

using base::IpAddress;

std::string any_of(const std::vector<std::string>& terms) {
  return fmt::format("({})", fmt::join(terms, " or "));
}

bool is_v4(const IpAddress& address) { return address.kind() == base::AddressKind::v4; }

// The IPv6 address that lies `at` bytes behind the beginning of the IPv6 header.
std::string v6_at(const IpAddress& address, int at) {
  constexpr unsigned half = 32;
  return fmt::format(
      "(ip6[{}:4] = 0x{:08x} and ip6[{}:4] = 0x{:08x} and ip6[{}:4] = 0x{:08x} and ip6[{}:4] = "
      "0x{:08x})",
      at, address.high() >> half, at + 4, address.high() & 0xffffffffU, at + 8,
      address.low() >> half, at + 12, address.low() & 0xffffffffU);
}

// A look behind a packet's end would end the whole filter, so what is short is sorted out first.
constexpr const char* kError4 = "icmp and icmp[0] != 0 and icmp[0] != 8";

// An error quotes the datagram from its IP header on: RFC 792, RFC 4443 2.4(c). Its source port
// is found where the quoted header has no options, as ours have none.
std::string error_about(const IpAddress& host, std::uint16_t first, std::uint16_t last) {
  if (is_v4(host)) {
    return fmt::format("({} and icmp[24:4] = 0x{:08x} and icmp[28:2] >= {} and icmp[28:2] <= {})",
                       kError4, host.v4_value(), first, last);
  }
  constexpr int quoted_destination = 40 + 8 + 24;
  constexpr int quoted_port = 40 + 8 + 40;
  return fmt::format("(icmp6 and ip6[40] < 128 and {} and ip6[{}:2] >= {} and ip6[{}:2] <= {})",
                     v6_at(host, quoted_destination), quoted_port, first, quoted_port, last);
}

// RFC 792 and RFC 4443 4: type, then the identifier four bytes behind the type.
std::string echo(const IpAddress& host, std::uint16_t id) {
  if (is_v4(host)) {
    return fmt::format("(host {} and icmp and (icmp[0] = 0 or icmp[0] = 8) and icmp[4:2] = {})",
                       host.to_string(), id);
  }
  return fmt::format("(host {} and icmp6 and (ip6[40] = 128 or ip6[40] = 129) and ip6[44:2] = {})",
                     host.to_string(), id);
}

// An error that quotes such a request.
std::string error_about_echo(const IpAddress& host, std::uint16_t id) {
  if (is_v4(host)) {
    return fmt::format("({} and icmp[24:4] = 0x{:08x} and icmp[17] = 1 and icmp[32:2] = {})",
                       kError4, host.v4_value(), id);
  }
  constexpr int quoted_destination = 40 + 8 + 24;
  constexpr int quoted_next_header = 40 + 8 + 6;
  constexpr int quoted_id = 40 + 8 + 40 + 4;
  return fmt::format("(icmp6 and ip6[40] < 128 and {} and ip6[{}] = 58 and ip6[{}:2] = {})",
                     v6_at(host, quoted_destination), quoted_next_header, quoted_id, id);
}

// Who has it, and who says so: ARP (RFC 826), ND solicitations and advertisements (RFC 4861 4.3).
std::string neighbour(const IpAddress& host) {
  if (is_v4(host)) return fmt::format("(arp host {})", host.to_string());
  constexpr int target = 40 + 8;
  return fmt::format("(icmp6 and (ip6[40] = 135 or ip6[40] = 136) and {})", v6_at(host, target));
}

}  // namespace

std::string capture_filter(const std::vector<IpAddress>& hosts,
                           const std::vector<IpAddress>& neighbours, std::uint16_t first_port,
                           std::uint16_t last_port, std::uint16_t echo_id) {
  std::vector<std::string> own;
  std::vector<std::string> terms;
  for (const IpAddress& host : hosts) {
    own.push_back("host " + host.to_string());
    terms.push_back(error_about(host, first_port, last_port));
    terms.push_back(neighbour(host));
    terms.push_back(echo(host, echo_id));
    terms.push_back(error_about_echo(host, echo_id));
  }
  for (const IpAddress& host : neighbours) terms.push_back(neighbour(host));
  if (!own.empty()) {
    terms.insert(terms.begin(),
                 fmt::format("({} and portrange {}-{})", any_of(own), first_port, last_port));
  }
  return terms.empty() ? "less 1" : fmt::format("{}", fmt::join(terms, " or "));
}

}  // namespace whydown::probe
