// Digests in words: one line each, for people who do not read packets every day.
#include <string>
#include <string_view>

#include "journey/digest.h"
#include "packet/dns/registry.h"
#include "packet/transport_words.h"

namespace whydown::journey {

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

std::string datagram_words(const Words& words) {
  std::string text = words.ends() + " UDP datagram";
  if (words.digest.known.has(Field::payload_length)) {
    text += ", " + std::to_string(words.digest.payload_length) + " bytes";
  }
  return text;
}

std::string neighbour_words(const Words& words) {
  const Digest& digest = words.digest;
  const std::string asked = words.book.text(digest.quoted_destination);
  const std::string source = words.book.text(digest.source);
  switch (digest.kind) {
    case Kind::arp_request:
      return source + " ARP request: who has " + asked + "?";
    case Kind::arp_reply:
      return source + " ARP reply: " + asked + " is here";
    case Kind::nd_solicitation:
      return source + " neighbour solicitation: who has " + asked + "?";
    default:
      return source + " neighbour advertisement: " + asked + " is here";
  }
}

}  // namespace

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
  }
  return "no packet";
}

}  // namespace whydown::journey
