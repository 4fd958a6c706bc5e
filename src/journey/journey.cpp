// The tracker: what every packet passes, and in which order.
#include "journey/journey.h"

#include "journey/context.h"
#include "journey/copies.h"
#include "journey/dhcp_tracker.h"
#include "journey/dns_stream.h"
#include "journey/dns_tracker.h"
#include "journey/duplicates.h"
#include "journey/echo_tracker.h"
#include "journey/errors.h"
#include "journey/fragments.h"
#include "journey/healing.h"
#include "journey/http_tracker.h"
#include "journey/neighbour_tracker.h"
#include "journey/ntp_tracker.h"
#include "journey/probes.h"
#include "journey/quic_tracker.h"
#include "journey/reply_tracker.h"
#include "journey/request_healing.h"
#include "journey/row_ends.h"
#include "journey/streams.h"
#include "journey/tcp_tracker.h"
#include "journey/tls_tracker.h"
#include "journey/udp_tracker.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;

struct Tracker::State {
  State(Sink& sink, base::Interner& names)
      : context{.sink = sink, .names = names},
        healing(context),
        probes(context, healing),
        dns(context, healing, probes),
        streams(context),
        dns_stream(dns),
        fragments(context, dns),
        tls(context, healing),
        tcp(context, healing, probes, streams),
        quic(context, healing),
        udp(context, healing, probes, quic),
        echo(context, healing, probes),
        neighbours(context, healing),
        requests(context),
        http(context, healing, requests),
        replies(healing, requests),
        ntp(requests),
        dhcp(context, healing),
        errors(context, healing, probes,
               {.dns = dns, .tcp = tcp, .udp = udp, .echo = echo, .dhcp = dhcp}) {
    streams.add(tls);
    streams.add(http);
    streams.add(replies);
    streams.add(dns_stream);
  }

  void count(const Packet& packet);
  void count_notes(const Packet& packet);
  void advance();
  void sweep();
  void dispatch(const Packet& packet);
  void seen_before(const Packet& packet, Duplicates::Verdict verdict);
  void row(const Packet& packet);

  Context context;
  Duplicates duplicates;
  Healing healing;
  Probes probes;
  DnsTracker dns;
  Streams streams;
  RowEnds row_ends;
  Packet named;  // a row with the ports that it does not show itself
  DnsStream dns_stream;
  Fragments fragments;
  TlsTracker tls;
  TcpTracker tcp;
  QuicTracker quic;
  UdpTracker udp;
  EchoTracker echo;
  NeighbourTracker neighbours;
  RequestHealing requests;
  HttpTracker http;
  ReplyTracker replies;
  NtpTracker ntp;
  DhcpTracker dhcp;
  Errors errors;
  base::Time swept{base::Time::max()};
  base::Time next_sweep{base::Time::min()};
};

namespace {

constexpr std::uint8_t kRouterAdvertisement = 134;  // of a router (RFC 4861 4.2)

}  // namespace

void Tracker::State::count(const Packet& packet) {
  Totals& totals = context.totals;
  ++totals.packets;
  ++context.order;
  context.now = packet.place.time;
  context.heard[packet.place.input % context.heard.size()] = base::ns_of(packet.place.time);
  const bool ip =
      packet.network == packet::Network::ipv4 || packet.network == packet::Network::ipv6;
  if (ip) ++totals.ip_packets;
  if (packet.has_time) {
    if (!totals.first.is_set()) totals.first = packet.place;
    totals.last = packet.place;
  }
  if (!packet.notes.empty()) count_notes(packet);
}

void Tracker::State::count_notes(const Packet& packet) {
  Totals& totals = context.totals;
  bool is_malformed = false;
  for (const packet::NoteAt& note : packet.notes) {
    const auto index = static_cast<std::size_t>(note.note);
    if (index >= static_cast<std::size_t>(packet::Note::count_)) continue;
    if (totals.notes[index]++ == 0) totals.note_first[index] = packet.place;
    is_malformed = is_malformed || packet::is_malformation(note.note);
  }
  if (is_malformed && totals.malformed++ == 0) totals.malformed_first = packet.place;
}

