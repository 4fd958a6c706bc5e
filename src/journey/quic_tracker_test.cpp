// QUIC by hand: one line of words per packet, time first.
//
//   "0 c initial"        the client's first Initial, with a ClientHello to example.com;
//   "initial=2",
//                        "half1", "half2" of it; "reserved" is of a version that nobody speaks
//   "0.1 s initial"      the server's Initial with its ServerHello, and a Handshake packet; "ack"
//   only
//                        acknowledges
//   "0.1 s close 376"    CONNECTION_CLOSE with this error
//   "0.1 s retry", "0.1 s versions 1", "0.2 c handshake", "0.2 c short", "0 c early" (0-RTT)
// "port=5000" behind a line: of the client. Anything else is a line of testing.h.
#include <deque>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "journey/limits.h"
#include "journey/testing.h"
#include "packet/quic/quic_for_test.h"

namespace whydown::journey {
namespace {

using packet::Packet;
using packet::quic::Sender;
using packet::quic::testing::Bytes;
using packet::quic::testing::close_frame;
using packet::quic::testing::crypto_frame;
using packet::quic::testing::hex;
using packet::quic::testing::joined;
using packet::quic::testing::long_header;
using packet::quic::testing::seal;
namespace quic = packet::quic;

const Bytes kFirst = hex("8394c8f03e515708");
const Bytes kOfServer = hex("f067a5502a4262b5");
const Bytes kOfRetry = hex("5555555566666666");
constexpr std::uint32_t kReserved = 0x1a2a3a4a;

class Talk {
 public:
  Packet build(const std::string& line) {
    std::istringstream words{line};
    std::string time;
    std::string side;
    std::string what;
    words >> time >> side >> what;
    Packet packet = builder_.build(side == "c" || side == "s" ? udp(line, time, side) : line);
    if (side != "c" && side != "s") return packet;
    std::string rest;
    words >> rest;
    payloads_.push_back(side == "c" ? of_client(what) : of_server(what, rest));
    packet.payload = payloads_.back();
    packet.payload_length = static_cast<std::uint32_t>(packet.payload.size());
    if (line.ends_with(" cut")) packet.payload = packet.payload.first(60);
    return packet;
  }

 private:
  static std::string udp(const std::string& line, const std::string& time,
                         const std::string& side) {
    const std::size_t at = line.find("port=");
    const std::string port = at == std::string::npos ? "4000" : line.substr(at + 5, 4);
    return time + (side == "c" ? " udp c1:" : " sudp c1:") + port + " s1:443";
  }
  Bytes of_client(const std::string& what) {
    static const Bytes kHello = hex(quic::testing::kClientHello);
    const Bytes half1(kHello.begin(), kHello.begin() + 100);
    const Bytes half2(kHello.begin() + 100, kHello.end());
    if (what == "short") return joined({0x4f}, Bytes(40, 7));
    if (what == "early") {
      return joined(joined(long_header(0xd0, quic::kVersion1, kFirst, {}), {0x40, 40}),
                    Bytes(40, 9));
    }
    if (what == "handshake") return handshake(kOfServer);
    if (what == "reserved") {
      return joined(long_header(0xc0, kReserved, kFirst, {}), Bytes(1190, 0));
    }
    if (what == "half1") return initial(quic::kVersion1, crypto_frame(0, half1));
    if (what == "half2") return initial(quic::kVersion1, crypto_frame(100, half2));
    if (what == "initial=2") return initial(quic::kVersion2, crypto_frame(0, kHello));
    if (what == "retried") {
      quic::testing::Draft draft{.first_destination = kOfRetry,
                                 .destination = kOfRetry,
                                 .source = {},
                                 .number = 1,
                                 .least = 1200};
      return seal(draft, crypto_frame(0, kHello));
    }
    return initial(quic::kVersion1, crypto_frame(0, kHello));
  }
  Bytes initial(std::uint32_t version, const Bytes& frames) {
    version_ = version;
    return seal({.version = version,
                 .first_destination = kFirst,
                 .destination = kFirst,
                 .source = {},
                 .least = 1200},
                frames);
  }
  static Bytes handshake(const Bytes& destination) {
    return joined(joined(long_header(0xe0, quic::kVersion1, destination, {}), {0x40, 40}),
                  Bytes(40, 9));
  }
  Bytes of_server(const std::string& what, const std::string& rest) {
    static const Bytes kHello = hex(quic::testing::kServerHello);
    const Bytes ack = hex("0200000000");
    const auto answer = [&](const Bytes& frames, const Bytes& first) {
      return seal({.version = version_,
                   .by = Sender::server,
                   .first_destination = first,
                   .destination = {},
                   .source = kOfServer},
                  frames);
    };
    if (what == "short") return joined({0x4f}, Bytes(40, 7));
    if (what == "ack") return answer(joined(ack, Bytes(20, 0)), kFirst);
    if (what == "close") return answer(close_frame(std::stoul(rest), "sorry"), kFirst);
    if (what == "reclose") return answer(close_frame(std::stoul(rest), "sorry"), kOfRetry);
    if (what == "reanswer") return answer(joined(ack, crypto_frame(0, kHello)), kOfRetry);
    if (what == "retry") {
      return joined(long_header(0xf0, quic::kVersion1, {}, kOfRetry), Bytes(20, 3));
    }
    if (what == "versions") {
      Bytes bytes = long_header(0x80, 0, {}, kFirst);
      return joined(bytes, rest == "1" ? hex("00000001 2a2a2a2a") : hex("6b3343cf"));
    }
    return joined(answer(joined(ack, crypto_frame(0, kHello)), kFirst), handshake({}));
  }

