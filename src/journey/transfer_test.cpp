#include <gtest/gtest.h>

#include "journey/limits.h"
#include "journey/testing.h"
#include "journey/words_for_tests.h"

namespace whydown::journey {
namespace {

using testing::AsWords;
using testing::play;

// What came of an opened connection: client's bytes from 101 on, server's from 501 on.
struct Row {
  const char* what;
  std::vector<std::string> script;
  std::string transfer;  // outcome, symptom and tries of its transfer; empty: none is told
  std::vector<std::string> signs = {};
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.what; }

std::vector<std::string> of_one_connection(const std::vector<std::string>& rest,
                                           std::vector<std::string> script = {}) {
  for (const std::string& line : rest) {
    const std::size_t kind = line.find(' ');
    const std::size_t options = line.find(' ', kind + 1);
    script.push_back(line.substr(0, options) + " c1:4000 s1:80" +
                     (options == std::string::npos ? "" : line.substr(options)));
  }
  return script;
}

std::vector<std::string> opened(const std::vector<std::string>& rest) {
  return of_one_connection(
      rest, {"0 syn c1:4000 s1:80 seq=100", "0.001 synack c1:4000 s1:80 seq=500 ack=101",
             "0.002 ack c1:4000 s1:80 seq=101 ack=501"});
}

void expect_transfer(const std::vector<std::string>& script, const Row& row) {
  const testing::Played played = play(script);
  std::string found;
  for (const Attempt& attempt : played.attempts) {
    if (attempt.step != Step::transfer) continue;
    EXPECT_TRUE(found.empty()) << "told twice";
    found = std::string{outcome_id(attempt.outcome)} + " " +
            std::string{symptom_id(attempt.symptom)} + " " + std::to_string(attempt.tries);
    EXPECT_LE(attempt.begin, attempt.end);
    EXPECT_TRUE(attempt.request.is_set());
  }
  EXPECT_EQ(found, row.transfer);
  std::vector<std::string> signs;
  for (const std::string& seen : played.observations)
    signs.push_back(seen.substr(0, seen.find(' ')));
  EXPECT_EQ(signs, row.signs);
}

class Transfers : public ::testing::TestWithParam<Row> {};

TEST_P(Transfers, AreTold) { expect_transfer(opened(GetParam().script), GetParam()); }

TEST_P(Transfers, AreToldByTcpdump) {
  const auto script = AsWords::script(AsWords::Tool::tcpdump, opened(GetParam().script));
  expect_transfer(script, GetParam());
}

TEST_P(Transfers, AreToldByWireshark) {
  const auto script = AsWords::script(AsWords::Tool::wireshark, opened(GetParam().script));
  expect_transfer(script, GetParam());
}

const std::vector<Row> kCuts{
    {"reset in place of an answer",
     {"1 data seq=101 ack=501 len=50", "1.1 rst seq=501 ack=151"},
     "cut cut_off 1"},
    {"reset in the middle of a download",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=1448 nopush=1",
      "1.11 sdata seq=1949 ack=151 len=1448 nopush=1", "1.12 rst seq=3397 ack=151"},
     "cut cut_off 1"},
    {"a server that resets instead of closing",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "1.2 rst seq=801 ack=151"},
     ""},
    {"a kept connection that the server gives up",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "61 rst seq=801 ack=151"},
     ""},
    {"a request that meets the server's close",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "9 sfin seq=801 ack=151", "9.001 data seq=151 ack=801 len=50", "9.002 rst seq=802 ack=201"},
     ""},
    {"a client that aborts",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=1448 nopush=1",
      "1.2 crst seq=151 ack=1949"},
     ""},
    {"a client that aborts while the server still sends",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=1448 nopush=1",
      "1.2 crst seq=151 ack=1949", "1.201 sdata seq=1949 ack=151 len=1448 nopush=1",
      "1.202 crst seq=151 ack=1949"},
     ""},
    {"reset when it is used again after a pause",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "1.2 ack seq=151 ack=801", "40 data seq=151 ack=801 len=50", "40.001 rst seq=801 ack=201"},
     "cut cut_off 1",
     {"after_pause"}},
    {"the server goes on after its own reset",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "1.2 rst seq=801 ack=151 ttl=255", "1.3 sdata seq=801 ack=151 len=300",
      "1.4 crst seq=151 ack=801"},
     "cut cut_off 1",
     {"reset_ignored"}},
    {"a reset that nobody heeds",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "1.2 rst seq=801 ack=151 ttl=255", "1.3 sdata seq=801 ack=151 len=300",
      "1.4 ack seq=151 ack=1101", "1.5 data seq=151 ack=1101 len=50"},
     "",
     {"reset_ignored"}},
    {"data that a reset overtook",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "1.2 rst seq=1101 ack=151", "1.2001 sdata seq=801 ack=151 len=300"},
     ""},
};
INSTANTIATE_TEST_SUITE_P(Cuts, Transfers, ::testing::ValuesIn(kCuts));

