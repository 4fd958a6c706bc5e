// Handshakes by hand: one line of words per packet, time first.
//
//   "0.2 c hello"       ClientHello for a.example that offers 1.2 and 1.3; "hello12": 1.2 only
//   "0.3 s hello13"     ServerHello; "hello12", "retry"
//   "0.3 s cert"        the certificate of tls_test.cpp's kind, for www.example.org, in its time;
//   "0.4 c sealed 53"   application data of that length; "finished": sealed handshake of TLS 1.2
//   "0.4 c ccs", "0.5 s alert 2 40", "0.6 s text", "c fin", "c rst", "s ack", "0.9 later"
// "gap" behind a line: its packet was not captured. "again": sent once more. "cut": only 40 bytes
// of its data were captured.
// "behind": acknowledges nothing but the SYN-ACK.
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/testing.h"
#include "journey/testing.h"
#include "packet/tls/certificate_for_test.h"

namespace whydown::journey {
namespace {

using base::testing::hex;
using packet::Field;
using packet::Packet;
namespace flag = packet::tcp_flag;

using Bytes = std::vector<std::uint8_t>;

void put(Bytes& bytes, std::size_t value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8U * static_cast<unsigned>(i))));
  }
}
Bytes record(int type, const Bytes& fragment) {
  Bytes bytes;
  put(bytes, static_cast<std::size_t>(type), 1);
  put(bytes, 0x0303, 2);
  put(bytes, fragment.size(), 2);
  bytes.insert(bytes.end(), fragment.begin(), fragment.end());
  return bytes;
}
Bytes message(int type, const Bytes& body) {
  Bytes bytes;
  put(bytes, static_cast<std::size_t>(type), 1);
  put(bytes, body.size(), 3);
  bytes.insert(bytes.end(), body.begin(), body.end());
  return record(22, bytes);
}
const std::string kRandom(64, '7');
Bytes client_hello(const std::string& name, bool only12) {
  Bytes extensions = hex(only12 ? "" : "002b 0005 04 0304 0303");
  put(extensions, 0, 2);
  put(extensions, name.size() + 5, 2);
  put(extensions, name.size() + 3, 2);
  put(extensions, 0, 1);
  put(extensions, name.size(), 2);
  extensions.insert(extensions.end(), name.begin(), name.end());
  Bytes body = hex("0303" + kRandom + "00 0004 1301 c02f 0100");
  put(body, extensions.size(), 2);
  body.insert(body.end(), extensions.begin(), extensions.end());
  return message(1, body);
}
Bytes server_hello(const std::string& kind) {
  const std::string retry = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
  if (kind == "hello12") return message(2, hex("0303" + kRandom + "00 c02f 00"));
  return message(
      2, hex("0303" + (kind == "retry" ? retry : kRandom) + "00 1301 00 0006 002b 0002 0304"));
}
Bytes certificate() {
  const Bytes der = hex(packet::tls::testing::kCertificateOfWww);
  Bytes body;
  put(body, der.size() + 3, 3);
  put(body, der.size(), 3);
  body.insert(body.end(), der.begin(), der.end());
  return message(11, body);
}

// One connection of c1 to s1.
class Connection {
 public:
  Connection(std::int64_t start, std::string name) : start_(start), name_(std::move(name)) {}

  Packet build(const std::string& line, Bytes& bytes, bool& captured) {
    std::istringstream words{line};
    double seconds = 0;
    std::string side;
    std::string what;
    words >> seconds >> side >> what;
    std::vector<std::string> rest;
    for (std::string word; words >> word;) rest.push_back(word);
    captured = rest.empty() || rest.back() != "gap";
    const bool again = !rest.empty() && rest.back() == "again";
    const bool cut = !rest.empty() && rest.back() == "cut";
    const bool behind = !rest.empty() && rest.back() == "behind";
    Packet packet;
    packet.place.number = ++number_;
    packet.place.time = base::time_from_ns(static_cast<std::int64_t>(seconds * 1e9) + start_);
    packet.network = packet::Network::ipv4;
    if (side == "later") {
      packet.ip.source = testing::host("r9");
      packet.ip.destination = base::IpAddress::v4(0xe00000fb);
      packet.transport = packet::Transport::udp;
      return packet;
    }
    bytes = payload(side, what, rest);
    fill(packet, side == "c", what, bytes, again);
    if (cut) packet.payload = packet.payload.first(40);
    if (behind) packet.tcp.acknowledgment = 9001;
    return packet;
  }

