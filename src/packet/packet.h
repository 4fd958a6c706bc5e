// Boundary of packet/: one decoded packet as plain data, and what was odd about it.
//
// A Packet is reused for every frame and never allocates. A member beyond `place`, `known` and the
// enums is meaningful only if its layer is present (`network`, `transport`, `application`), and its
// single fields only if their bit is set in `known`: text logs show few of them, short snaplens
// not all. Nothing is ever guessed into a field.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/bounded.h"
#include "base/interner.h"
#include "base/place.h"
#include "capture/frame.h"
#include "packet/dhcp/message.h"
#include "packet/dns/message.h"
#include "packet/note.h"

namespace whydown::packet {

enum class Network : std::uint8_t { none, arp, ipv4, ipv6 };
enum class Transport : std::uint8_t { none, udp, tcp, icmp, icmp6, other };
// quic: said by words. Of bytes only the flow tells, or a closer look (packet/quic/quic.h).
enum class Application : std::uint8_t { none, dns, dhcp, quic };
// Whose words a text line shows.
enum class Tongue : std::uint8_t { unknown, tls, http, smtp, ftp, pop, imap, ssh };

// Which fields the input showed. A capture that is not cut shows all of its layers' fields.
enum class Field : std::uint32_t {
  mac = 1U << 0U,
  ttl = 1U << 1U,
  tos = 1U << 2U,
  ip_id = 1U << 3U,
  dont_fragment = 1U << 4U,
  tcp_sequence = 1U << 5U,    // seq, and ack where the ACK flag is set
  payload_length = 1U << 6U,  // Packet::payload_length
  quote = 1U << 7U,           // Icmp::quoted: who sent what to whom
  quote_header = 1U << 8U,    // Icmp::quoted: its ttl, tos, id
  dns_id = 1U << 9U,
  dns_sections = 1U << 10U,  // records, not only counts
  length = 1U << 11U,        // Packet::wire_length
  quote_source_port = 1U << 12U,
  bytes = 1U << 13U,  // decoded from bytes, not from words
  // Words that show all of a segment's numbers: sequence, acknowledgment, window and length. They
  // may count from the handshake, and tcpdump shows no sequence where there is no data.
  tcp_told = 1U << 14U,
};

struct Fields {
  std::uint32_t bits = 0;
  constexpr bool has(Field field) const { return (bits & static_cast<std::uint32_t>(field)) != 0; }
  constexpr void set(Field field) { bits |= static_cast<std::uint32_t>(field); }
  constexpr void clear(Field field) { bits &= ~static_cast<std::uint32_t>(field); }
};

struct Link {
  base::MacAddress destination;  // as in an Ethernet header
  base::MacAddress source;
  std::uint16_t ethertype = 0;
  std::uint16_t vlan[2] = {0, 0};  // outer first, VLAN ids only
  std::uint8_t vlan_count = 0;
};

// RFC 826; operation 1 request, 2 reply.
struct Arp {
  std::uint16_t operation = 0;
  base::MacAddress sender_mac;
  base::MacAddress target_mac;
  base::IpAddress sender;
  base::IpAddress target;
};

struct Ip {
  base::IpAddress source;
  base::IpAddress destination;
  std::uint8_t ttl = 0;       // hop limit
  std::uint8_t tos = 0;       // traffic class
  std::uint8_t protocol = 0;  // IANA number of the transport, after extension headers
  bool dont_fragment = false;
  bool more_fragments = false;
  std::uint16_t fragment_offset = 0;  // bytes
  std::uint32_t id = 0;               // IPv6: of the fragment header
  std::uint32_t total_length = 0;     // header and payload, as the header claims
};

// TCP flags as on the wire (RFC 9293 3.1).
namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01;
inline constexpr std::uint8_t syn = 0x02;
inline constexpr std::uint8_t rst = 0x04;
inline constexpr std::uint8_t psh = 0x08;
inline constexpr std::uint8_t ack = 0x10;
inline constexpr std::uint8_t urg = 0x20;
inline constexpr std::uint8_t ece = 0x40;
inline constexpr std::uint8_t cwr = 0x80;
}  // namespace tcp_flag

struct Tcp {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint16_t window = 0;
  std::uint16_t mss = 0;  // option; 0 = absent
  std::uint8_t flags = 0;
  std::uint8_t window_scale = 0xff;  // option; 0xff = absent
  bool sack_permitted = false;
  bool has_timestamps = false;
  bool is_remarked = false;  // Wireshark says that the segment is not the next one
};

// The datagram an ICMP error quotes, as far as the quote goes.
struct Quoted {
  Ip ip;
  Transport transport = Transport::none;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t tcp_sequence = 0;
  bool has_dns_id = false;
  std::uint16_t dns_id = 0;
  std::uint16_t bytes = 0;  // quoted bytes present, headers included
};

// RFC 792, RFC 4443; unknown types and codes are kept.
struct Icmp {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint16_t identifier = 0;  // echo
  std::uint16_t sequence = 0;    // echo
  std::uint32_t mtu = 0;         // fragmentation needed, packet too big; 0 = not given
  base::IpAddress target;        // neighbour solicitation and advertisement (RFC 4861)
  Quoted quoted;                 // Field::quote
};

struct Packet {
  base::Place place;
  Fields known;
  std::uint32_t wire_length = 0;      // frame length on the wire; Field::length
  std::uint32_t captured_length = 0;  // bytes in the capture; 0 for text
  // Of the transport, after its header, as the headers claim (not as captured);
  // Field::payload_length. For text, the number the line shows: UDP "(39)", TCP "length 0", ICMP
  // "length 75" less 8.
  std::uint32_t payload_length = 0;
  std::uint16_t source_port = 0;  // UDP and TCP
  std::uint16_t destination_port = 0;
  Network network = Network::none;
  Transport transport = Transport::none;
  Application application = Application::none;
  capture::Direction direction = capture::Direction::unknown;
  bool has_time = true;
  Link link;
  Arp arp;
  Ip ip;
  Tcp tcp;
  Icmp icmp;
  dns::Message dns;
  dhcp::Message dhcp;
  // Transport payload as captured; empty for text. Valid as long as the frame.
  std::span<const std::uint8_t> payload;
  // Of a piece of a fragmented datagram (ip.more_fragments or ip.fragment_offset): its part of the
  // IP payload, as captured and as claimed. Valid as long as the frame.
  std::span<const std::uint8_t> fragment;
  std::uint32_t fragment_length = 0;
  // What a text line says of the payload in the application's own words: "GET / HTTP/1.1", "Client
  // Hello (SNI=www.example.org)". Empty for bytes. Valid as long as the frame.
  std::string_view said;
  Tongue tongue = Tongue::unknown;  // of the words, where the line names their protocol
  base::BoundedVector<NoteAt, 8> notes;

  bool is_first_fragment_or_whole() const { return ip.fragment_offset == 0; }
};

// One per run. Not copyable into threads: each decoder owns its text state, the interner is shared
// by the run.
class Decoder {
 public:
  // Host names found in text are interned in `names`, which must outlive the decoder.
  explicit Decoder(base::Interner& names) : names_(&names) {}
  // Never fails: `packet` holds what was understood, and notes about the rest.
  void decode(const capture::Frame& frame, Packet& packet);

 private:
  base::Interner* names_;
};

// Names for people, shared by every stage after this one.
std::string icmp_words(Transport family, std::uint8_t type,
                       std::uint8_t code);       // "port unreachable"
std::string tcp_flag_words(std::uint8_t flags);  // "SYN, ACK"

}  // namespace whydown::packet
