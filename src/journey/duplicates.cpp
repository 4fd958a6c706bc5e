#include "journey/duplicates.h"

#include <bit>

namespace whydown::journey {

using packet::Field;
using packet::Packet;
using packet::Transport;

namespace {

// How surely equal identities mean one packet.
enum class Trust : std::uint8_t { none, other_input_only, any };

Trust trust_in(const Packet& packet) {
  if (packet.network == packet::Network::arp) return Trust::any;
  if (packet.network == packet::Network::none) return Trust::none;
  if (packet.known.has(Field::ip_id) && packet.ip.id != 0) return Trust::any;
  if (packet.transport == Transport::tcp && packet.known.has(Field::tcp_sequence)) {
    const bool syn = (packet.tcp.flags & packet::tcp_flag::syn) != 0;
    return syn ? Trust::any : Trust::other_input_only;
  }
  const bool dns = packet.application == packet::Application::dns;
  return dns && packet.known.has(Field::dns_id) ? Trust::any : Trust::none;
}

std::uint64_t words_of(std::uint64_t a, std::uint64_t b) { return a << 32U | b; }

}  // namespace

std::uint64_t Duplicates::identity_of(const Packet& packet, std::uint64_t ends) {
  if (packet.network == packet::Network::arp) {
    // Two machines that claim one address differ in nothing else.
    return fold(hash_of(packet.arp.sender, 11), hash_of(packet.arp.target, 12)) +
           packet.arp.operation + hash_of(base::IpAddress::mac(packet.arp.sender_mac), 13);
  }
  std::uint64_t message = 0;
  if (packet.transport == Transport::tcp) {
    message = fold(words_of(packet.tcp.sequence, packet.tcp.acknowledgment), packet.tcp.flags);
  } else if (packet.application == packet::Application::dns) {
    message =
        words_of(packet.dns.id, packet.dns.question_type) << 1U | (packet.dns.response ? 1U : 0U);
  } else if (packet.application == packet::Application::dhcp) {
    message = fold(words_of(packet.dhcp.id, static_cast<std::uint32_t>(packet.dhcp.type)),
                   base::IpAddress::mac(packet.dhcp.client).low());
  } else if (packet.transport == Transport::icmp || packet.transport == Transport::icmp6) {
    const packet::Icmp& icmp = packet.icmp;
    message = fold(words_of(icmp.identifier, icmp.sequence),
                   words_of(words_of(icmp.type, icmp.code) >> 16U | icmp.quoted.source_port,
                            icmp.quoted.destination_port));
  }
  const std::uint64_t shape = words_of(packet.ip.id, packet.ip.fragment_offset) ^
                              std::uint64_t{packet.payload_length} << 16U;
  // `ends` is the same in both directions.
  return fold(ends + message + std::rotl(packet.ip.source.low(), 11) + packet.source_port,
              shape + static_cast<std::uint64_t>(packet.transport));
}

Duplicates::Verdict Duplicates::check(const Packet& packet, std::uint64_t identity) {
  if (!packet.has_time || packet.network == packet::Network::none) return Verdict::fresh;
  Frame& frame = frames_[identity & (limits::kRecentFrames - 1)];
  if (frame.identity == identity) {
    const Verdict verdict = compare(frame, packet);
    if (verdict != Verdict::fresh) return verdict;
  }
  frame = {identity, base::ns_of(packet.place.time), packet.place.input};
  return Verdict::fresh;
}

// With a frame of the same identity.
Duplicates::Verdict Duplicates::compare(const Frame& frame, const Packet& packet) {
  const Trust trust = trust_in(packet);
  const base::Duration age = base::between(base::time_from_ns(frame.time), packet.place.time);
  if (trust == Trust::none || age < base::Duration{0}) return Verdict::fresh;
  if (frame.input != packet.place.input) {
    return age <= limits::kOtherVantage ? Verdict::other_input : Verdict::fresh;
  }
  // Text often rounds its times: two equal lines of one log may be two packets.
  const bool same = trust == Trust::any && packet.known.has(Field::bytes);
  if (!same || age > limits::kDuplicateFrame) return Verdict::fresh;
  const bool has_id = packet.known.has(Field::ip_id) && packet.ip.id != 0;
  const bool dns = packet.application == packet::Application::dns;
  return dns && !has_id ? Verdict::repeat : Verdict::same_input;
}

std::size_t Duplicates::memory_bytes() { return limits::kRecentFrames * sizeof(Frame); }

}  // namespace whydown::journey
