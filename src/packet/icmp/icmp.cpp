#include "packet/icmp/icmp.h"

#include <algorithm>
#include <span>

#include "base/cursor.h"
#include "packet/dns/dns.h"
#include "packet/ip/ip.h"
#include "packet/udp/udp.h"

namespace whydown::packet::icmp {
namespace {

using base::load_be16;
using base::load_be32;
using Bytes = std::span<const std::uint8_t>;

Transport transport_of(std::uint8_t protocol) {
  switch (protocol) {
    case ip::protocol::udp:
      return Transport::udp;
    case ip::protocol::tcp:
      return Transport::tcp;
    case ip::protocol::icmp:
      return Transport::icmp;
    case ip::protocol::icmp6:
      return Transport::icmp6;
    default:
      return Transport::other;
  }
}

// RFC 792 promises eight bytes of the transport; many senders quote more.
void read_quoted_transport(Bytes bytes, Quoted& quoted, Fields& known) {
  quoted.transport = transport_of(quoted.ip.protocol);
  const bool is_udp = quoted.transport == Transport::udp;
  if (!is_udp && quoted.transport != Transport::tcp) return;
  if (bytes.size() < 4) {
    // A flow without ports is none.
    quoted.transport = Transport::none;
    return;
  }
  const std::uint8_t* p = bytes.data();
  quoted.source_port = load_be16(p);
  quoted.destination_port = load_be16(p + 2);
  known.set(Field::quote_source_port);
  if (!is_udp) {
    if (bytes.size() >= 8) quoted.tcp_sequence = load_be32(p + 4);
    return;
  }
  const bool is_dns = quoted.source_port == dns::kPort || quoted.destination_port == dns::kPort;
  // Four bytes past the header: id and flags, so that the two before are no stray padding.
  if (is_dns && bytes.size() >= udp::kHeader + 4) {
    quoted.has_dns_id = true;
    quoted.dns_id = load_be16(p + udp::kHeader);
  }
}

ip::Header read_quoted_ip(Bytes bytes, Ip& ip) {
  if (bytes.empty() || bytes[0] >> 4U != 6) return ip::read_ipv4(bytes, ip);
  const ip::Header fixed = ip::read_ipv6(bytes, ip);
  if (!fixed.has_fields) return fixed;
  ip::Header chain = ip::read_extensions(bytes.subspan(fixed.length), ip);
  chain.length += fixed.length;
  return chain;
}

// RFC 4884: `length` counts the quote in units of so many bytes, and an extension follows it. A
// quote so counted has at least 128 bytes; a smaller count is an older sender's unused byte.
constexpr std::size_t kLeastCountedQuote = 128;

void read_quote(Layer& layer, std::size_t length, std::size_t unit) {
  Packet& packet = layer.packet;
  Quoted& quoted = packet.icmp.quoted;
  Bytes bytes = layer.rest;
  if (length * unit >= kLeastCountedQuote) {
    bytes = bytes.first(std::min(bytes.size(), length * unit));
  }
  const ip::Header header = read_quoted_ip(bytes, quoted.ip);
  if (!header.has_fields) {
    layer.note(Note::icmp_quote_truncated);
    return;
  }
  packet.known.set(Field::quote);
  packet.known.set(Field::quote_header);
  // Padding up to RFC 4884's 128 bytes is no part of the datagram.
  const std::size_t total = quoted.ip.total_length;
  if (total >= header.length) bytes = bytes.first(std::min(bytes.size(), total));
  quoted.bytes = static_cast<std::uint16_t>(std::min<std::size_t>(bytes.size(), 0xffff));
  if (header.fault != ip::Fault::none || header.length > bytes.size()) {
    layer.note(Note::icmp_quote_truncated);
    return;
  }
  if (quoted.ip.fragment_offset != 0) return;
  read_quoted_transport(bytes.subspan(header.length), quoted, packet.known);
  if (quoted.transport == Transport::none) layer.note(Note::icmp_quote_truncated);
}

// The eight bytes common to all types; false when they are not there.
bool read_header(Layer& layer, Transport transport) {
  if (layer.rest.size() < kHeader) {
    layer.stop_short(Note::truncated_transport);
    return false;
  }
  Packet& packet = layer.packet;
  packet.transport = transport;
  packet.icmp = Icmp{};
  packet.icmp.type = layer.rest[0];
  packet.icmp.code = layer.rest[1];
  layer.advance(kHeader);
  packet.payload = layer.rest;
  packet.payload_length = static_cast<std::uint32_t>(layer.claimed);
  packet.known.set(Field::payload_length);
  return true;
}

}  // namespace

Next icmp4(Layer& layer) {
  const std::uint8_t* p = layer.rest.data();
  if (!read_header(layer, Transport::icmp)) return kStop;
  Icmp& icmp = layer.packet.icmp;
  constexpr std::uint8_t fragmentation_needed = 4;
  switch (icmp.type) {
    case type4::echo_request:
    case type4::echo_reply:
      icmp.identifier = load_be16(p + 4);
      icmp.sequence = load_be16(p + 6);
      break;
    case type4::unreachable:
      if (icmp.code == fragmentation_needed) icmp.mtu = load_be16(p + 6);  // RFC 1191 4
      read_quote(layer, p[5], 4);
      break;
    case type4::time_exceeded:
    case type4::parameter_problem:
      read_quote(layer, p[5], 4);
      break;
    case type4::source_quench:
    case type4::redirect:
      read_quote(layer, 0, 0);
      break;
    default:
      break;
  }
  return kStop;
}

Next icmp6(Layer& layer) {
  const std::uint8_t* p = layer.rest.data();
  if (!read_header(layer, Transport::icmp6)) return kStop;
  Icmp& icmp = layer.packet.icmp;
  switch (icmp.type) {
    case type6::echo_request:
    case type6::echo_reply:
      icmp.identifier = load_be16(p + 4);
      icmp.sequence = load_be16(p + 6);
      break;
    case type6::unreachable:
    case type6::time_exceeded:
      read_quote(layer, p[4], 8);
      break;
    case type6::packet_too_big:
      icmp.mtu = load_be32(p + 4);
      read_quote(layer, 0, 0);
      break;
    case type6::parameter_problem:
      read_quote(layer, 0, 0);
      break;
    case type6::router_advertisement:
      icmp.identifier = load_be16(p + 4);  // the hop limit and the flags (RFC 4861 4.2)
      break;
    case type6::neighbour_solicitation:
    case type6::neighbour_advertisement:
      if (layer.rest.size() < 16) return layer.stop_short(Note::truncated_transport);
      icmp.target = ip::address6(layer.rest.data());
      break;
    default:
      break;
  }
  return kStop;
}

}  // namespace whydown::packet::icmp