// Often enough that what was remembered for a while is asked for in time, seldom enough not to
// cost.
[[gnu::always_inline]] inline void Tracker::State::advance() {
  if (context.now < swept || context.now >= next_sweep) [[unlikely]]
    sweep();
}

void Tracker::State::sweep() {
  swept = context.now;
  next_sweep = base::add(swept, limits::kSweepEvery);
  tcp.advance();
  streams.advance();
  fragments.advance();
  dns.advance();
  udp.advance();
  quic.advance();
  echo.advance();
  neighbours.advance();
  dhcp.advance();
  healing.advance();
  requests.advance();
}

namespace {

bool is_later(const Packet& packet) { return packet.ip.fragment_offset != 0; }

}  // namespace

[[gnu::always_inline]] inline void Tracker::State::dispatch(const Packet& packet) {
  context.totals.beyond_dns |=
      packet.source_port != kDnsPort && packet.destination_port != kDnsPort && !is_later(packet);
  if (packet.network == packet::Network::arp) {
    neighbours.arp(packet);
    return;
  }
  if (packet.network == packet::Network::none) return;
  neighbours.traffic(packet);
  if (dhcp.is_asked6()) [[unlikely]]
    dhcp.has_address(packet);
  if (Fragments::is_piece(packet)) [[unlikely]] {
    // Only the first fragment carries ports.
    if (is_later(packet)) ++context.totals.later_pieces;
    if (fragments.packet(packet) || !packet.is_first_fragment_or_whole()) return;
  }
  switch (packet.transport) {
    case Transport::tcp:
      // The handshake and the messages on it are attempts of their own.
      context.reader = nullptr;
      if (packet.known.has(packet::Field::bytes)) {
        tcp.packet(packet);
      } else {
        row(packet);
      }
      if (packet.application == packet::Application::dns && context.reader != &dns_stream) {
        dns.packet(packet);
      } else if (packet.source_port == kDnsPort && packet.payload.size() < packet.payload_length) {
        dns.unread(packet);
      }
      break;
    case Transport::udp:
      if (packet.application == packet::Application::dns) {
        dns.packet(packet);
      } else if (packet.application == packet::Application::dhcp) {
        dhcp.packet(packet);
        if (!packet.dhcp.is_v6) neighbours.offered(packet);
      } else {
        udp.packet(packet);
        if (NtpTracker::is_ntp(packet)) ntp.packet(packet);
      }
      break;
    case Transport::icmp:
    case Transport::icmp6:
      if (EchoTracker::is_echo(packet)) {
        echo.packet(packet);
      } else if (NeighbourTracker::is_discovery(packet)) {
        neighbours.discovery(packet);
      } else if (packet.transport == Transport::icmp6 && packet.icmp.type == kRouterAdvertisement) {
        dhcp.router(packet);
      } else {
        errors.packet(packet);
      }
      break;
    case Transport::none:
      // Text may show a DNS message and nothing of what carried it.
      if (packet.application == packet::Application::dns) dns.packet(packet);
      break;
    case Transport::other:
      break;
  }
}

// A frame that was captured already, or goes round.
void Tracker::State::seen_before(const Packet& packet, Duplicates::Verdict verdict) {
  switch (verdict) {
    case Duplicates::Verdict::fresh:
      break;
    case Duplicates::Verdict::repeat:
    case Duplicates::Verdict::same_input:
      context.sink.observation(duplicate_of(packet));
      break;
    case Duplicates::Verdict::routing_loop:
    case Duplicates::Verdict::switching_loop:
      context.sink.attempt(loop_of(packet, verdict));
      [[fallthrough]];
    case Duplicates::Verdict::routing_round:
    case Duplicates::Verdict::switching_round:
      context.sink.observation(round_of(packet, verdict));
      break;
    case Duplicates::Verdict::other_input:
      // A piece of an answer is no answer yet.
      if (packet.application == packet::Application::dns && !Fragments::is_piece(packet)) {
        dns.copy(packet, context.ends);
      }
      break;
  }
}

