#include "packet/http/http.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace whydown::packet::http {

namespace {

constexpr std::array<std::string_view, 11> kMethods{
    "", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "?"};
constexpr std::size_t kLongestMethod = 24;  // of extensions: BASELINE-CONTROL and the like
constexpr std::uint64_t kMost = std::uint64_t{1} << 62U;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_equal(std::string_view text, std::string_view lower_text) {
  return std::ranges::equal(text, lower_text, {}, lower);
}

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// False where it is no number, or none that can be meant.
bool read_number(std::string_view text, std::uint64_t& value) {
  if (text.empty() || text.size() > 18 || !std::ranges::all_of(text, is_digit)) return false;
  value = 0;
  for (const char c : text) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return true;
}

// Whether a list such as "keep-alive, Upgrade" holds the word.
bool holds(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (is_equal(trim(list.substr(0, comma)), word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

void on_framing(std::string_view name, std::string_view value, Head& head) {
  if (is_equal(name, "content-length")) {
    // Repeated lengths that agree come as "5, 5" too; only the first counts here.
    value = trim(value.substr(0, value.find(',')));
    head.has_content_length = read_number(value, head.content_length);
  } else if (is_equal(name, "transfer-encoding")) {
    head.is_chunked = head.is_chunked || holds(value, "chunked");
  } else if (is_equal(name, "connection") || is_equal(name, "proxy-connection")) {
    head.is_close = head.is_close || holds(value, "close");
    head.is_keep_alive = head.is_keep_alive || holds(value, "keep-alive");
    head.is_upgrade = head.is_upgrade || holds(value, "upgrade");
  }
}

void on_field(std::string_view name, std::string_view value, Head& head) {
  on_framing(name, value, head);
  if (is_equal(name, "host")) {
    if (head.host.empty()) head.host = value;
  } else if (is_equal(name, "location")) {
    head.location = value;
  } else if (is_equal(name, "server")) {
    head.server = value;
  } else if (is_equal(name, "via")) {
    head.has_via = true;
  } else if (is_equal(name, "authorization") || is_equal(name, "proxy-authorization")) {
    head.has_authorization = true;
    head.credentials = value;
  } else if (is_equal(name, "content-type")) {
    head.is_event_stream = is_equal(value.substr(0, 17), "text/event-stream");
  } else if (is_equal(name, "retry-after")) {
    std::uint64_t seconds = 0;
    head.has_retry_after = true;  // a date will do, too
    if (read_number(value, seconds) && seconds <= 0xffffffffU) {
      head.retry_after_s = static_cast<std::uint32_t>(seconds);
    }
  }
}

// The line that begins at `text`, without its end; `taken` are its bytes with the end. False where
// the end is not there.
bool line_of(std::string_view text, std::string_view& line, std::size_t& taken) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return false;
  taken = end + 1;
  line = text.substr(0, end);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return true;
}

Method method_of(std::string_view word) {
  for (std::size_t i = 1; i + 1 < kMethods.size(); ++i) {
    if (kMethods.at(i) == word) return static_cast<Method>(i);
  }
  return Method::other;
}

// "HTTP/1.1 504 Gateway Time-out" (RFC 9112 4).
bool read_status_line(std::string_view line, Head& head) {
  constexpr std::size_t kStatusAt = 9;
  if (line.size() < kStatusAt + 3 || !line.starts_with("HTTP/1.") || line[8] != ' ') return false;
  const std::string_view digits = line.substr(kStatusAt, 3);
  if (!std::ranges::all_of(digits, is_digit) || digits[0] == '0') return false;
  if (line.size() > kStatusAt + 3 && line[kStatusAt + 3] != ' ') return false;
  head.is_request = false;
  head.is_http10 = line[7] == '0';
  head.status = static_cast<std::uint16_t>((digits[0] - '0') * 100 + (digits[1] - '0') * 10 +
                                           (digits[2] - '0'));
  head.reason = trim(line.substr(std::min(line.size(), kStatusAt + 4)));
  return true;
}

// "GET /sales.html HTTP/1.1" (RFC 9112 3). HTTP/0.9 has no version and is not taken for HTTP.
bool read_request_line(std::string_view line, Head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  const std::string_view version = line.substr(last + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/1.")) return false;
  head.is_request = true;
  head.is_http10 = version[7] == '0';
  head.method = method_of(line.substr(0, first));
  head.target = trim(line.substr(first + 1, last - first - 1));
  if (head.target.empty()) return false;
  head.host = head.method == Method::connect ? head.target : host_of(head.target);
  return true;
}

// Whether the bytes so far may be the beginning of a start line.
bool may_begin(std::string_view text) {
  constexpr std::string_view kVersion = "HTTP/1.";
  if (text.starts_with(kVersion) || kVersion.starts_with(text)) return true;
  const std::size_t blank = text.find(' ');
  const std::string_view word = text.substr(0, blank);
  if (word.empty() || word.size() > kLongestMethod) return false;
  if (!std::ranges::all_of(word, [](char c) { return is_upper(c) || c == '-' || c == '_'; })) {
    return false;
  }
  // What follows the method is a path, a URL, an authority or "*", without control characters.
  const std::string_view rest = text.substr(std::min(text.size(), word.size() + 1), 256);
  for (const char c : rest) {
    if (c == '\r' || c == '\n') break;
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string_view method_name(Method method) {
  const auto index = static_cast<std::size_t>(method);
  return index < kMethods.size() ? kMethods.at(index) : kMethods.back();
}

std::string_view status_name(std::uint16_t status) {
  struct Name {
    std::uint16_t status;
    std::string_view name;
  };
  // https://www.iana.org/assignments/http-status-codes
  static constexpr Name kNames[] = {{101, "Switching Protocols"},
                                    {200, "OK"},
                                    {201, "Created"},
                                    {202, "Accepted"},
                                    {204, "No Content"},
                                    {206, "Partial Content"},
                                    {301, "Moved Permanently"},
                                    {302, "Found"},
                                    {303, "See Other"},
                                    {304, "Not Modified"},
                                    {307, "Temporary Redirect"},
                                    {308, "Permanent Redirect"},
                                    {400, "Bad Request"},
                                    {401, "Unauthorized"},
                                    {403, "Forbidden"},
                                    {404, "Not Found"},
                                    {405, "Method Not Allowed"},
                                    {407, "Proxy Authentication Required"},
                                    {408, "Request Timeout"},
                                    {409, "Conflict"},
                                    {410, "Gone"},
                                    {413, "Content Too Large"},
                                    {415, "Unsupported Media Type"},
                                    {421, "Misdirected Request"},
                                    {426, "Upgrade Required"},
                                    {429, "Too Many Requests"},
                                    {431, "Request Header Fields Too Large"},
                                    {451, "Unavailable For Legal Reasons"},
                                    {500, "Internal Server Error"},
                                    {501, "Not Implemented"},
                                    {502, "Bad Gateway"},
                                    {503, "Service Unavailable"},
                                    {504, "Gateway Timeout"},
                                    {505, "HTTP Version Not Supported"},
                                    {507, "Insufficient Storage"},
                                    {508, "Loop Detected"},
                                    {511, "Network Authentication Required"}};
  const auto found = std::ranges::find(kNames, status, &Name::status);
  return found == std::end(kNames) ? std::string_view{} : found->name;
}

Reading read_head(std::span<const std::uint8_t> bytes, Head& head) {
  head = {};
  const std::string_view text = text_of(bytes.first(std::min(bytes.size(), kMaxHead)));
  // Blank lines before a start line are passed over (RFC 9112 2.2).
  std::size_t at = 0;
  while (at < text.size() && (text[at] == '\r' || text[at] == '\n')) ++at;
  if (at > 4 || !may_begin(text.substr(at)))
    return at == text.size() && at <= 4 ? Reading::too_short : Reading::not_http;
  std::string_view line;
  std::size_t taken = 0;
  if (!line_of(text.substr(at), line, taken)) {
    return text.size() == kMaxHead ? Reading::not_http : Reading::too_short;
  }
  if (!read_status_line(line, head) && !read_request_line(line, head)) {
    head = {};
    return Reading::not_http;
  }
  for (at += taken; line_of(text.substr(at), line, taken);) {
    at += taken;
    if (line.empty()) {
      head.bytes = at;
      return Reading::whole;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') continue;
    on_field(line.substr(0, colon), trim(line.substr(colon + 1)), head);
  }
  return Reading::start_only;
}

std::string_view host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || scheme > 5) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  return without_port(url);
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t close = host.find(']');
    return close == std::string_view::npos ? host : host.substr(0, close + 1);
  }
  return host.substr(0, host.find(':'));
}

std::string_view path_of(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (scheme != std::string_view::npos && scheme <= 5) {
    const std::size_t slash = target.find('/', scheme + 3);
    target = slash == std::string_view::npos ? std::string_view{"/"} : target.substr(slash);
  }
  return target.substr(0, target.find_first_of("?#"));
}

bool is_https(std::string_view url) { return is_equal(url.substr(0, 6), "https:"); }

Body body_of_request(const Head& head) {
  if (head.method == Method::connect) return {.framing = Framing::none};
  if (head.is_chunked) return {.framing = Framing::chunked};
  if (head.has_content_length && head.content_length != 0) {
    return {.framing = Framing::length, .length = head.content_length};
  }
  return {};
}

Body body_of_response(const Head& head, Method method) {
  const bool granted = head.status >= 200 && head.status < 300;
  if (head.status == 101 || (method == Method::connect && granted)) {
    return {.framing = Framing::tunnel};
  }
  if (method == Method::head || head.status < 200 || head.status == 204 || head.status == 304) {
    return {};
  }
  if (head.is_chunked) return {.framing = Framing::chunked};
  if (!head.has_content_length) return {.framing = Framing::until_close};
  if (head.content_length == 0) return {};
  return {.framing = Framing::length, .length = head.content_length};
}

void Chunks::on_size(std::uint8_t byte) {
  const char c = lower(static_cast<char>(byte));
  const bool is_letter = c >= 'a' && c <= 'f';
  if (is_digit(c) || is_letter) {
    has_digit_ = true;
    left_ = left_ * 16 + static_cast<std::uint64_t>(is_letter ? c - 'a' + 10 : c - '0');
    if (left_ > kMost) state_ = State::broken;
  } else if (!has_digit_) {
    state_ = State::broken;
  } else if (c == '\r') {
    state_ = State::size_end;
  } else if (c == ';' || c == ' ' || c == '\t') {
    state_ = State::extension;
  } else {
    state_ = State::broken;
  }
}

void Chunks::step(std::uint8_t byte) {
  switch (state_) {
    case State::size:
      if (byte != '\n' || !has_digit_) return on_size(byte);
      [[fallthrough]];
    case State::extension:
    case State::size_end:
      if (byte != '\n') return;
      has_digit_ = false;
      state_ = left_ == 0 ? State::trailer_start : State::data;
      return;
    case State::data_end:
      state_ = byte == '\r' ? State::data_line_feed : byte == '\n' ? State::size : State::broken;
      return;
    case State::data_line_feed:
      state_ = byte == '\n' ? State::size : State::broken;
      return;
    case State::trailer_start:
      state_ = byte == '\r' ? State::last_line_feed : byte == '\n' ? State::done : State::trailer;
      return;
    case State::trailer:
      if (byte == '\n') state_ = State::trailer_start;
      return;
    case State::last_line_feed:
      state_ = byte == '\n' ? State::done : State::broken;
      return;
    case State::data:
    case State::done:
    case State::broken:
      return;
  }
}

void Chunks::skipped(std::uint64_t count) {
  left_ -= std::min(left_, count);
  if (left_ == 0) state_ = State::data_end;
}

std::size_t Chunks::take(std::span<const std::uint8_t> bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && !is_done() && !is_broken()) {
    if (state_ == State::data) {
      const std::size_t part =
          static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
      at += part;
      skipped(part);
    } else {
      step(bytes[at++]);
    }
  }
  return at;
}

// --- HTTP/2 --------------------------------------------------------------------------------------

namespace {

std::uint32_t load32(const std::uint8_t* p) {
  return std::uint32_t{p[0]} << 24U | std::uint32_t{p[1]} << 16U | std::uint32_t{p[2]} << 8U | p[3];
}

// Three digits in the code of RFC 7541 appendix B: '0' to '2' have five bits (0 to 2), the others
// six (0x19 to 0x1f).
std::uint16_t huffman_status(std::span<const std::uint8_t> bytes) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) bits = bits << 8U | (i < bytes.size() ? bytes[i] : 0xffU);
  unsigned status = 0;
  for (unsigned digit = 0; digit < 3; ++digit) {
    const std::uint32_t five = bits >> 27U;
    const std::uint32_t six = bits >> 26U;
    if (five <= 2) {
      status = status * 10 + five;
      bits <<= 5U;
    } else if (six >= 0x19 && six <= 0x1f) {
      status = status * 10 + six - 0x19 + 3;
      bits <<= 6U;
    } else {
      return 0;
    }
  }
  return static_cast<std::uint16_t>(status);
}

// Responses begin with :status: an entry of the static table (RFC 7541 appendix A, 8 to 14), or its
// name (8) with a literal value.
std::uint16_t status_of_block(std::span<const std::uint8_t> block) {
  constexpr std::array<std::uint16_t, 7> kIndexed{200, 204, 206, 304, 400, 404, 500};
  // A size update of the table may stand before it (RFC 7541 6.3).
  while (!block.empty() && (block[0] & 0xe0U) == 0x20 && (block[0] & 0x1fU) != 0x1f) {
    block = block.subspan(1);
  }
  if (block.empty()) return 0;
  if (block[0] >= 0x88 && block[0] <= 0x8e) return kIndexed.at(block[0] - 0x88U);
  const bool is_literal = block[0] == 0x48 || block[0] == 0x08 || block[0] == 0x18;
  if (!is_literal || block.size() < 2) return 0;
  const std::size_t length = block[1] & 0x7fU;
  const auto value = block.subspan(2);
  if (value.size() < length) return 0;
  if ((block[1] & 0x80U) != 0) return huffman_status(value.first(length));
  std::uint64_t status = 0;
  if (length != 3 || !read_number(text_of(value.first(3)), status)) return 0;
  return static_cast<std::uint16_t>(status);
}

}  // namespace

bool begins_http2(std::span<const std::uint8_t> bytes) {
  const std::size_t size = std::min(bytes.size(), kPreface2.size());
  return size >= 4 && text_of(bytes.first(size)) == kPreface2.substr(0, size);
}

bool read_frame2(std::span<const std::uint8_t> bytes, Frame2& frame) {
  frame = {};
  if (bytes.size() < Frame2::kHeader) return false;
  frame.length = std::uint32_t{bytes[0]} << 16U | std::uint32_t{bytes[1]} << 8U | bytes[2];
  frame.type = bytes[3];
  frame.flags = bytes[4];
  frame.stream = load32(bytes.data() + 5) & 0x7fffffffU;
  auto payload = bytes.subspan(Frame2::kHeader);
  payload = payload.first(std::min<std::size_t>(payload.size(), frame.length));
  const auto type = static_cast<Frame2Type>(frame.type);
  // RFC 9113 6.4 and 6.8: the code comes first, or after the last stream.
  const std::size_t code_at = type == Frame2Type::goaway ? 4 : 0;
  if (type == Frame2Type::goaway || type == Frame2Type::rst_stream) {
    frame.has_error = payload.size() >= code_at + 4;
    if (frame.has_error) frame.error = load32(payload.data() + code_at);
  }
  if (type == Frame2Type::headers) {
    std::size_t skip = 0;
    if ((frame.flags & 0x08U) != 0) skip += 1;  // PADDED
    if ((frame.flags & 0x20U) != 0) skip += 5;  // PRIORITY
    if (payload.size() > skip) frame.status = status_of_block(payload.subspan(skip));
  }
  return true;
}

}  // namespace whydown::packet::http
