#include "packet/http/http.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet::http {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// "GET /x host=... len=5 close" or "504 'Gateway Time-out' ...", preceded by how far it was read.
std::string show(std::string_view text) {
  Head head;
  const Reading reading = read_head(bytes_of(text), head);
  static constexpr std::string_view kReadings[] = {"not", "short", "start", "whole"};
  std::string out(kReadings[static_cast<std::size_t>(reading)]);
  if (reading == Reading::not_http || reading == Reading::too_short) return out;
  out += head.is_request ? fmt::format(" {} {}", method_name(head.method), head.target)
                         : fmt::format(" {} '{}'", head.status, head.reason);
  if (!head.host.empty()) out += fmt::format(" host={}", head.host);
  if (!head.location.empty()) out += fmt::format(" to={}", head.location);
  if (!head.server.empty()) out += fmt::format(" server={}", head.server);
  if (head.has_content_length) out += fmt::format(" length={}", head.content_length);
  if (head.has_retry_after) out += fmt::format(" retry={}", head.retry_after_s);
  if (head.is_chunked) out += " chunked";
  if (head.is_close) out += " close";
  if (head.is_keep_alive) out += " keep";
  if (head.is_upgrade) out += " upgrade";
  if (head.is_http10) out += " 1.0";
  if (head.has_authorization) out += " credentials";
  if (head.has_via) out += " via";
  if (head.is_event_stream) out += " events";
  if (reading == Reading::whole && head.bytes != text.size()) {
    out += fmt::format(" and {} more", text.size() - head.bytes);
  }
  return out;
}

TEST(Http, Heads) {
  struct Row {
    std::string_view text;
    std::string_view shown;
  };
  static constexpr Row kRows[] = {
      {"GET / HTTP/1.1\r\n\r\n", "whole GET /"},
      {"\r\nGET / HTTP/1.1\r\n\r\n", "whole GET /"},
      {"GET / HTTP/1.0\n\n", "whole GET / 1.0"},
      {"GET /a b HTTP/1.1\r\n\r\n", "whole GET /a b"},
      {"GET /a HTTP/1.1\r\nHost: example.com:8080 \r\nAuthorization: Basic x\r\n\r\nrest",
       "whole GET /a host=example.com:8080 credentials and 4 more"},
      {"GET http://user:pw@example.com:81/a HTTP/1.1\r\n\r\n",
       "whole GET http://user:pw@example.com:81/a host=example.com"},
      {"CONNECT example.com:443 HTTP/1.1\r\n\r\n",
       "whole CONNECT example.com:443 host=example.com:443"},
      {"POST /a HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: 5\r\nTransfer-Encoding: gzip, "
       "Chunked\r\n\r\n",
       "whole POST /a host=x length=5 chunked"},
      {"PROPFIND /a HTTP/1.1\r\nConnection: Keep-Alive, Upgrade\r\n\r\n",
       "whole ? /a keep upgrade"},
      {"HTTP/1.1 504 Gateway Time-out\r\nServer: nginx/1.22.1\r\nVia: 1.1 x\r\nRetry-After: "
       "120\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
       "whole 504 'Gateway Time-out' server=nginx/1.22.1 length=0 retry=120 close via"},
      {"HTTP/1.1 503\r\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n\r\n",
       "whole 503 '' retry=0"},
      {"HTTP/1.1 301 Moved\r\nLocation: https://example.com/\r\n\r\n",
       "whole 301 'Moved' to=https://example.com/"},
      {"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream; x\r\n\r\n",
       "whole 200 'OK' 1.0 events"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", "whole 200 'OK' length=5"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "whole 200 'OK'"},
      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "whole 200 'OK'"},
      {"HTTP/1.1 200 OK\r\n folded: x\r\nno colon\r\n\r\n", "whole 200 'OK'"},
      // Cut by the snaplen, or the rest is in the next segment.
      {"HTTP/1.1 502 Bad Gateway\r\nServer: ngi", "start 502 'Bad Gateway'"},
      {"GET /a HTTP/1.1\r\nHost: example.com\r\n", "start GET /a host=example.com"},
      {"GET /a HTT", "short"},
      {"HTTP/1.1 50", "short"},
      {"HT", "short"},
      {"", "short"},
      {"\r\n", "short"},
      // Others.
      {"\x16\x03\x01\x02\x05", "not"},
      {"SSH-2.0-OpenSSH_9.2p1\r\n", "not"},
      {"220 mail.example.com ESMTP\r\n", "not"},
      {"EHLO client.example.com\r\n", "not"},
      {"GET / HTTP/2.0\r\n\r\n", "not"},
      {"GET /\r\n", "not"},
      {"get / HTTP/1.1\r\n\r\n", "not"},
      {"GET \x01 HTTP/1.1\r\n\r\n", "not"},
      {"HTTP/1.1 20x OK\r\n\r\n", "not"},
      {"HTTP/1.1 2000 OK\r\n\r\n", "not"},
      {"HTTP/1.1 099 OK\r\n\r\n", "not"},
      {"\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n", "not"},
  };
  for (const Row& row : kRows) EXPECT_EQ(show(row.text), row.shown) << row.text;
}

