// One sentence per packet: who says what to whom.
#include <fmt/format.h>

#include "base/numbers.h"
#include "base/ports.h"
#include "explain/content.h"
#include "explain/icmp_meanings.h"
#include "explain/quic.h"
#include "explain/record_words.h"
#include "explain/sheet.h"
#include "packet/dns/registry.h"
#include "packet/icmp/icmp.h"
#include "packet/transport_words.h"

namespace whydown::explain {

using base::counted;
using packet::Field;
using packet::Network;
using packet::Packet;
using packet::Transport;
namespace dns = packet::dns;
namespace tcp_flag = packet::tcp_flag;

namespace {

std::string server_words(const View& view, const base::IpAddress& address) {
  return "the DNS server " + view.book.text(address);
}

// "the A record of www.example.com"
std::string wish(const View& view) {
  const std::uint16_t type = question_type(view);
  const std::string name = question_name(view);
  const std::string_view named = name == "."    ? std::string_view("the root of all names")
                                 : name.empty() ? std::string_view("a name that is not shown")
                                                : std::string_view(name);
  if (type == 0) return fmt::format("{}", named);
  if (type == dns::type::any) return fmt::format("all records of {}", named);
  return fmt::format("the {} record of {}", dns::type_name(type), named);
}

// NOTIFY, UPDATE and others (RFC 1996, RFC 2136).
std::string dns_other_gist(const View& view) {
  const dns::Message& message = view.packet.dns;
  const std::string name = message.question_name.empty()
                               ? std::string("a zone that is not shown")
                               : std::string(message.question_name.view());
  constexpr std::uint8_t notify = 4;
  constexpr std::uint8_t update = 5;
  if (message.response) {
    return fmt::format("{} answers {}'s DNS message about {}: {}.", view.source(),
                       view.destination(), name, dns::rcode_name(message.rcode));
  }
  if (message.opcode == notify) {
    return fmt::format("{} tells the DNS server {} that the zone {} has changed.", view.source(),
                       view.destination(), name);
  }
  if (message.opcode == update) {
    return fmt::format("{} asks the DNS server {} to change the zone {}.", view.source(),
                       view.destination(), name);
  }
  return fmt::format("{} sends the DNS server {} a message about {} that is no plain query.",
                     view.source(), view.destination(), name);
}

std::string dns_query_gist(const View& view) {
  const std::string_view meaning = dns::type_meaning(question_type(view));
  std::string out = fmt::format("{} asks {} for {}", view.source(),
                                server_words(view, view.packet.ip.destination), wish(view));
  if (!meaning.empty() && question_type(view) != dns::type::any)
    out += fmt::format(": {}", meaning);
  return out + ".";
}

std::string found_words(const View& view) {
  const dns::Message& message = view.packet.dns;
  constexpr std::size_t most = 4;
  const std::vector<std::string> addresses = answer_addresses(message, most);
  if (addresses.empty()) {
    return fmt::format("here is {}",
                       message.answer_count == 1
                           ? wish(view)
                           : fmt::format("{}, {}", wish(view),
                                         counted(message.answer_count, "record", "records")));
  }
  std::string name = question_name(view);
  if (name.empty()) name = "the name";
  std::string out = fmt::format("the address of {} is {}", name, addresses[0]);
  for (std::size_t i = 1; i < addresses.size(); ++i) {
    out += fmt::format("{}{}", i + 1 == addresses.size() ? " or " : ", ", addresses[i]);
  }
  return out;
}

// Servers that know others who know: authority without an answer and without the zone's own data.
bool is_referral(const dns::Message& message) {
  bool names_servers = false;
  for (const dns::Record& record : message.records) {
    if (record.section != dns::Section::authority) continue;
    if (record.type == dns::type::soa) return false;
    names_servers |= record.type == dns::type::ns;
  }
  return names_servers && !message.authoritative;
}

std::string dns_answer_gist(const View& view) {
  const dns::Message& message = view.packet.dns;
  const std::string head =
      fmt::format("{} answers {}", server_words(view, view.packet.ip.source), view.destination());
  const std::string_view meaning = dns::rcode_meaning(message.rcode);
  if (message.rcode == dns::Rcode::nx_domain) {
    const std::string name = question_name(view);
    return fmt::format("{}: {} does not exist.", head, name.empty() ? "the name" : name);
  }
  if (message.rcode != dns::Rcode::no_error) {
    return fmt::format("{} with an error about {}: {}.", head, wish(view),
                       meaning.empty() ? dns::rcode_name(message.rcode) : std::string(meaning));
  }
  if (message.truncated && message.answer_count == 0) {
    return fmt::format("{}: the answer is too long for UDP.", head);
  }
  if (message.answer_count > 0) return fmt::format("{}: {}.", head, found_words(view));
  if (is_referral(message))
    return fmt::format("{}: other servers know about {}.", head, wish(view));
  if (message.completeness != dns::Completeness::whole || question_type(view) == 0) {
    return fmt::format("{}.", head);
  }
  return fmt::format("{}: there is no such record: {}.", head, wish(view));
}

// "its port 80 (http: the web, not encrypted)"
std::string port_words(std::uint16_t port) {
  const std::string_view name = base::port_name(port);
  return name.empty() ? fmt::format("port {}", port)
                      : fmt::format("port {} ({}: {})", port, name, base::port_purpose(port));
}

std::string reset_gist(const View& view) {
  const std::string source = view.source();
  if (view.relation(Tie::reset_refuses) != nullptr) {
    return fmt::format("{} refuses the connection to its {}.", source,
                       port_words(view.packet.source_port));
  }
  return fmt::format("{} breaks off the connection with {}.", source, view.destination());
}

// HTTP speaks for itself.
std::string subject_of(const Content& content) {
  return content.title.starts_with("HTTP") ? content.shows : content.title;
}

std::string tcp_gist(const View& view) {
  const Packet& packet = view.packet;
  const std::uint8_t flags = packet.tcp.flags;
  const std::string source = view.source();
  const std::string destination = view.destination();
  if ((flags & tcp_flag::rst) != 0) return reset_gist(view);
  if ((flags & tcp_flag::syn) != 0 && (flags & tcp_flag::ack) != 0) {
    return fmt::format("{} accepts the connection that {} asks for: its {} is open.", source,
                       destination, port_words(packet.source_port));
  }
  if ((flags & tcp_flag::syn) != 0) {
    return fmt::format("{} asks {} for a connection to its {}.", source, destination,
                       port_words(packet.destination_port));
  }
  const std::uint32_t length = view.knows(Field::payload_length) ? packet.payload_length : 0;
  if (view.relation(Tie::keep_alive) != nullptr) {
    return fmt::format("{} makes sure that {} is still there.", source, destination);
  }
  const std::string data = counted(length, "byte", "bytes");
  if ((flags & tcp_flag::fin) != 0) {
    return length == 0
               ? fmt::format("{} tells {} that it has nothing more to send.", source, destination)
               : fmt::format("{} sends {} {} and has nothing more to send.", source, destination,
                             data);
  }
  const Content content = content_of(view);
  if (length > 0 || !content.title.empty()) {
    return fmt::format("{} sends {} {}{}.", source, destination,
                       length > 0 ? data : std::string("data"),
                       content.title.empty() ? "" : ": " + subject_of(content));
  }
  if (flags == 0 && !view.is_bytes()) {
    return fmt::format("{} sends {} a packet of a TCP connection.", source, destination);
  }
  if (view.relation(Tie::handshake_done) != nullptr) {
    return fmt::format("{} confirms: the connection to {} stands.", source, destination);
  }
  return fmt::format("{} confirms what it has received from {}.", source, destination);
}

std::string quic_gist(const View& view) {
  const std::string name = quic_name(view);
  if (!name.empty()) {
    return fmt::format("{} begins a QUIC connection to {} with {}, its {}.", view.source(), name,
                       view.destination(), port_words(view.packet.destination_port));
  }
  return fmt::format("{} sends {} a packet of a QUIC handshake: {}.", view.source(),
                     view.destination(), quic_title(view));
}

std::string udp_gist(const View& view) {
  const Packet& packet = view.packet;
  if (view.is_bytes() && is_quic(view)) return quic_gist(view);
  std::string size;
  if (view.knows(Field::payload_length)) {
    size = fmt::format(" of {}", counted(packet.payload_length, "byte", "bytes"));
  }
  if (packet.ip.fragment_offset != 0 || packet.destination_port == 0) {
    return fmt::format("{} sends {} a datagram{}.", view.source(), view.destination(), size);
  }
  if (from_client(packet)) {
    return fmt::format("{} sends {} a datagram{}, to its {}.", view.source(), view.destination(),
                       size, port_words(packet.destination_port));
  }
  return fmt::format("{} sends {} a datagram{}, from its {}.", view.source(), view.destination(),
                     size, port_words(packet.source_port));
}

std::string what_failed(const View& view) {
  if (!view.knows(Field::quote)) return "a packet";
  const packet::Quoted& quoted = view.packet.icmp.quoted;
  std::string out(quoted.transport == Transport::none || quoted.transport == Transport::other
                      ? "a packet"
                      : packet::transport_name(quoted.transport));
  out += " to " + view.book.text(quoted.ip.destination);
  const bool ported = quoted.transport == Transport::udp || quoted.transport == Transport::tcp;
  if (ported && quoted.destination_port != 0)
    out += fmt::format(" port {}", quoted.destination_port);
  return out;
}

// https://www.iana.org/assignments/protocol-numbers
std::string_view ip_protocol_name(std::uint8_t protocol) {
  switch (protocol) {
    case 2:
      return "IGMP, which keeps track of multicast groups";
    case 4:
      return "IP in IP, a tunnel";
    case 41:
      return "IPv6 in IPv4, a tunnel";
    case 47:
      return "GRE, a tunnel";
    case 50:
      return "ESP, an encrypted tunnel (IPsec)";
    case 51:
      return "AH, signed packets (IPsec)";
    case 88:
      return "EIGRP, which routers tell each other ways with";
    case 89:
      return "OSPF, which routers tell each other ways with";
    case 103:
      return "PIM, which routers pass multicast on with";
    case 112:
      return "VRRP, by which one router stands in for another";
    case 132:
      return "SCTP, a transport such as TCP";
    default:
      return {};
  }
}

std::string other_gist(const View& view) {
  const std::uint8_t protocol = view.packet.ip.protocol;
  const std::string_view name = ip_protocol_name(protocol);
  const std::string what = protocol == 0  ? std::string("a protocol that is not explained here")
                           : name.empty() ? fmt::format("the IP protocol number {}", protocol)
                                          : std::string(name);
  return fmt::format("{} sends {} a packet of {}.", view.source(), view.destination(), what);
}

std::string_view fate_of(const Packet& packet) {
  const IcmpMeaning* meaning = icmp_meaning(packet.transport, packet.icmp.type, packet.icmp.code);
  if (meaning != nullptr && !meaning->is_failure) {
    return packet.icmp.mtu != 0 ? "was too large for the way" : "could go better";
  }
  return "was not delivered";
}

std::string icmp_gist(const View& view) {
  const Packet& packet = view.packet;
  const std::string source = view.source();
  const std::string destination = view.destination();
  if (is_icmp_error(packet)) {
    return fmt::format("{} reports to {} that {} {}: {}.", source, destination, what_failed(view),
                       fate_of(packet), icmp_title(packet));
  }
  const std::string words =
      packet::icmp_words(packet.transport, packet.icmp.type, packet.icmp.code);
  if (words == "echo request") return fmt::format("{} pings {}.", source, destination);
  if (words == "echo reply") return fmt::format("{} answers the ping of {}.", source, destination);
  if (words == "neighbour solicitation" && packet.icmp.target.is_known()) {
    return fmt::format("{} asks who has the address {}.", source,
                       view.book.text(packet.icmp.target));
  }
  if (words == "neighbour advertisement" && packet.icmp.target.is_known()) {
    return fmt::format("{} says where the address {} is to be found.", source,
                       view.book.text(packet.icmp.target));
  }
  return fmt::format("{} sends {} the message \"{}\".", source, destination, words);
}

std::string arp_gist(const View& view) {
  const packet::Arp& arp = view.packet.arp;
  const std::string sender = view.book.text(arp.sender);
  const std::string target = view.book.text(arp.target);
  if (arp.operation == 2) {
    return fmt::format("{} answers that its network card is {}.", sender,
                       arp.sender_mac.to_string());
  }
  if (arp.operation != 1) return "An ARP packet that neither asks nor answers.";
  if (arp.sender == arp.target) return fmt::format("{} makes its own address known.", sender);
  if (view.knows(Field::mac) && !view.packet.link.destination.is_group()) {
    return fmt::format("{} asks the network card {} whether it still has the address {}.", sender,
                       view.packet.link.destination.to_string(), target);
  }
  const bool unnamed = !arp.sender.is_known() || arp.sender == base::IpAddress::v4(0);
  return fmt::format("{} asks everybody on this network: who has {}?",
                     unnamed ? "A machine without an address" : sender, target);
}

std::string tcp_title(const View& view) {
  const std::uint8_t flags = view.packet.tcp.flags;
  if ((flags & tcp_flag::rst) != 0) return "TCP reset";
  if ((flags & tcp_flag::syn) != 0) {
    return (flags & tcp_flag::ack) != 0 ? "TCP, connection accepted" : "TCP, connection asked for";
  }
  if (view.relation(Tie::handshake_done) != nullptr && view.packet.payload_length == 0) {
    return "TCP, connection made";
  }
  if (view.relation(Tie::keep_alive) != nullptr) return "TCP keep-alive";
  if ((flags & tcp_flag::fin) != 0) return "TCP, end of one direction";
  Content content = content_of(view);
  if (!content.title.empty()) return std::move(content.title);
  const bool carries = view.knows(Field::payload_length) && view.packet.payload_length > 0;
  if (carries) return "TCP data";
  return flags == 0 && !view.is_bytes() ? "TCP" : "TCP acknowledgment";
}

}  // namespace

namespace {

std::string dhcp_client(const View& view) {
  const packet::dhcp::Message& message = view.packet.dhcp;
  return message.client.is_known() ? view.book.text(base::IpAddress::mac(message.client))
                                   : view.source();
}

std::string dhcp6_gist(const View& view, const std::string& client) {
  using packet::dhcp::Type;
  const packet::dhcp::Message& message = view.packet.dhcp;
  const std::string server = view.source();
  const std::string given = view.book.text(message.yours);
  switch (message.type) {
    case Type::discover:
      return client + " calls for any DHCP server that gives addresses of IPv6.";
    case Type::offer:
      return message.yours.is_known()
                 ? fmt::format("{} offers {} to {}.", server, given, client)
                 : fmt::format("{} says that it has no address for {}.", server, client);
    case Type::request:
      return fmt::format("{} asks for {}.", client,
                         message.requested.is_known() ? view.book.text(message.requested)
                                                      : std::string("an address"));
    case Type::ack:
      return fmt::format("{} gives {} to {}.", server, given, client);
    case Type::nak:
      return fmt::format("{} refuses {} the address: it has to begin anew.", server, client);
    case Type::decline:
      return client + " gives its address back: somebody else has it.";
    case Type::release:
      return client + " gives its address back.";
    case Type::inform:
    case Type::unknown:
      break;
  }
  return message.is_reply
             ? fmt::format("{} answers {} about settings.", server, client)
             : fmt::format("{} asks for settings, or whether its address still fits.", client);
}

std::string dhcp_gist(const View& view) {
  using packet::dhcp::Type;
  const packet::dhcp::Message& message = view.packet.dhcp;
  const std::string client = dhcp_client(view);
  if (message.is_v6) return dhcp6_gist(view, client);
  const auto named = [&](const base::IpAddress& address, std::string_view otherwise) {
    return address.is_known() ? view.book.text(address) : std::string(otherwise);
  };
  const std::string server = named(message.server, view.source());
  switch (message.type) {
    case Type::discover:
      return client + " has no address and calls for any DHCP server.";
    case Type::offer:
      return fmt::format("{} offers {} to {}.", server, named(message.yours, "an address"), client);
    case Type::request:
      return fmt::format("{} asks for {}.", client,
                         named(message.requested, named(message.client_ip, "an address")));
    case Type::decline:
      return fmt::format("{} gives {} back: somebody else has it.", client,
                         named(message.requested, "an address"));
    case Type::ack:
      return fmt::format("{} confirms {} to {}.", server, named(message.yours, "the settings"),
                         client);
    case Type::nak:
      return fmt::format("{} refuses {} the address: it has to begin anew.", server, client);
    case Type::release:
      return client + " gives its address back.";
    case Type::inform:
      return client + " has an address and asks for the network's settings.";
    case Type::unknown:
      break;
  }
  return message.is_reply ? fmt::format("A DHCP server answers {}.", client)
                          : fmt::format("{} asks a DHCP server for something.", client);
}

}  // namespace

std::string title_of(const View& view) {
  const Packet& packet = view.packet;
  if (packet.application == packet::Application::dns) {
    const std::string_view opcode = dns::opcode_name(packet.dns.opcode);
    const bool plain = packet.dns.opcode == 0 || opcode.empty();
    return fmt::format("DNS {}{}{}", plain ? "" : std::string(opcode) + " ",
                       packet.dns.response ? "answer"
                       : plain             ? "query"
                                           : "request",
                       packet.dns.over_tcp ? " over TCP" : "");
  }
  if (packet.application == packet::Application::dhcp) {
    const std::string_view type = packet::dhcp::type_name(packet.dhcp);
    return fmt::format("DHCP{} {}", packet.dhcp.is_v6 ? "v6" : "",
                       !type.empty()          ? type
                       : packet.dhcp.is_reply ? "reply"
                                              : "request");
  }
  switch (packet.transport) {
    case Transport::tcp:
      return tcp_title(view);
    case Transport::udp: {
      if (is_quic(view)) return quic_title(view);
      const std::uint16_t port = from_client(packet) ? packet.destination_port : packet.source_port;
      const std::string_view name = base::port_name(port);
      return name.empty() ? "UDP datagram" : fmt::format("UDP datagram ({})", name);
    }
    case Transport::icmp:
    case Transport::icmp6:
      return fmt::format("{} {}", packet::transport_name(packet.transport), icmp_title(packet));
    case Transport::none:
    case Transport::other:
      break;
  }
  if (packet.network == Network::arp) {
    return packet.arp.operation == 2 ? "ARP reply" : "ARP request";
  }
  if (packet.network == Network::none) return "a frame that is not IP";
  const std::string_view name = ip_protocol_name(packet.ip.protocol);
  return name.empty() ? "an IP packet" : std::string(name.substr(0, name.find(',')));
}

std::string gist_of(const View& view) {
  const Packet& packet = view.packet;
  std::string out;
  if (packet.application == packet::Application::dns) {
    out = packet.dns.opcode != 0 ? dns_other_gist(view)
          : packet.dns.response  ? dns_answer_gist(view)
                                 : dns_query_gist(view);
  } else if (packet.application == packet::Application::dhcp) {
    out = dhcp_gist(view);
  } else if (packet.transport == Transport::tcp) {
    out = tcp_gist(view);
  } else if (packet.transport == Transport::udp) {
    out = udp_gist(view);
  } else if (packet.transport == Transport::icmp || packet.transport == Transport::icmp6) {
    out = icmp_gist(view);
  } else if (packet.network == Network::arp) {
    out = arp_gist(view);
  } else if (packet.network == Network::none) {
    return "It carries neither IP nor ARP, and is not explained further.";
  } else if (packet.ip.fragment_offset != 0) {
    out = fmt::format("{} sends {} a later piece of a packet that was cut up.", view.source(),
                      view.destination());
  } else {
    out = other_gist(view);
  }
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z' && out.starts_with("the ")) out[0] = 'T';
  return out;
}

}  // namespace whydown::explain
