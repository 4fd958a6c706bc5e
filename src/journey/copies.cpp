#include "journey/copies.h"

#include "journey/echo_tracker.h"
#include "journey/tcp_tracker.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;

namespace {

bool is_switching(Duplicates::Verdict verdict) {
  return verdict == Duplicates::Verdict::switching_loop ||
         verdict == Duplicates::Verdict::switching_round;
}

// Who sent a frame for everybody; a machine that has no address yet has a hardware address.
base::IpAddress sender_of(const Packet& packet) {
  if (packet.network == packet::Network::arp) return base::IpAddress::mac(packet.arp.sender_mac);
  return packet.ip.source;
}

const Service kEverybody{base::IpAddress::mac({{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}), 0,
                         Transport::none, Protocol::ethernet};

}  // namespace

Kind kind_of(const Packet& packet) {
  if (packet.network == packet::Network::arp) {
    return packet.arp.operation == 1 ? Kind::arp_request : Kind::arp_reply;
  }
  if (packet.application == packet::Application::dns) {
    return packet.dns.response ? Kind::dns_answer : Kind::dns_query;
  }
  if (packet.application == packet::Application::dhcp) {
    return packet.dhcp.is_reply ? Kind::dhcp_reply : Kind::dhcp_request;
  }
  switch (packet.transport) {
    case Transport::udp:
      return Kind::udp_datagram;
    case Transport::tcp: {
      namespace flag = packet::tcp_flag;
      const std::uint8_t flags = packet.tcp.flags;
      if ((flags & flag::rst) != 0) return Kind::tcp_reset;
      if ((flags & flag::syn) == 0) return Kind::tcp_segment;
      return (flags & flag::ack) != 0 ? Kind::tcp_syn_ack : Kind::tcp_syn;
    }
    case Transport::icmp:
    case Transport::icmp6:
      if (!EchoTracker::is_echo(packet)) return Kind::icmp_error;
      return packet.icmp.type == 8 || packet.icmp.type == 128 ? Kind::icmp_echo_request
                                                              : Kind::icmp_echo_reply;
    case Transport::none:
    case Transport::other:
      break;
  }
  return Kind::none;
}

Observation duplicate_of(const Packet& packet) {
  Observation observation;
  observation.sign = Sign::duplicate_frame;
  observation.packet = digest_of(packet, kind_of(packet), 0);
  const bool arp = packet.network == packet::Network::arp;
  const bool dns = packet.application == packet::Application::dns;
  const bool dhcp = packet.application == packet::Application::dhcp;
  bool to_server = true;
  if (dns) {
    to_server = !packet.dns.response;
  } else if (!arp) {
    to_server = destination_is_server(packet.source_port, packet.destination_port);
  }
  const base::IpAddress& source = arp ? packet.arp.sender : packet.ip.source;
  const base::IpAddress& destination = arp ? packet.arp.target : packet.ip.destination;
  const bool tcp = packet.transport == Transport::tcp;
  const bool udp = packet.transport == Transport::udp;
  observation.client = to_server ? source : destination;
  observation.service = {.server = to_server ? destination : source,
                         .port = to_server ? packet.destination_port : packet.source_port,
                         .transport = packet.transport,
                         .protocol = arp    ? Protocol::arp
                                     : dns  ? Protocol::dns
                                     : dhcp ? Protocol::dhcp
                                     : tcp  ? Protocol::tcp
                                     : udp  ? Protocol::udp
                                            : Protocol::icmp};
  if (!tcp && !udp) observation.service.port = 0;
  return observation;
}

Observation round_of(const Packet& packet, Duplicates::Verdict verdict) {
  Observation observation = duplicate_of(packet);
  observation.sign = is_switching(verdict) ? Sign::switched_round : Sign::routed_round;
  if (is_switching(verdict)) {
    observation.client = sender_of(packet);
    observation.service = kEverybody;
  }
  return observation;
}

Attempt loop_of(const Packet& packet, Duplicates::Verdict verdict) {
  const Observation round = round_of(packet, verdict);
  Attempt attempt;
  attempt.service = round.service;
  attempt.client = round.client;
  attempt.step = Step::link;
  attempt.outcome = Outcome::failed;
  attempt.symptom = Symptom::looping;
  attempt.client_spoke = true;
  attempt.tries = 1;
  attempt.begin = packet.place.time;
  attempt.end = packet.place.time;
  attempt.request = round.packet;
  return attempt;
}

}  // namespace whydown::journey