 private:
  Bytes payload(const std::string& side, const std::string& what,
                const std::vector<std::string>& rest) const {
    if (what == "hello" || (side == "c" && what == "hello12")) {
      return client_hello(name_, what == "hello12");
    }
    if (what == "hello13" || what == "hello12" || what == "retry") return server_hello(what);
    if (what == "cert") return certificate();
    if (what == "certcut") {
      Bytes bytes = certificate();
      bytes.resize(100);
      return bytes;
    }
    if (what == "ccs") return record(20, {1});
    if (what == "finished") return record(22, Bytes(40, 9));
    if (what == "sealed") return record(23, Bytes(std::stoul(rest.at(0)), 9));
    if (what == "text") return hex("'HTTP/1.1 400 Bad Request'");
    if (what == "alert") {
      return record(21, {static_cast<std::uint8_t>(std::stoi(rest.at(0))),
                         static_cast<std::uint8_t>(std::stoi(rest.at(1)))});
    }
    return {};
  }
  void fill(Packet& packet, bool by_client, const std::string& what, const Bytes& bytes,
            bool again) {
    static const std::map<std::string, std::uint8_t> kFlags{{"syn", flag::syn},
                                                            {"synack", flag::syn | flag::ack},
                                                            {"fin", flag::fin | flag::ack},
                                                            {"rst", flag::rst | flag::ack}};
    const auto known = kFlags.find(what);
    packet.tcp.flags = known == kFlags.end() ? std::uint8_t{flag::ack} : known->second;
    packet.transport = packet::Transport::tcp;
    const auto client = testing::host("c1");
    const auto server = testing::host("s1");
    packet.ip.source = by_client ? client : server;
    packet.ip.destination = by_client ? server : client;
    packet.source_port = by_client ? 4000 : 443;
    packet.destination_port = by_client ? 443 : 4000;
    packet.known.set(Field::bytes);
    packet.known.set(Field::tcp_sequence);
    packet.known.set(Field::payload_length);
    std::uint32_t& mine = by_client ? client_next_ : server_next_;
    std::uint32_t& begun = by_client ? client_last_ : server_last_;
    packet.tcp.sequence = again ? begun : mine;
    packet.tcp.acknowledgment = by_client ? server_next_ : client_next_;
    packet.payload = bytes;
    packet.payload_length = static_cast<std::uint32_t>(bytes.size());
    if (again) return;
    begun = mine;
    const bool counts = (packet.tcp.flags & (flag::syn | flag::fin)) != 0;
    mine += packet.payload_length + (counts ? 1U : 0U);
  }

  std::int64_t start_;
  std::string name_;
  std::uint64_t number_ = 0;
  std::uint32_t client_next_ = 1000;
  std::uint32_t server_next_ = 9000;
  std::uint32_t client_last_ = 1000;
  std::uint32_t server_last_ = 9000;
};

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kInTime = 1'796'000'000 * kSecond;  // of the certificate
constexpr std::int64_t kTooLate = 1'799'000'000 * kSecond;
constexpr std::int64_t kTooEarly = 1'795'000'000 * kSecond;

