// Link, addresses, the IP header, ARP and plain UDP.
#include <array>

#include <fmt/format.h>

#include "base/numbers.h"
#include "base/ports.h"
#include "explain/sheet.h"

namespace whydown::explain {

using base::counted;
using packet::Field;
using packet::Network;
using packet::Packet;
using packet::Transport;

namespace {

// "192.51.100.15.52444" as the record has it; else in the form of captures.
std::string end_shown(const View& view, const base::IpAddress& address, std::uint16_t port) {
  const std::string text = view.book.text(address);
  if (view.dialect == Dialect::wireshark || port == 0) return text;
  if (view.dialect == Dialect::tcpdump) {
    const std::size_t at = view.words.find(text + ".");
    if (at != std::string_view::npos) {
      std::string_view token = view.words.substr(at);
      token = token.substr(0, token.find_first_of(" ,", text.size()));  // names may hold commas
      if (token.ends_with(':')) token.remove_suffix(1);
      return std::string(token);
    }
  }
  return view.book.endpoint(address, port);
}

std::string_view kind_of(const base::IpAddress& address) {
  if (address.is_broadcast()) return ", everybody on this network";
  if (address.is_multicast()) return ", a group: all who listen for it";
  if (address.is_loopback()) return ", the machine itself";
  return "";
}

std::string service_words(std::uint16_t port) {
  const std::string_view name = base::port_name(port);
  if (name.empty()) return fmt::format("port {}", port);
  return fmt::format("port {} ({}: {})", port, name, base::port_purpose(port));
}

void end_item(const View& view, const base::IpAddress& address, std::uint16_t port, bool is_sender,
              Sheet& sheet) {
  std::string means = fmt::format("The {}{}", is_sender ? "sender" : "receiver", kind_of(address));
  const bool is_client = from_client(view.packet) == is_sender;
  if (port == 0) {
    means += '.';
  } else if (is_client) {
    means += fmt::format(", and the port it uses for this: {}.", port);
  } else {
    means += fmt::format(", and its {}.", service_words(port));
  }
  std::string shown = end_shown(view, address, port);
  if (port != 0 && is_client && !sheet.knows(Lesson::client_port)) {
    sheet.add(std::move(shown), std::move(means), Lesson::client_port);
  } else if (port != 0 && !is_client) {
    sheet.add(std::move(shown), std::move(means), Lesson::server_port);
  } else {
    sheet.add(std::move(shown), std::move(means));
  }
}

std::string hops(const View& view) {
  const Packet& packet = view.packet;
  const unsigned ttl = packet.ip.ttl;
  if (packet.ip.destination.is_multicast() || packet.ip.destination.is_broadcast()) {
    return fmt::format("{} to go at most.", counted(ttl, "hop", "hops"));
  }
  if (ttl == 64 || ttl == 128 || ttl == 255) {
    return "A value that systems begin with: no router has been passed yet.";
  }
  if (ttl <= limits::kFewHops) {
    return fmt::format(
        "Only {} left: sent like that on purpose, as traceroute does, or the packet "
        "has passed a great many routers.",
        counted(ttl, "hop", "hops"));
  }
  const unsigned start = ttl < 64 ? 64U : ttl < 128 ? 128U : 255U;
  if (start - ttl > limits::kLongWay) return fmt::format("{} hops left, an unusual number.", ttl);
  return fmt::format(
      "If it began with {}, {} passed so far.", start,
      start - ttl == 1 ? "one router has been" : fmt::format("{} routers have been", start - ttl));
}

// RFC 2474: the upper six bits are the class; RFC 3168: the lower two are ECN.
std::string service_type(std::uint8_t tos) {
  std::string out;
  switch (tos & 0xfcU) {
    case 0:
      out = "No special treatment";
      break;
    case 0xc0:
      out = "The class of network control; Linux marks ICMP errors like that";
      break;
    case 0x10:
      out = "Low delay, as SSH asks for when somebody types";
      break;
    case 0x08:
      out = "High throughput, as SSH asks for when it copies files";
      break;
    case 0xb8:
      out = "Expedited forwarding, as telephony asks for";
      break;
    default:
      out = fmt::format("Class {} (DSCP)", tos >> 2U);
  }
  constexpr std::array<std::string_view, 4> ecn{
      ".", ". ECN: the sender understands congestion marks.",
      ". ECN: the sender understands congestion marks.",
      ". ECN: a router marked it instead of dropping it, because its line was full."};
  return out.append(ecn[tos & 3U]);
}

void fragment_items(const View& view, Sheet& sheet) {
  const packet::Ip& ip = view.packet.ip;
  if (ip.fragment_offset == 0 && !ip.more_fragments) return;
  sheet.add(fmt::format("offset {}", ip.fragment_offset),
            fmt::format("A piece of a larger packet, from its byte {} on; {}.", ip.fragment_offset,
                        ip.more_fragments ? "more pieces follow" : "this is the last"),
            Lesson::fragment);
}

std::string_view mac_receiver(const base::MacAddress& mac) {
  constexpr std::array<std::uint8_t, 6> all{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  if (mac.bytes == all) return "to all cards of this network (broadcast)";
  return mac.is_group() ? "to a group of cards (multicast)" : "to that one";
}

}  // namespace

void link_items(const View& view, Sheet& sheet) {
  const packet::Link& link = view.packet.link;
  if (view.knows(Field::length)) {
    const std::uint32_t length = view.packet.wire_length;
    std::string means = fmt::format("{} on the wire.", counted(length, "byte", "bytes"));
    if (view.is_bytes() && view.packet.captured_length < length) {
      means += fmt::format(" Only the first {} were captured.", view.packet.captured_length);
    }
    sheet.add(fmt::format("{} (frame)", length), std::move(means), Lesson::frame_length);
  }
  if (view.knows(Field::mac)) {
    sheet.add(fmt::format("{} > {}", link.source.to_string(), link.destination.to_string()),
              fmt::format("From this network card {}.", mac_receiver(link.destination)),
              Lesson::mac);
  }
  for (std::size_t i = 0; i < link.vlan_count; ++i) {
    sheet.add(fmt::format("vlan {}", link.vlan[i]),
              fmt::format("It belongs to the virtual network {}.", link.vlan[i]), Lesson::vlan);
  }
}

void address_items(const View& view, Sheet& sheet) {
  const Packet& packet = view.packet;
  if (packet.network != Network::ipv4 && packet.network != Network::ipv6) return;
  const bool ported = packet.transport == Transport::udp || packet.transport == Transport::tcp;
  end_item(view, packet.ip.source, ported ? packet.source_port : std::uint16_t{0}, true, sheet);
  end_item(view, packet.ip.destination, ported ? packet.destination_port : std::uint16_t{0}, false,
           sheet);
  if (view.dialect == Dialect::tcpdump) {
    if (!sheet.knows(Lesson::arrow)) sheet.add(">", "", Lesson::arrow);
  }
}

void ip_items(const View& view, Sheet& sheet) {
  const packet::Ip& ip = view.packet.ip;
  const bool v6 = view.packet.network == Network::ipv6;
  if (view.packet.network != Network::ipv4 && !v6) return;
  if (view.knows(Field::ttl)) {
    sheet.add(fmt::format("{} {}", v6 ? "hlim" : "ttl", ip.ttl), hops(view), Lesson::ttl);
  }
  if (view.knows(Field::tos) && (ip.tos != 0 || !sheet.knows(Lesson::tos))) {
    sheet.add(fmt::format("{} {:#x}", v6 ? "class" : "tos", ip.tos), service_type(ip.tos),
              Lesson::tos);
  }
  if (view.knows(Field::ip_id)) {
    const bool unused = ip.id == 0 && ip.dont_fragment;  // RFC 6864 4.1
    sheet.add(fmt::format("id {}", ip.id),
              unused ? "Not used: the packet may not be cut up." : "The number of this packet.",
              Lesson::ip_id);
  }
  if (view.knows(Field::dont_fragment) && ip.dont_fragment) {
    sheet.add("[DF]", "Not to be cut up.", Lesson::dont_fragment);
  }
  fragment_items(view, sheet);
  if (ip.total_length > 0) {
    sheet.add(fmt::format("length {} (IP)", ip.total_length),
              fmt::format("{} in all.", counted(ip.total_length, "byte", "bytes")),
              Lesson::ip_length);
  }
}

void arp_items(const View& view, Sheet& sheet) {
  const packet::Arp& arp = view.packet.arp;
  const std::string target = view.book.text(arp.target);
  const std::string sender = view.book.text(arp.sender);
  const bool wireshark = view.dialect == Dialect::wireshark;
  if (arp.operation == 1) {
    const bool announces = arp.sender.is_known() && arp.sender == arp.target;
    std::string means =
        announces ? fmt::format(
                        "Asks for its own address, {}, so that all learn "
                        "of it and nobody else takes it.",
                        target)
                  : fmt::format("Who has the address {}?{}", target,
                                arp.sender.is_known() ? fmt::format(" {} wants to know.", sender)
                                                      : std::string());
    sheet.add(wireshark ? fmt::format("Who has {}? Tell {}", target, sender)
                        : fmt::format("who-has {} tell {}", target, sender),
              std::move(means), Lesson::arp);
  } else if (arp.operation == 2) {
    sheet.add(
        fmt::format("{} {} {}", sender, wireshark ? "is at" : "is-at", arp.sender_mac.to_string()),
        fmt::format("The address {} belongs to the network card {}.", sender,
                    arp.sender_mac.to_string()),
        Lesson::arp);
  } else {
    sheet.add(fmt::format("op {}", arp.operation), "Neither a question nor an answer.",
              Lesson::arp);
  }
}

void udp_items(const View& view, Sheet& sheet) {
  if (!view.knows(Field::payload_length)) return;
  const std::uint32_t length = view.packet.payload_length;
  sheet.add(fmt::format("{}{}", view.dialect == Dialect::wireshark ? "Len=" : "length ", length),
            fmt::format("{} of payload.", counted(length, "byte", "bytes")), Lesson::udp_length);
}

}  // namespace whydown::explain
