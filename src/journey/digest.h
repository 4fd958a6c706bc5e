// A packet as the evidence keeps it: the fields that a claim may rest on, and how to say it in
// words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/interner.h"
#include "base/place.h"
#include "packet/packet.h"

namespace whydown::journey {

// What a packet was in the conversation it belongs to.
enum class Kind : std::uint8_t {
  none,
  dns_query,
  dns_answer,
  icmp_error,
  icmp_echo_request,
  icmp_echo_reply,
  tcp_syn,
  tcp_syn_ack,
  tcp_reset,
  tcp_segment,
  udp_datagram,
  arp_request,
  arp_reply,
  nd_solicitation,
  nd_advertisement,
  tls_client_hello,
  tls_server_hello,
  tls_alert,  // in clear: Digest::code
  not_tls,    // a server's answer to a ClientHello that is something else
  http_request,
  http_answer,
  command,  // of a protocol with reply codes: its verb
  reply,    // ... the server's, or its greeting
  ntp_request,
  ntp_answer,
  dhcp_request,  // of any type; Digest::dhcp_type
  dhcp_reply,
  quic_initial,   // a client's, or whatever it sends to begin with
  quic_answer,    // the server's first packet
  quic_versions,  // ... which says that it speaks other versions
  quic_close,     // CONNECTION_CLOSE, without an alert: Digest::detail
};

// Plain data, about 170 bytes. Of ICMP errors, `quoted_*` is the datagram complained of. Of DHCP,
// `quoted_source` is the server that the message names, and `quoted_destination` the address that
// is asked for or given.
struct Digest {
  base::Place place;
  base::IpAddress source;
  base::IpAddress destination;
  base::IpAddress quoted_source;
  // ARP, ND: the address asked for. Of a DNS answer that cannot be true: the first address it
  // gives. Of a redirect: the address it leads to, as it stands there.
  base::IpAddress quoted_destination;
  packet::Fields known;
  std::uint32_t name = 0;      // Interner id of the DNS name, of a ClientHello's, of HTTP's Host
  std::uint32_t target = 0;    // Interner id of the path of an HTTP request, without its query
  std::uint32_t leads_to = 0;  // ... of the host that a redirect leads to, where that matters
  std::uint32_t ip_id = 0;
  std::uint32_t dhcp_id = 0;
  std::uint32_t payload_length = 0;
  std::uint32_t expected_length = 0;  // of a query in text, from its own name; 0 = not known
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint16_t quoted_source_port = 0;
  std::uint16_t quoted_destination_port = 0;
  std::uint16_t dns_id = 0;
  std::uint16_t dns_type = 0;
  std::uint16_t dns_rcode = 0;
  std::uint16_t dns_answers = 0;
  std::uint16_t extended_error = 0;  // the first EDE code plus one; 0 = none
  std::uint16_t icmp_identifier = 0;
  std::uint16_t icmp_sequence = 0;
  std::uint16_t code = 0;    // TLS alert; HTTP status; reply code of SMTP and FTP; NTP: stratum
  std::uint16_t detail = 0;  // see application.h; of quic_close the error (RFC 9000 20.1)
  // Of a request, 0 where there is none: digests of the credentials offered, and of an HTTP query
  // or else the user's name. They say whether two differ, and nothing else; neither is ever shown.
  std::uint16_t secret = 0;
  std::uint16_t variant = 0;
  std::uint8_t verb = 0;  // packet::http::Method, packet::reply::Verb
  Kind kind = Kind::none;
  base::MacAddress mac;  // ARP: the sender's; DHCP: the client's
  packet::dhcp::Type dhcp_type = packet::dhcp::Type::unknown;
  packet::dhcp::Reason dhcp_reason = packet::dhcp::Reason::none;
  packet::Network network = packet::Network::none;
  packet::Transport transport = packet::Transport::none;
  packet::Transport quoted_transport = packet::Transport::none;
  std::uint8_t ttl = 0;
  std::uint8_t quoted_ttl = 0;
  std::uint8_t tos = 0;
  std::uint8_t tcp_flags = 0;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  bool dont_fragment = false;
  bool authoritative = false;
  bool dns_truncated = false;
  bool has_soa = false;
  bool checking_disabled = false;  // CD, RFC 4035 3.1.6: the client wants unvalidated data

  bool is_set() const { return kind != Kind::none; }
};

Digest digest_of(const packet::Packet& packet, Kind kind, std::uint32_t name);
void digest_of(const packet::Packet& packet, Kind kind, std::uint32_t name, Digest& digest);

// As Digest::has_soa and Digest::extended_error.
bool has_soa(const packet::dns::Message& message);
std::uint16_t extended_error_of(const packet::dns::Message& message);

// Bytes that a plain query takes on the wire, from its own name; 0 when it carries anything else.
std::uint32_t expected_query_length(const packet::dns::Message& message);

// The method of an HTTP request: "GET".
std::string_view method_of(const Digest& request);

// One line, without time and number:
// "192.0.2.7:52444 > 203.0.113.2:53 DNS query A yummyrecipesforme.com (id 35084)"
// "203.0.113.2 > 192.0.2.7 ICMP destination unreachable, port unreachable (type 3 code 3): UDP to
//  203.0.113.2 port 53 was not delivered"
std::string describe(const Digest& digest, const base::Interner& names);

}  // namespace whydown::journey