// Text: one that shows what was said may not show on which connection.
void Tracker::State::row(const Packet& packet) {
  if (packet.source_port != 0 || packet.destination_port != 0) {
    row_ends.note(packet);
    tcp.packet(packet);
    if (kind_of(packet) == Kind::tcp_syn_ack) http.accepted(packet);
    return;
  }
  RowEnds::Others others;
  named = packet;
  bool is_tls = false;
  const bool is_known = row_ends.resolve(named, others, is_tls);
  // Of HTTP the addresses are enough, but for an answer to another protocol's hello.
  const bool is_taken = !is_tls && http.row(packet);
  if (is_taken || !is_known || !others.empty()) tcp.packet(packet);  // whose data it is, is hidden
  if (is_taken || !is_known) return;
  context.ends = hash_of_ends(named);
  const RowEnds::Ports own{.source = named.source_port, .destination = named.destination_port};
  if (!others.empty()) others.push_back(own);
  for (const RowEnds::Ports& ports : others) {
    named.source_port = ports.source;
    named.destination_port = ports.destination;
    tcp.doubt(named);
  }
  named.source_port = own.source;
  named.destination_port = own.destination;
  tcp.packet(named);
}

Tracker::Tracker(Sink& sink, base::Interner& names)
    : state_(std::make_unique<State>(sink, names)) {}

Tracker::~Tracker() = default;

void Tracker::packet(const Packet& packet) {
  const std::uint64_t ends = hash_of_ends(packet);
  this->packet(packet, {.ends = ends, .identity = Duplicates::identity_of(packet, ends)});
}

void Tracker::packet(const Packet& packet, const Expected& expected) {
  State& state = *state_;
  const std::uint64_t ends = expected.ends;
  state.context.ends = ends;
  state.count(packet);
  state.advance();
  const Duplicates::Verdict verdict = state.duplicates.check(packet, expected.identity);
  const bool is_fresh = verdict == Duplicates::Verdict::fresh ||
                        (verdict == Duplicates::Verdict::repeat && state.dns.is_next(packet, ends));
  if (is_fresh) [[likely]] {
    state.dispatch(packet);
  } else {
    state.seen_before(packet, verdict);
  }
}

Expected Tracker::expect(const Packet& packet) const {
  const std::uint64_t ends = hash_of_ends(packet);
  const Expected expected{.ends = ends, .identity = Duplicates::identity_of(packet, ends)};
  state_->duplicates.expect(expected.identity);
  if (packet.application == packet::Application::dns) {
    state_->dns.expect(packet, ends);
  } else if (packet.transport == Transport::tcp) {
    state_->tcp.expect(packet, ends);
  } else if (packet.transport == Transport::udp) {
    state_->udp.expect(ends);
  }
  return expected;
}

void Tracker::finish() {
  State& state = *state_;
  state.neighbours.finish();
  state.dhcp.finish();
  state.fragments.finish();
  state.dns.finish();
  state.udp.finish();
  state.echo.finish();
  state.streams.finish();
  state.tcp.finish();  // tells of connections to servers that are silent elsewhere
  state.healing.finish();
  state.http.finish();
  state.requests.finish();
}

const Totals& Tracker::totals() const { return state_->context.totals; }

std::size_t Tracker::memory_bytes() {
  return sizeof(State) + Duplicates::memory_bytes() + Healing::memory_bytes() +
         Memory<OfferedAddress>::bytes(limits::kOffered) + Probes::memory_bytes() +
         DnsTracker::memory_bytes() + DnsStream::memory_bytes() + Fragments::memory_bytes() +
         RowEnds::memory_bytes() + TcpTracker::memory_bytes() + Streams::memory_bytes() +
         TlsTracker::memory_bytes() + RequestHealing::memory_bytes() + HttpTracker::memory_bytes() +
         ReplyTracker::memory_bytes() + NtpTracker::memory_bytes() + UdpTracker::memory_bytes() +
         QuicTracker::memory_bytes() + EchoTracker::memory_bytes() +
         NeighbourTracker::memory_bytes() + DhcpTracker::memory_bytes() + Errors::memory_bytes();
}

}  // namespace whydown::journey
