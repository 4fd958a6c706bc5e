// The TCP header.
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/numbers.h"
#include "explain/content.h"
#include "explain/sheet.h"

namespace whydown::explain {

using base::counted;
using base::thousands;
using packet::Field;
using packet::Packet;
namespace tcp_flag = packet::tcp_flag;

namespace {

struct Flag {
  std::uint8_t bit;
  char letter;  // of tcpdump
  Lesson lesson;
  std::string_view means;
};

// In tcpdump's order.
constexpr std::array<Flag, 8> kFlags{
    {{tcp_flag::fin, 'F', Lesson::fin, "FIN: this side has nothing more to send."},
     {tcp_flag::syn, 'S', Lesson::syn, "SYN: this side opens the connection."},
     {tcp_flag::rst, 'R', Lesson::rst, "RST: refuses or breaks off the connection, at once."},
     {tcp_flag::psh, 'P', Lesson::psh, "PSH: the data should reach the program at once."},
     {tcp_flag::ack, '.', Lesson::ack_flag, "ACK: confirms what has arrived."},
     {tcp_flag::urg, 'U', Lesson::urg, "URG: part of the data is urgent."},
     {tcp_flag::ece, 'E', Lesson::ece, "ECE: a router on the way marked congestion."},
     {tcp_flag::cwr, 'W', Lesson::cwr, "CWR: the sender has slowed down."}}};

// In a SYN the two flags only offer ECN.
std::string_view flag_meaning(const Flag& flag, std::uint8_t flags) {
  const bool offers = (flags & tcp_flag::syn) != 0;
  if (offers && flag.bit == tcp_flag::ece) return "ECE: congestion marks are understood.";
  if (offers && flag.bit == tcp_flag::cwr) return "CWR: congestion marks are understood.";
  return flag.means;
}

std::string flag_letters(std::uint8_t flags) {
  std::string out;
  for (const Flag& flag : kFlags) {
    if ((flags & flag.bit) != 0) out += flag.letter;
  }
  return out.empty() ? "none" : out;
}

// "S is SYN: ..." for each; where there is but one, its letter needs no mention.
void flag_items(const View& view, Sheet& sheet) {
  const std::uint8_t flags = view.packet.tcp.flags;
  const bool wireshark = view.dialect == Dialect::wireshark;
  const bool several = (flags & (flags - 1U)) != 0;
  std::string means;
  for (const Flag& flag : kFlags) {
    if ((flags & flag.bit) == 0) continue;
    if (!means.empty()) means += ' ';
    if (several && !wireshark) {
      means += flag.bit == tcp_flag::ack ? std::string("The dot is ")
                                         : fmt::format("{} is ", flag.letter);
    }
    means += flag_meaning(flag, flags);
    sheet.teach(means, flag.lesson);
  }
  sheet.add(wireshark ? fmt::format("[{}]", packet::tcp_flag_words(flags))
                      : fmt::format("Flags [{}]", flag_letters(flags)),
            means.empty() ? "No flag at all, which no real connection does." : std::move(means));
}

// What the other end and this one know of the handshake.
struct Ends {
  const Side* mine = nullptr;
  const Side* theirs = nullptr;
};
Ends ends_of(const View& view) {
  const Conversation* conversation = view.story.conversation();
  if (conversation == nullptr) return {};
  return {&conversation->sides[view.story.sender()], &conversation->sides[1 - view.story.sender()]};
}

std::string range_words(std::uint64_t first, std::uint64_t length) {
  if (length == 1) return fmt::format("Byte {} of what this side sends.", thousands(first));
  return fmt::format("Bytes {} to {} of what this side sends.", thousands(first),
                     thousands(first + length - 1));
}

std::string sequence_meaning(const View& view) {
  const Packet& packet = view.packet;
  if ((packet.tcp.flags & tcp_flag::syn) != 0) {
    return "The number this side begins to count at, chosen at random.";
  }
  if (view.relation(Tie::reset_refuses) != nullptr) {
    return "There is no connection, so there is nothing to count.";
  }
  const Ends ends = ends_of(view);
  const std::uint32_t length = packet.payload_length;
  if (ends.mine == nullptr || !ends.mine->has_first_sequence) {
    return length == 0 ? "The number its next byte will have. The handshake was not captured, so "
                         "it is not known which byte of the connection that is."
                       : "The number of its first byte here. The handshake was not captured, so it "
                         "is not known which byte of the connection that is.";
  }
  const std::uint32_t relative = packet.tcp.sequence - ends.mine->first_sequence;
  if (length == 0) {
    return fmt::format("Its next byte will be number {} since the handshake.", thousands(relative));
  }
  return range_words(relative, length);
}

// Digits off the front.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// "1:74", "2873951608" of tcpdump.
std::string text_sequence_meaning(std::string_view shown, const Packet& packet) {
  if ((packet.tcp.flags & tcp_flag::syn) != 0) {
    return "The number this side begins to count at, chosen at random.";
  }
  const auto first = take_number(shown);
  if (!first) return "Where its bytes stand in the stream.";
  if (!shown.starts_with(':')) return fmt::format("Its next byte has the number {}.", *first);
  shown.remove_prefix(1);
  const auto end = take_number(shown);
  if (!end || *end <= *first) return fmt::format("It begins at the number {}.", *first);
  return fmt::format(
      "Its bytes from number {} up to, but not with, {}: {}. tcpdump counts from the handshake if "
      "it saw one.",
      *first, *end, counted(*end - *first, "byte", "bytes"));
}

void sequence_items(const View& view, Sheet& sheet) {
  if (view.is_bytes()) {
    if (!view.knows(Field::tcp_sequence)) return;
    sheet.add(fmt::format("seq {}", view.packet.tcp.sequence), sequence_meaning(view),
              Lesson::sequence);
    return;
  }
  const bool wireshark = view.dialect == Dialect::wireshark;
  const std::string_view shown = shown_after(view.words, wireshark ? "Seq=" : "seq ");
  if (shown.empty()) return;
  std::string means = wireshark ? fmt::format(
                                      "Where its bytes stand in the stream: at {}. Wireshark "
                                      "counts from 0 at the handshake.",
                                      shown)
                                : text_sequence_meaning(shown, view.packet);
  sheet.add(fmt::format("{}{}", wireshark ? "Seq=" : "seq ", shown), std::move(means),
            Lesson::sequence);
}

void acknowledgment_items(const View& view, Sheet& sheet) {
  const Packet& packet = view.packet;
  if ((packet.tcp.flags & tcp_flag::ack) == 0) return;
  const bool accepts = (packet.tcp.flags & tcp_flag::syn) != 0;
  const std::string_view confirms_syn = "The other side's first number plus one: its SYN arrived.";
  if (view.is_bytes()) {
    if (!view.knows(Field::tcp_sequence)) return;
    const Ends ends = ends_of(view);
    std::string means = "Everything before this number has arrived.";
    if (accepts) {
      means = confirms_syn;
    } else if (view.relation(Tie::reset_refuses) != nullptr) {
      means = "Names the SYN that is refused: its number plus one.";
    } else if (ends.theirs != nullptr && ends.theirs->has_first_sequence) {
      const std::uint32_t relative = packet.tcp.acknowledgment - ends.theirs->first_sequence;
      means = relative == 1
                  ? "The other side's SYN has arrived, and no data yet: byte 1 is wanted next."
                  : fmt::format(
                        "Everything of the other side before its byte {0} has arrived: "
                        "{0} is wanted next.",
                        thousands(relative));
    }
    sheet.add(fmt::format("ack {}", packet.tcp.acknowledgment), std::move(means),
              Lesson::acknowledgment);
    return;
  }
  const std::string_view key = view.dialect == Dialect::wireshark ? "Ack=" : "ack ";
  const std::string_view shown = shown_after(view.words, key);
  if (shown.empty()) return;
  sheet.add(fmt::format("{}{}", key, shown),
            accepts ? std::string(confirms_syn)
                    : fmt::format("Everything of the other side before number {0} has arrived: "
                                  "{0} is wanted next.",
                                  shown),
            Lesson::acknowledgment);
}

std::string window_meaning(const View& view) {
  const packet::Tcp& tcp = view.packet.tcp;
  if ((tcp.flags & tcp_flag::rst) != 0) return "Of no meaning in a reset.";
  if (tcp.window == 0) return "No room at all: the other side has to wait.";
  const std::string plain = counted(tcp.window, "byte", "bytes");
  if (view.dialect == Dialect::wireshark) {
    return fmt::format("{} of room, as far as Wireshark knows.", plain);
  }
  if ((tcp.flags & tcp_flag::syn) != 0) return fmt::format("{} of room.", plain);
  const Ends ends = ends_of(view);
  if (ends.mine == nullptr || !ends.mine->syn_seen() || !ends.theirs->syn_seen()) {
    return "To be taken times the scale of the handshake, which is not in view here.";
  }
  constexpr unsigned largest = 14;  // RFC 7323 2.3
  const unsigned scale = ends.mine->window_scale;
  if (scale > 0xfe || ends.theirs->window_scale > 0xfe || scale == 0) {
    return fmt::format("{} of room.", plain);
  }
  const std::uint64_t factor = std::uint64_t{1} << (scale < largest ? scale : largest);
  return fmt::format("{} times {}, the scale of the handshake: {} of room.", tcp.window, factor,
                     counted(tcp.window * factor, "byte", "bytes"));
}

void window_items(const View& view, Sheet& sheet) {
  if (view.is_bytes()) {
    sheet.add(fmt::format("win {}", view.packet.tcp.window), window_meaning(view), Lesson::window);
    return;
  }
  const bool wireshark = view.dialect == Dialect::wireshark;
  const std::string_view key = wireshark ? "Win=" : "win ";
  const std::string_view shown = shown_after(view.words, key);
  if (shown.empty()) return;
  sheet.add(fmt::format("{}{}", key, shown), window_meaning(view), Lesson::window);
}

void option_items(const View& view, Sheet& sheet) {
  const packet::Tcp& tcp = view.packet.tcp;
  const bool wireshark = view.dialect == Dialect::wireshark;
  if (tcp.mss != 0) {
    sheet.add(fmt::format("{}{}", wireshark ? "MSS=" : "mss ", tcp.mss),
              fmt::format("This side takes at most {} of data in one packet.",
                          counted(tcp.mss, "byte", "bytes")),
              Lesson::mss);
  }
  if (tcp.window_scale != 0xff) {
    const std::uint64_t factor = std::uint64_t{1} << (tcp.window_scale & 0x1fU);
    sheet.add(wireshark ? fmt::format("WS={}", factor) : fmt::format("wscale {}", tcp.window_scale),
              fmt::format("Its windows are to be taken times {}.", factor), Lesson::window_scale);
  }
  if (tcp.sack_permitted) {
    sheet.add(wireshark ? "SACK_PERM" : "sackOK", "It understands SACK.", Lesson::sack);
  }
  if (!tcp.has_timestamps) return;
  const std::string_view value = shown_after(view.words, wireshark ? "TSval=" : "TS val ");
  const std::string_view echo = shown_after(view.words, wireshark ? "TSecr=" : "ecr ");
  std::string shown = wireshark ? fmt::format("TSval={} TSecr={}", value, echo)
                                : fmt::format("TS val {} ecr {}", value, echo);
  if (value.empty() || echo.empty()) shown = "TS";
  sheet.add(std::move(shown), "Timestamps: its own clock, and the last it saw of the other side.",
            Lesson::timestamps);
}

void tcp_length_items(const View& view, Sheet& sheet) {
  if (!view.knows(Field::payload_length)) return;
  const std::uint32_t length = view.packet.payload_length;
  sheet.add(fmt::format("{}{}", view.dialect == Dialect::wireshark ? "Len=" : "length ", length),
            length == 0 ? "No data." : fmt::format("{} of data.", counted(length, "byte", "bytes")),
            Lesson::tcp_length);
}

}  // namespace

void tcp_items(const View& view, Sheet& sheet) {
  const Packet& packet = view.packet;
  const bool terse = packet.tcp.flags == 0 && !view.is_bytes();
  if (!terse) {
    flag_items(view, sheet);
    sequence_items(view, sheet);
    acknowledgment_items(view, sheet);
    window_items(view, sheet);
    option_items(view, sheet);
  }
  tcp_length_items(view, sheet);
  Content content = content_of(view);
  if (!content.title.empty()) sheet.add(std::move(content.shows), std::move(content.means));
}

}  // namespace whydown::explain
