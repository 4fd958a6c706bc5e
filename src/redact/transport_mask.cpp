// UDP, TCP and ICMP: ports, flags, numbers and times stay, addresses get stand-ins, and payload
// that is neither DNS nor DHCP becomes zeros.
#include "redact/rewriter.h"

namespace whydown::redact {
namespace {

constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kIcmp6 = 58;

std::size_t payload_end(const Rewriter& frame, const Datagram& datagram) {
  return std::min(datagram.end, frame.size());
}

// The ports whose payload is read as DNS: the same as in packet/decoder.cpp.
bool is_dns_port(std::uint16_t port) { return port == 53 || port == 5353 || port == 5355; }

bool is_dhcp_port(std::uint16_t port) { return port == 67 || port == 68; }

void rewrite_udp(Rewriter& frame, const Datagram& datagram) {
  const std::size_t at = datagram.at;
  constexpr std::size_t header = 8;
  frame.copy(at, 6);
  if (!frame.has(at, header)) return;
  const std::size_t length = frame.u16(at + 4);
  const std::size_t end = std::min(datagram.end, at + std::max(length, header));
  if (is_dns_port(frame.u16(at)) || is_dns_port(frame.u16(at + 2))) {
    (void)rewrite_dns(frame, at + header, std::min(end, frame.size()));
  } else if (is_dhcp_port(frame.u16(at)) || is_dhcp_port(frame.u16(at + 2))) {
    (void)rewrite_dhcp(frame, at + header, std::min(end, frame.size()));
  }
  if (frame.u16(at + 6) == 0) return;  // sent without a checksum
  rewrite_checksum(frame, {at + 6, at, end, true}, datagram, kUdp);
}

// https://www.iana.org/assignments/tcp-parameters: those of fixed meaning stay, others become
// no-operations.
void rewrite_tcp_options(Rewriter& frame, std::size_t at, std::size_t end) {
  while (at < end && frame.has(at, 1)) {
    const std::uint8_t kind = frame.u8(at);
    if (kind == 0) return;
    if (kind == 1) {
      frame.put8(at++, 1);
      continue;
    }
    if (!frame.has(at, 2)) return;
    const std::size_t length = frame.u8(at + 1);
    if (length < 2 || at + length > end || !frame.has(at, length)) return;
    const bool is_known = (kind == 2 && length == 4) || (kind == 3 && length == 3) ||
                          (kind == 4 && length == 2) || (kind == 5 && length % 8 == 2) ||
                          (kind == 8 && length == 10);
    for (std::size_t i = 0; i < length; ++i) frame.put8(at + i, 1);
    if (is_known) frame.copy(at, length);
    at += length;
  }
}

// Whole messages with their lengths before them, as far as the segment goes (RFC 1035 4.2.2).
void rewrite_dns_over_tcp(Rewriter& frame, std::size_t at, std::size_t end) {
  while (at + 2 < end) {
    const std::size_t length = frame.u16(at);
    const std::size_t stop = std::min(end, at + 2 + length);
    if (!rewrite_dns(frame, at + 2, stop)) return;
    frame.copy(at, 2);
    at = stop;
  }
}

void rewrite_tcp(Rewriter& frame, const Datagram& datagram) {
  const std::size_t at = datagram.at;
  constexpr std::size_t header = 20;
  frame.copy(at, 16);
  if (!frame.has(at, header)) return;
  frame.copy(at + 18, 2);
  const std::size_t size = (frame.u8(at + 12) >> 4U) * std::size_t{4};
  if (size >= header) {
    rewrite_tcp_options(frame, at + header, at + size);
    const bool is_dns = frame.u16(at) == 53 || frame.u16(at + 2) == 53;
    if (is_dns) rewrite_dns_over_tcp(frame, at + size, payload_end(frame, datagram));
  }
  rewrite_checksum(frame, {at + 16, at, datagram.end, true}, datagram, kTcp);
}

// --- ICMP (RFC 792) ------------------------------------------------------------------------------

void rewrite_icmp_body(Rewriter& frame, const Datagram& datagram, std::uint8_t type) {
  const std::size_t at = datagram.at;
  switch (type) {
    case 5:  // redirect
      frame.v4(at + 4);
      break;
    case 0:  // echo
    case 8:
    case 13:  // timestamp
    case 14:
    case 3:  // errors: with an MTU, a pointer or the quote's length
    case 4:
    case 11:
    case 12:
      frame.copy(at + 4, 4);
      break;
    default:
      return;
  }
  const bool is_error = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
  if (is_error && !datagram.is_quoted) rewrite_quoted_ipv4(frame, at + 8);
}

void rewrite_icmp(Rewriter& frame, const Datagram& datagram) {
  const std::size_t at = datagram.at;
  frame.copy(at, 2);
  if (!frame.has(at, 8)) return;
  rewrite_icmp_body(frame, datagram, frame.u8(at));
  rewrite_checksum(frame, {at + 2, at, datagram.end}, datagram, kIcmp);
}

// --- ICMPv6 (RFC 4443, 4861, 2710)
// -----------------------------------------------------------------

void rewrite_nd_option(Rewriter& frame, std::size_t at, std::size_t size) {
  frame.copy(at, 2);
  switch (frame.u8(at)) {
    case 1:  // link-layer addresses
    case 2:
      if (size == 8) frame.mac(at + 2);
      return;
    case 3:  // prefix
      frame.copy(at + 2, 14);
      if (size == 32) frame.v6(at + 16);
      return;
    case 5:  // MTU
      frame.copy(at + 2, 6);
      return;
    case 25:  // DNS servers, RFC 8106
      frame.copy(at + 2, 6);
      for (std::size_t each = at + 8; each + 16 <= at + size; each += 16) frame.v6(each);
      return;
    default:
      return;
  }
}

void rewrite_nd_options(Rewriter& frame, std::size_t at, std::size_t end) {
  while (at + 8 <= end && frame.has(at, 8)) {
    const std::size_t size = frame.u8(at + 1) * std::size_t{8};
    if (size == 0 || at + size > end) return;
    rewrite_nd_option(frame, at, size);
    at += size;
  }
}

void rewrite_icmp6_body(Rewriter& frame, const Datagram& datagram, std::uint8_t type) {
  const std::size_t at = datagram.at;
  const std::size_t end = payload_end(frame, datagram);
  constexpr std::uint8_t last_error = 4;
  if (type <= last_error) {
    frame.copy(at + 4, 4);
    if (!datagram.is_quoted) rewrite_quoted_ipv6(frame, at + 8);
    return;
  }
  switch (type) {
    case 128:  // echo
    case 129:
      frame.copy(at + 4, 4);
      return;
    case 130:  // multicast listeners
    case 131:
    case 132:
      frame.copy(at + 4, 4);
      frame.v6(at + 8);
      return;
    case 133:  // router solicitation
      return rewrite_nd_options(frame, at + 8, end);
    case 134:  // router advertisement
      frame.copy(at + 4, 12);
      return rewrite_nd_options(frame, at + 16, end);
    case 135:  // neighbour solicitation, advertisement
    case 136:
      frame.copy(at + 4, 4);
      frame.v6(at + 8);
      return rewrite_nd_options(frame, at + 24, end);
    case 137:  // redirect
      frame.v6(at + 8);
      frame.v6(at + 24);
      return rewrite_nd_options(frame, at + 40, end);
    default:
      return;
  }
}

void rewrite_icmp6(Rewriter& frame, const Datagram& datagram) {
  const std::size_t at = datagram.at;
  frame.copy(at, 2);
  if (!frame.has(at, 8)) return;
  rewrite_icmp6_body(frame, datagram, frame.u8(at));
  rewrite_checksum(frame, {at + 2, at, datagram.end, true}, datagram, kIcmp6);
}

}  // namespace

void rewrite_transport(Rewriter& frame, const Datagram& datagram, std::uint8_t protocol) {
  // Beyond the packet lies padding of the link, which is nobody's business.
  if (datagram.at >= datagram.end) return;
  switch (protocol) {
    case kUdp:
      return rewrite_udp(frame, datagram);
    case kTcp:
      return rewrite_tcp(frame, datagram);
    case kIcmp:
      if (!datagram.is_v6) rewrite_icmp(frame, datagram);
      return;
    case kIcmp6:
      if (datagram.is_v6) rewrite_icmp6(frame, datagram);
      return;
    default:
      return;
  }
}

}  // namespace whydown::redact
