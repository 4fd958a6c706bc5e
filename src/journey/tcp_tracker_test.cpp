#include <gtest/gtest.h>

#include "journey/tcp_sequence.h"
#include "journey/testing.h"

namespace whydown::journey {
namespace {

using testing::play;
using testing::Row;

class Tcp : public ::testing::TestWithParam<Row> {};

TEST_P(Tcp, Attempts) {
  const testing::Played played = play(GetParam().script);
  EXPECT_EQ(played.lines, GetParam().attempts);
  EXPECT_EQ(played.observations, GetParam().observations);
}

const std::vector<Row> kHandshakes{
    {"accepted",
     {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "0.2 ack c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp ok none 1"}},
    {"accepted on the second try",
     {"0 syn c1:4000 s1:80", "1 syn c1:4000 s1:80", "1.1 synack c1:4000 s1:80",
      "1.2 ack c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp slow none 2"}},
    {"refused by a reset",
     {"0 syn c1:4000 s1:80", "0.1 rst c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp refused reset 1"}},
    {"a client that asks again after each reset makes attempts of its own",
     {"0 syn c1:4000 s1:80 seq=5", "0.1 rst c1:4000 s1:80 ack=6", "0.6 syn c1:4000 s1:80 seq=5",
      "0.7 rst c1:4000 s1:80 ack=6"},
     {"tcp c1>s1:80/tcp refused reset 1", "tcp c1>s1:80/tcp refused reset 1"}},
    {"a reset of something else answers nothing",
     {"0 syn c1:4000 s1:80 seq=5000000", "0.1 rst c1:4000 s1:80 ack=77", "9 later"},
     {"tcp c1>s1:80/tcp silent no_response 1"}},
    {"errors of ICMP",
     {"0 syn c1:4000 s1:80", "0.1 icmp port s1 tcp c1:4000 s1:80", "1 syn c1:4001 s1:80",
      "1.1 icmp host r1 tcp c1:4001 s1:80", "2 syn c1:4002 s1:80",
      "2.1 icmp net r1 tcp c1:4002 s1:80", "3 syn c1:4003 s1:80",
      "3.1 icmp admin r1 tcp c1:4003 s1:80", "4 syn c1:4004 s1:80",
      "4.1 icmp ttl r1 tcp c1:4004 s1:80"},
     {"tcp c1>s1:80/tcp refused port_unreachable 1", "tcp c1>s1:80/tcp failed host_unreachable 1",
      "tcp c1>s1:80/tcp failed net_unreachable 1", "tcp c1>s1:80/tcp refused admin_prohibited 1",
      "tcp c1>s1:80/tcp failed ttl_exceeded 1"}},
    {"an error whose SYN was not captured",
     {"0 icmp admin r1 tcp c1:4000 s1:443", "0.2 icmp admin r1 tcp c1:4000 s1:443"},
     {"tcp c1>s1:443/tcp refused admin_prohibited 0 unseen"}},
    {"a server's packets that the client's network refuses are no failure of the service",
     {"0 icmp host r1 tcp s1:443 c1:40000"},
     {}},
    {"text that names only the server's port",
     {"0 syn c1:4000 s1:80 text", "0.1 icmp port s1 tcp c1 s1:80 text"},
     {"tcp c1>s1:80/tcp refused port_unreachable 1"}},
    {"an error during an established connection decides nothing",
     {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "0.2 ack c1:4000 s1:80",
      "3 icmp host r1 tcp c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp ok none 1"}},
    {"a reset of an established connection decides nothing",
     {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "0.2 ack c1:4000 s1:80",
      "3 rst c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp ok none 1"}},
    {"a new connection of the same ends",
     {"0 syn c1:4000 s1:80 seq=10", "0.1 synack c1:4000 s1:80 seq=90 ack=11",
      "0.2 ack c1:4000 s1:80 seq=11 ack=91", "9 syn c1:4000 s1:80 seq=999",
      "9.1 rst c1:4000 s1:80 ack=1000"},
     {"tcp c1>s1:80/tcp ok none 1", "tcp c1>s1:80/tcp refused reset 1"}},
    {"a new connection while the old one is unanswered: given up, not repeated",
     {"0 syn c1:4000 s1:80 seq=10", "6 syn c1:4000 s1:80 seq=999",
      "6.1 rst c1:4000 s1:80 ack=1000"},
     {"tcp c1>s1:80/tcp silent no_response 1", "tcp c1>s1:80/tcp refused reset 1"}},
    {"DNS over TCP",
     {"0 syn c1:4000 s1:53", "0.1 rst c1:4000 s1:53"},
     {"dns c1>s1:53/tcp refused reset 1"}},
};
INSTANTIATE_TEST_SUITE_P(Handshakes, Tcp, ::testing::ValuesIn(kHandshakes));

const std::vector<Row> kSilence{
    {"one SYN, five seconds",
     {"0 syn c1:4000 s1:80", "5 later"},
     {"tcp c1>s1:80/tcp silent no_response 1"}},
    {"one SYN, too soon",
     {"0 syn c1:4000 s1:80", "4.9 later"},
     {"tcp c1>s1:80/tcp unknown none 1 open"}},
    {"two SYNs, two seconds",
     {"0 syn c1:4000 s1:80", "1 syn c1:4000 s1:80", "2 later"},
     {"tcp c1>s1:80/tcp silent no_response 2"}},
    {"text: one SYN that circles, and its repetition",
     {"0 syn c1:4000 s1:80 seq=5 text", "0.0001 syn c1:4000 s1:80 seq=5 text",
      "0.0002 syn c1:4000 s1:80 seq=5 text", "1 syn c1:4000 s1:80 seq=5 text",
      "1.0001 syn c1:4000 s1:80 seq=5 text", "9 later"},
     {"tcp c1>s1:80/tcp silent no_response 2"}},
    {"two SYNs, too soon",
     {"0 syn c1:4000 s1:80", "1 syn c1:4000 s1:80", "1.9 later"},
     {"tcp c1>s1:80/tcp unknown none 2 open"}},
    {"given up during the run, answered after all: the attempt stays silent",
     {"0 syn c1:4000 s1:80", "130 later", "131 synack c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp silent no_response 1"},
     {"server_heard c1>s1 3"}},
    {"the client aborts: still silence",
     {"0 syn c1:4000 s1:80", "1 syn c1:4000 s1:80", "3 crst c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp silent no_response 2"}},
    {"an older connection's ACK is no answer",
     {"0 syn c1:4000 s1:80 seq=5000000", "0.1 sack c1:4000 s1:80 seq=1 ack=77", "9 later"},
     {"tcp c1>s1:80/tcp silent no_response 1"}},
    {"without times: two SYNs",
     {"0 syn c1:4000 s1:80 notime", "0 syn c1:4000 s1:80 notime"},
     {"tcp c1>s1:80/tcp silent no_response 2"}},
};
INSTANTIATE_TEST_SUITE_P(Silence, Tcp, ::testing::ValuesIn(kSilence));

const std::vector<Row> kHalf{
    {"the client never goes on",
     {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "4 later"},
     {"tcp c1>s1:80/tcp ok none 1 half"}},
    {"the server repeats itself",
     {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "1.1 synack c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp ok none 1 half"}},
    {"the capture ends before the client can go on",
     {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "0.2 later"},
     {"tcp c1>s1:80/tcp ok none 1"}},
    {"a scanner resets",
     {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "0.2 crst c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp ok none 1 half"}},
    {"only the server's side captured",
     {"0 synack c1:4000 s1:80", "0.2 sdata c1:4000 s1:80"},
     {"tcp c1>s1:80/tcp ok none 0 unseen"}},
    {"only the client's side captured",
     {"0 syn c1:4000 s1:80", "0.1 ack c1:4000 s1:80", "0.2 data c1:4000 s1:80 len=9", "9 later"},
     {"tcp c1>s1:80/tcp ok none 1"}},
    {"in the middle of a connection, client first",
     {"0 data c1:40000 s1:80 len=5", "1 sdata c1:40000 s1:80 len=9"},
     {"tcp c1>s1:80/tcp unknown none 0 unseen mid"}},
    {"in the middle of a connection, server first",
     {"0 sdata c1:40000 s1:8000 len=5"},
     {"tcp c1>s1:8000/tcp unknown none 0 unseen mid"}},
    {"a known service below the client's port",
     {"0 data c1:2000 s1:3306 len=5"},
     {"tcp c1>s1:3306/tcp unknown none 0 unseen mid"}},
    {"a new handshake on ends seen in the middle of a connection",
     {"0 data c1:40000 s1:80 len=5", "1 syn c1:40000 s1:80", "1.1 synack c1:40000 s1:80",
      "1.2 ack c1:40000 s1:80"},
     {"tcp c1>s1:80/tcp unknown none 0 unseen mid", "tcp c1>s1:80/tcp ok none 1"}},
};
INSTANTIATE_TEST_SUITE_P(Half, Tcp, ::testing::ValuesIn(kHalf));

const std::vector<std::string> kOpened{"0 syn c1:4000 s1:80 seq=100",
                                       "0.1 synack c1:4000 s1:80 seq=500 ack=101",
                                       "0.2 ack c1:4000 s1:80 seq=101 ack=501"};

std::vector<std::string> opened(std::vector<std::string> rest) {
  rest.insert(rest.begin(), kOpened.begin(), kOpened.end());
  return rest;
}

const std::vector<std::string> kAccepted{"tcp c1>s1:80/tcp ok none 1"};
const std::vector<Row> kUnseen{
    {"all bytes captured",
     opened({"1 data c1:4000 s1:80 seq=101 ack=501 len=50",
             "1.1 sdata c1:4000 s1:80 seq=501 ack=151 len=100",
             "1.2 ack c1:4000 s1:80 seq=151 ack=601"}),
     kAccepted},
    {"a segment was never captured, and several ACKs cover it",
     opened({"1.1 sdata c1:4000 s1:80 seq=501 ack=101 len=100",
             "1.2 sdata c1:4000 s1:80 seq=701 ack=101 len=100",
             "1.3 ack c1:4000 s1:80 seq=101 ack=801",
             "1.4 sdata c1:4000 s1:80 seq=801 ack=101 len=100",
             "1.5 ack c1:4000 s1:80 seq=101 ack=901", "1.6 ack c1:4000 s1:80 seq=101 ack=901",
             "1.7 ack c1:4000 s1:80 seq=101 ack=901"}),
     kAccepted,
     {"acked_unseen_segment c1>s1"}},
    {"captured out of order",
     opened({"1.1 sdata c1:4000 s1:80 seq=601 ack=101 len=100",
             "1.2 ack c1:4000 s1:80 seq=101 ack=701",
             "1.3 sdata c1:4000 s1:80 seq=501 ack=101 len=100",
             "1.4 ack c1:4000 s1:80 seq=101 ack=701", "1.5 ack c1:4000 s1:80 seq=101 ack=701",
             "1.6 ack c1:4000 s1:80 seq=101 ack=701"}),
     kAccepted},
    {"lost on the way and sent again",
     opened({"1.1 sdata c1:4000 s1:80 seq=601 ack=101 len=100",
             "1.2 ack c1:4000 s1:80 seq=101 ack=501", "1.3 ack c1:4000 s1:80 seq=101 ack=501",
             "1.4 ack c1:4000 s1:80 seq=101 ack=501",
             "1.5 sdata c1:4000 s1:80 seq=501 ack=101 len=100",
             "1.6 ack c1:4000 s1:80 seq=101 ack=701", "1.7 ack c1:4000 s1:80 seq=101 ack=701",
             "1.8 ack c1:4000 s1:80 seq=101 ack=701"}),
     kAccepted},
    {"ACKs of bytes at the very end that were never captured",
     opened({"1.2 ack c1:4000 s1:80 seq=101 ack=801", "1.3 ack c1:4000 s1:80 seq=101 ack=801",
             "1.4 ack c1:4000 s1:80 seq=101 ack=801", "1.5 ack c1:4000 s1:80 seq=101 ack=801"}),
     kAccepted,
     {"acked_unseen_segment c1>s1"}},
    {"no handshake, no numbers to compare with",
     {"1 data c1:40000 s1:80 seq=101 ack=501 len=50", "1.2 ack c1:40000 s1:80 seq=151 ack=9000",
      "1.3 ack c1:40000 s1:80 seq=151 ack=9000", "1.4 ack c1:40000 s1:80 seq=151 ack=9000"},
     {"tcp c1>s1:80/tcp unknown none 0 unseen mid"}},
};
INSTANTIATE_TEST_SUITE_P(Unseen, Tcp, ::testing::ValuesIn(kUnseen));

// A connection to s1, and one that s1 leaves without an answer.
std::vector<std::string> beside_silence(std::vector<std::string> more) {
  std::vector<std::string> script{"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80",
                                  "0.2 ack c1:4000 s1:80", "1 syn c2:4000 s1:81"};
  script.insert(script.end(), more.begin(), more.end());
  script.emplace_back("20 later");
  return script;
}
const std::vector<std::string> kOneSilent{"tcp c1>s1:80/tcp ok none 1",
                                          "tcp c2>s1:81/tcp silent no_response 1"};

const std::vector<Row> kServers{
    {"heard after the handshake, and not a byte of data for the client's request",
     beside_silence({"2 data c1:4000 s1:80 len=9", "2.1 sack c1:4000 s1:80"}),
     kOneSilent,
     {"server_heard c1>s1 6", "data_missing c1>s1 2"}},
    {"the server's system takes the end of a connection on which nothing was sent",
     beside_silence({"8 fin c1:4000 s1:80", "8.1 sack c1:4000 s1:80"}),
     kOneSilent,
     {"server_heard c1>s1 6", "nothing_sent c1>s1 2"}},
    {"a check that only connects is too short to be waited for",
     beside_silence({"1.1 fin c1:4000 s1:80", "1.2 sack c1:4000 s1:80"}),
     kOneSilent,
     {"server_heard c1>s1 6"}},
    {"the request arrived nowhere that answered: that may be a filter",
     beside_silence({"2 data c1:4000 s1:80 len=9", "3 data c1:4000 s1:80 len=9"}),
     kOneSilent,
     {}},
    {"the request got lost: the server repeats its SYN-ACK",
     beside_silence({"2 data c1:4000 s1:80 len=9", "2.1 synack c1:4000 s1:80"}),
     kOneSilent,
     {"server_heard c1>s1 6"}},
    {"the request was lost at first: so may be the answer",
     {"0 syn c1:4000 s1:80 seq=100", "0.1 synack c1:4000 s1:80 seq=500 ack=101",
      "0.2 ack c1:4000 s1:80 seq=101 ack=501", "1 syn c2:4000 s1:81",
      "2 data c1:4000 s1:80 seq=101 ack=501 len=9", "3 data c1:4000 s1:80 seq=101 ack=501 len=9",
      "3.1 sack c1:4000 s1:80 seq=501 ack=110", "20 later"},
     kOneSilent,
     {"server_heard c1>s1 7"}},
    {"a second request is no repetition",
     {"0 syn c1:4000 s1:80 seq=100", "0.1 synack c1:4000 s1:80 seq=500 ack=101",
      "0.2 ack c1:4000 s1:80 seq=101 ack=501", "1 syn c2:4000 s1:81",
      "2 data c1:4000 s1:80 seq=101 ack=501 len=9", "3 data c1:4000 s1:80 seq=110 ack=501 len=9",
      "3.1 sack c1:4000 s1:80 seq=501 ack=119", "20 later"},
     kOneSilent,
     {"server_heard c1>s1 7", "data_missing c1>s1 2"}},
    {"answered: the last packet that the server was heard by",
     beside_silence(
         {"2 data c1:4000 s1:80 len=9", "2.1 sdata c1:4000 s1:80 len=9", "7 sack c1:4000 s1:80"}),
     kOneSilent,
     {"server_heard c1>s1 7", "data_answered c1>s1 2"}},
    {"a server that greets",
     beside_silence({"2 sdata c1:4000 s1:80 len=9", "2.1 data c1:4000 s1:80 len=9"}),
     kOneSilent,
     {"server_heard c1>s1 5", "data_unasked c1>s1 2"}},
    {"the program ends a connection: it lives",
     beside_silence({"2 data c1:4000 s1:80 len=9", "2.1 sfin c1:4000 s1:80"}),
     kOneSilent,
     {"server_heard c1>s1 6", "data_answered c1>s1 2"}},
    {"a reset may be another's",
     beside_silence({"2 data c1:4000 s1:80 len=9", "6 rst c1:4000 s1:80"}),
     {kOneSilent[0], "tcp c1>s1:80/tcp cut cut_off 1", kOneSilent[1]},
     {}},
    {"a connection whose handshake was not seen",
     beside_silence({"2 data c1:4009 s1:22 len=9", "2.1 sdata c1:4009 s1:22 len=9"}),
     {kOneSilent[0], kOneSilent[1], "tcp c1>s1:22/tcp unknown none 0 unseen mid"},
     {"server_heard c1>s1 6"}},
    {"another server's silence",
     {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "0.2 ack c1:4000 s1:80",
      "1 syn c2:4000 s2:81", "2 data c1:4000 s1:80 len=9", "2.1 sack c1:4000 s1:80", "20 later"},
     {"tcp c1>s1:80/tcp ok none 1", "tcp c2>s2:81/tcp silent no_response 1"},
     {}},
    {"silence over UDP",
     {"0 syn c1:4000 s1:22", "0.1 synack c1:4000 s1:22", "0.2 ack c1:4000 s1:22",
      "1 query c1:5000 s1 7 A www.example.org", "2 sdata c1:4000 s1:22 len=9", "20 later"},
     {"tcp c1>s1:22/tcp ok none 1", "dns c1>s1:53/udp silent no_response 1"},
     {"server_heard c1>s1 5", "data_unasked c1>s1 2"}},
};
INSTANTIATE_TEST_SUITE_P(Servers, Tcp, ::testing::ValuesIn(kServers));

TEST(TcpSequence, WrapsRoundZero) {
  Sequence sequence;
  sequence.start(0xffffff00U);
  sequence.sent(0xffffff00U, 0x200);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(sequence.acknowledged(0x100));
  EXPECT_FALSE(sequence.acknowledged(0x180));
  EXPECT_FALSE(sequence.acknowledged(0x180));
  EXPECT_TRUE(sequence.acknowledged(0x180));
  EXPECT_FALSE(sequence.acknowledged(0x180));  // told once
}

TEST(TcpAttempt, FillsEveryMember) {
  const auto played =
      play({"0 syn c1:4000 s1:80 seq=1", "1 syn c1:4000 s1:80 seq=1",
            "1.5 synack c1:4000 s1:80 ttl=57 seq=9 ack=2", "1.6 ack c1:4000 s1:80 seq=2 ack=10"});
  ASSERT_EQ(played.attempts.size(), 1U);
  const Attempt& attempt = played.attempts[0];
  EXPECT_EQ(attempt.step, Step::connect);
  EXPECT_EQ(attempt.latency, std::chrono::milliseconds{1500});
  EXPECT_EQ(attempt.request.kind, Kind::tcp_syn);
  EXPECT_EQ(attempt.request.tcp_flags, packet::tcp_flag::syn);
  EXPECT_EQ(attempt.request.place.number, 1U);
  EXPECT_EQ(attempt.last_request.place.number, 2U);
  EXPECT_EQ(attempt.answer.kind, Kind::tcp_syn_ack);
  EXPECT_EQ(attempt.answer.place.number, 3U);
  EXPECT_EQ(attempt.answer.ttl, 57);
  EXPECT_EQ(attempt.answer.source_port, 80);
  EXPECT_TRUE(attempt.client_spoke);
  EXPECT_TRUE(attempt.server_spoke);
}

struct OneWayRow {
  const char* what;
  std::vector<std::string> script;
  std::uint64_t flows;
  std::uint64_t one_way;
};

TEST(TcpTotals, FlowsOfWhichOneDirectionIsMissing) {
  const std::vector<OneWayRow> rows{
      {"both directions",
       {"0 syn c1:4000 s1:80", "0.1 synack c1:4000 s1:80", "0.2 ack c1:4000 s1:80"},
       1,
       0},
      {"SYNs alone are silence, not a missing direction",
       {"0 syn c1:4000 s1:80", "1 syn c1:4000 s1:80"},
       1,
       0},
      {"client only", {"0 syn c1:4000 s1:80", "0.2 ack c1:4000 s1:80"}, 1, 1},
      {"server only", {"0 synack c1:4000 s1:80", "0.2 sdata c1:4000 s1:80"}, 1, 1},
      {"refused", {"0 syn c1:4000 s1:80", "0.2 rst c1:4000 s1:80"}, 1, 0},
      {"mid-stream, one direction",
       {"0 data c1:40000 s1:80", "0.1 data c1:40000 s1:80", "0.2 data c1:40000 s1:80"},
       1,
       1},
      {"one packet at the edge", {"0 fin c1:40000 s1:80"}, 1, 0}};
  for (const OneWayRow& row : rows) {
    const auto played = play(row.script);
    EXPECT_EQ(played.totals.tcp_flows, row.flows) << row.what;
    EXPECT_EQ(played.totals.tcp_flows_one_way, row.one_way) << row.what;
  }
}

}  // namespace
}  // namespace whydown::journey
