// For tests and fuzzers of packet/ only: bytes put together layer by layer, and what must hold of
// any decoded packet.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/interner.h"
#include "base/testing.h"
#include "packet/dns/dns.h"
#include "packet/layer.h"
#include "packet/packet.h"

namespace whydown::packet::testing {

using Bytes = std::vector<std::uint8_t>;
using capture::LinkType;

using base::testing::hex;

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline Bytes be16(std::size_t value) {
  return {static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
}

inline Bytes ethernet(std::uint16_t ethertype, const Bytes& payload) {
  return join({hex("02 00 00 00 00 02  02 00 00 00 00 01"), be16(ethertype), payload});
}

// From 192.0.2.7 to 203.0.113.2, TTL 64, id 0x1234, DF, with a good checksum.
inline Bytes ipv4(std::uint8_t protocol, const Bytes& payload, std::size_t total_length = SIZE_MAX,
                  std::uint16_t flags = 0x4000) {
  Bytes header = join({hex("45 00"),
                       be16(std::min(total_length, payload.size() + 20)),
                       hex("12 34"),
                       be16(flags),
                       {64, protocol},
                       hex("00 00 c0000207 cb007102")});
  if (total_length != SIZE_MAX) {
    header[2] = be16(total_length)[0];
    header[3] = be16(total_length)[1];
  }
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 20; i += 2) sum += base::load_be16(header.data() + i);
  sum = (sum & 0xffffU) + (sum >> 16U);
  sum = (sum & 0xffffU) + (sum >> 16U);
  header[10] = be16(~sum)[0];
  header[11] = be16(~sum)[1];
  return join({header, payload});
}

// From 2001:db8::7 to 2001:db8::2, hop limit 64, traffic class 0.
inline Bytes ipv6(std::uint8_t next_header, const Bytes& payload) {
  return join({hex("60 00 00 00"),
               be16(payload.size()),
               {next_header, 64},
               hex("20010db8000000000000000000000007 20010db8000000000000000000000002"),
               payload});
}

inline Bytes udp_datagram(std::uint16_t source, std::uint16_t destination, const Bytes& payload) {
  return join({be16(source), be16(destination), be16(payload.size() + 8), hex("0000"), payload});
}

// Sequence 0x01020304, acknowledgment 0x05060708, window 0x2000. `options` come in fours.
inline Bytes tcp_segment(std::uint16_t source, std::uint16_t destination, std::uint8_t flags,
                         const Bytes& options = {}, const Bytes& payload = {}) {
  return join({be16(source),
               be16(destination),
               hex("01020304 05060708"),
               {static_cast<std::uint8_t>((5 + options.size() / 4) << 4U), flags},
               hex("2000 0000 0000"),
               options,
               payload});
}

// A packet decoded from bytes that it owns, on the heap at their exact size for the sanitizers.
struct Decoded {
  Bytes bytes;
  capture::Frame frame;
  std::unique_ptr<Packet> packet = std::make_unique<Packet>();
  Packet* operator->() const { return packet.get(); }
  bool has(Note note) const {
    for (const NoteAt& at : packet->notes) {
      if (at.note == note) return true;
    }
    return false;
  }
  // "truncated_capture fragment"
  std::string notes() const {
    std::string all;
    for (const NoteAt& at : packet->notes) {
      if (!all.empty()) all += ' ';
      all += note_id(at.note);
    }
    return all;
  }
};

inline void decode_into(const capture::Frame& frame, Packet& packet) {
  static base::Interner names;
  Decoder(names).decode(frame, packet);
}

inline Decoded decode(Bytes bytes, LinkType link_type = LinkType::ethernet,
                      std::uint32_t wire_length = 0) {
  Decoded decoded;
  decoded.bytes = std::move(bytes);
  decoded.bytes.shrink_to_fit();
  decoded.frame.bytes = decoded.bytes;
  decoded.frame.link_type = link_type;
  decoded.frame.wire_length =
      wire_length != 0 ? wire_length : static_cast<std::uint32_t>(decoded.bytes.size());
  decode_into(decoded.frame, *decoded.packet);
  return decoded;
}

inline std::string show(const Ip& ip) {
  return fmt::format("{}>{} ttl{} tos{} p{} df{} mf{} off{} id{} len{}", ip.source.to_string(),
                     ip.destination.to_string(), ip.ttl, ip.tos, ip.protocol, ip.dont_fragment,
                     ip.more_fragments, ip.fragment_offset, ip.id, ip.total_length);
}

inline std::string show(const dns::Message& m) {
  std::string text = fmt::format(
      "dns {} id{} qr{} aa{} tc{} rd{} ra{} ad{} cd{} edns{} do{} tcp{}+{} op{} rcode{} size{} "
      "{}/{}/{}/{} {} type{} class{} len{} refused{}",
      static_cast<int>(m.completeness), m.id, m.response, m.authoritative, m.truncated,
      m.recursion_desired, m.recursion_available, m.authentic_data, m.checking_disabled, m.has_edns,
      m.dnssec_ok, m.over_tcp, m.payload_offset, m.opcode, static_cast<int>(m.rcode),
      m.udp_payload_size, m.question_count, m.answer_count, m.authority_count, m.additional_count,
      m.question_name.view(), m.question_type, m.question_class, m.length, m.records.refused());
  for (const dns::Record& r : m.records) {
    text += fmt::format("\n  {} type{} class{} ttl{} {} @{} @{}+{}", static_cast<int>(r.section),
                        r.type, r.klass, r.ttl, r.address.to_string(), r.name_offset,
                        r.rdata_offset, r.rdata_length);
  }
  for (const dns::ExtendedError& e : m.extended_errors) {
    text += fmt::format("\n  ede{} @{}+{}", e.code, e.text_offset, e.text_length);
  }
  return text;
}

inline std::string show(const dhcp::Message& m) {
  return fmt::format(
      "dhcp {}{} type{} reason{} hops{} secs{} b{} {} ci{} yi{} gi{} req{} srv{} lease{}",
      m.is_reply ? "reply " : "", m.id, static_cast<int>(m.type), static_cast<int>(m.reason),
      m.hops, m.seconds, m.wants_broadcast, m.client.to_string(), m.client_ip.to_string(),
      m.yours.to_string(), m.relay.to_string(), m.requested.to_string(), m.server.to_string(),
      m.lease_seconds);
}

// Everything that means something, and nothing else.
inline std::string show(const Packet& p) {
  std::string text = fmt::format("known{:x} wire{} captured{} direction{}", p.known.bits,
                                 p.wire_length, p.captured_length, static_cast<int>(p.direction));
  if (p.known.has(Field::mac)) {
    text += fmt::format("\n{}>{}", p.link.source.to_string(), p.link.destination.to_string());
  }
  text += fmt::format(" type{:x}", p.link.ethertype);
  for (std::size_t i = 0; i < p.link.vlan_count; ++i)
    text += fmt::format(" vlan{}", p.link.vlan[i]);
  if (p.network == Network::arp) {
    text += fmt::format("\narp {} {} {} {} {}", p.arp.operation, p.arp.sender_mac.to_string(),
                        p.arp.sender.to_string(), p.arp.target_mac.to_string(),
                        p.arp.target.to_string());
  }
  if (p.network == Network::ipv4 || p.network == Network::ipv6)
    text.append("\nip ").append(show(p.ip));
  if (p.transport == Transport::udp || p.transport == Transport::tcp) {
    text += fmt::format("\n{}>{}", p.source_port, p.destination_port);
  }
  if (p.transport == Transport::tcp) {
    text += fmt::format("\ntcp {} {} win{} mss{} {} ws{} sack{} ts{}", p.tcp.sequence,
                        p.tcp.acknowledgment, p.tcp.window, p.tcp.mss, tcp_flag_words(p.tcp.flags),
                        p.tcp.window_scale, p.tcp.sack_permitted, p.tcp.has_timestamps);
  }
  if (p.transport == Transport::icmp || p.transport == Transport::icmp6) {
    const Quoted& q = p.icmp.quoted;
    text += fmt::format("\nicmp {}/{} id{} seq{} mtu{} target{}", p.icmp.type, p.icmp.code,
                        p.icmp.identifier, p.icmp.sequence, p.icmp.mtu, p.icmp.target.to_string());
    if (p.known.has(Field::quote)) {
      text += fmt::format("\nquote {} {} {}>{} seq{} dns{}:{} bytes{}", show(q.ip),
                          static_cast<int>(q.transport), q.source_port, q.destination_port,
                          q.tcp_sequence, q.has_dns_id, q.dns_id, q.bytes);
    }
  }
  text += fmt::format("\ntransport{} payload{}/{}", static_cast<int>(p.transport), p.payload.size(),
                      p.payload_length);
  if (p.application == Application::dns) text.append("\n").append(show(p.dns));
  if (p.application == Application::dhcp) text.append("\n").append(show(p.dhcp));
  for (const NoteAt& at : p.notes) text += fmt::format("\n{}@{}", note_id(at.note), at.offset);
  return text;
}

// The first rule that the packet breaks, or nothing.
inline std::string_view broken_rule(const capture::Frame& frame, const Packet& p) {
  const bool is_ip = p.network == Network::ipv4 || p.network == Network::ipv6;
  const bool is_icmp = p.transport == Transport::icmp || p.transport == Transport::icmp6;
  const bool has_ports = p.transport == Transport::udp || p.transport == Transport::tcp;
  const bool is_dns = p.application == Application::dns;
  const auto known = [&p](Field field) { return p.known.has(field); };
  const auto* begin = frame.bytes.data();
  const auto* end = begin + frame.bytes.size();
  if (!known(Field::bytes) || !known(Field::length)) return "bytes and length are known";
  if (p.captured_length != frame.bytes.size()) return "the captured length is the frame's";
  if (p.wire_length < p.captured_length) return "no more is captured than was there";
  if (p.transport != Transport::none && !is_ip) return "a transport has a network";
  if (p.application != Application::none && !has_ports) return "an application has a transport";
  if (p.application == Application::dhcp && p.transport != Transport::udp) return "DHCP is on UDP";
  if (is_dns && p.source_port != 53 && p.destination_port != 53) return "DNS is on its port";
  if (known(Field::ttl) != is_ip || known(Field::tos) != is_ip) return "IP has ttl and tos";
  if (known(Field::tcp_sequence) != (p.transport == Transport::tcp)) return "TCP has sequences";
  if (known(Field::payload_length) && !has_ports && !is_icmp) return "no length without transport";
  if (known(Field::quote) && !is_icmp) return "quotes are in ICMP";
  if (known(Field::quote_source_port) && !known(Field::quote)) return "no quoted ports alone";
  if (known(Field::dns_id) != is_dns) return "DNS has an id";
  if (!p.payload.empty() &&
      (p.payload.data() < begin || p.payload.data() + p.payload.size() > end)) {
    return "the payload lies in the frame";
  }
  if (p.payload.size() > p.payload_length) return "no more payload than claimed";
  if (known(Field::quote) && p.icmp.quoted.bytes > p.payload.size()) return "the quote is payload";
  if (p.ip.fragment_offset != 0 && p.transport != Transport::none) return "fragments have no ports";
  if (p.link.vlan_count > 2) return "two tags are kept";
  if (!is_dns) return {};
  if (p.dns.name_hash != base::hash_bytes(p.dns.question_name.view())) return "names are hashed";
  const std::size_t size = dns::message_bytes(p).size();
  const bool whole = p.dns.completeness == dns::Completeness::whole;
  if (known(Field::dns_sections) != whole) return "sections are known of whole messages";
  for (const dns::Record& record : p.dns.records) {
    if (record.rdata_offset < record.name_offset + 11U) return "a record begins with its name";
    if (std::size_t{record.rdata_offset} + record.rdata_length > size) return "records lie inside";
  }
  for (const dns::ExtendedError& error : p.dns.extended_errors) {
    if (std::size_t{error.text_offset} + error.text_length > size) return "EDE texts lie inside";
  }
  for (const char c : p.dns.question_name.view()) {
    if (c < '!' || c > '~' || (c >= 'A' && c <= 'Z')) return "names are plain lower case";
  }
  return {};
}

// Ends the program with the packet's story: a fuzzer's way to report.
inline void require(bool holds, std::string_view rule, const Packet& packet) {
  if (holds) return;
  const std::string text = fmt::format("broken: {}\n{}\n", rule, show(packet));
  std::fputs(text.c_str(), stderr);
  std::abort();
}

// Decodes twice, into a fresh packet and into one that remembers the frame before: nothing of that
// one may show.
inline void fuzz_frame(std::span<const std::uint8_t> bytes, LinkType link_type,
                       std::uint32_t wire_length) {
  static Packet used;
  const auto fresh = std::make_unique<Packet>();
  const Bytes exact(bytes.begin(), bytes.end());
  capture::Frame frame;
  frame.bytes = exact;
  frame.link_type = link_type;
  frame.wire_length = wire_length;
  decode_into(frame, *fresh);
  decode_into(frame, used);
  const std::string_view broken = broken_rule(frame, *fresh);
  require(broken.empty(), broken, *fresh);
  require(show(*fresh) == show(used),
          std::string("nothing of the frame before shows:\n").append(show(used)), *fresh);
}

}  // namespace whydown::packet::testing