// Connections that were there before the capture began.
class OlderTransfers : public ::testing::TestWithParam<Row> {};

TEST_P(OlderTransfers, AreTold) {
  expect_transfer(of_one_connection(GetParam().script), GetParam());
}

const std::vector<Row> kOlder{
    {"data that nobody acknowledges, and nobody else is heard",
     {"0 data seq=101 ack=501 len=648", "0.2 data seq=101 ack=501 len=648",
      "0.8 data seq=101 ack=501 len=648", "2 data seq=101 ack=501 len=648",
      "4.4 data seq=101 ack=501 len=648", "9.2 data seq=101 ack=501 len=648"},
     "silent stalled 5"},
    {"sent again and again, of which one side is captured: in the end it went on",
     {"0 data seq=101 ack=501 len=648", "0.2 data seq=101 ack=501 len=648",
      "0.8 data seq=101 ack=501 len=648", "2 data seq=101 ack=501 len=648",
      "4.4 data seq=101 ack=501 len=648", "9.2 data seq=749 ack=501 len=648"},
     ""},
    {"a printer without room: the pause before its last page is no idle time",
     {"0 data seq=101 ack=501 len=1460 nopush=1", "0.2 sack seq=501 ack=1561 win=1092",
      "5 data seq=1561 ack=501 len=1092 nopush=1", "10.5 data seq=1561 ack=501 len=1092 nopush=1",
      "16 data seq=1561 ack=501 len=1092 nopush=1"},
     "silent stalled 2"},
    {"a server that acknowledges no more",
     {"0 sdata seq=501 ack=101 len=100", "0.1 ack seq=101 ack=601",
      "0.2 data seq=101 ack=601 len=50", "0.4 data seq=101 ack=601 len=50",
      "0.8 data seq=101 ack=601 len=50", "2.4 data seq=101 ack=601 len=50"},
     "silent stalled 3"},
    {"a receiver that stays shut",
     {"0 sdata seq=501 ack=101 len=1344", "0.01 ack seq=101 ack=1845 win=0",
      "3.4 sack seq=1844 ack=101", "3.41 ack seq=101 ack=1845 win=0", "10 sack seq=1844 ack=101",
      "10.01 ack seq=101 ack=1845 win=0"},
     "failed zero_window 1",
     {"client_shut"}},
    {"a request that meets a reset",
     {"0 data seq=101 ack=501 len=50", "0.03 rst seq=501"},
     "cut cut_off 1"},
    {"what was under way when the capture began",
     {"0 sdata seq=9001 ack=101 len=100", "0.01 ack seq=101 ack=12001",
      "0.02 ack seq=101 ack=12001", "0.03 ack seq=101 ack=12001", "0.04 ack seq=101 ack=12001",
      "0.05 sdata seq=12001 ack=101 len=100", "0.06 ack seq=101 ack=12101"},
     ""},
    {"large segments that passed before cannot be known to be too large",
     {"0 data seq=101 ack=501 len=20", "0.01 ack seq=121 ack=501",
      "0.02 sdata seq=501 ack=121 len=1448", "0.3 sdata seq=501 ack=121 len=1448",
      "0.9 sdata seq=501 ack=121 len=1448", "2.5 sdata seq=501 ack=121 len=1448"},
     "silent stalled 3",
     {"server_stuck"}},
    {"a server that says goodbye to a telephone that sleeps",
     {"0 ack seq=101 ack=501", "10 sfin seq=501 ack=101", "10.3 sfin seq=501 ack=101",
      "10.9 sfin seq=501 ack=101", "12.1 sfin seq=501 ack=101", "14.5 sfin seq=501 ack=101",
      "19.3 sfin seq=501 ack=101"},
     ""},
    {"a server that talks to one who has left",
     {"0 sdata seq=501 ack=101 len=46", "0.3 sdata seq=501 ack=101 len=46",
      "0.9 sdata seq=501 ack=101 len=46", "2.1 sdata seq=501 ack=101 len=46",
      "4.5 sdata seq=501 ack=101 len=46", "9.3 sdata seq=501 ack=101 len=46"},
     ""},
    {"the messages of TLS alone, without the segments between them",
     {"0 data seq=101 ack=501 len=517", "0.01 sdata seq=501 ack=618 len=1440",
      "0.02 sdata seq=3381 ack=618 len=599", "0.03 data seq=618 ack=3980 len=84",
      "2 sdata seq=501 ack=618 len=1440", "6 sdata seq=501 ack=618 len=1220",
      "14 sdata seq=501 ack=618 len=1220", "18 sdata seq=501 ack=618 len=1220",
      "22 sdata seq=501 ack=618 len=1220", "30 sdata seq=501 ack=618 len=1220"},
     ""},
    {"an ACK scan", {"0 ack seq=101 ack=0", "0.01 rst seq=0"}, ""},
};
INSTANTIATE_TEST_SUITE_P(Older, OlderTransfers, ::testing::ValuesIn(kOlder));

