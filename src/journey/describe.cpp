// Digests in words: one line each, for people who do not read packets every day.
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "journey/application.h"
#include "journey/digest.h"
#include "journey/dns_type.h"
#include "packet/dns/registry.h"
#include "packet/http/http.h"
#include "packet/ntp/ntp.h"
#include "packet/quic/quic.h"
#include "packet/reply/reply.h"
#include "packet/tls/tls.h"
#include "packet/transport_words.h"

namespace whydown::journey {

std::string dns_type_id(std::uint16_t type) { return packet::dns::type_name(type); }

using packet::Field;
using packet::Transport;

namespace {

struct Words {
  const Digest& digest;
  base::AddressBook book;
  const base::Interner& names;

  // Text that shows no port shows none here either.
  std::string end(const base::IpAddress& address, std::uint16_t port) const {
    return port == 0 ? book.text(address) : book.endpoint(address, port);
  }
  std::string hosts() const {
    return book.text(digest.source) + " > " + book.text(digest.destination);
  }
  std::string ends() const {
    return end(digest.source, digest.source_port) + " > " +
           end(digest.destination, digest.destination_port);
  }
  // ", 198.51.100.1 first"; empty where no address was kept.
  std::string given() const {
    if (!digest.quoted_destination.is_known()) return {};
    return ", " + book.text(digest.quoted_destination) + " first";
  }
  // " A example.com"; empty where the packet shows none.
  std::string question() const {
    std::string text;
    if (digest.dns_type != 0) text += " " + packet::dns::type_name(digest.dns_type);
    const std::string name = names.shown(digest.name);
    if (!name.empty()) text.append(" ").append(name);
    return text;
  }
};

std::string id_of(const Digest& digest) {
  if (!digest.known.has(Field::dns_id)) return {};
  return " (id " + std::to_string(digest.dns_id) + ")";
}

std::string over(const Digest& digest) {
  return digest.transport == Transport::tcp ? " over TCP" : "";
}

std::string answer_words(const Digest& digest) {
  std::string text = packet::dns::rcode_name(static_cast<packet::dns::Rcode>(digest.dns_rcode));
  if (digest.dns_rcode == 0) {
    text = digest.dns_answers == 0   ? "no error, no records"
           : digest.dns_answers == 1 ? "1 record"
                                     : std::to_string(digest.dns_answers) + " records";
  }
  if (digest.dns_truncated) text += ", truncated";
  if (digest.authoritative) text += ", authoritative";
  if (digest.extended_error != 0) {
    text += ", extended error " + std::to_string(digest.extended_error - 1);
  }
  return text;
}

// The kind of error before its finer words: type 3 code 3 is "destination unreachable, port
// unreachable".
std::string_view error_class(const Digest& digest) {
  const bool v6 = digest.transport == Transport::icmp6;
  if (digest.icmp_type == (v6 ? 1 : 3)) return "destination unreachable, ";
  return "";
}

std::string error_words(const Words& words) {
  const Digest& digest = words.digest;
  std::string text = words.hosts();
  text.append(" ").append(transport_name(digest.transport)).append(" ");
  text.append(error_class(digest));
  text += packet::icmp_words(digest.transport, digest.icmp_type, digest.icmp_code);
  text += " (type " + std::to_string(digest.icmp_type) + " code " +
          std::to_string(digest.icmp_code) + ")";
  if (!digest.quoted_destination.is_known()) return text;
  text.append(": ").append(transport_name(digest.quoted_transport)).append(" to ");
  text += words.book.text(digest.quoted_destination);
  const bool ported =
      digest.quoted_transport == Transport::udp || digest.quoted_transport == Transport::tcp;
  if (ported && digest.quoted_destination_port != 0) {
    text += " port " + std::to_string(digest.quoted_destination_port);
  }
  return text + " was not delivered";
}

std::string echo_words(const Words& words, std::string_view what) {
  const Digest& digest = words.digest;
  std::string text = words.hosts();
  text.append(" ").append(transport_name(digest.transport)).append(" echo ").append(what);
  return text + " (id " + std::to_string(digest.icmp_identifier) + ", sequence " +
         std::to_string(digest.icmp_sequence) + ")";
}

std::string tcp_words(const Words& words, std::string_view what) {
  const Digest& digest = words.digest;
  std::string text = words.ends() + " TCP " + packet::tcp_flag_words(digest.tcp_flags);
  if (!what.empty()) text.append(": ").append(what);
  if (digest.known.has(Field::payload_length) && digest.payload_length != 0) {
    text += ", " + std::to_string(digest.payload_length) + " bytes";
  }
  return text;
}

std::string hello_words(const Words& words) {
  const std::string name = words.names.shown(words.digest.name);
  const bool is_quic = words.digest.transport == Transport::udp;
  const std::string text = words.ends() + (is_quic ? " QUIC Initial with a TLS" : " TLS") +
                           " ClientHello: asks for a secure connection";
  return name.empty() ? text : text + " to " + name;
}

std::string alert_words(const Words& words) {
  const std::uint16_t code = words.digest.code;
  if (code == 0) return words.ends() + " TLS alert, encrypted";
  const bool is_quic = words.digest.transport == Transport::udp;
  std::string text = words.ends() +
                     (is_quic ? " QUIC CONNECTION_CLOSE with TLS alert " : " TLS alert ") +
                     std::to_string(code) + " (";
  text += packet::tls::alert_name(static_cast<std::uint8_t>(code));
  return text + ")";
}

std::string datagram_words(const Words& words) {
  std::string text = words.ends() + " UDP datagram";
  if (words.digest.known.has(Field::payload_length)) {
    text += ", " + std::to_string(words.digest.payload_length) + " bytes";
  }
  return text;
}

// A client's Initial, or what else it sends to begin with.
std::string initial_words(const Words& words) {
  const std::string name = words.names.shown(words.digest.name);
  std::string text = words.ends() + " QUIC: asks for a connection";
  if (!name.empty()) text += " to " + name;
  if (words.digest.known.has(Field::payload_length)) {
    text += ", " + std::to_string(words.digest.payload_length) + " bytes";
  }
  return text;
}

std::string close_words(const Words& words) {
  const std::uint16_t error = words.digest.detail;
  std::string text = words.ends() + " QUIC CONNECTION_CLOSE " + std::to_string(error) + " (";
  return text.append(packet::quic::error_name(error)).append(")");
}

std::string neighbour_words(const Words& words) {
  const Digest& digest = words.digest;
  const std::string asked = words.book.text(digest.quoted_destination);
  const std::string source = words.book.text(digest.source);
  const std::string mac = digest.mac.is_known()
                              ? " (" + words.book.text(base::IpAddress::mac(digest.mac)) + ")"
                              : std::string{};
  switch (digest.kind) {
    case Kind::arp_request:
      return source + mac + " ARP request: who has " + asked + "?";
    case Kind::arp_reply:
      return source + " ARP reply: " + asked + " is here" + mac;
    case Kind::nd_solicitation:
      return source + " neighbour solicitation: who has " + asked + "?";
    default:
      return source + " neighbour advertisement: " + asked + " is here";
  }
}

std::string request_words(const Words& words) {
  const Digest& digest = words.digest;
  std::string text = words.ends() + " HTTP ";
  text += method_of(digest);
  const std::string path = words.names.shown_path(digest.target);
  if (!path.empty()) text.append(" ").append(path);
  const std::string host = words.names.shown(digest.name);
  return host.empty() ? text : text + " of " + host;
}

std::string status_words(const Words& words) {
  const Digest& digest = words.digest;
  std::string text = words.ends() + " HTTP status " + std::to_string(digest.code);
  const std::string_view name = packet::http::status_name(digest.code);
  if (!name.empty()) text.append(" (").append(name).append(")");
  switch (static_cast<Leads>(digest.detail)) {
    case Leads::same_url:
      return text + ", on to the same URL";
    case Leads::same_on_https:
      return text + ", on to the same host over https";
    case Leads::same_host:
      return text + ", on to another path of the same host";
    case Leads::other_host:
    case Leads::other_on_https: {
      const bool is_https = static_cast<Leads>(digest.detail) == Leads::other_on_https;
      const std::string host = digest.quoted_destination.is_known()
                                   ? words.book.text(digest.quoted_destination)
                                   : words.names.shown(digest.leads_to);
      text.append(", on to ").append(host.empty() ? "another host" : host);
      return is_https ? text + " over https" : text;
    }
    case Leads::unknown:
      break;
  }
  return text;
}

std::string_view deed_words(std::uint8_t verb) {
  using packet::reply::Verb;
  switch (static_cast<Verb>(verb)) {
    case Verb::mail:
      return "a mail";
    case Verb::recipient:
      return "the recipient of a mail";
    case Verb::login:
      return "a login";
    case Verb::fetch:
      return "a transfer";
    default:
      return "the connection";
  }
}

std::string reply_words(const Words& words) {
  const Digest& digest = words.digest;
  std::string text = words.ends() + " reply";
  if (digest.code != 0) text += " " + std::to_string(digest.code);
  if (digest.detail != 0) {
    text += " (" + std::to_string(digest.code / 100) + "." + std::to_string(digest.detail / 1000) +
            "." + std::to_string(digest.detail % 1000) + ")";
  }
  return text.append(" to ").append(deed_words(digest.verb));
}

std::string time_words(const Words& words) {
  const std::string text = words.ends() + " NTP answer, ";
  switch (static_cast<NtpSays>(words.digest.detail)) {
    case NtpSays::time:
      return text + "stratum " + std::to_string(words.digest.code);
    case NtpSays::rate:
      return text + "kiss-o'-death RATE: asked too often";
    case NtpSays::denied:
      return text + "kiss-o'-death DENY: not for this client";
    case NtpSays::other_kiss:
      return text + "kiss-o'-death: no time";
    case NtpSays::unsynchronised:
      return text + "its own clock is not synchronised";
  }
  return text;
}

// What plays the part in IPv6 (RFC 8415 7.3).
std::string_view dhcp6_name(packet::dhcp::Type type) {
  using packet::dhcp::Type;
  switch (type) {
    case Type::discover:
      return "SOLICIT";
    case Type::offer:
      return "ADVERTISE";
    case Type::ack:
      return "REPLY";
    case Type::nak:
      return "REPLY (refusal)";
    default:
      return packet::dhcp::type_name(type);
  }
}

// "02:00:00:00:00:01 DHCP REQUEST for 192.0.2.9 (id 0x3d1d)", "192.0.2.1 DHCP NAK to ...".
std::string dhcp_words(const Words& words) {
  const Digest& digest = words.digest;
  const bool is_reply = digest.kind == Kind::dhcp_reply;
  const bool has_mac = digest.mac.is_known();
  const std::string client = has_mac ? words.book.text(base::IpAddress::mac(digest.mac)) : "";
  std::string text = is_reply || !has_mac ? words.book.text(digest.source) : client;
  const bool is_v6 = digest.network == packet::Network::ipv6;
  const std::string_view type =
      is_v6 ? dhcp6_name(digest.dhcp_type) : packet::dhcp::type_name(digest.dhcp_type);
  text.append(is_v6 ? " DHCPv6 " : " DHCP ")
      .append(!type.empty() ? type
              : is_reply    ? "reply"
                            : "request");
  if (is_reply && has_mac) text.append(" to ").append(client);
  if (digest.quoted_destination.is_known()) {
    text.append(is_reply ? ": " : " for ").append(words.book.text(digest.quoted_destination));
  }
  if (digest.dhcp_reason == packet::dhcp::Reason::other_network) text += ", wrong network";
  if (digest.dhcp_reason == packet::dhcp::Reason::not_available) text += ", address not available";
  return digest.dhcp_id == 0 ? text : text + fmt::format(" (id {:#x})", digest.dhcp_id);
}

}  // namespace

std::string_view method_of(const Digest& request) {
  return packet::http::method_name(static_cast<packet::http::Method>(request.verb));
}

std::string describe(const Digest& digest, const base::Interner& names) {
  const Words words{.digest = digest, .book = base::AddressBook{names}, .names = names};
  switch (digest.kind) {
    case Kind::none:
      return "no packet";
    case Kind::dns_query:
      return words.ends() + " DNS query" + over(digest) + words.question() + id_of(digest);
    case Kind::dns_answer:
      return words.ends() + " DNS answer" + over(digest) + words.question() + ": " +
             answer_words(digest) + words.given() + id_of(digest);
    case Kind::icmp_error:
      return error_words(words);
    case Kind::icmp_echo_request:
      return echo_words(words, "request");
    case Kind::icmp_echo_reply:
      return echo_words(words, "reply");
    case Kind::tcp_syn:
      return tcp_words(words, "asks to connect");
    case Kind::tcp_syn_ack:
      return tcp_words(words, "accepts the connection");
    case Kind::tcp_reset:
      return tcp_words(words, "refuses or ends the connection");
    case Kind::tcp_segment:
      return tcp_words(words, "");
    case Kind::udp_datagram:
      return datagram_words(words);
    case Kind::arp_request:
    case Kind::arp_reply:
    case Kind::nd_solicitation:
    case Kind::nd_advertisement:
      return neighbour_words(words);
    case Kind::tls_client_hello:
      return hello_words(words);
    case Kind::tls_server_hello:
      return words.ends() +
             (digest.transport == Transport::udp ? " QUIC Initial with a TLS" : " TLS") +
             " ServerHello: accepts the handshake";
    case Kind::tls_alert:
      return alert_words(words);
    case Kind::not_tls:
      return tcp_words(words, "an answer that is not TLS");
    case Kind::http_request:
      return request_words(words);
    case Kind::http_answer:
      return status_words(words);
    case Kind::command:
      return words.ends() + " begins " + std::string(deed_words(digest.verb));
    case Kind::reply:
      return reply_words(words);
    case Kind::ntp_request:
      return words.ends() + " NTP request";
    case Kind::ntp_answer:
      return time_words(words);
    case Kind::dhcp_request:
    case Kind::dhcp_reply:
      return dhcp_words(words);
    case Kind::quic_initial:
      return initial_words(words);
    case Kind::quic_answer:
      return words.ends() + " QUIC: answers";
    case Kind::quic_versions:
      return words.ends() + " QUIC Version Negotiation: speaks other versions";
    case Kind::quic_close:
      return close_words(words);
  }
  return "no packet";
}

}  // namespace whydown::journey
