// IP headers with stand-ins for their addresses. Options and the data of extension headers, which
// may hold addresses, become zeros (padding, in both protocols).
#include "redact/rewriter.h"

namespace whydown::redact {
namespace {

constexpr std::size_t kMostExtensions = 8;

// RFC 8200 4, RFC 4302.
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestination = 60;

void rewrite_ipv4_packet(Rewriter& frame, std::size_t at, bool is_quoted) {
  constexpr std::size_t smallest = 20;
  if (!frame.has(at, smallest) || frame.u8(at) >> 4U != 4) return;
  const std::size_t header = (frame.u8(at) & 0x0fU) * std::size_t{4};
  if (header < smallest) return;
  frame.copy(at, 12);
  frame.v4(at + 12);
  frame.v4(at + 16);
  const std::uint16_t fragment = frame.u16(at + 6);
  Datagram datagram{.at = at + header,
                    .end = at + std::max<std::size_t>(frame.u16(at + 2), header),
                    .ip = at,
                    .is_quoted = is_quoted};
  rewrite_checksum(frame, {at + 10, at, at + header}, datagram, 0);
  // Behind the first fragment there is no header, only what somebody sent.
  if ((fragment & 0x1fffU) != 0) return;
  datagram.is_whole = (fragment & 0x2000U) == 0;
  rewrite_transport(frame, datagram, frame.u8(at + 9));
}

// Steps over extension headers. False where the transport cannot be found.
bool skip_extensions(Rewriter& frame, Datagram& datagram, std::uint8_t& next) {
  for (std::size_t count = 0; count < kMostExtensions; ++count) {
    const std::size_t at = datagram.at;
    if (next != kHopByHop && next != kRouting && next != kDestination && next != kFragment &&
        next != kAuthentication) {
      return true;
    }
    if (!frame.has(at, 8)) return false;
    const std::size_t units = frame.u8(at + 1);
    const std::uint8_t kind = next;
    next = frame.u8(at);
    if (kind == kFragment) {
      frame.copy(at, 8);
      datagram.at = at + 8;
      datagram.is_whole = false;
      if ((frame.u16(at + 2) & 0xfff8U) != 0) return false;
      continue;
    }
    frame.copy(at, 2);
    // A routing header changes the address that the checksum is of.
    if (kind == kRouting) datagram.is_whole = false;
    datagram.at = at + (kind == kAuthentication ? (units + 2) * 4 : (units + 1) * 8);
  }
  return false;
}

void rewrite_ipv6_packet(Rewriter& frame, std::size_t at, bool is_quoted) {
  constexpr std::size_t header = 40;
  if (!frame.has(at, header) || frame.u8(at) >> 4U != 6) return;
  frame.copy(at, 8);
  frame.v6(at + 8);
  frame.v6(at + 24);
  Datagram datagram{.at = at + header,
                    .end = at + header + frame.u16(at + 4),
                    .ip = at,
                    .is_v6 = true,
                    .is_quoted = is_quoted};
  std::uint8_t next = frame.u8(at + 6);
  if (skip_extensions(frame, datagram, next)) rewrite_transport(frame, datagram, next);
}

}  // namespace

void rewrite_ipv4(Rewriter& frame, std::size_t at) { rewrite_ipv4_packet(frame, at, false); }
void rewrite_ipv6(Rewriter& frame, std::size_t at) { rewrite_ipv6_packet(frame, at, false); }
void rewrite_quoted_ipv4(Rewriter& frame, std::size_t at) { rewrite_ipv4_packet(frame, at, true); }
void rewrite_quoted_ipv6(Rewriter& frame, std::size_t at) { rewrite_ipv6_packet(frame, at, true); }

}  // namespace whydown::redact
