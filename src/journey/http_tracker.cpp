// What is read of a connection. What it means is in http_verdict.cpp.
#include "journey/http_tracker.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "journey/application.h"
#include "packet/reply/login.h"

namespace whydown::journey {

using packet::Packet;
namespace http = packet::http;

namespace {

constexpr std::uint64_t kToTheEnd = std::uint64_t{1} << 62U;

bool begins_request(std::span<const std::uint8_t> bytes) {
  static constexpr std::array<std::string_view, 8> kBeginnings{
      "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT "};
  const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  return std::ranges::any_of(kBeginnings,
                             [&](std::string_view word) { return text.starts_with(word); });
}

}  // namespace

HttpTracker::HttpTracker(Context& context, Healing& healing, RequestHealing& requests)
    : context_(context), healing_(healing), requests_(requests) {}

// At the snap length.
bool HttpTracker::is_cut(const Packet& packet) {
  return packet.known.has(packet::Field::payload_length) &&
         packet.payload.size() < packet.payload_length;
}

bool HttpTracker::claims(const Conversation& conversation, Side side,
                         std::span<const std::uint8_t> bytes) const {
  if (bytes.size() < 4) return false;
  if (side == Side::client && http::begins_http2(bytes)) return true;
  http::Head head;
  const http::Reading reading = http::read_head(bytes, head);
  const bool is_start = reading == http::Reading::whole || reading == http::Reading::start_only;
  if (is_start) return head.is_request == (side == Side::client) || conversation.mid_stream;
  // The first segment may end within the request line.
  return reading == http::Reading::too_short && !conversation.mid_stream && side == Side::client &&
         begins_request(bytes);
}

void HttpTracker::on_begin(Conversation& conversation) {
  Exchange& exchange = exchanges_[conversation.id];
  std::destroy_at(&exchange);
  std::construct_at(&exchange);
  exchange.is_lost = conversation.mid_stream;
}

Taken HttpTracker::on_bytes(Conversation& conversation, Side side,
                            std::span<const std::uint8_t> bytes, const Packet& packet) {
  Exchange& exchange = exchanges_[conversation.id];
  if (side == Side::client && !exchange.is_http2 && !exchange.has_answered &&
      exchange.waiting == 0 && http::begins_http2(bytes)) {
    if (bytes.size() < http::kPreface2.size()) return {};
    exchange.is_http2 = true;
    Taken taken = read_frames(conversation, side, bytes.subspan(http::kPreface2.size()), packet);
    taken.read += static_cast<std::uint32_t>(http::kPreface2.size());
    return taken;
  }
  return exchange.is_http2 ? read_frames(conversation, side, bytes, packet)
                           : read_messages(conversation, side, bytes, packet);
}

Taken HttpTracker::read_messages(Conversation& about, Side side,
                                 std::span<const std::uint8_t> bytes, const Packet& packet) {
  Half& half = exchanges_[about.id].half(side);
  const auto all = static_cast<std::uint32_t>(bytes.size());
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (half.expects == Expects::nothing) return {.read = all, .skip = kToTheEnd};
    const auto rest = bytes.subspan(at);
    if (half.expects == Expects::chunks) {
      at += half.chunks.take(rest);
      if (half.chunks.is_done()) half.expects = Expects::head;
      if (half.chunks.is_broken()) half.expects = Expects::anything;
      const std::uint64_t skip = half.chunks.to_skip();
      if (skip == 0) continue;
      half.chunks.skipped(skip);
      return {.read = static_cast<std::uint32_t>(at), .skip = skip};
    }
    http::Head head;
    http::Reading reading = http::read_head(rest, head);
    // The snap length may cut the status line itself behind its status.
    if (reading == http::Reading::too_short && is_cut(packet)) {
      reading = read_words({reinterpret_cast<const char*>(rest.data()), rest.size()}, head);
    }
    const bool is_start = reading == http::Reading::whole || reading == http::Reading::start_only;
    const bool more_to_come = reading == http::Reading::too_short ||
                              (reading == http::Reading::start_only && !is_cut(packet));
    if (more_to_come && half.expects == Expects::head) {
      return {.read = static_cast<std::uint32_t>(at)};
    }
    if (!is_start || head.is_request != (side == Side::client)) {
      // It may be of an answer whose head was not captured, or it is no HTTP; silence it is not.
      if (side == Side::server) leave_open(about, base::Duration::max());
      half.expects = Expects::anything;
      return {.read = all};
    }
    const auto behind = rest.subspan(std::min(head.bytes, rest.size()));
    const std::string_view begun(reinterpret_cast<const char*>(behind.data()),
                                 head.bytes == 0 ? 0 : behind.size());
    const http::Body body = on_head(about, side, head, begun, packet);
    half.expects = Expects::head;
    if (reading == http::Reading::start_only) {
      half.expects = Expects::anything;
      return {.read = all};
    }
    at += head.bytes;
    const auto read = static_cast<std::uint32_t>(at);
    switch (body.framing) {
      case http::Framing::none:
        break;
      case http::Framing::length:
        return {.read = read, .skip = body.length};
      case http::Framing::chunked:
        half.expects = Expects::chunks;
        half.chunks = {};
        break;
      case http::Framing::until_close:
        half.expects = Expects::nothing;
        return {.read = read, .skip = kToTheEnd};
      case http::Framing::tunnel:
        return {.read = read, .over = true};
    }
  }
  return {.read = all};
}

