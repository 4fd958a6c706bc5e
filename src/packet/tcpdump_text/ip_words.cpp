// The verbose IP header and the two endpoints.
#include <algorithm>

#include "capture/text/scan.h"
#include "packet/tcpdump_text/endpoint.h"
#include "packet/tcpdump_text/parts.h"

namespace whydown::packet::text {
namespace {

namespace scan = capture::text;

// The number after `key`, if the header shows it.
bool find_number(std::string_view header, std::string_view key, std::uint64_t& value) {
  const std::size_t at = header.find(key);
  if (at == npos) return false;
  std::string_view rest = header.substr(at + key.size());
  const auto number = rest.starts_with("0x") ? scan::take_hex(rest) : scan::take_number(rest);
  if (!number) return false;
  value = *number;
  return true;
}

void read_protocol(std::string_view header, std::string_view key, Ip& ip) {
  const std::size_t at = header.find(key);
  if (at == npos) return;
  const std::size_t open = header.find('(', at);
  if (open == npos) return;
  std::string_view rest = header.substr(open + 1);
  if (const auto number = scan::take_number(rest, 255); number && rest.starts_with(')')) {
    ip.protocol = static_cast<std::uint8_t>(*number);
  }
}

// "tos 0xc0, ttl 64, id 102, offset 0, flags [none], proto ICMP (1), length 95"
void read_v4_header(std::string_view header, IpWords& words) {
  std::uint64_t value = 0;
  if (find_number(header, "tos ", value)) {
    words.ip.tos = static_cast<std::uint8_t>(value);
    words.known.set(Field::tos);
  }
  if (find_number(header, "ttl ", value)) {
    words.ip.ttl = static_cast<std::uint8_t>(std::min<std::uint64_t>(value, 255));
    words.known.set(Field::ttl);
  }
  if (find_number(header, " id ", value)) {
    words.ip.id = static_cast<std::uint32_t>(value & 0xffffU);
    words.known.set(Field::ip_id);
  }
  if (find_number(header, "offset ", value)) {
    words.ip.fragment_offset = static_cast<std::uint16_t>(std::min<std::uint64_t>(value, 0xffff));
  }
  if (const std::size_t at = header.find("flags ["); at != npos) {
    const std::string_view flags = header.substr(at, header.find(']', at) - at);
    words.ip.dont_fragment = flags.find("DF") != npos;
    words.ip.more_fragments = flags.find('+') != npos;
    words.known.set(Field::dont_fragment);
  }
  read_protocol(header, "proto ", words.ip);
  if (find_number(header, " length ", value) || find_number(header, " length: ", value)) {
    words.ip.total_length = static_cast<std::uint32_t>(std::min<std::uint64_t>(value, 0xffff));
  }
  words.fragmented = words.ip.fragment_offset != 0 || words.ip.more_fragments;
}

// "class 0x02, flowlabel 0x12345, hlim 64, next-header UDP (17) payload length: 47"
void read_v6_header(std::string_view header, IpWords& words) {
  std::uint64_t value = 0;
  if (find_number(header, "class ", value)) words.ip.tos = static_cast<std::uint8_t>(value);
  words.known.set(Field::tos);  // a class of 0 is not printed
  if (find_number(header, "hlim ", value)) {
    words.ip.ttl = static_cast<std::uint8_t>(std::min<std::uint64_t>(value, 255));
    words.known.set(Field::ttl);
  }
  read_protocol(header, "next-header ", words.ip);
  if (find_number(header, "payload length: ", value)) {
    constexpr std::uint32_t fixed_header = 40;
    words.ip.total_length =
        fixed_header + static_cast<std::uint32_t>(std::min<std::uint64_t>(value, 0xffff));
  }
}

// Takes "(...)", whose parentheses nest: "proto UDP (17)".
std::string_view take_parentheses(std::string_view& text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) {
      const std::string_view inside = text.substr(1, i - 1);
      text.remove_prefix(i + 1);
      scan::skip_blanks(text);
      return inside;
    }
  }
  return {};
}

}  // namespace

bool read_ip_words(std::string_view text, Network network, IpWords& words) {
  words.network = network;
  // "truncated-ip - 20 bytes missing! ": the capture cut the packet.
  if (text.starts_with("truncated-ip")) {
    const std::size_t end = text.find("! ");
    if (end == npos) return false;
    text.remove_prefix(end + 2);
  }
  if (text.starts_with('(')) {
    const std::string_view header = take_parentheses(text);
    if (network == Network::ipv6) {
      read_v6_header(header, words);
    } else {
      read_v4_header(header, words);
    }
  }
  words.source = scan::take_token(text);
  if (!scan::take(text, "> ")) return false;
  std::size_t end = text.find(": ");
  if (end == npos) end = text.ends_with(':') ? text.size() - 1 : text.size();
  words.destination = text.substr(0, std::min(end, text.find(' ')));
  text.remove_prefix(std::min(end, text.size()));
  (void)scan::take(text, ":");
  scan::skip_blanks(text);
  words.payload = text;
  return !words.source.empty() && !words.destination.empty();
}

void skip_checksum_words(std::string_view& text) {
  for (const std::string_view mark : {"[udp sum ok]", "[bad udp cksum", "[no cksum]",
                                      "[icmp6 sum ok]", "[bad icmp6 cksum", "[udp"}) {
    if (!text.starts_with(mark)) continue;
    const std::size_t end = text.find(']');
    if (end == npos) return;
    text.remove_prefix(end + 1);
    (void)scan::take(text, "!");  // "[bad udp cksum 0x1234 -> 0x5678!] "
    scan::skip_blanks(text);
    return;
  }
}

void add_note(Packet& packet, Note note) {
  for (const NoteAt& seen : packet.notes) {
    if (seen.note == note) return;
  }
  packet.notes.push_back({note, 0});
}

}  // namespace whydown::packet::text
