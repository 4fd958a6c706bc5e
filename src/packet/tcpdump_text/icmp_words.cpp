// ICMP and ICMPv6 as tcpdump words them (print-icmp, print-icmp6), with the codes of RFC 792,
// RFC 1812 and RFC 4443.
#include <algorithm>

#include "capture/text/scan.h"
#include "packet/tcpdump_text/endpoint.h"
#include "packet/tcpdump_text/parts.h"

namespace whydown::packet::text {
namespace {

namespace scan = capture::text;
constexpr std::uint32_t kIcmpHeader = 8;

constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kTcp = 6;

Transport transport_of(std::uint8_t protocol) {
  switch (protocol) {
    case 1:
      return Transport::icmp;
    case kTcp:
      return Transport::tcp;
    case kUdp:
      return Transport::udp;
    case 58:
      return Transport::icmp6;
    default:
      return protocol == 0 ? Transport::none : Transport::other;
  }
}

struct Words {
  std::string_view text;
  std::uint8_t type;
  std::uint8_t code;
};

// "length 75" at the end of the error's own words; 0 when it is not shown.
std::uint32_t shown_length(std::string_view text) {
  const std::size_t at = text.find("length ");
  if (at == npos) return 0;
  std::string_view rest = text.substr(at + 7);
  return static_cast<std::uint32_t>(scan::take_number(rest, 0xffff).value_or(0));
}

void set_length(std::string_view text, Packet& packet) {
  std::uint32_t length = shown_length(text);
  // -v of IPv6 shows the packet's length in the header only.
  constexpr std::uint32_t v6_header = 40;
  if (length == 0 && packet.network == Network::ipv6 && packet.ip.total_length > v6_header) {
    length = packet.ip.total_length - v6_header;
  }
  if (length < kIcmpHeader) return;
  packet.payload_length = length - kIcmpHeader;
  packet.known.set(Field::payload_length);
}

// "echo request, id 7, seq 1", older "echo request seq 1".
void read_echo(std::string_view text, Icmp& icmp) {
  const auto number_after = [&](std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == npos) return std::uint16_t{0};
    std::string_view rest = text.substr(at + key.size());
    return static_cast<std::uint16_t>(scan::take_number(rest, 0xffff).value_or(0));
  };
  icmp.identifier = number_after("id ");
  icmp.sequence = number_after("seq ");
}

// What an error's words tell of the datagram it complains about: whom it was for, and the port.
void quote_from_words(std::string_view address, Transport transport, std::string_view port,
                      base::Interner& names, Packet& packet) {
  while (address.ends_with(',') || address.ends_with(':')) address.remove_suffix(1);
  if (address.empty()) return;
  Quoted& quoted = packet.icmp.quoted;
  quoted.ip.source = packet.ip.destination;
  quoted.ip.destination = read_address(address, names);
  quoted.transport = transport;
  if (transport == Transport::udp) quoted.ip.protocol = kUdp;
  if (transport == Transport::tcp) quoted.ip.protocol = kTcp;
  quoted.destination_port = read_port(port).value_or(0);
  packet.known.set(Field::quote);
}

// "udp port 53", after which `text` goes on.
bool take_port(std::string_view& text, Transport& transport, std::string_view& port) {
  std::string_view rest = text;
  const std::string_view protocol = scan::take_token(rest);
  transport = protocol == "udp"   ? Transport::udp
              : protocol == "tcp" ? Transport::tcp
                                  : Transport::other;
  if (!scan::take(rest, "port ")) return false;
  port = scan::take_token(rest);
  while (port.ends_with(',')) port.remove_suffix(1);
  text = rest;
  return true;
}

// The reason after "host A unreachable".
constexpr Words kHostReasons[] = {
    {"- admin prohibited filter", 3, 13}, {"- admin prohibited (filter)", 3, 13},
    {"- admin prohibited", 3, 10},        {"- unknown", 3, 7},
    {"- tos prohibited", 3, 12},          {"- host precedence violation", 3, 14},
    {"- precedence cutoff", 3, 15},       {"", 3, 1},
};
constexpr Words kNetReasons[] = {
    {"- admin prohibited", 3, 9}, {"- unknown", 3, 6}, {"- tos prohibited", 3, 11}, {"", 3, 0}};

bool read_reason(std::span<const Words> reasons, std::string_view text, Icmp& icmp) {
  for (const Words& reason : reasons) {
    if (!text.starts_with(reason.text)) continue;
    icmp.type = reason.type;
    icmp.code = reason.code;
    return true;
  }
  return false;
}

// "A udp port 53 unreachable", "A protocol 17 unreachable", "A unreachable - need to frag (mtu N)".
bool read_address_first(std::string_view text, base::Interner& names, Packet& packet) {
  Icmp& icmp = packet.icmp;
  const std::string_view address = scan::take_token(text);
  icmp.type = 3;
  Transport transport = Transport::none;
  std::string_view port;
  std::string_view rest = text;
  // No other error names a port, so a record cut behind it is clear as well.
  if (take_port(rest, transport, port) && (rest.starts_with("unreachable") || rest.empty())) {
    icmp.code = 3;
    quote_from_words(address, transport, port, names, packet);
    return true;
  }
  rest = text;
  if (scan::take(rest, "protocol ")) {
    const std::string_view word = scan::take_token(rest);
    const auto protocol = scan::port_number(word);
    // "protocol 132 port 5000 unreachable" is a port unreachable of another transport.
    const bool has_port = scan::take(rest, "port ");
    const std::string_view number = has_port ? scan::take_token(rest) : std::string_view();
    if (!rest.starts_with("unreachable")) return false;
    icmp.code = has_port ? 3 : 2;
    quote_from_words(address, Transport::none, number, names, packet);
    if (protocol && *protocol < 256) {
      icmp.quoted.ip.protocol = static_cast<std::uint8_t>(*protocol);
      icmp.quoted.transport = transport_of(icmp.quoted.ip.protocol);
    }
    return true;
  }
  if (!scan::take(text, "unreachable")) return false;
  scan::skip_blanks(text);
  if (scan::take(text, "- need to frag")) {
    icmp.code = 4;
    if (scan::take(text, " (mtu ")) {
      icmp.mtu = static_cast<std::uint32_t>(scan::take_number(text, 0xffff).value_or(0));
    }
  } else if (text.starts_with("- source route failed")) {
    icmp.code = 5;
  } else if (text.starts_with("- source host isolated")) {
    icmp.code = 8;
  } else if (scan::take(text, "- #")) {
    const auto code = scan::take_number(text, 255);
    if (!code) return false;
    icmp.code = static_cast<std::uint8_t>(*code);
  } else {
    return false;  // "A unreachable" alone does not say what of it
  }
  quote_from_words(address, Transport::none, {}, names, packet);
  return true;
}

constexpr Words kPlain4[] = {
    {"echo request", 8, 0},
    {"echo reply", 0, 0},
    {"time exceeded in-transit", 11, 0},
    {"ip reassembly time exceeded", 11, 1},
    {"source quench", 4, 0},
    {"router advertisement", 9, 0},
    {"router solicitation", 10, 0},
    {"time stamp query", 13, 0},
    {"time stamp reply", 14, 0},
    {"information request", 15, 0},
    {"information reply", 16, 0},
    {"address mask request", 17, 0},
    {"address mask is", 18, 0},
    {"parameter problem", 12, 0},
};

bool read_plain(std::span<const Words> list, std::string_view text, Icmp& icmp) {
  for (const Words& words : list) {
    if (!text.starts_with(words.text)) continue;
    icmp.type = words.type;
    icmp.code = words.code;
    return true;
  }
  return false;
}

// "redirect A to host B", "redirect-tos A to net B".
bool read_redirect(std::string_view text, Icmp& icmp) {
  if (!text.starts_with("redirect")) return false;
  const bool tos = text.starts_with("redirect-tos");
  const bool host = text.find(" to host ") != npos;
  if (!host && text.find(" to net ") == npos) return false;
  icmp.type = 5;
  icmp.code = static_cast<std::uint8_t>((host ? 1 : 0) + (tos ? 2 : 0));
  return true;
}

bool read_icmp4(std::string_view text, base::Interner& names, Packet& packet) {
  Icmp& icmp = packet.icmp;
  if (read_plain(kPlain4, text, icmp)) {
    if (icmp.type == 8 || icmp.type == 0) read_echo(text, icmp);
    return true;
  }
  std::string_view rest = text;
  const bool net = scan::take(rest, "net ");
  if (net || scan::take(rest, "host ")) {
    const std::string_view address = scan::take_token(rest);
    if (scan::take(rest, "unreachable")) {
      scan::skip_blanks(rest);
      const bool known =
          net ? read_reason(kNetReasons, rest, icmp) : read_reason(kHostReasons, rest, icmp);
      if (known) quote_from_words(address, Transport::none, {}, names, packet);
      return known;
    }
  }
  if (read_redirect(text, icmp)) return true;
  rest = text;
  if (scan::take(rest, "time exceeded-#") || scan::take(rest, "type-#")) {
    const auto number = scan::take_number(rest, 255);
    if (!number) return false;
    const bool is_type = text.starts_with("type-#");
    icmp.type = is_type ? static_cast<std::uint8_t>(*number) : std::uint8_t{11};
    icmp.code = is_type ? std::uint8_t{0} : static_cast<std::uint8_t>(*number);
    return true;
  }
  return read_address_first(text, names, packet);
}

constexpr Words kPlain6[] = {
    {"echo request", 128, 0},
    {"echo reply", 129, 0},
    {"packet too big", 2, 0},
    {"time exceeded in-transit (reassembly)", 3, 1},
    {"time exceeded in-transit", 3, 0},
    {"parameter problem, erroneous", 4, 0},
    {"parameter problem, next header", 4, 1},
    {"parameter problem, option", 4, 2},
    {"multicast listener query", 130, 0},
    {"multicast listener report v2", 143, 0},
    {"multicast listener report", 131, 0},
    {"multicast listener done", 132, 0},
    {"router solicitation", 133, 0},
    {"router advertisement", 134, 0},
    {"neighbor solicitation", 135, 0},
    {"neighbor advertisement", 136, 0},
    {"redirect", 137, 0},
};
constexpr Words kUnreachable6[] = {
    {"unreachable route ", 1, 0},   {"unreachable prohibited ", 1, 1}, {"beyond scope ", 1, 2},
    {"unreachable address ", 1, 3}, {"unreachable port, ", 1, 4},
};

bool read_unreachable6(std::string_view text, base::Interner& names, Packet& packet) {
  Icmp& icmp = packet.icmp;
  scan::skip_blanks(text);
  for (const Words& words : kUnreachable6) {
    if (!scan::take(text, words.text)) continue;
    icmp.type = words.type;
    icmp.code = words.code;
    const std::string_view address = scan::take_token(text);
    Transport transport = Transport::none;
    std::string_view port;
    if (icmp.code == 4) (void)take_port(text, transport, port);
    quote_from_words(address, transport, port, names, packet);
    return true;
  }
  if (!scan::take(text, "unknown unreach code (")) return false;
  const auto code = scan::take_number(text, 255);
  if (!code) return false;
  icmp.type = 1;
  icmp.code = static_cast<std::uint8_t>(*code);
  return true;
}

void read_neighbour(std::string_view text, base::Interner& names, Icmp& icmp) {
  for (const std::string_view key : {"who has ", "tgt is "}) {
    const std::size_t at = text.find(key);
    if (at == npos) continue;
    std::string_view rest = text.substr(at + key.size());
    std::string_view address = scan::take_token(rest);
    while (address.ends_with(',')) address.remove_suffix(1);
    icmp.target = read_address(address, names);
  }
}

bool read_icmp6(std::string_view text, base::Interner& names, Packet& packet) {
  Icmp& icmp = packet.icmp;
  if (scan::take(text, "destination unreachable, ")) return read_unreachable6(text, names, packet);
  if (!read_plain(kPlain6, text, icmp)) return false;
  if (icmp.type == 128 || icmp.type == 129) read_echo(text, icmp);
  if (icmp.type == 135 || icmp.type == 136) read_neighbour(text, names, icmp);
  // Of -v: "Flags [managed, other stateful]", and of each prefix "Flags [onlink, auto]". As on the
  // wire, where addresses come from DHCP alone (RFC 4861 4.2: M).
  constexpr std::uint16_t managed = 0x80;
  if (icmp.type == 134 && text.find("Flags [managed") != npos && text.find("auto]") == npos) {
    icmp.identifier = managed;
  }
  if (icmp.type == 2 && scan::take(text, "packet too big, mtu ")) {
    icmp.mtu = static_cast<std::uint32_t>(scan::take_number(text, 0xffffffff).value_or(0));
  }
  if (icmp.type == 3 && scan::take(text, "time exceeded in-transit for ")) {
    quote_from_words(scan::take_token(text), Transport::none, {}, names, packet);
  }
  return true;
}

// Splits the error's own words from the quote behind them.
std::string_view take_own_words(std::string_view& text) {
  const std::size_t quote = std::min(text.find(" IP ("), text.find(" IP6 ("));
  const std::string_view own = text.substr(0, quote);
  text.remove_prefix(std::min(quote, text.size()));
  scan::skip_blanks(text);
  return own;
}

}  // namespace

