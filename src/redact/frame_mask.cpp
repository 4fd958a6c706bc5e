// A frame with stand-ins: its link layer, then whatever that carries. What is not understood stays
// zero, so a protocol that nobody has taught this file cannot leak.
#include <cstring>

#include "redact/redact.h"
#include "redact/rewriter.h"

namespace whydown::redact {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kArp = 0x0806;
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::size_t kMostTags = 8;

// RFC 826, of Ethernet and IPv4; of others only what kind of question it is.
void rewrite_arp(Rewriter& frame, std::size_t at) {
  frame.copy(at, 8);
  if (!frame.has(at, 8)) return;
  constexpr std::uint16_t ethernet = 1;
  const bool is_usual = frame.u16(at) == ethernet && frame.u16(at + 2) == kIpv4 &&
                        frame.u8(at + 4) == 6 && frame.u8(at + 5) == 4;
  if (!is_usual) return;
  frame.mac(at + 8);
  frame.v4(at + 14);
  frame.mac(at + 18);
  frame.v4(at + 24);
}

// RFC 1661: the protocol's number in one byte or two.
void rewrite_ppp(Rewriter& frame, std::size_t at) {
  if (!frame.has(at, 1)) return;
  const std::size_t size = (frame.u8(at) & 1U) != 0 ? 1 : 2;
  if (!frame.has(at, size)) return;
  const std::uint16_t protocol = size == 1 ? frame.u8(at) : frame.u16(at);
  frame.copy(at, size);
  if (protocol == 0x0021) rewrite_ipv4(frame, at + size);
  if (protocol == 0x0057) rewrite_ipv6(frame, at + size);
}

void rewrite_network(Rewriter& frame, std::size_t at, std::uint16_t ethertype) {
  for (std::size_t tags = 0; tags < kMostTags; ++tags) {
    switch (ethertype) {
      case kIpv4:
        return rewrite_ipv4(frame, at);
      case kIpv6:
        return rewrite_ipv6(frame, at);
      case kArp:
        return rewrite_arp(frame, at);
      case 0x8864:  // PPPoE, RFC 2516
        frame.copy(at, 6);
        return rewrite_ppp(frame, at + 6);
      case 0x8100:  // VLAN tags
      case 0x88a8:
      case 0x9100:
        break;
      default:
        return;
    }
    frame.copy(at, 4);
    if (!frame.has(at, 4)) return;
    ethertype = frame.u16(at + 2);
    at += 4;
  }
}

// A type, or a length and LLC with SNAP before the type (RFC 1042).
void rewrite_type_or_length(Rewriter& frame, std::size_t at, std::uint16_t type) {
  constexpr std::uint16_t first_type = 0x0600;
  constexpr std::uint8_t snap[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00};
  if (type >= first_type) return rewrite_network(frame, at, type);
  if (!frame.has(at, 8) || std::memcmp(frame.in().data() + at, snap, sizeof snap) != 0) return;
  frame.copy(at, 8);
  rewrite_network(frame, at + 8, frame.u16(at + 6));
}

void rewrite_ethernet(Rewriter& frame) {
  frame.mac(0);
  frame.mac(6);
  frame.copy(12, 2);
  if (frame.has(12, 2)) rewrite_type_or_length(frame, 14, frame.u16(12));
}

// Linux cooked captures: `hardware` is the ARPHRD type, `length` of the address at `at`.
void rewrite_sll_address(Rewriter& frame, std::uint16_t hardware, std::size_t length,
                         std::size_t at) {
  constexpr std::uint16_t ethernet = 1;
  constexpr std::uint16_t loopback = 772;
  if ((hardware == ethernet || hardware == loopback) && length == 6) frame.mac(at);
}

void rewrite_sll(Rewriter& frame) {
  frame.copy(0, 6);
  frame.copy(14, 2);
  if (!frame.has(0, 16)) return;
  rewrite_sll_address(frame, frame.u16(2), frame.u16(4), 6);
  rewrite_network(frame, 16, frame.u16(14));
}

void rewrite_sll2(Rewriter& frame) {
  frame.copy(0, 12);
  if (!frame.has(0, 20)) return;
  rewrite_sll_address(frame, frame.u16(8), frame.u8(11), 12);
  rewrite_network(frame, 20, frame.u16(0));
}

void rewrite_raw(Rewriter& frame, std::size_t at) {
  if (!frame.has(at, 1)) return;
  const unsigned version = frame.u8(at) >> 4U;
  if (version == 4) rewrite_ipv4(frame, at);
  if (version == 6) rewrite_ipv6(frame, at);
}

// https://www.tcpdump.org/linktypes.html
void rewrite_link(Rewriter& frame, std::uint16_t link_type) {
  switch (link_type) {
    case 1:
      return rewrite_ethernet(frame);
    case 0:
    case 108:  // an address family, then the packet
      frame.copy(0, 4);
      return rewrite_raw(frame, 4);
    case 9:
    case 50: {
      const bool is_framed = frame.has(0, 2) && frame.u16(0) == 0xff03;
      if (is_framed) frame.copy(0, 2);
      return rewrite_ppp(frame, is_framed ? 2 : 0);
    }
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return rewrite_raw(frame, 0);
    case 113:
      return rewrite_sll(frame);
    case 276:
      return rewrite_sll2(frame);
    default:
      return;
  }
}

}  // namespace

base::KeptFrame Redactor::frame(const base::KeptFrame& original) const {
  base::KeptFrame out = original;
  Rewriter rewriter(original.bytes, *this);
  rewrite_link(rewriter, original.link_type);
  out.bytes = rewriter.take();
  return out;
}

}  // namespace whydown::redact
