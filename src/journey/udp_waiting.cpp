// Which clients of a UDP service show that they wait for an answer: those that send the same bytes
// again, a few times, a second or so apart. When in doubt, none does.
#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/hash.h"
#include "journey/udp_tracker.h"

namespace whydown::journey {

using packet::Packet;

namespace {

// Services that answer nobody, whose silence their own protocol explains, or that clients try on
// the off chance: discard, SNMP traps, QUIC, syslog, NetFlow and its like, Teredo, NAT-PMP, sFlow,
// statsd.
constexpr std::array<std::uint16_t, 11> kOneWay{9,    162,  443,  514,  2055, 3544,
                                                4739, 5351, 6343, 8125, 9995};
// STUN's magic cookie (RFC 8489 5), at byte 4. Of the many ways that ICE (RFC 8445) tries at once,
// most stay silent.
constexpr std::array<std::uint8_t, 4> kStunCookie{0x21, 0x12, 0xa4, 0x42};
constexpr std::size_t kHashed = 64;  // bytes of a datagram

bool is_stun(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t at = 4;
  return bytes.size() >= at + kStunCookie.size() &&
         std::ranges::equal(bytes.subspan(at, kStunCookie.size()), kStunCookie);
}

}  // namespace

// Zero where too little is shown to tell, as of text, and for STUN.
std::uint32_t UdpTracker::content_of(const Packet& packet) {
  if (packet.payload.size() < limits::kLeastRequest || is_stun(packet.payload)) return 0;
  const auto bytes = packet.payload.first(std::min(packet.payload.size(), kHashed));
  const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  return (static_cast<std::uint32_t>(base::hash_bytes(text)) ^ packet.payload_length) | 1U;
}

void UdpTracker::note_repeat(Flow& flow, const Packet& packet) {
  if (!flow.repeats) return;
  const Trace& before = flow.last.is_set() ? flow.last : flow.first;
  const base::Duration gap = base::between(before.when(), packet.place.time);
  const bool is_same = flow.content != 0 && content_of(packet) == flow.content;
  // The same packet on its way into a router and out of it.
  if (is_same && gap <= limits::kOtherVantage) return;
  flow.repeats = is_same && flow.timed && packet.has_time && gap >= limits::kFastestRepeat &&
                 gap <= limits::kSlowestRepeat && flow.sent < limits::kMostRepeats;
  count_up(flow.sent);
}

bool UdpTracker::waits(const Flow& flow) {
  return flow.repeats && flow.sent >= limits::kLeastRepeats &&
         std::ranges::find(kOneWay, flow.server_port) == kOneWay.end();
}

}  // namespace whydown::journey
