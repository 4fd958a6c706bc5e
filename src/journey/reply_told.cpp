// Sessions of which text tells in words: one line of a reply or a command, or all lines of a
// segment, joined by blanks (tcpdump -v) or by " | " (Wireshark, without the codes of a reply that
// goes on):
//
//   "550 5.7.1 Relay denied", "250-mail.example.org | PIPELINING | DSN", "250 OK | 250 Accepted"
//
// What text leaves out of a reply is no more than its further lines; so the first one stands for
// it.
#include <algorithm>
#include <array>

#include "journey/reply_tracker.h"

namespace whydown::journey {

using packet::Packet;
namespace reply = packet::reply;
using reply::Dialect;

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_with_code(std::string_view line) {
  return line.size() >= 3 && std::ranges::all_of(line.substr(0, 3), is_digit);
}

// "250-..." as if it were the reply's last line.
std::string_view whole_reply(std::string_view line, std::array<char, 128>& buffer) {
  if (line.size() < 4 || !begins_with_code(line) || line[3] != '-') return line;
  line = line.substr(0, buffer.size());
  std::ranges::copy(line, buffer.begin());
  buffer[3] = ' ';
  return {buffer.data(), line.size()};
}

std::string_view take_line(std::string_view& words) {
  constexpr std::string_view kNext = " | ";
  const std::size_t end = words.find(kNext);
  const std::string_view line = words.substr(0, end);
  words = end == std::string_view::npos ? std::string_view{} : words.substr(end + kNext.size());
  return line;
}

}  // namespace

bool ReplyTracker::claims_words(const Conversation& conversation, Side side,
                                std::string_view words) const {
  if (conversation.mid_stream) return false;
  const reply::Guess guess = reply::dialect_of(bytes_of(words));
  if (!guess.is_certain || guess.dialect == Dialect::none) return false;
  return guess.dialect == Dialect::ssh || (side == Side::server && !conversation.client_first);
}

Taken ReplyTracker::on_words(Conversation& conversation, Side side, std::string_view words,
                             const Packet& packet) {
  Session& session = sessions_[conversation.id];
  if (!session.first.is_set()) session.first = trace_of(packet);
  if (session.ssh.is_binary(side)) return on_ssh_words(conversation, side, words, packet);
  if (side == Side::client && session.phase == Phase::message) return {};
  const bool goes_on = words.size() > 3 && begins_with_code(words) && words[3] == '-';
  std::array<char, 128> buffer{};
  do {
    std::string_view line = take_line(words);
    // What a row shows of a message in between is none of the session's lines.
    if (side == Side::server) line = whole_reply(line, buffer);
    const Next next = on_line(conversation, side, line, packet);
    if (next == Next::done) return {.done = true};
    if (next == Next::over) return {.over = true};
  } while (!words.empty() && !goes_on);
  return {};
}

// "Client: New Keys", "Server: Encrypted packet (len=52)", or, of older versions, "Client: ".
Taken ReplyTracker::on_ssh_words(Conversation& about, Side side, std::string_view words,
                                 const Packet& packet) {
  Session& session = sessions_[about.id];
  constexpr std::string_view kLength = "(len=";
  std::uint32_t size = 0;
  std::size_t at = words.find(kLength);
  for (; at != std::string_view::npos; at = words.find(kLength, at + 1)) {
    std::uint32_t one = 0;
    for (const char c : words.substr(at + kLength.size(), 5)) {
      if (!is_digit(c)) break;
      one = one * 10 + static_cast<std::uint32_t>(c - '0');
    }
    size += one;
  }
  const bool is_bare =
      words == "Client: " || words == "Server: " || words == "Client:" || words == "Server:";
  if (is_bare && packet.known.has(packet::Field::payload_length)) size = packet.payload_length;
  if (words.find("New Keys") != std::string_view::npos) session.ssh.told_new_keys(side);
  if (size != 0) session.ssh.told_sealed(side, size);
  return settle_ssh(about, packet);
}

}  // namespace whydown::journey
