// HTTP/1 messages (RFC 9112), and of HTTP/2 in the clear (RFC 9113) the frames that say how a
// request ended: pure functions over the bytes of one direction of a connection.
//
// A reading shows what is there and keeps views into the bytes. Nothing is ever allocated, a length
// is never trusted further than arithmetic goes, and a body is measured, not looked at. Left out:
// trailers' fields, obsolete line folding (the folded line is skipped), multipart bodies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace whydown::packet::http {

enum class Method : std::uint8_t {
  none,
  get,
  head,
  post,
  put,
  delete_,
  options,
  patch,
  connect,
  trace,
  other,  // a token of capital letters (RFC 9110 9.1)
};
std::string_view method_name(Method method);  // "GET"; "?" for other ones
// "Gateway Timeout" (RFC 9110 15); empty for statuses that are not in use.
std::string_view status_name(std::uint16_t status);

// The longest start line and head that are read; what is longer is no message of ours.
inline constexpr std::size_t kMaxHead = 16384;

enum class Reading : std::uint8_t {
  not_http,    // the first bytes begin no message
  too_short,   // not even the start line is whole
  start_only,  // the start line is whole, the head is not
  whole,       // the head is whole
};

// One message's head. Views point into the bytes read.
struct Head {
  bool is_request = false;
  Method method = Method::none;
  std::uint16_t status = 0;
  std::string_view target;  // as in the request line: "/sales.html?x=1", or an absolute URL
  std::string_view reason;  // "Gateway Time-out"; may be empty
  std::string_view host;    // of requests: Host, or the authority of an absolute target
  std::string_view location;
  std::string_view server;
  std::string_view credentials;     // only to see whether two differ: never kept, never shown
  std::uint32_t retry_after_s = 0;  // where it is a number; see has_retry_after
  std::uint64_t content_length = 0;
  bool is_http10 = false;
  bool has_content_length = false;
  bool has_retry_after = false;
  bool is_chunked = false;
  bool is_close = false;           // Connection: close
  bool is_keep_alive = false;      // Connection: keep-alive
  bool is_upgrade = false;         // Connection: upgrade
  bool has_authorization = false;  // the client sent credentials; see `credentials`
  bool has_via = false;            // a gateway or proxy named itself
  bool is_event_stream = false;    // text/event-stream: it lasts as long as both like
  std::size_t bytes = 0;           // of the whole head, its blank line included
};

// Reads the message that begins at `bytes`. With `start_only` the fields up to where the bytes end
// are set; `bytes` of the head is 0 then.
Reading read_head(std::span<const std::uint8_t> bytes, Head& head);

// The path of a request without query and fragment: "/sales.html" of "http://x/sales.html?user=1".
// Queries may carry secrets and are never kept. "*" and authorities (CONNECT) are left as they are.
std::string_view path_of(std::string_view target);
// The host of an absolute URL, without port and userinfo; empty where there is none.
std::string_view host_of(std::string_view url);
// Host without its port: "www.example.com" of "www.example.com:8080", "[::1]" of "[::1]:80".
std::string_view without_port(std::string_view host);
// Whether an absolute URL begins with "https:".
bool is_https(std::string_view url);

// How long the body is (RFC 9112 6.3).
enum class Framing : std::uint8_t {
  none,
  length,
  chunked,
  until_close,
  tunnel,  // after 101 or a CONNECT that was granted: no HTTP any more
};
struct Body {
  Framing framing = Framing::none;
  std::uint64_t length = 0;
};
Body body_of_request(const Head& head);
Body body_of_response(const Head& head, Method method);

// A chunked body, measured piece by piece (RFC 9112 7.1).
class Chunks {
 public:
  // Takes bytes of the body, and says how many of them belong to it. Once is_done() it takes none;
  // once is_broken() the rest cannot be told.
  std::size_t take(std::span<const std::uint8_t> bytes);
  // Bytes of the body that are known to come and need not be shown: the rest of a chunk.
  std::uint64_t to_skip() const { return state_ == State::data ? left_ : 0; }
  // `count` bytes were not shown; at most to_skip().
  void skipped(std::uint64_t count);
  bool is_done() const { return state_ == State::done; }
  bool is_broken() const { return state_ == State::broken; }

 private:
  enum class State : std::uint8_t {
    size,
    extension,
    size_end,
    data,
    data_end,
    data_line_feed,
    trailer_start,
    trailer,
    last_line_feed,
    done,
    broken,
  };
  void step(std::uint8_t byte);
  void on_size(std::uint8_t byte);
  State state_ = State::size;
  bool has_digit_ = false;
  std::uint64_t left_ = 0;
};

// --- HTTP/2 in the clear (RFC 9113) --------------------------------------------------------------

inline constexpr std::string_view kPreface2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
bool begins_http2(std::span<const std::uint8_t> bytes);  // the whole preface, or its beginning

enum class Frame2Type : std::uint8_t {  // RFC 9113 11.2
  data = 0,
  headers = 1,
  priority = 2,
  rst_stream = 3,
  settings = 4,
  push_promise = 5,
  ping = 6,
  goaway = 7,
  window_update = 8,
  continuation = 9,
};

struct Frame2 {
  static constexpr std::size_t kHeader = 9;
  std::uint32_t length = 0;  // of the payload
  std::uint8_t type = 0;     // Frame2Type; unknown ones are kept
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  // RST_STREAM and GOAWAY (RFC 9113 7); has_error where the bytes show it.
  bool has_error = false;
  std::uint32_t error = 0;
  std::uint16_t status = 0;  // HEADERS that begin with :status; 0 where unknown
  bool ends_stream() const { return (flags & 1U) != 0; }
};
// False where the bytes do not show the whole frame header.
bool read_frame2(std::span<const std::uint8_t> bytes, Frame2& frame);

}  // namespace whydown::packet::http
