// TCP and UDP rows.
#include <algorithm>

#include "capture/text/scan.h"
#include "packet/tcpdump_text/endpoint.h"
#include "packet/wireshark_row/info.h"

namespace whydown::packet::row {
namespace {

namespace scan = capture::text;

// Of a segment that does not go on where the last one ended, or that asks for a sign of life
// (packet-tcp.c, tcp.analysis).
bool is_of_odd_segment(std::string_view remark) {
  static constexpr std::string_view kOdd[] = {
      "[TCP Retransmission",  "[TCP Fast Retransmission", "[TCP Spurious Retransmission",
      "[TCP Out-Of-Order",    "[TCP Previous segment",    "[TCP Keep-Alive]",
      "[TCP ZeroWindowProbe]"};
  return std::ranges::any_of(kOdd, [&](std::string_view odd) { return remark.starts_with(odd); });
}

// "[TCP Retransmission] " and other remarks of the dissector; "[SYN]" is none. True when one of
// them is of an odd segment.
bool take_remarks(std::string_view& info) {
  bool is_odd = false;
  while (info.starts_with("[TCP ") || info.starts_with("[UDP ") || info.starts_with("[Packet ")) {
    const std::size_t end = info.find(']');
    if (end == npos) return is_odd;
    is_odd = is_odd || is_of_odd_segment(info);
    info.remove_prefix(end + 1);
    scan::skip_blanks(info);
  }
  return is_odd;
}

// "443", "https", "https(443)".
std::optional<std::uint16_t> port_of(std::string_view word) {
  const std::size_t open = word.find('(');
  if (open != npos && word.ends_with(')')) {
    return scan::port_number(word.substr(open + 1, word.size() - open - 2));
  }
  return text::read_port(word);
}

// "52444 -> 443", also ">" and the arrow, with or without blanks, and service names.
bool take_ports(std::string_view& info, Packet& packet) {
  std::string_view rest = info;
  const std::size_t end = rest.find_first_of(" ->\xe2");
  if (end == npos || end == 0) return false;
  std::string_view source = rest.substr(0, end);
  rest.remove_prefix(end);
  // "ms-wbt-server" has dashes itself.
  if (!scan::all_digits(source) && !rest.starts_with(' ')) {
    const std::size_t blank = info.find(' ');
    if (blank == npos) return false;
    source = info.substr(0, blank);
    rest = info.substr(blank);
  }
  scan::skip_blanks(rest);
  if (!scan::take(rest, "->") && !scan::take(rest, ">") && !scan::take(rest, "\xe2\x86\x92")) {
    return false;
  }
  scan::skip_blanks(rest);
  const std::string_view destination = rest.substr(0, rest.find_first_of(" ["));
  const auto from = port_of(source);
  const auto to = port_of(destination);
  if (!from && !to) return false;
  rest.remove_prefix(destination.size());
  packet.source_port = from.value_or(0);
  packet.destination_port = to.value_or(0);
  scan::skip_blanks(rest);
  info = rest;
  return true;
}

struct FlagName {
  std::string_view name;
  std::uint8_t flag;
};
constexpr FlagName kFlags[] = {
    {"SYN", tcp_flag::syn}, {"ACK", tcp_flag::ack}, {"FIN", tcp_flag::fin},
    {"RST", tcp_flag::rst}, {"PSH", tcp_flag::psh}, {"URG", tcp_flag::urg},
    {"ECN", tcp_flag::ece}, {"ECE", tcp_flag::ece}, {"CWR", tcp_flag::cwr}};

// "[SYN, ACK]", "[ACK Seq=1" with its bracket missing, "SYN]".
bool take_flags(std::string_view& info, std::uint8_t& flags) {
  (void)scan::take(info, "[");
  bool any = false;
  while (!info.empty()) {
    scan::skip_blanks(info);
    if (scan::take(info, ",")) continue;
    if (scan::take(info, "]")) break;
    const auto* const found = std::find_if(std::begin(kFlags), std::end(kFlags),
                                           [&](const auto& f) { return info.starts_with(f.name); });
    if (found == std::end(kFlags)) break;
    flags |= found->flag;
    any = true;
    info.remove_prefix(found->name.size());
  }
  return any || info.starts_with(" Seq") || info.starts_with("Seq");
}

// "Win=5792", "Win-5792", "Win 5792".
std::optional<std::uint64_t> value_of(std::string_view info, std::string_view key,
                                      std::uint64_t limit) {
  for (std::size_t at = info.find(key); at != npos; at = info.find(key, at + 1)) {
    if (at > 0 && info[at - 1] != ' ') continue;
    std::string_view rest = info.substr(at + key.size());
    if (!scan::take(rest, "=") && !scan::take(rest, "-") && !scan::take(rest, " ")) continue;
    scan::skip_blanks(rest);
    if (const auto value = scan::take_number(rest, limit)) return value;
  }
  return std::nullopt;
}

void set_length(std::string_view info, Packet& packet) {
  const auto length = value_of(info, "Len", 0xffffff);
  if (!length) return;
  packet.payload_length = static_cast<std::uint32_t>(*length);
  packet.known.set(Field::payload_length);
}

std::uint8_t shift_of(std::uint64_t factor) {
  std::uint8_t shift = 0;
  while (factor > 1) {
    factor >>= 1U;
    ++shift;
  }
  return shift;
}

bool begins_http(std::string_view info) {
  if (info.starts_with("HTTP/1.")) return true;
  const std::string_view method = info.substr(0, info.find(' '));
  return method.size() >= 3 && method.size() < 12 && std::ranges::all_of(method, scan::is_upper) &&
         info.find(" HTTP/1.") != npos;
}

}  // namespace

bool read_tcp_info(std::string_view info, Packet& packet) {
  const bool is_remarked = take_remarks(info);
  if (begins_http(info)) packet.said = info;
  std::uint8_t flags = 0;
  if (!take_ports(info, packet)) return false;
  if (!take_flags(info, flags)) {
    packet.source_port = packet.destination_port = 0;
    return false;
  }
  Tcp& tcp = packet.tcp;
  tcp.flags = flags;
  tcp.is_remarked = is_remarked;
  const auto sequence = value_of(info, "Seq", 0xffffffff);
  const auto acknowledged = value_of(info, "Ack", 0xffffffff);
  tcp.sequence = static_cast<std::uint32_t>(sequence.value_or(0));
  tcp.acknowledgment = static_cast<std::uint32_t>(acknowledged.value_or(0));
  if (sequence && (acknowledged || (flags & tcp_flag::ack) == 0)) {
    packet.known.set(Field::tcp_sequence);
  }
  // Wireshark multiplies the window by its scale; it then may exceed the field.
  const auto window = value_of(info, "Win", 0xffffffff);
  tcp.window = static_cast<std::uint16_t>(std::min<std::uint64_t>(window.value_or(0), 0xffff));
  tcp.mss = static_cast<std::uint16_t>(value_of(info, "MSS", 0xffff).value_or(0));
  if (const auto scale = value_of(info, "WS", 16384); scale && *scale > 0) {
    tcp.window_scale = shift_of(*scale);
  }
  tcp.sack_permitted = info.find("SACK_PERM") != npos;
  tcp.has_timestamps = info.find("TSval") != npos;
  set_length(info, packet);
  if (window && packet.known.has(Field::tcp_sequence) && packet.known.has(Field::payload_length)) {
    packet.known.set(Field::tcp_told);
  }
  return true;
}

bool read_udp_info(std::string_view info, Packet& packet) {
  (void)take_remarks(info);
  if (!take_ports(info, packet)) return false;
  set_length(info, packet);
  return true;
}

}  // namespace whydown::packet::row