std::vector<Attempt> play(const std::vector<std::string>& script, std::int64_t start = kInTime,
                          const std::string& name = "www.example.org") {
  testing::Recorder recorder;
  base::Interner names{{.names = 1024, .bytes = 65536}};
  Tracker tracker{recorder, names};
  Connection connection{start, name};
  std::vector<std::string> lines{"0 c syn", "0.1 s synack", "0.1 c ack"};
  lines.insert(lines.end(), script.begin(), script.end());
  for (const std::string& line : lines) {
    Bytes bytes;
    bool captured = true;
    const Packet packet = connection.build(line, bytes, captured);
    if (captured) tracker.packet(packet);
  }
  tracker.finish();
  std::vector<Attempt> secure;
  for (const Attempt& attempt : recorder.attempts) {
    if (attempt.step == Step::secure) secure.push_back(attempt);
  }
  return secure;
}

std::string told(const std::vector<Attempt>& attempts) {
  std::string text;
  for (const Attempt& attempt : attempts) {
    if (!text.empty()) text += ", ";
    text +=
        std::string{outcome_id(attempt.outcome)} + " " + std::string{symptom_id(attempt.symptom)};
    if (attempt.code != 0) text += " " + std::to_string(attempt.code);
    if (attempt.tls.is_alert_hidden && attempt.outcome == Outcome::failed) text += " hidden";
    if (attempt.outcome == Outcome::failed)
      text += attempt.tls.by_client ? " by client" : " by server";
    if (attempt.tls.is_plain_answer) text += " plain";
    if (attempt.tls.is_flight_cut) text += " half";
    if (attempt.open_at_end) text += " open";
    if (attempt.healed) text += " healed";
  }
  return text;
}

struct Row {
  const char* what;
  std::vector<std::string> script;
  const char* expected;
  std::int64_t start = kInTime;
  const char* name = "www.example.org";
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.what; }
class Tls : public ::testing::TestWithParam<Row> {};
TEST_P(Tls, Attempts) {
  const Row& row = GetParam();
  EXPECT_EQ(told(play(row.script, row.start, row.name)), row.expected);
}

const std::vector<Row> kGood{
    {"TLS 1.3",
     {"0.2 c hello", "0.3 s hello13", "0.3 s ccs", "0.3 s sealed 900", "0.4 c ccs",
      "0.4 c sealed 53", "0.4 c sealed 120", "0.5 s sealed 240", "0.6 s sealed 900"},
     "ok none"},
    {"TLS 1.2",
     {"0.2 c hello", "0.3 s hello12", "0.3 s cert", "0.4 c ccs", "0.4 c finished", "0.5 s ccs",
      "0.5 s finished", "0.6 c sealed 99"},
     "ok none"},
    {"TLS 1.2 resumed: the server finishes first",
     {"0.2 c hello12", "0.3 s hello12", "0.3 s ccs", "0.3 s finished", "0.4 c ccs",
      "0.4 c finished", "0.4 c sealed 99"},
     "ok none"},
    {"HelloRetryRequest",
     {"0.2 c hello", "0.3 s retry", "0.3 s ccs", "0.4 c ccs", "0.4 c hello", "0.5 s hello13",
      "0.5 s sealed 900", "0.6 c sealed 53", "0.7 s sealed 300"},
     "ok none"},
    {"preconnected and left unused",
     {"0.2 c hello", "0.3 s hello13", "0.3 s sealed 900", "0.4 c sealed 53", "9 c sealed 19",
      "9 c fin", "9 s fin"},
     "ok none"},
    {"the server ends an idle connection",
     {"0.2 c hello", "0.3 s hello13", "0.3 s sealed 900", "0.4 c sealed 53", "9 s fin"},
     "ok none"},
    {"the client leaves at once: nothing is tried", {"0.2 c hello", "0.3 c fin"}, ""},
    {"the client leaves in the middle",
     {"0.2 c hello", "0.3 s hello13", "0.3 s sealed 900", "0.4 c rst"},
     ""},
    {"the client cancels", {"0.2 c hello", "0.3 c alert 1 0", "0.3 c fin", "0.4 s fin"}, ""},
    {"a warning about the name is none",
     {"0.2 c hello", "0.3 s alert 1 112", "0.3 s hello12", "0.3 s cert", "0.4 c ccs",
      "0.4 c finished", "0.5 s ccs", "0.5 s finished", "0.6 c sealed 99"},
     "ok none"},
    {"data sent early, with old keys",
     {"0.2 c hello", "0.2 c sealed 300", "0.3 s hello13", "0.3 s sealed 90", "0.4 c sealed 53",
      "0.5 s sealed 300"},
     "ok none"},
    {"who checks no certificate is content with any",
     {"0.2 c hello", "0.3 s hello12", "0.3 s cert", "0.4 c ccs", "0.4 c finished", "0.5 s ccs",
      "0.5 s finished", "0.6 c sealed 99"},
     "ok none",
     kTooLate,
     "b.example"},
};
INSTANTIATE_TEST_SUITE_P(Good, Tls, ::testing::ValuesIn(kGood));

