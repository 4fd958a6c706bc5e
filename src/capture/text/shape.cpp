#include "capture/text/shape.h"

#include <algorithm>
#include <array>

#include "base/address.h"
#include "capture/text/scan.h"

namespace whydown::capture::text {
namespace {

// What tcpdump prints after the time for packets that are not IP. They are records, too.
constexpr std::string_view kOtherHeads[] = {
    "ARP",          "arp ",  "RARP",       "STP ",     "LLDP",       "CDPv",
    "IPX ",         "EAPOL", "EAP packet", "Loopback", "LACPv",      "802.1",
    "PPPoE ",       "MPLS ", "vlan ",      "VLAN ",    "LLC,",       "SLOW",
    "Unknown SSAP", "[|",    "IP0 ",       "IP5 ",     "truncated-", "Realtek",
    "CLNP",         "IS-IS", "AoE",        "MSTP",     "ethertype "};

bool is_mac(std::string_view text) {
  if (text.size() < 17) return false;
  for (std::size_t i = 0; i < 17; ++i) {
    if (i % 3 == 2 ? text[i] != ':' : hex_value(text[i]) > 15) return false;
  }
  return true;
}

// "192.0.2.1.53 > 192.0.2.7.4711: ...", as tcpdump before 3.9 printed it.
bool is_bare_pair(std::string_view body) {
  const std::string_view first = take_token(body);
  if (first.find('.') == npos || !take(body, "> ")) return false;
  return take_token(body).ends_with(':');
}

bool is_ip_head(std::string_view body) {
  return body.starts_with("IP ") || body.starts_with("IP6 ") || body == "IP" || body == "IP6";
}

bool is_head(std::string_view body) {
  if (is_ip_head(body) || is_mac(body)) return true;
  for (const std::string_view head : kOtherHeads) {
    if (body.starts_with(head)) return true;
  }
  return is_bare_pair(body);
}

std::optional<Direction> take_direction(std::string_view& body) {
  struct Word {
    std::string_view text;
    Direction direction;
  };
  static constexpr Word kWords[] = {{"In ", Direction::inbound},
                                    {"Out ", Direction::outbound},
                                    {"B ", Direction::inbound},
                                    {"M ", Direction::inbound},
                                    {"P ", Direction::unknown}};
  for (const Word& word : kWords) {
    if (take(body, word.text)) return word.direction;
  }
  return std::nullopt;
}

// "eth0 In IP ...", "In IP ...", "In ifindex 2 02:00:5e:10:00:01 ethertype ...": takes what is
// before the head.
bool take_interface(std::string_view& body, Direction& direction) {
  std::string_view rest = body;
  auto found = take_direction(rest);
  if (!found) {
    const std::string_view name = take_token(rest);
    if (name.empty() || name.size() > 15 || name.ends_with(':')) return false;
    found = take_direction(rest);
  }
  if (!found) return false;
  std::string_view head = rest;
  if (take(head, "ifindex ") && take_number(head)) skip_blanks(head);
  if (!is_head(head)) return false;
  body = rest;
  direction = *found;
  return true;
}

bool is_head_or_interface(std::string_view body) {
  Direction direction = Direction::unknown;
  return is_head(body) || take_interface(body, direction);
}

// Without a time only an unmistakable head counts: prose begins with "IP addresses" too.
bool is_untimed_head(std::string_view line) {
  if (line.starts_with("ARP, "))
    return line.find(" length ") != npos || line.find(" who-has ") != npos;
  if (line.starts_with("arp who-has ") || line.starts_with("arp reply ")) return true;
  if (!is_ip_head(line)) return false;
  if (line.starts_with("IP (tos ") || line.starts_with("IP6 (")) return true;
  std::string_view rest = line.substr(line.find(' ') == npos ? line.size() : line.find(' ') + 1);
  const std::string_view from = take_token(rest);
  return take(rest, "> ") && (from.find('.') != npos || from.find(':') != npos) &&
         rest.find(':') != npos;
}

// The last blank-separated word.
std::string_view last_word(std::string_view text) {
  const std::size_t at = text.rfind(' ');
  return at == npos ? text : text.substr(at + 1);
}

bool is_counted_end(std::string_view text) {  // "(24)", before 3.9 "(24) (DF)"
  if (text.ends_with(" (DF)")) text.remove_suffix(5);
  if (!text.ends_with(')')) return false;
  const std::string_view word = last_word(text);
  return word.size() > 2 && word[0] == '(' && all_digits(word.substr(1, word.size() - 2));
}

// "length 39" with its digits; the verbose header's "length 67)" does not count.
bool has_length(std::string_view text) {
  for (std::size_t at = text.find("length"); at != npos; at = text.find("length", at + 1)) {
    std::string_view rest = text.substr(at + 6);
    (void)take(rest, ":");
    if (take(rest, " ") && take_number(rest) && !rest.starts_with(')')) return true;
  }
  return false;
}

// "35084+", "35084", "35084*-": an id with its flags.
bool begins_like_dns(std::string_view text) {
  for (std::string_view mark = text; mark.starts_with("[");) {  // "[udp sum ok] "
    const std::size_t end = mark.find("] ");
    if (end == npos) return false;
    mark = text = mark.substr(end + 2);
  }
  if (!take_number(text, 65535)) return false;
  while (!text.empty() && std::string_view("+%*-|$").find(text[0]) != npos) text.remove_prefix(1);
  return text.empty() || text[0] == ' ';
}

// After "A > B:"; npos while the addresses themselves are not whole.
std::size_t payload_begin(std::string_view body) {
  const std::size_t begin = addresses_begin(body);
  if (begin == npos) return npos;
  const std::size_t arrow = find_arrow(body, begin);
  if (arrow == npos) return npos;
  const std::size_t end = body.find(": ", arrow);
  if (end != npos) return end + 2;
  return body.ends_with(':') ? body.size() : npos;
}

// The blank before the next "IP ", "IP6 " or "ARP, ". Looks for the rare letter, not for blanks.
std::size_t find_head(std::string_view line, std::size_t from) {
  for (std::size_t at = line.find('P', from); at != npos; at = line.find('P', at + 1)) {
    const std::string_view rest = line.substr(at);
    const bool ip = rest.starts_with("P ") || rest.starts_with("P6 ");
    if (ip && at >= from + 2 && line[at - 1] == 'I' && line[at - 2] == ' ') return at - 2;
    if (rest.starts_with("P, ") && at >= from + 3 && line.substr(at - 3, 3) == " AR") return at - 3;
  }
  return npos;
}

// The longest stamp that ends at `end`, with nothing but a blank or a bracket before it.
std::optional<Start> stamp_before(std::string_view line, std::size_t from, std::size_t end) {
  constexpr std::size_t longest = 40;
  const std::size_t first = end > from + longest ? end - longest : from;
  for (std::size_t begin = first; begin + 7 < end; ++begin) {
    const char before = begin == 0 ? ' ' : line[begin - 1];
    if (is_digit(before) || is_alpha(before) || before == ':' || before == '.') continue;
    if (!is_digit(line[begin]) && !is_upper(line[begin])) continue;
    const auto stamp = parse_stamp(line.substr(begin, end - begin));
    if (!stamp || begin + stamp->length != end) continue;
    Start start;
    start.offset = begin;
    start.stamp = stamp;
    return start;
  }
  return std::nullopt;
}

// Words that tcpdump's lines are made of, as far as they are met after a break.
constexpr std::string_view kWords[] = {
    "unreachable", "length",        "udp",      "tcp",       "port",         "host",       "net",
    "ICMP",        "ICMP6",         "Flags",    "options",   "seq",          "ack",        "win",
    "mss",         "sackOK",        "nop",      "wscale",    "val",          "ecr",        "TS",
    "prohibited",  "filter",        "admin",    "protocol",  "exceeded",     "in-transit", "time",
    "echo",        "request",       "reply",    "id",        "who-has",      "tell",       "is-at",
    "Request",     "Reply",         "ServFail", "NXDomain",  "Refused",      "FormErr",    "CNAME",
    "AAAA",        "UDP",           "domain",   "HTTP",      "ethertype",    "IPv4",       "IPv6",
    "correct",     "cksum",         "proto",    "offset",    "flags",        "ttl",        "tos",
    "destination", "need",          "frag",     "redirect",  "solicitation", "neighbor",   "SOA",
    "PTR",         "advertisement", "router",   "multicast", "listener",     "report"};

std::string_view bare(std::string_view word) {
  while (!word.empty() && !is_alpha(word.back()) && !is_digit(word.back())) word.remove_suffix(1);
  while (!word.empty() && !is_alpha(word.front()) && !is_digit(word.front())) word.remove_prefix(1);
  return word;
}
bool is_known_word(std::string_view word) {
  word = bare(word);
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

// "3:13:24:32.192571 IP ..." of `grep -n`, "dns.log:3:13:24:32..." of `grep -n` over files.
std::optional<Start> start_behind_colon(std::string_view line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  for (std::size_t at = line.find(':'); at < end; at = line.find(':', at + 1)) {
    const std::string_view rest = line.substr(at + 1);
    const auto stamp = rest.empty() || !is_digit(rest[0]) ? std::nullopt : parse_stamp(rest);
    if (!stamp || !is_head_or_interface(trimmed(rest.substr(stamp->length)))) continue;
    Start start;
    start.offset = at + 1;
    start.stamp = stamp;
    return start;
  }
  return std::nullopt;
}

// "02:00:00:" / "00:01:00"
bool is_split_mac(std::string_view left, std::string_view right) {
  const std::string both =
      std::string(left) + std::string(right.substr(0, right.find_first_of(" ,")));
  return left.size() < 17 && both.size() >= 17 && is_mac(both);
}

// "ICMP 203.0.1" / "13.2 udp port 53 unreachable", "tell 19" / "2.0.2.15", "port, 2001:db" /
// "8:3::2 udp": after an address a word comes, never a number.
bool is_split_address(std::string_view body, std::string_view left, std::string_view right) {
  const bool v6 = left.find(':') != npos;
  const std::string_view rest =
      right.substr(0, right.find_first_not_of(v6 ? "0123456789abcdef:." : "0123456789."));
  const bool bare = !v6 && left.find('.') == npos;
  if (bare && (!body.starts_with("ARP") || rest.find('.') == npos)) return false;
  if (rest.empty() || (!v6 && !digits_and_dots(left))) return false;
  std::string both(left);
  both += rest;
  return base::IpAddress::parse(both).has_value();
}

}  // namespace

std::size_t find_arrow(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('>', from); at != npos; at = text.find('>', at + 1)) {
    if (at > from && at + 1 < text.size() && text[at - 1] == ' ' && text[at + 1] == ' ') {
      return at - 1;
    }
  }
  return npos;
}

std::size_t addresses_begin(std::string_view body) {
  std::size_t at = 0;
  const bool is_bare_ip = body.starts_with("IP ") || body.starts_with("IP6 ");
  if (const std::size_t link = is_bare_ip ? npos : body.find("ethertype "); link != npos) {
    // "length 81: 192.0.2.1..."; of a VLAN "ethertype IPv4 (0x0800), 192.0.2.1...".
    const std::size_t last = body.rfind("ethertype ");
    if (last != link) {
      const std::size_t end = body.find("), ", last);
      if (end == npos) return npos;
      at = end + 3;
    } else {
      const std::size_t length = body.find("length ", link);
      const std::size_t end = length == npos ? npos : body.find(": ", length);
      if (end == npos) return npos;
      at = end + 2;
    }
  }
  for (const std::string_view head : {"IP ", "IP6 "}) {
    if (body.substr(at).starts_with(head)) at += head.size();
  }
  if (at < body.size() && body[at] == '(') {
    // The header's parentheses nest: "proto UDP (17)".
    int depth = 0;
    for (; at < body.size(); ++at) {
      if (body[at] == '(') ++depth;
      if (body[at] == ')' && --depth == 0) break;
    }
    at = std::min(body.size(), at + 2);
  }
  return at;
}

std::optional<Start> start_of(std::string_view line) {
  Start start;
  if (line.empty()) return std::nullopt;
  if (is_digit(line[0]) || is_upper(line[0])) start.stamp = parse_stamp(line);
  if (!start.stamp) {
    // "17 13:24:32.192571 IP ..." of numbered listings.
    std::string_view rest = line;
    if (take_number(rest, 9'999'999) && take(rest, " ")) {
      skip_blanks(rest);
      const std::size_t offset = line.size() - rest.size();
      auto inner = rest.empty() || !is_digit(rest[0]) ? std::nullopt : parse_stamp(rest);
      if (inner && is_head_or_interface(trimmed(rest.substr(inner->length)))) {
        start.offset = offset;
        start.stamp = inner;
      }
    }
  }
  if (!start.stamp) start = start_behind_colon(line).value_or(start);
  std::string_view body = line.substr(start.offset);
  if (start.stamp) {
    body.remove_prefix(start.stamp->length);
    skip_blanks(body);
    if (!take_interface(body, start.direction)) start.readable = body.empty() || is_head(body);
  } else if (!is_untimed_head(body)) {
    // "eth0 In IP ..." without a time.
    // "?": the interface is gone.
    const bool named = is_alpha(body[0]) || body[0] == '?';
    if (!named || !take_interface(body, start.direction)) return std::nullopt;
    if (!is_untimed_head(body)) return std::nullopt;
  }
  start.body = line.size() - body.size();
  return start;
}

std::optional<Start> start_within(std::string_view line, std::size_t from) {
  for (std::size_t at = find_head(line, from); at != npos; at = find_head(line, at + 1)) {
    auto start = stamp_before(line, from, at);
    if (!start) continue;
    start->body = at + 1;
    return start;
  }
  // The line may end right after the time, or after "IP".
  std::size_t end = line.size();
  if (line.ends_with(" IP")) end -= 3;
  if (line.ends_with(" IP6")) end -= 4;
  if (end < from + 8 || !is_digit(line[end - 1])) return std::nullopt;
  // "length 0" ends most lines of TCP: a time has its colon near.
  constexpr std::size_t near = 13;
  if (line.substr(end - std::min(end, near), near).find(':') == npos) return std::nullopt;
  auto start = stamp_before(line, from, end);
  if (start) start->body = std::min(line.size(), end + 1);
  return start;
}

Whole whole(std::string_view body) {
  if (body.empty() || body == "IP" || body == "IP6") return Whole::no;
  if (body.ends_with(" length") || body.ends_with(",")) return Whole::no;
  if (body.starts_with("ARP, ")) return has_length(body) ? Whole::yes : Whole::no;
  // Of an ICMP error's quote the last datagram decides.
  if (const std::size_t quote = body.rfind(" IP ("); quote != npos) body = body.substr(quote + 1);
  if (!is_ip_head(body) && !is_mac(body) && body.find("ethertype ") == npos &&
      !is_bare_pair(body)) {
    return has_length(body) ? Whole::yes : Whole::maybe;
  }
  if (const std::size_t arp = body.find("ARP (0x0806)"); arp != npos) {
    // "length 42: Request who-has ..., length 28": the link's own length comes first.
    const std::size_t link = body.find(": ", arp);
    return link != npos && has_length(body.substr(link)) ? Whole::yes : Whole::no;
  }
  const std::size_t begin = payload_begin(body);
  if (begin == npos || begin >= body.size()) return Whole::no;
  const std::string_view payload = body.substr(begin);
  if (has_length(payload) || is_counted_end(payload)) return Whole::yes;
  if (payload.starts_with("tcp ")) return Whole::yes;
  if (payload.starts_with("Flags") || payload.starts_with("[|") || begins_like_dns(payload)) {
    return payload.starts_with("[|") ? Whole::yes : Whole::no;
  }
  // "[bad udp cksum 0x8f81 ->", "[udp sum ok]": what was checked comes before what was said.
  if (payload[0] == '[' && (payload.find(']') == npos || payload.ends_with("]"))) return Whole::no;
  if (payload == "ICMP" || payload == "ICMP6,") return Whole::no;
  // -v shows the length in the header of IPv6 instead.
  if (payload.starts_with("ICMP6, ") && !body.starts_with("IP6 (")) return Whole::no;
  if (payload.starts_with("ICMP ") && payload.find("unreachable") == npos &&
      payload.find("exceeded") == npos) {
    return Whole::no;
  }
  return Whole::maybe;
}

bool continues(std::string_view body, Whole state, std::string_view line) {
  if (line.empty()) return false;
  if (body.empty()) return is_head(line);  // only a time so far
  if (state == Whole::no) return !looks_like_prose(line);
  if (line.starts_with("IP (") || line.starts_with("(") || line[0] == ',') return true;
  if (state == Whole::yes) return false;
  std::string_view rest = line;
  const std::string_view word = take_token(rest);
  return is_known_word(word) || line.starts_with("- ") ||
         is_split_address(body, last_word(body), word) ||
         is_known_word(std::string(last_word(body)) + std::string(word));
}

bool looks_like_prose(std::string_view line) {
  std::size_t plain = 0;
  while (!line.empty()) {
    const std::string_view word = take_token(line);
    bool letters = !word.empty();
    for (const char c : bare(word)) letters = letters && is_alpha(c);
    // "yummyrecipesforme.com." has its dots inside.
    if (is_known_word(word) || !letters || bare(word).empty()) return false;
    ++plain;
  }
  return plain >= 3;
}

void join(std::string& body, std::string_view line) {
  if (body.empty() || line.empty()) {
    body += line;
    return;
  }
  const std::string_view left = last_word(body);
  std::string_view rest = line;
  const std::string_view right = take_token(rest);
  const char last = body.back();
  const char first = right.empty() ? ' ' : right[0];
  const auto glue = [&] {
    if (first == '>' || first == '(' || first == '[' || last == '>') return false;
    if (is_ip_head(left)) return false;
    if (left.starts_with('(') && left.find(')') == npos && is_digit(first)) return true;
    if (left.starts_with('[') && left.find(']') == npos) {
      // "Flags [S" / ".]", "46144+ [" / "1au]"; not "options [mss" / "1460".
      return left.size() == 1 || is_digit(left[1]) || body.ends_with("Flags " + std::string(left));
    }
    if (first == ':' || first == ',' || first == ']' || first == ')' || first == '+') return true;
    // "IP6 ... > 2001:db8:" ends with a colon, but not with an address.
    if (last == ':' && body.starts_with("IP6 ") && left.find('.') == npos &&
        !base::IpAddress::parse(left.substr(0, left.size() - 1))) {
      return true;
    }
    if (is_mac(body) && is_split_mac(left, right)) return true;
    const bool is_linked =
        !is_mac(body) || (body.find("ethertype IPv") != npos && addresses_begin(body) != npos);
    const bool addresses = payload_begin(body) == npos && addresses_begin(body) < body.size();
    if (addresses && is_linked && (is_ip_head(body) || is_bare_pair(body) || is_mac(body))) {
      return true;
    }
    // "46993" / "1/0/0 A ...": an answer's counts stand apart from its id.
    const bool is_counts = right.find('/') != npos && body.ends_with(": " + std::string(left));
    if (is_digit(last) && is_digit(first) && all_digits(left)) return !is_counts;
    if (is_split_address(body, left, right)) return true;
    if (is_known_word(left) && is_known_word(right)) return false;
    return is_known_word(std::string(left) + std::string(right));
  };
  if (!glue()) body.push_back(' ');
  body += line;
}

}  // namespace whydown::capture::text