TEST(Http, TooLongToBeOurs) {
  Head head;
  const std::string line = "GET /" + std::string(kMaxHead, 'a');
  EXPECT_EQ(read_head(bytes_of(line), head), Reading::not_http);
  const std::string fields = "GET / HTTP/1.1\r\nCookie: " + std::string(kMaxHead, 'a') + "\r\n\r\n";
  EXPECT_EQ(read_head(bytes_of(fields), head), Reading::start_only);
}

TEST(Http, PartsOfUrls) {
  struct Row {
    std::string_view url, path, host;
    bool https;
  };
  static constexpr Row kRows[] = {
      {"/a/b?c=d#e", "/a/b", "", false},
      {"http://example.com", "/", "example.com", false},
      {"HTTPS://example.com:444/x?y", "/x", "example.com", true},
      {"http://a@b@example.com/x", "/x", "example.com", false},
      {"http://[2001:db8::1]:80/x", "/x", "[2001:db8::1]", false},
      {"http://example.com?x", "/", "example.com", false},
      {"/go?to=http://example.com/x", "/go", "", false},
      {"*", "*", "", false},
      {"", "", "", false},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(path_of(row.url), row.path) << row.url;
    EXPECT_EQ(host_of(row.url), row.host) << row.url;
    EXPECT_EQ(is_https(row.url), row.https) << row.url;
  }
  EXPECT_EQ(without_port("[::1"), "[::1");
}

TEST(Http, Framing) {
  struct Row {
    std::string_view text;
    Method method;
    Framing framing;
    std::uint64_t length;
  };
  static constexpr Row kRows[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", Method::get, Framing::length, 7},
      {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", Method::head, Framing::none, 0},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", Method::get, Framing::none, 0},
      {"HTTP/1.1 204 No Content\r\n\r\n", Method::get, Framing::none, 0},
      {"HTTP/1.1 100 Continue\r\n\r\n", Method::post, Framing::none, 0},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", Method::get, Framing::tunnel, 0},
      {"HTTP/1.1 200 OK\r\n\r\n", Method::connect, Framing::tunnel, 0},
      {"HTTP/1.1 407 No\r\nContent-Length: 3\r\n\r\n", Method::connect, Framing::length, 3},
      {"HTTP/1.1 200 OK\r\n\r\n", Method::get, Framing::until_close, 0},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Method::get, Framing::none, 0},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n", Method::get,
       Framing::chunked, 0},
  };
  for (const Row& row : kRows) {
    Head head;
    ASSERT_EQ(read_head(bytes_of(row.text), head), Reading::whole) << row.text;
    const Body body = body_of_response(head, row.method);
    EXPECT_EQ(body.framing, row.framing) << row.text;
    EXPECT_EQ(body.length, row.length) << row.text;
  }
  Head head;
  (void)read_head(bytes_of("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"), head);
  EXPECT_EQ(body_of_request(head).length, 9U);
  (void)read_head(bytes_of("GET / HTTP/1.1\r\n\r\n"), head);
  EXPECT_EQ(body_of_request(head).framing, Framing::none);
}