// A download of which every fifth segment is lost and waited for.
std::vector<std::string> lossy(bool seen_twice, double wait) {
  std::vector<std::string> script{"1 data seq=101 ack=501 len=50"};
  double time = 1.1;
  for (int i = 0; i < 40; ++i) {
    const std::string rest =
        " sdata seq=" + std::to_string(501 + i * 1000) + " ack=151 len=1000 nopush=1";
    const bool is_lost = i % 5 == 2;
    if (!is_lost || seen_twice) script.push_back(std::to_string(time) + rest);
    time += 0.0005;
    if (i % 5 != 3) continue;
    // The one before the last is sent again.
    time += wait;
    script.push_back(std::to_string(time) + " sdata seq=" + std::to_string(501 + (i - 1) * 1000) +
                     " ack=151 len=1000 nopush=1");
    script.push_back(std::to_string(time + 0.0001) +
                     " ack seq=151 ack=" + std::to_string(501 + (i + 1) * 1000));
    time += 0.0005;
  }
  return script;
}

const std::vector<Row> kLosses{
    {"lost before the capture point",
     lossy(false, 0.2),
     "failed lossy 8",
     {"lost_download", "lost_before"}},
    {"lost behind it", lossy(true, 0.2), "failed lossy 8", {"lost_download", "lost_behind"}},
    {"loss that is mended at once hurts nobody", lossy(true, 0.004), ""},
    {"what has only just come to a standstill",
     {"1 data seq=101 ack=501 len=50", "1.02 data seq=101 ack=501 len=50",
      "1.22 data seq=101 ack=501 len=50", "1.62 data seq=101 ack=501 len=50",
      "2.42 data seq=101 ack=501 len=50", "2.43 data seq=101 ack=501 len=50"},
     ""},
    {"late packets are not lost",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=100",
      "1.1001 sdata seq=701 ack=151 len=100 ip=9", "1.1002 sdata seq=601 ack=151 len=100 ip=8"},
     ""},
};
INSTANTIATE_TEST_SUITE_P(Losses, Transfers, ::testing::ValuesIn(kLosses));

