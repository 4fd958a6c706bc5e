#include "journey/trace.h"

namespace whydown::journey {

using packet::Field;

namespace {

static_assert(static_cast<std::uint32_t>(Field::tcp_told) < (1U << 16U));
constexpr std::uint32_t kWord = 0xffff;

}  // namespace

bool fits_trace(const packet::Packet& packet) {
  return packet.known.has(Field::bytes) && packet.ip.id <= kWord && packet.payload_length <= kWord;
}

Trace trace_of(const packet::Packet& packet) {
  Trace trace;
  set_trace(trace, packet);
  return trace;
}

void set_trace(Trace& trace, const packet::Packet& packet) {
  packet::Fields known = packet.known;
  // What does not fit is not known, rather than wrong.
  if (packet.ip.id > kWord) known.clear(Field::ip_id);
  if (packet.payload_length > kWord) known.clear(Field::payload_length);
  trace.time = base::ns_of(packet.place.time);
  trace.number = packet.place.number;
  trace.line = packet.place.line;
  trace.input = packet.place.input;
  trace.known = static_cast<std::uint16_t>(known.bits & kWord);
  trace.ip_id = static_cast<std::uint16_t>(packet.ip.id & kWord);
  trace.payload_length = static_cast<std::uint16_t>(packet.payload_length & kWord);
  trace.ttl = packet.ip.ttl;
  trace.tos = packet.ip.tos;
  trace.tcp_flags = packet.transport == packet::Transport::tcp ? packet.tcp.flags : std::uint8_t{0};
  trace.bits =
      static_cast<std::uint8_t>(Trace::kSet | (packet.has_time ? Trace::kTime : 0) |
                                (packet.ip.dont_fragment ? Trace::kDontFragment : 0) |
                                (packet.network == packet::Network::ipv6 ? Trace::kV6 : 0));
}

Digest expand(const Trace& trace, Kind kind, packet::Transport transport, const Ends& ends) {
  Digest digest;
  expand(trace, kind, transport, ends, digest);
  return digest;
}

void expand(const Trace& trace, Kind kind, packet::Transport transport, const Ends& ends,
            Digest& digest) {
  if (!trace.is_set()) {
    if (digest.is_set()) digest = {};
    return;
  }
  digest = {};
  digest.place = {
      .time = trace.when(), .number = trace.number, .line = trace.line, .input = trace.input};
  digest.kind = kind;
  digest.network = trace.v6() ? packet::Network::ipv6 : packet::Network::ipv4;
  digest.transport = transport;
  digest.source = ends.source;
  digest.destination = ends.destination;
  digest.source_port = ends.source_port;
  digest.destination_port = ends.destination_port;
  digest.known.bits = trace.known;
  digest.ip_id = trace.ip_id;
  digest.payload_length = trace.payload_length;
  digest.ttl = trace.ttl;
  digest.tos = trace.tos;
  digest.tcp_flags = trace.tcp_flags;
  digest.dont_fragment = trace.dont_fragment();
}

}  // namespace whydown::journey
