// ICMP and ICMPv6, with the packet that an error quotes.
#include <fmt/format.h>

#include "base/numbers.h"
#include "explain/icmp_meanings.h"
#include "explain/sheet.h"
#include "packet/icmp/icmp.h"
#include "packet/transport_words.h"

namespace whydown::explain {

using base::counted;
using packet::Field;
using packet::Packet;
using packet::Transport;

namespace {

constexpr std::uint32_t kHeader = 8;

// The record's own words for the message: "203.0.113.2 udp port 53 unreachable".
std::string own_words(const View& view) {
  if (view.dialect == Dialect::wireshark) {
    return std::string(view.words.substr(view.words.rfind('\t') + 1));
  }
  for (const std::string_view key : {": ICMP ", ": ICMP6, ", ": icmp: ", ": icmp6: "}) {
    const std::size_t at = view.words.find(key);
    // "proto ICMP (1)" of a verbose header is not it.
    if (at == std::string_view::npos) continue;
    if (view.words.substr(at + key.size()).starts_with('(')) continue;
    const std::string_view words = view.words.substr(at + 2);
    const std::size_t end = std::min({words.find(", length "), words.find(" length "),
                                      words.find(" IP ("), words.find(" IP6 (")});
    return std::string(words.substr(0, end));
  }
  return {};
}

std::string type_and_code(const Packet& packet) {
  return fmt::format("type {} code {}", packet.icmp.type, packet.icmp.code);
}

// What a reader takes it for by mistake: the answer to a ping.
std::string name_meaning(const Packet& packet) {
  std::string out = "In the registry: " + icmp_title(packet) + ".";
  if (is_icmp_error(packet)) {
    out += packet.transport == Transport::icmp6
               ? " An error message, not an echo reply (type 129), which would be the answer to a "
                 "ping."
               : " An error message, not an echo reply (type 0), which would be the answer to a "
                 "ping.";
  }
  return out;
}

void icmp_length_items(const View& view, Sheet& sheet) {
  if (!view.knows(Field::payload_length)) return;
  const std::uint32_t length = view.packet.payload_length + kHeader;
  std::string means = fmt::format("{} of ICMP message.", counted(length, "byte", "bytes"));
  // What the error could quote at most: the query, its IP and UDP headers.
  constexpr std::uint32_t headers = 28;
  const std::uint32_t query = view.story.query_length();
  const bool v4 = view.packet.transport == Transport::icmp;
  if (v4 && !view.is_bytes() && query != 0 && length > kHeader + headers + query) {
    means += fmt::format(
        " Odd: with the whole query quoted it would be {}. Nothing else rests on "
        "it.",
        kHeader + headers + query);
  }
  sheet.add(fmt::format("length {}", length), std::move(means), Lesson::icmp_length);
}

std::string quote_meaning(const View& view) {
  const packet::Quoted& quoted = view.packet.icmp.quoted;
  std::string out = fmt::format(
      "The packet the error is about: {} from {} to {}.", packet::transport_name(quoted.transport),
      view.book.text(quoted.ip.source), view.book.text(quoted.ip.destination));
  return out;
}

void quote_items(const View& view, Sheet& sheet) {
  const Packet& packet = view.packet;
  if (!view.knows(Field::quote) || !view.knows(Field::quote_header)) return;
  const packet::Quoted& quoted = packet.icmp.quoted;
  const bool ported = view.knows(Field::quote_source_port) &&
                      (quoted.transport == Transport::udp || quoted.transport == Transport::tcp);
  const auto end = [&](const base::IpAddress& address, std::uint16_t port) {
    return ported ? view.book.endpoint(address, port) : view.book.text(address);
  };
  sheet.add(fmt::format("{} {} > {}", packet::transport_name(quoted.transport),
                        end(quoted.ip.source, quoted.source_port),
                        end(quoted.ip.destination, quoted.destination_port)),
            quote_meaning(view), Lesson::icmp_quote);
  sheet.add(fmt::format("ttl {} (quoted)", quoted.ip.ttl),
            fmt::format("What was left of its time to live where the error arose: {}.",
                        counted(quoted.ip.ttl, "hop", "hops")));
  if (quoted.ip.id != 0) {
    sheet.add(fmt::format("id {} (quoted)", quoted.ip.id), "That packet's number.");
  }
  if (quoted.has_dns_id) {
    sheet.add(fmt::format("{} (quoted)", quoted.dns_id), "The id of the DNS query in it.");
  }
}

void echo_items(const View& view, Sheet& sheet) {
  const packet::Icmp& icmp = view.packet.icmp;
  const bool v6 = view.packet.transport == Transport::icmp6;
  namespace type4 = packet::icmp::type4;
  namespace type6 = packet::icmp::type6;
  const bool echo = v6 ? icmp.type == type6::echo_request || icmp.type == type6::echo_reply
                       : icmp.type == type4::echo_request || icmp.type == type4::echo_reply;
  if (echo) {
    sheet.add(fmt::format("id {} (ping)", icmp.identifier), "The ping program's number.",
              Lesson::echo_id);
    sheet.add(fmt::format("seq {}", icmp.sequence),
              fmt::format("Ping number {} of this row.", icmp.sequence), Lesson::echo_sequence);
  }
  if (v6 &&
      (icmp.type == type6::neighbour_solicitation || icmp.type == type6::neighbour_advertisement) &&
      icmp.target.is_known()) {
    const bool asks = icmp.type == type6::neighbour_solicitation;
    sheet.add(fmt::format("{} {}", asks ? "who has" : "tgt is", view.book.text(icmp.target)),
              asks ? "The address that is looked for." : "The address that is spoken for.",
              Lesson::neighbour);
  }
  if (icmp.mtu != 0) {
    sheet.add(fmt::format("mtu {}", icmp.mtu),
              fmt::format("The next line carries packets of at most {}.",
                          counted(icmp.mtu, "byte", "bytes")),
              Lesson::mtu);
  }
}

}  // namespace

std::string icmp_title(const Packet& packet) {
  const bool v6 = packet.transport == Transport::icmp6;
  const std::string out = packet::icmp_words(packet.transport, packet.icmp.type, packet.icmp.code);
  const bool unreachable = packet.icmp.type == (v6 ? packet::icmp::type6::unreachable
                                                   : packet::icmp::type4::unreachable);
  return unreachable ? "destination unreachable, " + out : out;
}

void icmp_items(const View& view, Sheet& sheet) {
  const Packet& packet = view.packet;
  const IcmpMeaning* meaning = icmp_meaning(packet.transport, packet.icmp.type, packet.icmp.code);
  std::string says = meaning != nullptr ? std::string(meaning->text)
                                        : std::string("A message that no registry names.");
  std::string words = own_words(view);
  if (words.empty()) {
    sheet.add(type_and_code(packet), name_meaning(packet) + " " + says, Lesson::icmp_type);
  } else {
    sheet.add(std::move(words), std::move(says));
    sheet.add(type_and_code(packet), name_meaning(packet), Lesson::icmp_type);
  }
  echo_items(view, sheet);
  icmp_length_items(view, sheet);
  quote_items(view, sheet);
}

}  // namespace whydown::explain
