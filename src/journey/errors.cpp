#include "journey/errors.h"

#include <algorithm>

#include "journey/verdict.h"
#include "packet/icmp/icmp.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;
using packet::Transport;

namespace {

constexpr std::uint16_t kReserved = 1024;
constexpr std::uint8_t kTcp = 6;  // IANA protocol number

// A datagram from a service's port to a client's is an answer that could not be delivered: no
// service failed.
bool is_answer(const Complaint& complaint) {
  return complaint.has_client_port && complaint.client_port < kReserved &&
         complaint.server_port >= kReserved;
}

// The quote of text often shows only whom the datagram was for; errors go to who sent it.
Complaint complaint_of(const Packet& packet, Symptom symptom) {
  const packet::Quoted& quoted = packet.icmp.quoted;
  const bool has_port = packet.known.has(Field::quote_source_port);
  return {.packet = packet,
          .symptom = symptom,
          .client = quoted.ip.source.is_known() ? quoted.ip.source : packet.ip.destination,
          .server = quoted.ip.destination,
          .client_port = has_port ? quoted.source_port : std::uint16_t{0},
          .server_port = quoted.destination_port,
          .has_client_port = has_port,
          .transport = quoted.transport};
}

}  // namespace

bool Suspects::may_be_meant(const base::IpAddress& server, const Trace& request,
                            std::uint32_t order) const {
  const Packet& packet = complaint_.packet;
  if (complaint_.server.is_known() && server != complaint_.server) return false;
  const packet::Ip& quoted = packet.icmp.quoted.ip;
  const bool has_id = packet.known.has(Field::quote_header) && quoted.id != 0 &&
                      packet::Fields{request.known}.has(Field::ip_id);
  if (has_id) return request.ip_id == quoted.id;
  if (!packet.has_time || !request.has_time()) {
    return context_.since(order) <= limits::kPortlessErrorPackets;
  }
  return base::between(request.when(), context_.now) <= limits::kPortlessError;
}

bool Errors::is_about_pieces(const Packet& packet) {
  constexpr std::uint8_t kReassembly = 1;
  const bool is_v6 = packet.transport == Transport::icmp6;
  return packet.icmp.code == kReassembly &&
         packet.icmp.type ==
             (is_v6 ? packet::icmp::type6::time_exceeded : packet::icmp::type4::time_exceeded);
}

// The receiver got the beginning of a datagram, which it quotes, and not all of the rest.
void Errors::tell_lost_pieces(const Packet& packet) {
  const packet::Quoted& quoted = packet.icmp.quoted;
  if (!packet.known.has(Field::quote) || !quoted.ip.destination.is_known() ||
      !quoted.ip.source.is_known()) {
    return;
  }
  const Complaint complaint = complaint_of(packet, Symptom::other_icmp_error);
  const bool was_answer = is_answer(complaint);
  const std::uint16_t port = was_answer ? complaint.client_port : complaint.server_port;
  Observation observation;
  observation.sign = Sign::pieces_lost;
  observation.service = {.server = was_answer ? complaint.client : complaint.server,
                         .port = port,
                         .transport = quoted.transport,
                         .protocol = port == kDnsPort                     ? Protocol::dns
                                     : quoted.transport == Transport::tcp ? Protocol::tcp
                                     : quoted.transport == Transport::udp ? Protocol::udp
                                                                          : Protocol::icmp};
  observation.client = was_answer ? complaint.server : complaint.client;
  observation.packet = digest_of(packet, Kind::icmp_error, 0);
  context_.sink.observation(observation);
}

void Errors::packet(const Packet& packet) {
  if (is_about_pieces(packet)) {
    tell_lost_pieces(packet);
    return;
  }
  const Symptom symptom = icmp_symptom(packet.transport, packet.icmp.type, packet.icmp.code);
  if (symptom == Symptom::none) return;
  if (!packet.known.has(Field::quote)) {
    without_quote(packet, symptom);
    return;
  }
  const packet::Ip& quoted = packet.icmp.quoted.ip;
  if (!quoted.destination.is_known() || quoted.destination.is_multicast() ||
      quoted.destination.is_broadcast()) {
    return;
  }
  // Later fragments carry no ports.
  if (quoted.fragment_offset != 0) return;
  const Complaint complaint = complaint_of(packet, symptom);
  switch (complaint.transport) {
    case Transport::udp:
      about_udp(complaint);
      break;
    case Transport::tcp:
      about_tcp(complaint);
      break;
    case Transport::icmp:
    case Transport::icmp6:
      about_echo(complaint);
      break;
    case Transport::none:
      about_anything(complaint);
      break;
    case Transport::other:
      break;
  }
}