TEST(Http, Chunks) {
  struct Row {
    std::string_view text;
    std::size_t taken;
    bool done, broken;
  };
  static constexpr Row kRows[] = {
      {"5\r\nhello\r\n0\r\n\r\nHTTP", 15, true, false},
      {"5;name=value\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", 38, true, false},
      {"A\nhellohello\n0\n\n", 16, true, false},
      {"ff", 2, false, false},
      {"5\r\nhel", 6, false, false},
      {"\r\n", 1, false, true},
      {"x\r\n", 1, false, true},
      {"5\r\nhelloX", 9, false, true},
      {"ffffffffffffffffffff\r\n", 16, false, true},
  };
  for (const Row& row : kRows) {
    // Whole, and byte by byte: the same.
    Chunks whole;
    EXPECT_EQ(whole.take(bytes_of(row.text)), row.taken) << row.text;
    Chunks bytewise;
    std::size_t taken = 0;
    for (std::size_t i = 0; i < row.text.size(); ++i) {
      taken += bytewise.take(bytes_of(row.text.substr(i, 1)));
    }
    EXPECT_EQ(taken, row.taken) << row.text;
    for (const Chunks* chunks : {&whole, &bytewise}) {
      EXPECT_EQ(chunks->is_done(), row.done) << row.text;
      EXPECT_EQ(chunks->is_broken(), row.broken) << row.text;
    }
  }
}

TEST(Http, ChunksNotShown) {
  Chunks chunks;
  EXPECT_EQ(chunks.take(bytes_of("1000\r\nab")), 8U);
  EXPECT_EQ(chunks.to_skip(), 4094U);
  chunks.skipped(4094);
  EXPECT_EQ(chunks.to_skip(), 0U);
  EXPECT_EQ(chunks.take(bytes_of("\r\n0\r\n\r\n")), 7U);
  EXPECT_TRUE(chunks.is_done());
}

TEST(Http2, Frames) {
  struct Row {
    const char* bytes;
    const char* shown;
  };
  static constexpr Row kRows[] = {
      {"000004 08 00 00000000 00000001", "type8 stream0 error- status0"},
      {"000001 01 04 00000001 88", "type1 stream1 error- status200"},
      {"000001 01 05 00000001 8e", "type1 stream1 error- status500 end"},
      {"000004 01 04 00000003 48 82 6402", "type1 stream3 error- status302"},
      {"000005 01 05 00000003 48 83 680d7f", "type1 stream3 error- status404 end"},
      {"000005 01 05 00000003 48 03 353033", "type1 stream3 error- status503 end"},
      {"000005 01 05 00000003 48 83 6c0cff", "type1 stream3 error- status503 end"},
      {"000006 01 05 00000003 3f 48 03 353033", "type1 stream3 error- status0 end"},
      {"000006 01 05 00000003 20 48 03 353033", "type1 stream3 error- status503 end"},
      {"000007 01 0d 00000003 02 88 0000 000000", "type1 stream3 error- status200 end"},
      {"000001 01 05 00000001 82", "type1 stream1 error- status0 end"},
      {"000002 01 05 00000001 48 83", "type1 stream1 error- status0 end"},
      {"000004 03 00 80000005 00000007", "type3 stream5 error7 status0"},
      {"000004 03 00 00000005 0000", "type3 stream5 error- status0"},
      {"000008 07 00 00000000 00000005 0000000b", "type7 stream0 error11 status0"},
      {"000008 07 00 00000000 00000005", "type7 stream0 error- status0"},
  };
  for (const Row& row : kRows) {
    Frame2 frame;
    const auto bytes = packet::testing::hex(row.bytes);
    ASSERT_TRUE(read_frame2(bytes, frame)) << row.bytes;
    const std::string error = frame.has_error ? std::to_string(frame.error) : "-";
    EXPECT_EQ(fmt::format("type{} stream{} error{} status{}{}", frame.type, frame.stream, error,
                          frame.status, frame.ends_stream() ? " end" : ""),
              row.shown)
        << row.bytes;
  }
  Frame2 frame;
  EXPECT_FALSE(read_frame2(packet::testing::hex("000004 03 00 800000"), frame));
}

TEST(Http2, Preface) {
  EXPECT_TRUE(begins_http2(bytes_of(kPreface2)));
  EXPECT_TRUE(begins_http2(bytes_of("PRI * HT")));
  EXPECT_FALSE(begins_http2(bytes_of("PRI")));
  EXPECT_FALSE(begins_http2(bytes_of("PRI / HTTP/1.1")));
}

}  // namespace
}  // namespace whydown::packet::http
