// The internet checksum (RFC 1071) of rewritten bytes.
#include "redact/rewriter.h"

namespace whydown::redact {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::uint64_t sum_of(Bytes bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += i % 2 == 0 ? static_cast<std::uint64_t>(bytes[i]) << 8U : bytes[i];
  }
  return sum;
}

std::uint16_t folded(std::uint64_t sum) {
  while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(sum);
}

// RFC 768, 9293, 8200 8.1: both addresses, the length and the protocol.
std::uint64_t pseudo_header(Bytes bytes, const Covered& covered, const Datagram& datagram,
                            std::uint8_t protocol) {
  if (!covered.has_pseudo_header) return 0;
  const Bytes addresses =
      datagram.is_v6 ? bytes.subspan(datagram.ip + 8, 32) : bytes.subspan(datagram.ip + 12, 8);
  return sum_of(addresses) + (covered.end - covered.begin) + protocol;
}

}  // namespace

void rewrite_checksum(Rewriter& frame, const Covered& covered, const Datagram& datagram,
                      std::uint8_t protocol) {
  if (!frame.has(covered.field, 2)) return;
  frame.put16(covered.field, 0);
  const bool is_all_there = datagram.is_whole && covered.begin <= covered.field &&
                            covered.field + 2 <= covered.end && covered.end <= frame.size();
  if (!is_all_there) return;
  const auto sum = [&](Bytes bytes) {
    return folded(sum_of(bytes.subspan(covered.begin, covered.end - covered.begin)) +
                  pseudo_header(bytes, covered, datagram, protocol));
  };
  constexpr std::uint8_t udp = 17;
  const bool is_right = sum(frame.in()) == 0xffff;
  auto value = static_cast<std::uint16_t>(~sum(frame.out()));
  if (!is_right) value ^= 0x5555U;
  // Zero means "none" over UDP, and its other form is 0xffff.
  if (value == 0 && protocol == udp) value = is_right ? 0xffff : 0xaaaa;
  frame.put16(covered.field, value);
}

}  // namespace whydown::redact