void Errors::about_udp(const Complaint& complaint) {
  if (complaint.server_port == packet::dhcp::kServerPort && trackers_.dhcp.fail(complaint)) return;
  // DHCP clients read their answers beside their system, which knows of no such port.
  const bool is_dhcp_answer =
      complaint.server_port == packet::dhcp::kClientPort &&
      (!complaint.has_client_port || complaint.client_port == packet::dhcp::kServerPort);
  if (is_dhcp_answer) return;
  const DnsTracker::Found question = trackers_.dns.find(complaint);
  const Protocol protocol = complaint.server_port == kDnsPort ? Protocol::dns : Protocol::udp;
  if (question.match == DnsTracker::Match::pending) {
    note(complaint, Protocol::dns);
    trackers_.dns.fail(question.slot, complaint);
    return;
  }
  if (trackers_.dns.is_rejected_answer(complaint)) return;
  if (question.match == DnsTracker::Match::settled) {
    if (!trackers_.dns.absorb(question.slot)) unseen(complaint, Protocol::dns);
    return;
  }
  const UdpTracker::Found flow = trackers_.udp.find(complaint);
  if (flow.match == UdpTracker::Match::pending) {
    note(complaint, protocol);
    trackers_.udp.fail(flow.slot, complaint);
  } else if (flow.match == UdpTracker::Match::none &&
             !trackers_.udp.is_rejected_answer(complaint)) {
    unseen(complaint, protocol);
  }
}

void Errors::about_tcp(const Complaint& complaint) {
  const TcpTracker::Found flow = trackers_.tcp.find(complaint);
  const Protocol protocol = complaint.server_port == kDnsPort ? Protocol::dns : Protocol::tcp;
  if (flow.match == TcpTracker::Match::pending) {
    note(complaint, protocol);
    trackers_.tcp.fail(flow.slot, complaint);
  } else if (flow.match == TcpTracker::Match::none &&
             (!complaint.has_client_port ||
              destination_is_server(complaint.client_port, complaint.server_port))) {
    unseen(complaint, protocol);
  }
}

// Text shows no source port: a copy of an error that ended its request (`-i any` shows a packet on
// each interface) is then known by its time alone.
void Errors::note(const Complaint& complaint, Protocol protocol) {
  if (!complaint.has_client_port) (void)is_repeated(complaint, protocol);
}

void Errors::about_echo(const Complaint& complaint) {
  const EchoTracker::Found echo = trackers_.echo.find(complaint);
  if (echo.slot != kNoSlot) {
    trackers_.echo.fail(echo.slot, complaint);
  } else {
    unseen(complaint, Protocol::icmp);
  }
}

// Text such as "host 192.0.2.9 unreachable" shows no transport: the oldest open request of any kind
// from that client to that host is meant. A quote cut short shows the datagram's IP id.
void Errors::about_anything(const Complaint& complaint) {
  if (!end_oldest(complaint) && !end_suspect(complaint)) unseen(complaint, Protocol::icmp);
}

// Tables of text show no quote at all. An error from the very host that was asked is tied to the
// request; a rejection by somebody else to the one service its receiver asked just then.
void Errors::without_quote(const Packet& packet, Symptom symptom) {
  // Of a machine that talks to itself nobody knows which side the error is about.
  if (packet.ip.source == packet.ip.destination) return;
  Complaint complaint{.packet = packet,
                      .symptom = symptom,
                      .client = packet.ip.destination,
                      .server = packet.ip.source};
  if (end_oldest(complaint)) return;
  const bool rejection =
      symptom == Symptom::port_unreachable || symptom == Symptom::admin_prohibited;
  // A client rejects answers: that is about no request of the server's own.
  if (!rejection || trackers_.dns.has_asked(packet.ip.source, packet.ip.destination)) return;
  complaint.server = {};
  end_suspect(complaint);
}