const std::vector<Row> kStandstills{
    {"data that is never acknowledged",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "1.2 ack seq=151 ack=801", "2 data seq=151 ack=801 len=50", "2.2 data seq=151 ack=801 len=50",
      "2.6 data seq=151 ack=801 len=50", "3.4 data seq=151 ack=801 len=50",
      "5 data seq=151 ack=801 len=50", "9 later"},
     "silent stalled 4"},
    {"a session that is dead after a pause",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "1.2 ack seq=151 ack=801", "32 data seq=151 ack=801 len=50",
      "32.2 data seq=151 ack=801 len=50", "32.6 data seq=151 ack=801 len=50",
      "33.4 data seq=151 ack=801 len=50", "35 data seq=151 ack=801 len=50"},
     "silent stalled 4",
     {"after_pause"}},
    {"data that is acknowledged at last",
     {"1 data seq=101 ack=501 len=50", "1.2 data seq=101 ack=501 len=50",
      "1.6 data seq=101 ack=501 len=50", "2.4 data seq=101 ack=501 len=50",
      "4 data seq=101 ack=501 len=50", "4.1 sack seq=501 ack=151", "9 later"},
     ""},
    {"keep-alive probes without an answer",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=300",
      "1.2 ack seq=151 ack=801", "31 ack seq=150 ack=801", "32 data seq=150 ack=801 len=1",
      "33 data seq=150 ack=801 len=1", "34 data seq=150 ack=801 len=1",
      "35 data seq=150 ack=801 len=1"},
     ""},
    {"large segments vanish",
     {"1 data seq=101 ack=501 len=50", "1.0001 sack seq=501 ack=151",
      "1.1 sdata seq=501 ack=151 len=1448 nopush=1", "1.1001 sdata seq=1949 ack=151 len=200",
      "1.1002 ack seq=151 ack=501", "1.3 sdata seq=501 ack=151 len=1448",
      "1.7 sdata seq=501 ack=151 len=1448", "2.5 sdata seq=501 ack=151 len=1448",
      "4.1 sdata seq=501 ack=151 len=1448"},
     "silent too_big 4"},
    {"the same beyond the place where they vanish",
     {"1 data seq=101 ack=501 len=50", "1.0001 sack seq=501 ack=151",
      "1.1001 sdata seq=1949 ack=151 len=200", "1.1002 ack seq=151 ack=501", "9 later"},
     "silent too_big 1",
     {"hidden_hole"}},
    {"of which only the end of the connection is seen",
     {"1 data seq=101 ack=501 len=50", "1.0001 sack seq=501 ack=151",
      "1.1001 sfin seq=7599 ack=151", "1.1002 ack seq=151 ack=501", "9 later"},
     "silent too_big 1",
     {"hidden_hole"}},
    {"a client that closes at once does not wait for what is missing",
     {"1 data seq=101 ack=501 len=50", "1.0001 sack seq=501 ack=151",
      "1.1001 sfin seq=7599 ack=151", "1.1002 fin seq=151 ack=501", "9 later"},
     ""},
    {"large segments passed before",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=1448",
      "1.2 ack seq=151 ack=1949", "2 sdata seq=1949 ack=151 len=1448",
      "2.3 sdata seq=1949 ack=151 len=1448", "2.7 sdata seq=1949 ack=151 len=1448",
      "3.5 sdata seq=1949 ack=151 len=1448", "5.1 sdata seq=1949 ack=151 len=1448"},
     "silent stalled 4",
     {"server_stuck"}},
    {"path MTU discovery that works",
     {"1 data seq=101 ack=501 len=50", "1.0001 sack seq=501 ack=151",
      "1.1 sdata seq=501 ack=151 len=1448 nopush=1", "1.1001 sdata seq=1949 ack=151 len=200",
      "1.1003 sdata seq=501 ack=151 len=948 nopush=1", "1.1004 sdata seq=1449 ack=151 len=500",
      "1.1005 ack seq=151 ack=2149", "9 later"},
     ""},
};
INSTANTIATE_TEST_SUITE_P(Standstills, Transfers, ::testing::ValuesIn(kStandstills));