void read_quote(std::string_view text, base::Interner& names, Packet& packet) {
  const Network network = text.starts_with("IP6 ") ? Network::ipv6 : Network::ipv4;
  (void)scan::take_token(text);
  IpWords words;
  if (!read_ip_words(text, network, words)) return;
  Quoted& quoted = packet.icmp.quoted;
  const Quoted told = quoted;
  quoted.ip = words.ip;
  quoted.transport = transport_of(words.ip.protocol);
  const bool ported = quoted.transport == Transport::udp || quoted.transport == Transport::tcp;
  const Endpoint source = read_endpoint(words.source, ported, names);
  const Endpoint destination = read_endpoint(words.destination, ported, names);
  quoted.ip.source = source.address;
  quoted.ip.destination = destination.address;
  quoted.source_port = source.port;
  // The port may be a number in one place and a name we do not know in the other.
  quoted.destination_port = destination.port != 0 ? destination.port : told.destination_port;
  packet.known.set(Field::quote);
  packet.known.set(Field::quote_header);
  if (source.port != 0) packet.known.set(Field::quote_source_port);
  if (packet.known.has(Field::payload_length)) {
    quoted.bytes =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(packet.payload_length, 0xffff));
  }
  std::string_view payload = words.payload;
  skip_checksum_words(payload);
  const bool dns = quoted.transport == Transport::udp &&
                   (quoted.destination_port == 53 || quoted.source_port == 53);
  if (const auto id = dns ? scan::take_number(payload, 0xffff) : std::nullopt) {
    quoted.has_dns_id = true;
    quoted.dns_id = static_cast<std::uint16_t>(*id);
  }
  if (quoted.transport != Transport::tcp) return;
  if (const std::size_t at = payload.find("seq "); at != npos) {
    payload.remove_prefix(at + 4);
    quoted.tcp_sequence =
        static_cast<std::uint32_t>(scan::take_number(payload, 0xffffffff).value_or(0));
  }
}

void read_icmp_words(std::string_view text, base::Interner& names, Packet& packet) {
  packet.transport = Transport::icmp;
  packet.ip.protocol = 1;
  const std::string_view own = take_own_words(text);
  set_length(own, packet);
  if (!read_icmp4(own, names, packet)) {
    // Neither type nor code: nothing after this may take the zeros for an echo reply.
    packet.transport = Transport::other;
    add_note(packet, Note::text_unreadable);
    return;
  }
  if (!text.empty()) read_quote(text, names, packet);
}

void read_icmp6_words(std::string_view text, base::Interner& names, Packet& packet) {
  packet.transport = Transport::icmp6;
  packet.ip.protocol = 58;
  const std::string_view own = take_own_words(text);
  set_length(own, packet);
  if (!read_icmp6(own, names, packet)) {
    packet.transport = Transport::other;
    add_note(packet, Note::text_unreadable);
    return;
  }
  if (!text.empty()) read_quote(text, names, packet);
}

}  // namespace whydown::packet::text