bool Errors::end_suspect(const Complaint& complaint) {
  const std::uint8_t protocol = complaint.packet.icmp.quoted.ip.protocol;
  const bool udp = protocol != kTcp;
  const bool tcp = protocol == kTcp || protocol == 0;
  Suspects suspects{context_, complaint};
  const Slot question = udp ? trackers_.dns.oldest_of(suspects) : kNoSlot;
  const Slot flow = udp ? trackers_.udp.oldest_of(suspects) : kNoSlot;
  const Slot handshake = tcp ? trackers_.tcp.oldest_of(suspects) : kNoSlot;
  if (!suspects.is_clear()) {
    if (!suspects.is_empty()) trackers_.dns.doubt(complaint);
    return false;
  }
  if (question != kNoSlot) {
    trackers_.dns.fail(question, complaint);
  } else if (flow != kNoSlot) {
    trackers_.udp.fail(flow, complaint);
  } else {
    trackers_.tcp.fail(handshake, complaint);
  }
  return true;
}

bool Errors::end_oldest(const Complaint& complaint) {
  const DnsTracker::Found question = trackers_.dns.find(complaint);
  const TcpTracker::Found handshake = trackers_.tcp.find(complaint);
  const UdpTracker::Found flow = trackers_.udp.find(complaint);
  const EchoTracker::Found echo = trackers_.echo.find(complaint);
  const std::uint32_t dns_age = question.match == DnsTracker::Match::pending ? question.age + 1 : 0;
  const std::uint32_t tcp_age =
      handshake.match == TcpTracker::Match::pending ? handshake.age + 1 : 0;
  const std::uint32_t udp_age = flow.match == UdpTracker::Match::pending ? flow.age + 1 : 0;
  const std::uint32_t echo_age = echo.slot != kNoSlot ? echo.age + 1 : 0;
  const std::uint32_t oldest = std::max({dns_age, tcp_age, udp_age, echo_age});
  if (oldest == 0) return false;
  if (oldest == dns_age) {
    trackers_.dns.fail(question.slot, complaint);
  } else if (oldest == tcp_age) {
    trackers_.tcp.fail(handshake.slot, complaint);
  } else if (oldest == udp_age) {
    trackers_.udp.fail(flow.slot, complaint);
  } else {
    trackers_.echo.fail(echo.slot, complaint);
  }
  return true;
}

bool Errors::is_repeated(const Complaint& complaint, Protocol protocol) {
  const std::uint64_t ports = std::uint64_t{complaint.client_port} << 16U | complaint.server_port;
  const std::uint64_t kind =
      static_cast<std::uint64_t>(protocol) << 8U | static_cast<std::uint64_t>(complaint.symptom);
  Recent& recent = recent_.get(
      fold(pair_hash(complaint.client, complaint.server) + complaint.packet.icmp.quoted.dns_id,
           ports << 16U | kind));
  const bool fresh = recent.last == 0;
  const base::Duration age = base::between(base::time_from_ns(recent.last), context_.now);
  const bool timed = complaint.packet.has_time;
  recent.last = base::ns_of(context_.now);
  return !fresh && timed && age <= limits::kRepeatedError;
}

void Errors::unseen(const Complaint& complaint, Protocol protocol) {
  if (complaint.transport == Transport::udp && is_answer(complaint)) return;
  if (is_repeated(complaint, protocol)) return;
  const Packet& packet = complaint.packet;
  Attempt attempt;
  const bool ported =
      complaint.transport == Transport::udp || complaint.transport == Transport::tcp;
  attempt.service = {.server = complaint.server,
                     .port = ported ? complaint.server_port : std::uint16_t{0},
                     .transport = complaint.transport,
                     .protocol = protocol};
  attempt.client = complaint.client;
  attempt.step = protocol == Protocol::dns    ? Step::name
                 : protocol == Protocol::icmp ? Step::route
                                              : Step::connect;
  attempt.request_seen = false;
  attempt.timed = packet.has_time;
  attempt.symptom = complaint.symptom;
  attempt.outcome = outcome_of(attempt.symptom);
  attempt.begin = attempt.end = packet.place.time;
  attempt.answer = digest_of(packet, Kind::icmp_error, 0);
  attempt.server_spoke = packet.ip.source == complaint.server;
  attempt.is_probe = probes_.is_probe(attempt);
  healing_.settle(attempt);
}

std::size_t Errors::memory_bytes() { return Memory<Recent>::bytes(limits::kRecentErrors); }

}  // namespace whydown::journey