http::Body HttpTracker::on_head(Conversation& about, Side side, const http::Head& head,
                                std::string_view body, const Packet& packet) {
  if (side == Side::client) {
    on_request(about, head, packet);
    return http::body_of_request(head);
  }
  const http::Method method =
      on_answer(about, {.packet = packet,
                        .status = head.status,
                        .has_retry_after = head.has_retry_after,
                        .has_content = head.content_length != 0 || head.is_chunked,
                        .location = head.location,
                        .body = body});
  return http::body_of_response(head, method);
}

namespace {

bool begins_with_word(std::string_view text, std::string_view word) {
  const auto is_same = [](char a, char b) { return (a | 0x20) == b; };
  return text.size() > word.size() &&
         std::ranges::equal(text.substr(0, word.size()), word, is_same);
}

// A form that is sent to log in has a field for a password.
bool asks_to_log_in(std::string_view form) {
  for (std::size_t at = 0; at < form.size(); ++at) {
    const std::string_view rest = form.substr(at);
    if (begins_with_word(rest, "pass") || begins_with_word(rest, "pwd")) return true;
  }
  return false;
}

// What a login offers: the password of the head, or of a form. Other credentials (RFC 7616, a
// token that is renewed) differ each time though nobody guesses.
std::uint16_t secret_of(const http::Head& head, const Packet& packet) {
  constexpr std::size_t kLongestForm = 1024;
  if (head.has_authorization) {
    return begins_with_word(head.credentials, "basic ") ? short_digest(head.credentials)
                                                        : std::uint16_t{0};
  }
  const std::size_t size = packet.payload.size();
  const bool has_form =
      head.method == http::Method::post && size > head.bytes && size - head.bytes <= kLongestForm;
  if (!has_form) return 0;
  const auto bytes = packet.payload.subspan(head.bytes);
  const std::string_view form{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  return asks_to_log_in(form) ? short_digest(form) : std::uint16_t{0};
}

// A digest of the user's name.
std::uint16_t user_of(const http::Head& head) {
  constexpr std::string_view kBasic = "basic ";
  if (!begins_with_word(head.credentials, kBasic)) return 0;
  packet::reply::LoginBuffer buffer;
  const std::string_view user =
      packet::reply::user_of_basic(head.credentials.substr(kBasic.size()), buffer);
  return user.empty() ? std::uint16_t{0} : short_digest(user);
}

}  // namespace

void HttpTracker::on_request(Conversation& about, const http::Head& head, const Packet& packet) {
  // Whoever has closed answers nothing any more; the client did not look.
  if (about.closed_by(Side::server).is_set()) return;
  Exchange& exchange = exchanges_[about.id];
  Asked asked;
  asked.request = trace_of(packet);
  asked.host = intern_host(http::without_port(head.host));
  if (asked.host == 0 && head.host.empty()) asked.host = healing_.name_of(about.server);
  const std::string_view path = http::path_of(head.target);
  asked.target = intern_path(path);
  asked.url = fold(base::hash_bytes(path), asked.host);
  asked.method = head.method;
  asked.secret = secret_of(head, packet);
  const std::size_t query = head.target.find('?');
  if (query != std::string_view::npos) asked.variant = short_digest(head.target.substr(query));
  if (asked.variant == 0 && asked.secret != 0) asked.variant = user_of(head);
  asked.has_credentials = head.has_authorization;
  asked.has_body = http::body_of_request(head).framing != http::Framing::none;
  asked.is_reused = exchange.has_answered;
  push(exchange, asked);
}

bool HttpTracker::push(Exchange& exchange, const Asked& asked) {
  if (exchange.waiting == exchange.asked.size()) {
    exchange.is_lost = true;  // deeper pipelines are not seen in practice
    return false;
  }
  exchange.asked.at(exchange.waiting++) = asked;
  return true;
}

void HttpTracker::pop(Exchange& exchange, std::size_t index) {
  std::ranges::copy(exchange.asked.begin() + static_cast<std::ptrdiff_t>(index) + 1,
                    exchange.asked.begin() + exchange.waiting,
                    exchange.asked.begin() + static_cast<std::ptrdiff_t>(index));
  --exchange.waiting;
}

// The method of the request that it answers, on which the length of its body depends.
http::Method HttpTracker::on_answer(Conversation& about, const Answer& answer) {
  Exchange& exchange = exchanges_[about.id];
  constexpr std::uint16_t kSwitching = 101;
  constexpr std::uint16_t kRequestTimeout = 408;
  if (answer.status < 200 && answer.status != kSwitching) {
    return exchange.waiting == 0 ? http::Method::none : exchange.asked.front().method;
  }
  if (exchange.waiting == 0) {
    // A 408 nobody asked for ends an idle connection (RFC 9110 15.5.9). Other ones answer requests
    // that were not captured.
    if (answer.status != kRequestTimeout && exchange.is_lost) decide(about, Asked{}, answer);
    exchange.has_answered = true;
    return http::Method::none;
  }
  const Asked asked = exchange.asked.front();
  pop(exchange, 0);
  decide(about, asked, answer);
  exchange.has_answered = true;
  return asked.method;
}

void HttpTracker::on_gap(Conversation& conversation, Side side) {
  Exchange& exchange = exchanges_[conversation.id];
  Half& half = exchange.half(side);
  if (half.expects != Expects::nothing) half.expects = Expects::anything;
  // An answer may have been in it: what waits is no longer known to wait.
  if (side == Side::server) exchange.waiting = 0;
  exchange.is_lost = true;
}

bool HttpTracker::on_close(Conversation& conversation, Side side, bool reset,
                           const Packet& packet) {
  const Exchange& exchange = exchanges_[conversation.id];
  if (exchange.waiting == 0 || exchange.is_http2) return true;
  // Whoever left first did not wait for the answer.
  const bool is_left = side == Side::server && conversation.closed_by(Side::client).is_set();
  if (side == Side::server && packet.known.has(packet::Field::bytes) && !is_left) {
    give_up(conversation, Symptom::unanswered, &packet);
  } else if (side == Side::server || reset || !packet.known.has(packet::Field::bytes)) {
    leave_open(conversation, limits::kRequestGivenUp);
  }
  return true;
}

void HttpTracker::on_end(Conversation& conversation, End end) {
  switch (end) {
    case End::closed:
      leave_open(conversation, limits::kRequestGivenUp);
      break;
    case End::idle:
    case End::capture:
      leave_open(conversation, limits::kRequestSilence);
      break;
    case End::pushed:
    case End::over:
      leave_open(conversation, base::Duration::max());
      break;
  }
}

std::uint32_t HttpTracker::intern_host(std::string_view host) {
  std::array<char, base::ShortText::kCapacity> lower{};
  if (host.empty() || host.size() > lower.size()) return 0;
  std::ranges::transform(host, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  std::string_view text(lower.data(), host.size());
  if (text.back() == '.') text.remove_suffix(1);
  const bool is_name = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
  const bool is_address = text.find_first_not_of("0123456789.") == std::string_view::npos;
  return is_name && !is_address ? context_.names.add(text) : 0;
}

std::uint32_t HttpTracker::intern_path(std::string_view path) {
  if (path.size() > limits::kPathBytes) return 0;
  const bool is_plain =
      std::ranges::all_of(path, [](char c) { return c > ' ' && c < 0x7f && c != '"'; });
  if (path.empty() || !is_plain) return 0;
  const std::uint64_t hash = base::hash_bytes(path);
  const std::uint32_t known = context_.names.find(path, hash);
  if (known != 0 || paths_ == limits::kPaths) return known;
  ++paths_;
  return context_.names.add(path, hash);
}

std::size_t HttpTracker::memory_bytes() {
  return (limits::kConversations + 1 + limits::kRowTalks) * sizeof(Exchange) +
         Memory<Url>::bytes(limits::kUrls) + Redirects::memory_bytes() +
         Diversions::memory_bytes() + sizeof(rows_) + sizeof(doors_);
}

}  // namespace whydown::journey
