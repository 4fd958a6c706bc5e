// DHCP: what the messages mean stays, addresses get stand-ins, and names, texts and all options
// that are not known become zeros of the same length.
#include "redact/rewriter.h"

namespace whydown::redact {
namespace {

// RFC 2131 2, figure 1.
constexpr std::size_t kAddresses = 12;  // ciaddr, yiaddr, siaddr, giaddr
constexpr std::size_t kClient = 28;
constexpr std::size_t kCookie = 236;
constexpr std::size_t kOptions = 240;

// https://www.iana.org/assignments/bootp-dhcp-parameters
bool is_address_list(std::uint8_t code) {
  return code == 3 || code == 6 || code == 28 || code == 42 || code == 50 || code == 54;
}
// Masks, times, sizes, the type, the list of what is wanted.
bool is_harmless(std::uint8_t code) {
  return code == 1 || code == 51 || code == 52 || code == 53 ||
         (code >= 55 && code <= 59 && code != 56);
}

// None stays none.
void address(Rewriter& frame, std::size_t at) {
  if (!frame.has(at, 4)) return;
  if (frame.u16(at) != 0 || frame.u16(at + 2) != 0) frame.v4(at);
}

void options(Rewriter& frame, std::size_t at, std::size_t end) {
  while (at < end && frame.has(at, 1)) {
    const std::uint8_t code = frame.u8(at);
    frame.put8(at, code);
    if (code == 255) return;
    if (code == 0) {
      ++at;
      continue;
    }
    if (!frame.has(at, 2)) return;
    const std::size_t length = frame.u8(at + 1);
    if (at + 2 + length > end || !frame.has(at + 2, length)) return;
    frame.copy(at + 1, 1);
    if (is_harmless(code)) frame.copy(at + 2, length);
    if (is_address_list(code)) {
      for (std::size_t i = 0; i + 4 <= length; i += 4) address(frame, at + 2 + i);
    }
    at += 2 + length;
  }
}

}  // namespace

bool rewrite_dhcp(Rewriter& frame, std::size_t at, std::size_t end) {
  if (!frame.has(at, kClient + 6) || at + kClient + 6 > end) return false;
  const std::uint8_t op = frame.u8(at);
  const bool is_ethernet = frame.u8(at + 1) == 1 && frame.u8(at + 2) == 6;
  if ((op != 1 && op != 2) || !is_ethernet) return false;
  frame.copy(at, kAddresses);
  for (std::size_t i = 0; i < 4; ++i) address(frame, at + kAddresses + 4 * i);
  frame.mac(at + kClient);
  if (at + kOptions > end || !frame.has(at, kOptions)) return true;
  constexpr std::uint16_t kHigh = 0x6382;
  constexpr std::uint16_t kLow = 0x5363;
  if (frame.u16(at + kCookie) != kHigh || frame.u16(at + kCookie + 2) != kLow) return true;
  frame.copy(at + kCookie, 4);
  options(frame, at + kOptions, end);
  return true;
}

}  // namespace whydown::redact
