#include "journey/digest.h"

#include <algorithm>
#include <string_view>

namespace whydown::journey {

using packet::Field;
using packet::Transport;

namespace {

constexpr std::uint32_t kHeaderBytes = 12;        // RFC 1035 4.1.1
constexpr std::uint32_t kTypeAndClassBytes = 4;   // RFC 1035 4.1.2
constexpr std::uint32_t kLengthAndRootBytes = 2;  // the first label's length and the final zero

// Bytes of a name on the wire; an escape "\DDD" stands for one byte.
std::uint32_t wire_length(std::string_view name) {
  if (name == ".") return 1;
  std::uint32_t bytes = kLengthAndRootBytes;
  for (std::size_t i = 0; i < name.size(); ++i, ++bytes) {
    if (name[i] == '\\') i += 3;
  }
  return bytes;
}

void add_dns(const packet::Packet& packet, Digest& digest) {
  const packet::dns::Message& message = packet.dns;
  if (!packet.known.has(Field::bytes)) digest.expected_length = expected_query_length(message);
  digest.dns_id = message.id;
  digest.dns_type = message.question_type;
  digest.dns_rcode = static_cast<std::uint16_t>(message.rcode);
  digest.dns_answers = message.answer_count;
  digest.authoritative = message.authoritative;
  digest.dns_truncated = message.truncated;
  digest.checking_disabled = message.checking_disabled;
  digest.extended_error = extended_error_of(message);
  digest.has_soa = has_soa(message);
}

void add_icmp(const packet::Packet& packet, Digest& digest) {
  const packet::Icmp& icmp = packet.icmp;
  digest.icmp_type = icmp.type;
  digest.icmp_code = icmp.code;
  if (digest.kind != Kind::icmp_error) {
    digest.icmp_identifier = icmp.identifier;
    digest.icmp_sequence = icmp.sequence;
    if (icmp.target.is_known()) digest.quoted_destination = icmp.target;
    return;
  }
  if (!packet.known.has(Field::quote)) return;
  const packet::Quoted& quoted = icmp.quoted;
  digest.quoted_source = quoted.ip.source;
  digest.quoted_destination = quoted.ip.destination;
  digest.quoted_transport = quoted.transport;
  if (packet.known.has(Field::quote_source_port)) digest.quoted_source_port = quoted.source_port;
  digest.quoted_destination_port = quoted.destination_port;
  if (packet.known.has(Field::quote_header)) digest.quoted_ttl = quoted.ip.ttl;
  if (quoted.has_dns_id) digest.dns_id = quoted.dns_id;
}

void add_dhcp(const packet::Packet& packet, Digest& digest) {
  const packet::dhcp::Message& message = packet.dhcp;
  digest.dhcp_id = message.id;
  digest.dhcp_type = message.type;
  digest.dhcp_reason = message.reason;
  digest.mac = message.client;
  digest.quoted_source = message.server;
  for (const base::IpAddress& address : {message.yours, message.requested, message.client_ip}) {
    if (!digest.quoted_destination.is_known()) digest.quoted_destination = address;
  }
}

}  // namespace

bool has_soa(const packet::dns::Message& message) {
  return message.authority_count != 0 &&
         std::ranges::any_of(message.records, [](const packet::dns::Record& record) {
           return record.section == packet::dns::Section::authority &&
                  record.type == packet::dns::type::soa;
         });
}

std::uint16_t extended_error_of(const packet::dns::Message& message) {
  if (message.extended_errors.empty()) return 0;
  const std::uint16_t code = message.extended_errors[0].code;
  return static_cast<std::uint16_t>(code == 0xffff ? code : code + 1);
}

// EDNS options and records are of any size: only a plain query's length follows from its name.
std::uint32_t expected_query_length(const packet::dns::Message& message) {
  const bool plain = !message.response && !message.has_edns && message.opcode == 0 &&
                     message.answer_count == 0 && message.authority_count == 0 &&
                     message.additional_count == 0 && message.question_count <= 1;
  if (!plain || message.question_name.empty()) return 0;
  return kHeaderBytes + wire_length(message.question_name.view()) + kTypeAndClassBytes;
}

Digest digest_of(const packet::Packet& packet, Kind kind, std::uint32_t name) {
  Digest digest;
  digest_of(packet, kind, name, digest);
  return digest;
}

void digest_of(const packet::Packet& packet, Kind kind, std::uint32_t name, Digest& digest) {
  digest = {};
  digest.place = packet.place;
  digest.kind = kind;
  digest.name = name;
  digest.known = packet.known;
  digest.network = packet.network;
  digest.transport = packet.transport;
  digest.payload_length = packet.payload_length;
  if (packet.network == packet::Network::arp) {
    digest.mac = packet.arp.sender_mac;
    digest.source = packet.arp.sender;
    digest.destination = packet.arp.target;
    digest.quoted_destination = packet.arp.operation == 1 ? packet.arp.target : packet.arp.sender;
    return;
  }
  digest.source = packet.ip.source;
  digest.destination = packet.ip.destination;
  digest.ttl = packet.ip.ttl;
  digest.tos = packet.ip.tos;
  digest.ip_id = packet.ip.id;
  digest.dont_fragment = packet.ip.dont_fragment;
  if (packet.transport == Transport::tcp || packet.transport == Transport::udp) {
    digest.source_port = packet.source_port;
    digest.destination_port = packet.destination_port;
  }
  if (packet.transport == Transport::tcp) digest.tcp_flags = packet.tcp.flags;
  if (packet.transport == Transport::icmp || packet.transport == Transport::icmp6) {
    add_icmp(packet, digest);
  }
  if (packet.application == packet::Application::dns) add_dns(packet, digest);
  if (packet.application == packet::Application::dhcp) add_dhcp(packet, digest);
}

}  // namespace whydown::journey