  testing::Builder builder_;
  std::deque<Bytes> payloads_;
  std::uint32_t version_ = quic::kVersion1;
};

struct Told {
  std::vector<std::string> lines;
  Totals totals;
};

Told play(const std::vector<std::string>& script) {
  testing::Recorder recorder;
  base::Interner names{{.names = 1024, .bytes = 65536}};
  Tracker tracker{recorder, names};
  Talk talk;
  for (const std::string& line : script) tracker.packet(talk.build(line));
  tracker.finish();
  Told told;
  for (const Attempt& attempt : recorder.attempts) {
    std::string line = testing::summary(attempt);
    if (attempt.code != 0) line += " code " + std::to_string(attempt.code);
    if (attempt.answer.kind == Kind::quic_close) {
      line += " error " + std::to_string(attempt.answer.detail);
    }
    const std::string_view name = names.text(attempt.question.name);
    if (!name.empty()) line.append(" ").append(name);
    told.lines.push_back(line);
  }
  std::ranges::sort(told.lines);
  told.totals = tracker.totals();
  return told;
}

struct Row {
  const char* what;
  std::vector<std::string> script;
  std::vector<std::string> attempts;
  std::uint64_t unread = 0;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.what; }
class Quic : public ::testing::TestWithParam<Row> {};
TEST_P(Quic, Attempts) {
  const Told told = play(GetParam().script);
  EXPECT_EQ(told.lines, GetParam().attempts);
  EXPECT_EQ(told.totals.quic_unread, GetParam().unread);
}

const std::string kConnected = "quic c1>s1:443/udp ok none 1 example.com";
const std::string kSecured = "tls c1>s1:443/udp ok none 1 example.com";

const std::vector<Row> kRows{
    {"a good one",
     {"0 c initial", "0.1 s initial", "0.2 c handshake", "0.2 c short", "0.3 s short"},
     {kConnected, kSecured}},
    {"version 2", {"0 c initial=2", "0.1 s initial", "0.2 c short"}, {kConnected, kSecured}},
    {"a ClientHello in two packets, the second half first",
     {"0 c half2", "0.001 c half1", "0.1 s initial", "0.2 c short"},
     {kConnected, kSecured}},
    {"the server answers before the second half",
     {"0 c half1", "0.1 s ack", "0.2 c half2", "0.3 s initial", "0.4 c short"},
     {"quic c1>s1:443/udp ok none 1", kSecured}},
    {"half a ClientHello",
     {"0 c half1", "0.1 s initial", "0.2 c short"},
     {"quic c1>s1:443/udp ok none 1", "tls c1>s1:443/udp ok none 1"},
     1},
    {"Retry, and then as ever",
     {"0 c initial", "0.1 s retry", "0.2 c retried", "0.3 s reanswer", "0.4 c short"},
     {kConnected, kSecured}},
    {"after a Retry the keys are others",
     {"0 c initial", "0.1 s retry", "0.2 c retried", "0.3 s reclose 376", "1 later"},
     {kConnected, "tls c1>s1:443/udp failed alert 1 code 120 example.com"}},
    {"no common ALPN",
     {"0 c initial", "0.1 s close 376", "1 later"},
     {kConnected, "tls c1>s1:443/udp failed alert 1 code 120 example.com"}},
    {"... and TCP serves instead",
     {"0 c initial", "0.1 s close 376", "0.2 syn c1:5000 s1:443", "0.3 synack c1:5000 s1:443",
      "20 later"},
     {kConnected, "tcp c1>s1:443/tcp ok none 1 half",
      "tls c1>s1:443/udp failed alert 1 code 120 example.com"}},
    {"the server refuses connections",
     {"0 c initial", "0.1 s close 2", "1 later"},
     {kConnected, "tls c1>s1:443/udp cut no_handshake 1 error 2 example.com"}},
    {"the client wants no more",
     {"0 c initial", "0.1 s initial", "0.2 c handshake", "9 later"},
     {kConnected, "tls c1>s1:443/udp unknown none 1 open example.com"}},
    {"a goodbye is no complaint", {"0 c initial", "0.1 s close 256", "1 later"}, {kConnected}},
    {"no version in common",
     {"0 c initial", "0.1 s versions 2", "5 later"},
     {kConnected, "tls c1>s1:443/udp failed alert 1 code 326 example.com"}},
    {"... or too soon to tell", {"0 c initial", "0.1 s versions 2", "0.5 later"}, {kConnected}},
    {"a version negotiated",
     {"0 c reserved", "0.1 s versions 1", "0.2 c initial", "0.3 s initial", "0.4 c short"},
     {"quic c1>s1:443/udp ok none 1", kSecured}},
    {"who asks for a reserved version may want to know no more",
     {"0 c reserved", "0.1 s versions 1", "9 later"},
     {"quic c1>s1:443/udp ok none 1"}},
    {"0-RTT packets overtake the Initial",
     {"0 c early", "0.001 c initial", "0.1 s initial", "0.2 c short"},
     {kConnected, kSecured}},
    {"a negotiation that offers what was asked for is forged",
     {"0 c initial", "0.1 s versions 1", "0.2 s initial", "0.4 c short"},
     {kConnected, kSecured}},
    {"no answer",
     {"0 c initial", "0.001 c initial", "1 c initial", "3 c initial", "20 later"},
     {"quic c1>s1:443/udp silent no_response 3 example.com"}},
    {"a client that asks but once does not wait",
     {"0 c initial", "20 later"},
     {"quic c1>s1:443/udp unknown none 1 open example.com"}},
    {"the capture lacks the server's side",
     {"0 c initial", "0.2 c handshake", "1 c short", "20 later"},
     {"quic c1>s1:443/udp unknown none 3 open example.com"}},
    {"... and the client has nothing to say but Initials, to the server's connection id",
     {"0 c initial", "0.2 c retried", "1 c retried", "20 later"},
     {"quic c1>s1:443/udp unknown none 3 open example.com"}},
    {"one flight, and the capture ends soon",
     {"0 c initial", "0.3 c initial", "1 later"},
     {"quic c1>s1:443/udp unknown none 2 open example.com"}},
    {"no answer, and TCP serves instead",
     {"0 c initial", "0.3 syn c1:5000 s1:443", "0.31 synack c1:5000 s1:443", "1 c initial",
      "200 later"},
     {"quic c1>s1:443/udp silent no_response 2 healed example.com",
      "tcp c1>s1:443/tcp ok none 1 half"}},
    {"... though it serves the same client many times since",
     {"0 c initial", "0.3 syn c1:5000 s1:443", "0.31 synack c1:5000 s1:443", "1 c initial",
      "40 syn c1:5001 s1:443", "40.1 synack c1:5001 s1:443", "80 syn c1:5002 s1:443",
      "80.1 synack c1:5002 s1:443", "200 later"},
     {"quic c1>s1:443/udp silent no_response 2 healed example.com",
      "tcp c1>s1:443/tcp ok none 1 half", "tcp c1>s1:443/tcp ok none 1 half",
      "tcp c1>s1:443/tcp ok none 1 half"}},
    {"neither answers",
     {"0 c initial", "0.3 syn c1:5000 s1:443", "1 c initial", "1.3 syn c1:5000 s1:443",
      "3.3 syn c1:5000 s1:443", "30 later"},
     {"quic c1>s1:443/udp silent no_response 2 example.com",
      "tcp c1>s1:443/tcp silent no_response 3"}},
    {"refused",
     {"0 c initial", "0.001 icmp port s1 udp c1:4000 s1:443", "20 later"},
     {"quic c1>s1:443/udp refused port_unreachable 1 example.com"}},
    {"cut short: known as QUIC, and unread",
     {"0 c initial cut", "0.1 s initial", "0.2 c short"},
     {"quic c1>s1:443/udp ok none 1", "tls c1>s1:443/udp ok none 1"},
     1},
    {"a connection whose beginning is not in view",
     {"0 c handshake", "0.1 s short", "0.2 c short"},
     {"quic c1>s1:443/udp ok none 1"}},
    {"... unanswered, which is no verdict",
     {"0 c handshake", "1 c handshake", "3 c handshake", "20 later"},
     {"quic c1>s1:443/udp unknown none 3"}},
    {"only the server's side",
     {"0 s initial", "0.1 s short"},
     {"quic c1>s1:443/udp unknown none 0 unseen mid"}},
};
INSTANTIATE_TEST_SUITE_P(Journey, Quic, ::testing::ValuesIn(kRows));

// Rows of tables show no ports, and say what they take for an Initial.
TEST(QuicInWords, Tables) {
  struct Line {
    const char* line;
    const char* said;
  };
  const auto run = [](std::initializer_list<Line> lines) {
    testing::Recorder recorder;
    base::Interner names{{.names = 64, .bytes = 4096}};
    Tracker tracker{recorder, names};
    testing::Builder builder;
    for (const Line& line : lines) {
      Packet packet = builder.build(line.line);
      const std::string_view said = line.said;
      if (!said.empty()) packet.application = packet::Application::quic;
      packet.said = said;
      tracker.packet(packet);
    }
    tracker.finish();
    std::string all;
    for (const Attempt& attempt : recorder.attempts) all += testing::summary(attempt) + ";";
    return all;
  };
  EXPECT_EQ(run({{"0 udp c1:0 s1:0 text", "Initial, DCID=8394, PKN: 0, CRYPTO"},
                 {"0.1 sudp c1:0 s1:0 text", "Initial, SCID=f067, PKN: 0, ACK, CRYPTO"},
                 {"0.2 udp c1:0 s1:0 text", "Handshake, DCID=f067"}}),
            "quic c1>s1:443/udp ok none 1;");
  EXPECT_EQ(run({{"0 udp c1:0 s1:0 text", "Initial, DCID=8394, PKN: 0, CRYPTO"},
                 {"1 udp c1:0 s1:0 text", "Initial, DCID=8394, PKN: 1, CRYPTO"},
                 {"9 later", ""}}),
            "quic c1>s1:443/udp silent no_response 2;");
  EXPECT_EQ(run({{"0 udp c1:4000 s1:8443 text", "initial, dcid 8394, length 1182"},
                 {"0.1 icmp port s1 udp c1 s1:8443 text", ""},
                 {"9 later", ""}}),
            "quic c1>s1:8443/udp refused port_unreachable 1;");
}

TEST(QuicLimits, HandshakesBeyondTheTable) {
  std::vector<std::string> script;
  const std::size_t count = limits::kQuicHandshakes + 10;
  for (std::size_t i = 0; i < count; ++i) {
    script.push_back("0." + std::to_string(1000 + i) +
                     " c initial port=" + std::to_string(2000 + i));
  }
  script.emplace_back("60 later");
  const Told told = play(script);
  EXPECT_EQ(told.lines.size(), count);
  // Those that gave way lost their names, and nothing else.
  const auto named = std::ranges::count_if(
      told.lines, [](const std::string& line) { return line.ends_with("example.com"); });
  EXPECT_EQ(static_cast<std::size_t>(named), limits::kQuicHandshakes);
  EXPECT_EQ(told.totals.quic_unread, 0U);
}

TEST(QuicLimits, SoManyInASecond) {
  std::vector<std::string> script;
  for (std::size_t i = 0; i < limits::kQuicOpensPerSecond + 5; ++i) {
    script.push_back("0." + std::to_string(1000 + i) +
                     " c initial port=" + std::to_string(5400 + i));
  }
  script.emplace_back("2 later");
  EXPECT_EQ(play(script).totals.quic_unread, 5U);
}

}  // namespace
}  // namespace whydown::journey