const std::vector<Row> kAlerts{
    {"no common version",
     {"0.2 c hello", "0.3 s alert 2 70", "0.3 s fin"},
     "failed alert 70 by server"},
    {"no common cipher",
     {"0.2 c hello", "0.3 s alert 2 40", "0.3 s rst"},
     "failed alert 40 by server"},
    {"unknown CA, TLS 1.3 with an alert in clear",
     {"0.2 c hello", "0.3 s hello13", "0.3 s sealed 900", "0.4 c alert 2 48", "0.4 c fin"},
     "failed certificate_untrusted 48 by client"},
    {"expired, TLS 1.3 with an alert in clear",
     {"0.2 c hello", "0.3 s hello13", "0.3 s sealed 900", "0.4 c alert 2 45"},
     "failed certificate_expired 45 by client"},
    {"not yet valid, by the certificate in view",
     {"0.2 c hello", "0.3 s hello12", "0.3 s cert", "0.4 c alert 2 42"},
     "failed certificate_expired 42 by client",
     kTooEarly},
    {"for another name, by the certificate in view",
     {"0.2 c hello", "0.3 s hello12", "0.3 s cert", "0.4 c alert 2 42"},
     "failed certificate_name 42 by client",
     kInTime,
     "b.example"},
    {"a bad certificate, and nothing in view says why",
     {"0.2 c hello", "0.3 s hello12", "0.3 s cert", "0.4 c alert 2 42"},
     "failed alert 42 by client"},
    {"an encrypted alert of the client",
     {"0.2 c hello", "0.3 s hello13", "0.3 s sealed 900", "0.4 c ccs", "0.4 c sealed 19",
      "0.4 c fin"},
     "failed alert hidden by client"},
    {"an encrypted alert of the server: it wants a certificate",
     {"0.2 c hello", "0.3 s hello13", "0.3 s sealed 900", "0.4 c ccs", "0.4 c sealed 25",
      "0.4 c sealed 53", "0.4 c sealed 99", "0.5 s sealed 19", "0.5 s fin"},
     "failed alert hidden by server"},
    {"the server objects to the client's certificate",
     {"0.2 c hello12", "0.3 s hello12", "0.3 s cert", "0.4 c ccs", "0.4 c finished",
      "0.5 s alert 2 48"},
     "failed alert 48 by server"},
    {"the client finishes, looks at the name, and leaves",
     {"0.2 c hello", "0.3 s hello12", "0.3 s cert", "0.4 c ccs", "0.4 c finished", "0.5 s ccs",
      "0.5 s finished", "0.6 c fin"},
     "failed certificate_name by client",
     kInTime,
     "b.example"},
};
INSTANTIATE_TEST_SUITE_P(Alerts, Tls, ::testing::ValuesIn(kAlerts));

