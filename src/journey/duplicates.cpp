#include "journey/duplicates.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/hash.h"

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

namespace {

// Of the sender on this link; 0 where no MAC address is shown, as for all of them.
std::uint8_t neighbour_of(const Packet& packet) {
  const auto& mac = packet.link.source.bytes;
  return static_cast<std::uint8_t>(mac[3] ^ mac[4] * 3U ^ mac[5] * 7U);
}

// Of what the packet carries, as far as it is seen quickly.
std::uint8_t content_of(const Packet& packet) {
  constexpr std::size_t kLooked = 64;
  const auto seen = packet.payload.first(std::min(packet.payload.size(), kLooked));
  const std::uint64_t hash =
      base::hash_bytes({reinterpret_cast<const char*>(seen.data()), seen.size()});
  return static_cast<std::uint8_t>(hash >> 56U);
}

// Frames that switches hand to everybody: ARP requests, and what has a group address.
bool is_for_everybody(const Packet& packet) {
  if (packet.known.has(Field::mac)) return packet.link.destination.is_group();
  if (packet.network == packet::Network::arp) return packet.arp.operation == 1;
  const base::IpAddress& to = packet.ip.destination;
  if (to.kind() == base::AddressKind::v6) return to.high() >> 56U == 0xffU;  // RFC 4291 2.7
  // 224/4 (RFC 5771) and the limited broadcast (RFC 919 7).
  const auto bits = static_cast<std::uint32_t>(to.low());
  return bits >> 28U == 0xeU || bits == 0xffffffffU;
}

std::int64_t age_ms(std::int64_t since, const Packet& packet) {
  constexpr std::int64_t kMillisecond = 1000000;
  return base::between(base::time_from_ns(since), packet.place.time).count() / kMillisecond;
}

}  // namespace

Duplicates::Verdict Duplicates::check(const Packet& packet, std::uint64_t identity) {
  if (!packet.has_time || packet.network == packet::Network::none) return Verdict::fresh;
  Frame& frame = frames_[identity & (limits::kRecentFrames - 1)];
  if (frame.identity == identity) {
    const Verdict verdict = compare(frame, packet);
    if (verdict != Verdict::fresh) return verdict;
  } else {
    frame.identity = identity;
    frame.rounds = 0;
    frame.copies = 0;
    frame.neighbour = neighbour_of(packet);
  }
  frame.time = base::ns_of(packet.place.time);
  frame.input = packet.place.input;
  frame.last_ms = 0;
  frame.ttl = packet.ip.ttl;
  return Verdict::fresh;
}

namespace {

// A line of text about a SYN that carries timestamps, as those of a system do and those of most
// floods do not. It shows no TTL, but no system repeats a SYN so fast: it is a copy, of a loop for
// example.
bool is_line_of_syn(const Packet& packet) {
  constexpr std::uint8_t kSynAck = packet::tcp_flag::syn | packet::tcp_flag::ack;
  return !packet.known.has(Field::bytes) && packet.transport == Transport::tcp &&
         packet.tcp.has_timestamps && (packet.tcp.flags & kSynAck) == packet::tcp_flag::syn;
}

}  // namespace

// At most as many as a TTL can count: whatever goes on for longer is no loop.
bool Duplicates::is_copied_line(Frame& frame, const Packet& packet) {
  if (!is_line_of_syn(packet)) return false;
  const std::int64_t age = age_ms(frame.time, packet);
  if (age - frame.last_ms > limits::kCopyMs) {
    frame.rounds = 0;
    return false;
  }
  if (frame.rounds == std::numeric_limits<std::uint8_t>::max()) return false;
  ++frame.rounds;
  frame.last_ms = static_cast<std::uint16_t>(age);
  return true;
}

// With a frame of the same identity.
Duplicates::Verdict Duplicates::compare(Frame& frame, const Packet& packet) {
  const std::int64_t age = age_ms(frame.time, packet);
  constexpr std::int64_t kLongest = 60000;
  const bool is_same_input = frame.input == packet.place.input;
  if (is_same_input && age >= 0 && age < kLongest) {
    const bool is_ip = packet.network != packet::Network::arp;
    const bool has_ttl = is_ip && packet.known.has(Field::ttl);
    const bool is_lower = has_ttl && packet.ip.ttl < frame.ttl;
    const bool is_equal = !has_ttl || packet.ip.ttl == frame.ttl;
    Verdict verdict = Verdict::fresh;
    if (is_lower) {
      verdict = count_round(frame, packet);
    } else if (is_equal) {
      verdict = count_copy(frame, packet);
    } else {
      frame.rounds = 0;  // a traceroute counts up
      frame.copies = 0;
    }
    if (is_ip) frame.ttl = packet.ip.ttl;
    if (verdict != Verdict::fresh) {
      frame.last_ms = static_cast<std::uint16_t>(age);
      return verdict;
    }
    if (!has_ttl && is_copied_line(frame, packet)) return Verdict::same_input;
  }
  return vantage(frame, packet);
}

// A lower TTL, and nothing else changed: no sender does that to what it sends again.
Duplicates::Verdict Duplicates::count_round(Frame& frame, const Packet& packet) {
  if (age_ms(frame.time, packet) - frame.last_ms > limits::kRoundMs) {
    frame.rounds = 0;
    frame.neighbour = neighbour_of(packet);
    return Verdict::fresh;
  }
  if (frame.rounds >= limits::kRounds) return Verdict::routing_round;
  // The way to a host that lies over many routers shows a falling TTL too, where one capture holds
  // them all; but only in a loop the packet comes from the same neighbour again.
  if (neighbour_of(packet) == frame.neighbour) ++frame.rounds;
  if (frame.rounds == limits::kRounds) return Verdict::routing_loop;
  return trust_in(packet) == Trust::none ? Verdict::fresh : Verdict::same_input;
}

Duplicates::Verdict Duplicates::count_copy(Frame& frame, const Packet& packet) {
  const bool has_identity = packet.network == packet::Network::arp ||
                            (packet.known.has(Field::ip_id) && packet.ip.id != 0);
  const bool is_piece = packet.ip.more_fragments || packet.ip.fragment_offset != 0;
  // Of what is carried by protocols that are not read (tunnels, routing) nothing is seen.
  const bool is_read = packet.transport != Transport::none && packet.transport != Transport::other;
  const bool has_content = packet.network == packet::Network::arp || !packet.payload.empty() ||
                           (packet.payload_length == 0 && !is_piece && is_read);
  if (!has_identity || !has_content || !is_for_everybody(packet)) return Verdict::fresh;
  if (age_ms(frame.time, packet) - frame.last_ms > limits::kCopyMs) {
    frame.copies = 0;
    return Verdict::fresh;
  }
  // Programs that make packets give them all one id; what a switch copies is equal throughout.
  const std::uint8_t content = content_of(packet);
  if (frame.copies == 0 || frame.neighbour != content) {
    frame.copies = 0;
    frame.neighbour = content;
  }
  if (frame.copies >= limits::kStormCopies) return Verdict::switching_round;
  ++frame.copies;
  if (frame.copies == limits::kStormCopies) return Verdict::switching_loop;
  return vantage(frame, packet);
}

// Whether it was captured twice.
Duplicates::Verdict Duplicates::vantage(const Frame& frame, const Packet& packet) {
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
