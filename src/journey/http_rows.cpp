// HTTP in text: log lines with ports, and rows of tables without.
#include <algorithm>
#include <cstring>

#include "journey/http_tracker.h"

namespace whydown::journey {

using packet::Packet;
namespace http = packet::http;

namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

// Lines of text logs show start lines, and what comes behind: "HTTP/1.1 200 OK (text/html)", "GET /
// HTTP/1.1 Host: www.example.com".
http::Reading HttpTracker::read_words(std::string_view words, http::Head& head) {
  if (words.empty()) return http::Reading::too_short;
  const std::string_view all = words;
  constexpr std::string_view kVersion = " HTTP/1.";
  const std::size_t version = words.find(kVersion);
  if (version != std::string_view::npos) words = words.substr(0, version + kVersion.size() + 1);
  std::array<char, 600> line{};
  const std::size_t size = std::min(words.size(), line.size() - 1);
  std::memcpy(line.data(), words.data(), size);
  line[size] = '\n';
  const http::Reading reading =
      http::read_head(bytes_of(std::string_view(line.data(), size + 1)), head);
  // Views into the line do not outlive it.
  const auto move = [&](std::string_view& view) {
    const std::size_t at = static_cast<std::size_t>(view.data() - line.data());
    view = view.empty() || at > words.size() ? std::string_view{} : words.substr(at, view.size());
  };
  move(head.target);
  move(head.reason);
  move(head.host);
  constexpr std::string_view kHost = " Host: ";
  const std::size_t host = all.find(kHost);
  if (head.is_request && host != std::string_view::npos) {
    head.host = all.substr(host + kHost.size());
    head.host = head.host.substr(0, head.host.find(' '));
  }
  return reading;
}

bool HttpTracker::claims_words(const Conversation& /*conversation*/, Side /*side*/,
                               std::string_view words) const {
  http::Head head;
  const http::Reading reading = read_words(words, head);
  return reading == http::Reading::whole || reading == http::Reading::start_only;
}

Taken HttpTracker::on_words(Conversation& conversation, Side side, std::string_view words,
                            const Packet& packet) {
  http::Head head;
  const http::Reading reading = read_words(words, head);
  const bool is_start = reading == http::Reading::whole || reading == http::Reading::start_only;
  if (is_start && head.is_request == (side == Side::client)) {
    (void)on_head(conversation, side, head, {}, packet);
  }
  return {};
}

HttpTracker::Door& HttpTracker::door_of(const base::IpAddress& client,
                                        const base::IpAddress& server) {
  return doors_.at(pair_hash(client, server) % doors_.size());
}

void HttpTracker::accepted(const Packet& packet) {
  Door& door = door_of(packet.ip.destination, packet.ip.source);
  door = {.client = packet.ip.destination, .server = packet.ip.source, .port = packet.source_port};
}

bool HttpTracker::row(const Packet& packet) {
  http::Head head;
  const http::Reading reading = read_words(packet.said, head);
  if (reading == http::Reading::not_http || reading == http::Reading::too_short) return false;
  constexpr std::uint16_t kPort = 80;  // where no connection of the two was seen
  const base::IpAddress& client = head.is_request ? packet.ip.source : packet.ip.destination;
  const base::IpAddress& server = head.is_request ? packet.ip.destination : packet.ip.source;
  const Door& door = door_of(client, server);
  const bool is_known = door.port != 0 && door.client == client && door.server == server;
  const std::uint16_t port = is_known ? door.port : kPort;
  const auto is_of_them = [&](const Conversation& talk) {
    return talk.client == client && talk.server == server && talk.server_port == port;
  };
  std::size_t at = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (is_of_them(rows_[i]) && rows_used_[i] != 0) {
      at = i;
      break;
    }
    if (rows_used_[i] < rows_used_[at]) at = i;
  }
  Conversation& talk = rows_.at(at);
  if (rows_used_.at(at) == 0 || !is_of_them(talk)) {
    if (rows_used_.at(at) != 0) on_end(talk, End::pushed);
    talk = Conversation{};
    talk.client = client;
    talk.server = server;
    talk.server_port = port;
    talk.id = static_cast<Slot>(limits::kConversations + 1 + at);
    talk.mid_stream = true;
    rows_piece_.at(at) = 0;
    on_begin(talk);
  }
  rows_used_.at(at) = context_.totals.packets;
  // A message in several segments is shown with each of them, and once more where it ends.
  const bool is_piece = packet.said.ends_with("[TCP segment of a reassembled PDU]");
  const std::uint64_t message =
      head.is_request ? fold(1, base::hash_bytes(head.target)) : fold(2, head.status);
  const bool is_known_one = rows_piece_.at(at) == message;
  rows_piece_.at(at) = is_piece ? message : 0;
  if (is_known_one) return true;
  // A row stands where its message ends, or begins, and pairs by order alone: that tells of no
  // times.
  talk.timed = false;
  (void)on_head(talk, head.is_request ? Side::client : Side::server, head, {}, packet);
  return true;
}

void HttpTracker::finish() {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_used_[i] != 0) on_end(rows_[i], End::capture);
  }
}

}  // namespace whydown::journey