const std::vector<Row> kCut{
    {"reset, in a capture of short packets", {"0.2 c hello cut", "0.3 s rst"}, "cut no_handshake"},
    {"a whole handshake of TLS 1.3",
     {"0.2 c hello cut", "0.3 s hello13 cut", "0.3 s sealed 900 cut", "0.4 c ccs",
      "0.4 c sealed 53 cut", "0.5 s sealed 300 cut"},
     "ok none"},
    {"a whole handshake of TLS 1.2",
     {"0.2 c hello cut", "0.3 s hello12 cut", "0.3 s cert cut", "0.4 c ccs", "0.4 c finished cut",
      "0.5 s ccs", "0.5 s finished cut", "0.6 c sealed 99 cut"},
     "ok none"},
    {"a whole handshake of TLS 1.3, and the server ends the connection",
     {"0.2 c hello cut", "0.3 s hello13 cut", "0.3 s sealed 900 cut", "0.4 c ccs",
      "0.4 c sealed 53 cut", "0.5 s fin"},
     "ok none"},
    {"a handshake of TLS 1.2 whose last messages are cut off",
     {"0.2 c hello cut", "0.3 s hello12", "0.3 s cert cut", "0.5 s ccs", "0.5 s finished cut",
      "0.6 c sealed 99 cut", "0.7 s fin"},
     "ok none"},
    {"half seen",
     {"0.2 c hello cut", "0.3 s hello13 cut", "0.3 s sealed 900 cut", "0.5 s fin"},
     "unknown none open"},
    {"the server wants a certificate",
     {"0.2 c hello cut", "0.3 s hello13 cut", "0.3 s sealed 900 cut", "0.4 c sealed 53 cut",
      "0.5 s sealed 19", "0.5 s fin"},
     "failed alert hidden by server"},
    {"an alert in clear",
     {"0.2 c hello cut", "0.3 s hello12 cut", "0.3 s cert cut", "0.4 c alert 2 48"},
     "failed certificate_untrusted 48 by client"},
    {"silence", {"0.2 c hello cut", "0.2 s ack", "6 later"}, "silent no_response"},
};
INSTANTIATE_TEST_SUITE_P(Cut, Tls, ::testing::ValuesIn(kCut));

const std::vector<Row> kNone{
    {"reset after the ClientHello", {"0.2 c hello", "0.3 s rst"}, "cut no_handshake"},
    {"closed after the ClientHello", {"0.2 c hello", "0.3 s fin", "0.4 c fin"}, "cut no_handshake"},
    {"closed in the middle", {"0.2 c hello", "0.3 s hello13", "0.3 s fin"}, "cut no_handshake"},
    {"answered in plain text",
     {"0.2 c hello", "0.3 s text", "0.3 s fin"},
     "failed no_handshake by server plain"},
    {"silence until the capture ends",
     {"0.2 c hello", "0.2 s ack", "6 later"},
     "silent no_response"},
    {"silence until the client gives up",
     {"0.2 c hello", "0.2 s ack", "6 c fin"},
     "silent no_response"},
    {"silence, sent again", {"0.2 c hello", "0.5 c hello again", "3 c rst"}, "silent no_response"},
    {"a file cut to the first packets of each connection: the ClientHello only",
     {"0.2 c hello", "30 later"},
     "unknown none open"},
    {"... and the first of the server's",
     {"0.2 c hello", "0.3 s hello12", "0.3 s certcut", "30 later"},
     "unknown none open"},
    {"... and that it was acknowledged",
     {"0.2 c hello", "0.3 s hello12", "0.3 s certcut", "0.4 c ack", "30 later"},
     "unknown none open"},
    {"an alert of a handshake that was not captured", {"0.2 s alert 2 40"}, ""},
    {"too soon to say", {"0.2 c hello", "0.2 s ack", "4 later"}, "unknown none open"},
    {"the server's messages stop in the middle",
     {"0.2 c hello", "0.3 s hello12", "0.3 s certcut", "6 c fin"},
     "silent no_response half"},
    {"only the end of the server's messages arrives",
     {"0.2 c hello", "0.2 s ack", "0.3 s hello12 gap", "0.3 s cert", "6 c fin behind"},
     "silent no_response half"},
    {"the server repeats itself, and the client acknowledges nothing",
     {"0.2 c hello", "0.3 s hello12", "0.3 s cert", "0.5 s cert again", "1 s cert again",
      "6 c fin behind"},
     "silent no_response half"},
    {"an answer that was not captured is no silence",
     {"0.2 c hello", "0.3 s hello13 gap", "0.3 s sealed 900 gap", "0.4 c ack", "9 c fin"},
     ""},
    {"an answer that was not captured: the server's reset says nothing",
     {"0.2 c hello", "0.3 s hello13 gap", "0.3 s sealed 900 gap", "0.4 c ack", "9 s rst"},
     "unknown none open"},
    {"a user who looks at a warning for long is not silence",
     {"0.2 c hello", "0.3 s hello13", "0.3 s sealed 900", "60 c fin"},
     ""},
};
INSTANTIATE_TEST_SUITE_P(None, Tls, ::testing::ValuesIn(kNone));