const std::vector<Row> kWindows{
    {"a server that takes nothing more",
     {"1 data seq=101 ack=501 len=1000 nopush=1", "1.1 sack seq=501 ack=1101 win=0",
      "1.5 ack seq=1100 ack=501", "1.5001 sack seq=501 ack=1101 win=0", "2.5 ack seq=1100 ack=501",
      "2.5001 sack seq=501 ack=1101 win=0", "5 ack seq=1100 ack=501",
      "5.0001 sack seq=501 ack=1101 win=0"},
     "failed zero_window 1",
     {"server_shut"}},
    {"a short pause of the receiver",
     {"1 data seq=101 ack=501 len=1000 nopush=1", "1.1 sack seq=501 ack=1101 win=0",
      "1.5 ack seq=1100 ack=501", "2 sack seq=501 ack=1101 win=900",
      "2.1 data seq=1101 ack=501 len=1000", "2.2 sack seq=501 ack=2101"},
     ""},
    {"a closed window that nobody needs",
     {"1 data seq=101 ack=501 len=1000", "1.1 sack seq=501 ack=1101 win=0", "9 later"},
     ""},
    {"a client that takes nothing more",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=1000 nopush=1",
      "1.2 ack seq=151 ack=1501 win=0", "1.5 sack seq=1500 ack=151",
      "1.5001 ack seq=151 ack=1501 win=0", "4 sack seq=1500 ack=151",
      "4.0001 ack seq=151 ack=1501 win=0", "7 sack seq=1500 ack=151",
      "7.0001 ack seq=151 ack=1501 win=0"},
     "failed zero_window 1",
     {"client_shut"}},
    {"a window that opened again where nothing was captured",
     {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=1000 nopush=1",
      "1.2 ack seq=151 ack=1501 win=0", "1.5 sack seq=1500 ack=151",
      "1.5001 ack seq=151 ack=1501 win=0", "4 sack seq=1500 ack=151",
      "4.0001 ack seq=151 ack=1501 win=0", "9 sdata seq=7501 ack=151 len=100"},
     ""},
};
INSTANTIATE_TEST_SUITE_P(Windows, Transfers, ::testing::ValuesIn(kWindows));

// A capture that lost packets itself says nothing about the network.
TEST(TransferTest, AcknowledgedButNeverCaptured) {
  std::vector<std::string> script{"1 data seq=101 ack=501 len=50"};
  for (const std::string& line : lossy(true, 0.2)) script.push_back(line);
  for (int i = 0; i < 5; ++i) script.push_back("8 ack seq=151 ack=90501");
  const testing::Played played = play(opened(script));
  for (const Attempt& attempt : played.attempts) EXPECT_NE(attempt.symptom, Symptom::lossy);
}

TEST(TransferTest, LargeTransfersThatWentWellAreTold) {
  std::vector<std::string> script{"1 data seq=101 ack=501 len=50"};
  for (int i = 0; i < 50; ++i) {
    script.push_back(std::to_string(1.1 + 0.001 * i) +
                     " sdata seq=" + std::to_string(501 + 1448 * i) + " ack=151 len=1448 nopush=1");
  }
  const testing::Played played = play(opened(script));
  ASSERT_EQ(played.attempts.size(), 2U);
  EXPECT_EQ(played.attempts[1].step, Step::transfer);
  EXPECT_EQ(played.attempts[1].outcome, Outcome::ok);
}

// More connections in trouble than are followed: the oldest is told early.
// Of captures of several queues, which are not in order: the last packet of a connection may have
// an earlier time than its SYN-ACK.
TEST(TransferTest, WhatWentWellEndsNoEarlierThanItBegan) {
  Row row{"last packet before the handshake",
          {"1 data seq=101 ack=501 len=50", "1.1 sdata seq=501 ack=151 len=60000",
           "1.2 sdata seq=60501 ack=151 len=60000", "0.0005 ack seq=151 ack=120501"},
          "ok none 1",
          {"large_passed"}};
  expect_transfer(opened(row.script), row);
}

TEST(TransferTest, FullTable) {
  testing::Recorder recorder;
  base::Interner names{{.names = 64, .bytes = 4096}};
  Tracker tracker{recorder, names};
  testing::Builder builder;
  const std::size_t count = limits::kTransfers + 100;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string ends =
        " c" + std::to_string(1 + i / 50000) + ":" + std::to_string(1024 + i % 50000) + " s1:80";
    for (const char* step :
         {"0 syn@ seq=100", "0.1 synack@ seq=500 ack=101", "0.2 ack@ seq=101 ack=501",
          "1 data@ seq=101 ack=501 len=50", "1.5 data@ seq=101 ack=501 len=50",
          "2 data@ seq=101 ack=501 len=50", "4 data@ seq=101 ack=501 len=50"}) {
      std::string line{step};
      line.replace(line.find('@'), 1, ends);
      tracker.packet(builder.build(line));
    }
  }
  tracker.finish();
  const auto stalled = std::ranges::count_if(recorder.attempts, [](const Attempt& attempt) {
    return attempt.symptom == Symptom::stalled;
  });
  EXPECT_EQ(static_cast<std::size_t>(stalled), count);
}

}  // namespace
}  // namespace whydown::journey
