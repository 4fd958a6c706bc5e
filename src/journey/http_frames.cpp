// HTTP/2 in clear: its frames (RFC 9113 4.1).
#include <algorithm>

#include "journey/application.h"
#include "journey/http_tracker.h"

namespace whydown::journey {

using packet::Packet;
namespace http = packet::http;

Taken HttpTracker::read_frames(Conversation& about, Side side, std::span<const std::uint8_t> bytes,
                               const Packet& packet) {
  Half& half = exchanges_[about.id].half(side);
  std::size_t at = 0;
  // Frames are not found again behind missing bytes.
  if (half.expects == Expects::anything) return {.done = true};
  constexpr std::size_t kLooked = 64;  // of a frame's payload: its first field, its error code
  while (at < bytes.size()) {
    const auto rest = bytes.subspan(at);
    http::Frame2 frame;
    if (!http::read_frame2(rest, frame)) break;
    const std::size_t needed = http::Frame2::kHeader + std::min<std::size_t>(frame.length, kLooked);
    if (rest.size() < needed && !is_cut(packet)) {
      return {.read = static_cast<std::uint32_t>(at), .wants = static_cast<std::uint32_t>(needed)};
    }
    on_frame(about, side, frame, packet);
    const std::uint64_t whole = http::Frame2::kHeader + std::uint64_t{frame.length};
    if (whole > rest.size()) {
      return {.read = static_cast<std::uint32_t>(bytes.size()), .skip = whole - rest.size()};
    }
    at += static_cast<std::size_t>(whole);
  }
  return {.read = static_cast<std::uint32_t>(at)};
}

void HttpTracker::on_frame(Conversation& about, Side side, const http::Frame2& frame,
                           const Packet& packet) {
  Exchange& exchange = exchanges_[about.id];
  const auto type = static_cast<http::Frame2Type>(frame.type);
  const auto find = [&] {
    for (std::size_t i = 0; i < exchange.waiting; ++i) {
      if (exchange.asked.at(i).stream == frame.stream) return i;
    }
    return exchange.asked.size();
  };
  if (side == Side::client) {
    if (type == http::Frame2Type::headers && find() == exchange.asked.size()) {
      Asked asked;
      asked.request = trace_of(packet);
      asked.stream = frame.stream;
      asked.method = http::Method::other;
      asked.has_body = !frame.ends_stream();
      asked.is_reused = exchange.has_answered;
      push(exchange, asked);
    } else if (type == http::Frame2Type::rst_stream && find() != exchange.asked.size()) {
      pop(exchange, find());  // the client does not want it any more
    }
    return;
  }
  const bool is_answer = type == http::Frame2Type::headers && frame.status >= 200;
  const bool is_reset = type == http::Frame2Type::rst_stream && frame.has_error && frame.error != 0;
  const std::size_t index = find();
  if ((!is_answer && !is_reset) || index == exchange.asked.size()) return;
  const Asked asked = exchange.asked.at(index);
  pop(exchange, index);
  exchange.has_answered = true;
  if (is_answer) {
    decide(about, asked, {.packet = packet, .status = frame.status, .location = {}, .body = {}});
    return;
  }
  Attempt attempt = attempt_of(about, asked);
  attempt.symptom = Symptom::unanswered;
  attempt.outcome = Outcome::cut;
  attempt.answer = digest_of(packet, Kind::tcp_segment, 0);
  attempt.end = packet.place.time;
  attempt.server_spoke = true;
  requests_.settle(attempt, wish_of(about, asked), limits::kRequestRetry);
}

}  // namespace whydown::journey