TEST(TlsTracker, TellsWhatWasSeen) {
  const auto attempts = play({"0.2 c hello", "0.3 s hello12", "0.3 s cert", "0.4 c alert 2 48"});
  ASSERT_EQ(attempts.size(), 1U);
  const Secured& seen = attempts[0].tls;
  EXPECT_EQ(seen.newest_offered, 0x0304);
  EXPECT_EQ(seen.oldest_offered, 0x0303);
  EXPECT_EQ(seen.version, 0x0303);
  EXPECT_TRUE(seen.has_certificate);
  EXPECT_TRUE(seen.is_self_signed);
  EXPECT_TRUE(seen.covers_name);
  EXPECT_EQ(seen.not_after, 1798265385);
  EXPECT_EQ(attempts[0].request.place.number, 4U);
  EXPECT_EQ(attempts[0].answer.place.number, 7U);
  EXPECT_EQ(attempts[0].answer.source, testing::host("c1"));
  EXPECT_NE(attempts[0].question.name, 0U);
}

TEST(TlsTracker, AnotherTryHeals) {
  testing::Recorder recorder;
  base::Interner names{{.names = 1024, .bytes = 65536}};
  Tracker tracker{recorder, names};
  std::uint16_t port = 4000;
  const auto feed = [&](double offset, const std::vector<std::string>& script) {
    Connection connection{kInTime + static_cast<std::int64_t>(offset * 1e9), "a.example"};
    for (const std::string& line : script) {
      Bytes bytes;
      bool captured = true;
      Packet packet = connection.build(line, bytes, captured);
      (packet.source_port == 443 ? packet.destination_port : packet.source_port) = port;
      tracker.packet(packet);
    }
    ++port;
  };
  feed(0, {"0 c syn", "0.1 s synack", "0.1 c ack", "0.2 c hello", "0.2 s alert 2 40"});
  feed(0.3, {"0 c syn", "0.1 s synack", "0.1 c ack", "0.1 c hello12", "0.2 s hello12", "0.2 s ccs",
             "0.2 s finished", "0.3 c ccs", "0.3 c finished", "0.3 c sealed 50"});
  tracker.finish();
  std::vector<Attempt> secure;
  for (const Attempt& attempt : recorder.attempts) {
    if (attempt.step == Step::secure) secure.push_back(attempt);
  }
  ASSERT_EQ(secure.size(), 2U);
  std::ranges::sort(secure, {}, [](const Attempt& attempt) { return attempt.begin; });
  EXPECT_EQ(told({secure[0]}), "failed alert 40 by server healed");
  EXPECT_EQ(told({secure[1]}), "ok none");
}

}  // namespace
}  // namespace whydown::journey
