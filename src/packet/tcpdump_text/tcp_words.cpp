// TCP as tcpdump words it, since 4.0 ("Flags [S.], seq 1, ...") and before ("S 1:1(0) ack 2 ...").
#include <algorithm>

#include "capture/text/scan.h"
#include "packet/tcpdump_text/parts.h"

namespace whydown::packet::text {
namespace {

namespace scan = capture::text;

bool read_flags(std::string_view letters, std::uint8_t& flags) {
  flags = 0;
  if (letters == "none") return true;
  for (const char letter : letters) {
    switch (letter) {
      case 'F':
        flags |= tcp_flag::fin;
        break;
      case 'S':
        flags |= tcp_flag::syn;
        break;
      case 'R':
        flags |= tcp_flag::rst;
        break;
      case 'P':
        flags |= tcp_flag::psh;
        break;
      case '.':
        flags |= tcp_flag::ack;
        break;
      case 'U':
        flags |= tcp_flag::urg;
        break;
      case 'E':
        flags |= tcp_flag::ece;
        break;
      case 'W':
        flags |= tcp_flag::cwr;
        break;
      case 'e':
        break;  // accurate ECN's flag, which has no place here
      default:
        return false;
    }
  }
  return !letters.empty();
}

// "mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7"
void read_options(std::string_view options, Tcp& tcp) {
  const auto number_after = [&](std::string_view key, std::uint64_t limit) {
    const std::size_t at = options.find(key);
    if (at == npos) return std::optional<std::uint64_t>();
    std::string_view rest = options.substr(at + key.size());
    return scan::take_number(rest, limit);
  };
  if (const auto mss = number_after("mss ", 0xffff)) tcp.mss = static_cast<std::uint16_t>(*mss);
  if (const auto scale = number_after("wscale ", 254)) {
    tcp.window_scale = static_cast<std::uint8_t>(*scale);
  }
  tcp.sack_permitted = options.find("sackOK") != npos;
  tcp.has_timestamps = options.find("TS val") != npos || options.find("timestamp") != npos;
}

void set_length(std::uint64_t length, Packet& packet) {
  packet.payload_length = static_cast<std::uint32_t>(length);
  packet.known.set(Field::payload_length);
}

// Which of a segment's numbers a line shows.
struct Shown {
  bool sequence = false;
  bool acknowledgment = false;
  bool window = false;
};

// tcpdump prints numbers relative to the handshake it saw, unless -S; only a SYN's own are sure to
// be the header's.
void set_known(const Shown& shown, Packet& packet) {
  const std::uint8_t flags = packet.tcp.flags;
  if (shown.sequence && (flags & tcp_flag::syn) != 0) packet.known.set(Field::tcp_sequence);
  const bool takes_number =
      packet.payload_length != 0 || (flags & (tcp_flag::syn | tcp_flag::fin | tcp_flag::rst)) != 0;
  const bool is_whole = (shown.sequence || !takes_number) && shown.window &&
                        (shown.acknowledgment || (flags & tcp_flag::ack) == 0);
  if (is_whole && packet.known.has(Field::payload_length)) packet.known.set(Field::tcp_told);
}

// ", seq 1:31, ack 1, win 64240, options [...], length 30"
void read_pairs(std::string_view text, Packet& packet, std::string_view& rest) {
  Tcp& tcp = packet.tcp;
  Shown shown;
  while (!text.empty()) {
    (void)scan::take(text, ",");
    scan::skip_blanks(text);
    if (scan::take(text, "seq ")) {
      const auto value = scan::take_number(text, 0xffffffff);
      shown.sequence = value.has_value();
      tcp.sequence = static_cast<std::uint32_t>(value.value_or(0));
    } else if (scan::take(text, "ack ")) {
      const auto value = scan::take_number(text, 0xffffffff);
      shown.acknowledgment = value.has_value();
      tcp.acknowledgment = static_cast<std::uint32_t>(value.value_or(0));
    } else if (scan::take(text, "win ")) {
      const auto value = scan::take_number(text, 0xffff);
      shown.window = value.has_value();
      tcp.window = static_cast<std::uint16_t>(value.value_or(0));
    } else if (scan::take(text, "options [")) {
      const std::string_view options = text.substr(0, text.find(']'));
      read_options(options, tcp);
      text.remove_prefix(options.size());
    } else if (scan::take(text, "length ")) {
      if (const auto length = scan::take_number(text, 0xffffff)) set_length(*length, packet);
      rest = text;
      break;
    }
    // Whatever else there is ends at the next comma, or before a length without one.
    const std::size_t length = text.find(" length ");
    text.remove_prefix(std::min({text.find(','), length, text.size()}));
  }
  set_known(shown, packet);
}

// "S 1382726990:1382726990(0) ack 1382726991 win 4096 <mss 1024>"
bool read_old(std::string_view text, Packet& packet) {
  std::string_view rest = text;
  const std::string_view letters = scan::take_token(rest);
  std::uint8_t flags = 0;
  if (!read_flags(letters, flags)) return false;
  Tcp& tcp = packet.tcp;
  Shown shown;
  std::uint64_t length = 0;
  if (const auto first = scan::take_number(rest, 0xffffffff)) {
    if (!scan::take(rest, ":") || !scan::take_number(rest) || !scan::take(rest, "(")) return false;
    const auto count = scan::take_number(rest, 0xffffff);
    if (!count || !scan::take(rest, ")")) return false;
    tcp.sequence = static_cast<std::uint32_t>(*first);
    shown.sequence = true;
    length = *count;
    scan::skip_blanks(rest);
  }
  if (scan::take(rest, "ack ")) {
    const auto value = scan::take_number(rest, 0xffffffff);
    shown.acknowledgment = value.has_value();
    tcp.acknowledgment = static_cast<std::uint32_t>(value.value_or(0));
    flags |= tcp_flag::ack;
    scan::skip_blanks(rest);
  }
  if (!scan::take(rest, "win ")) return false;
  const auto window = scan::take_number(rest, 0xffff);
  shown.window = window.has_value();
  tcp.window = static_cast<std::uint16_t>(window.value_or(0));
  if (const std::size_t at = rest.find('<'); at != npos) {
    read_options(rest.substr(at, rest.find('>', at) - at), tcp);
  }
  tcp.flags = flags;
  set_length(length, packet);
  set_known(shown, packet);
  return true;
}

}  // namespace

bool read_tcp_words(std::string_view text, Packet& packet, std::string_view& rest) {
  rest = {};
  std::string_view words = text;
  if (scan::take(words, "Flags [")) {
    const std::size_t end = words.find_first_of("], ");
    if (end == npos || !read_flags(words.substr(0, end), packet.tcp.flags)) return false;
    words.remove_prefix(end);
    (void)scan::take(words, "]");
    read_pairs(words, packet, rest);
  } else if (scan::take(words, "tcp ")) {
    // -q shows no flags at all: nothing may be read off the zeros.
    const auto length = scan::take_number(words, 0xffffff);
    if (!length) return false;
    set_length(*length, packet);
    add_note(packet, Note::text_terse);
  } else if (text.starts_with("[|tcp]")) {
    add_note(packet, Note::truncated_capture);
  } else if (!read_old(text, packet)) {
    return false;
  }
  packet.transport = Transport::tcp;
  packet.ip.protocol = 6;
  return true;
}

}  // namespace whydown::packet::text
