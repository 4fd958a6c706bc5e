// DNS over TCP as it really comes: the length in a segment of its own, answers in several, queries
// in one, out of order, cut, and with holes.
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "journey/testing.h"

namespace whydown::journey {
namespace {

using packet::Field;
using packet::Packet;
namespace flag = packet::tcp_flag;
using Bytes = std::vector<std::uint8_t>;

void add(Bytes& bytes, std::initializer_list<int> more) {
  for (const int value : more) bytes.push_back(static_cast<std::uint8_t>(value));
}

// A message for www.test, behind its length: an answer holds `records` addresses, or a rcode.
Bytes message(int id, bool answer, int records = 1, int rcode = 0) {
  Bytes bytes{0, 0};
  if (rcode != 0) records = 0;
  add(bytes, {0, id, answer ? 0x81 : 1, answer ? 0x80 | rcode : 0, 0, 1});
  add(bytes, {answer ? records >> 8 : 0, answer ? records & 0xff : 0, 0, 0, 0, 0});
  add(bytes, {3, 'w', 'w', 'w', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1});
  for (int i = 0; answer && i < records; ++i) {
    add(bytes, {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 9});
  }
  bytes[0] = static_cast<std::uint8_t>((bytes.size() - 2) >> 8U);
  bytes[1] = static_cast<std::uint8_t>((bytes.size() - 2) & 0xffU);
  return bytes;
}

Bytes operator+(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// A connection of c1 to port 53 of s1, fed to a tracker.
class Connection {
 public:
  explicit Connection(bool with_handshake = true) {
    if (!with_handshake) return;
    send(true, flag::syn, 0, {});
    next_[0] = 1;
    send(false, flag::syn | flag::ack, 0, {});
    next_[1] = 1;
    send(true, flag::ack, 1, {});
  }
  // Bytes from `at` of that side's stream on; in order where it is not given. `missing` ones more
  // were cut off by the snap length.
  void data(bool by_client, const Bytes& bytes, int at = -1, std::uint32_t missing = 0) {
    std::uint32_t& next = next_[by_client ? 0 : 1];
    const std::uint32_t sequence = at < 0 ? next : static_cast<std::uint32_t>(at) + 1;
    const auto end = static_cast<std::uint32_t>(sequence + bytes.size() + missing);
    next = std::max(next, end);
    send(by_client, flag::ack | flag::psh, sequence, bytes, missing);
  }
  void pieces(bool by_client, const Bytes& bytes, std::size_t size) {
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      const std::size_t end = std::min(bytes.size(), at + size);
      data(by_client, Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                            bytes.begin() + static_cast<std::ptrdiff_t>(end)));
    }
  }
  void acknowledge(bool by_client) { send(by_client, flag::ack, next_[by_client ? 0 : 1], {}); }
  // "7 ok failed=nx_domain": the DNS attempts, in the order of their queries.
  std::vector<std::string> end() {
    tracker_.finish();
    std::vector<std::string> lines;
    for (const Attempt& attempt : recorder_.attempts) {
      if (!attempt.question.is_set) continue;
      EXPECT_EQ(attempt.service.transport, packet::Transport::tcp);
      EXPECT_EQ(names_.text(attempt.question.name), "www.test");
      std::string line =
          std::to_string(attempt.request.is_set() ? attempt.request.dns_id : attempt.answer.dns_id);
      line += " " + std::string{outcome_id(attempt.outcome)};
      if (attempt.answer.is_set()) line += " " + std::to_string(attempt.answer.dns_answers);
      line += " in " + std::to_string(attempt.answer.place.number);
      lines.push_back(line);
    }
    std::ranges::sort(lines);
    return lines;
  }

 private:
  // As the decoder would show it, but for DNS: the tracker must read the bytes themselves.
  void send(bool by_client, int flags, std::uint32_t sequence, const Bytes& bytes,
            std::uint32_t missing = 0) {
    Packet packet;
    packet.place.number = ++number_;
    packet.place.time =
        base::time_from_ns(testing::Builder::kStart + static_cast<std::int64_t>(number_) * 100'000);
    packet.network = packet::Network::ipv4;
    packet.transport = packet::Transport::tcp;
    packet.ip.source = testing::host(by_client ? "c1" : "s1");
    packet.ip.destination = testing::host(by_client ? "s1" : "c1");
    packet.source_port = by_client ? 4000 : 53;
    packet.destination_port = by_client ? 53 : 4000;
    packet.tcp.flags = static_cast<std::uint8_t>(flags);
    packet.tcp.sequence = sequence;
    packet.tcp.acknowledgment = next_[by_client ? 1 : 0];
    packet.tcp.window = 500;
    packet.payload = bytes;
    packet.payload_length = static_cast<std::uint32_t>(bytes.size()) + missing;
    packet.ip.id = static_cast<std::uint32_t>(number_);
    for (const Field field :
         {Field::bytes, Field::ttl, Field::ip_id, Field::tcp_sequence, Field::payload_length}) {
      packet.known.set(field);
    }
    tracker_.packet(packet);
  }

  testing::Recorder recorder_;
  base::Interner names_{{.names = 1024, .bytes = 65536}};
  Tracker tracker_{recorder_, names_};
  std::uint64_t number_ = 0;
  std::uint32_t next_[2] = {0, 0};
};

using Lines = std::vector<std::string>;

TEST(DnsStream, WholeMessages) {
  Connection connection;
  connection.data(true, message(7, false));
  connection.data(false, message(7, true));
  EXPECT_EQ(connection.end(), Lines{"7 ok 1 in 5"});
}

TEST(DnsStream, LengthInASegmentOfItsOwn) {
  Connection connection;
  const Bytes query = message(7, false);
  const Bytes answer = message(7, true, 20);
  connection.data(true, {query.begin(), query.begin() + 2});
  connection.data(true, {query.begin() + 2, query.end()});
  connection.data(false, {answer.begin(), answer.begin() + 2});
  connection.data(false, {answer.begin() + 2, answer.end()});
  EXPECT_EQ(connection.end(), Lines{"7 ok 20 in 7"});
}

TEST(DnsStream, PiecesOfAnySize) {
  for (const std::size_t size : {1U, 2U, 3U, 13U, 40U, 76U, 500U, 1460U}) {
    Connection connection;
    connection.pieces(true, message(1, false) + message(2, false) + message(3, false), size);
    connection.pieces(false, message(2, true, 30) + message(1, true, 1, 3) + message(3, true, 700),
                      size);
    const Lines lines = connection.end();
    ASSERT_EQ(lines.size(), 3U) << size;
    EXPECT_EQ(lines[0].substr(0, 10), "1 failed 0") << size;
    EXPECT_EQ(lines[1].substr(0, 7), "2 ok 30") << size;
    EXPECT_EQ(lines[2].substr(0, 8), "3 ok 700") << size;
  }
}

TEST(DnsStream, OutOfOrderAndRepeated) {
  Connection connection;
  const Bytes query = message(7, false);
  const Bytes answer = message(7, true, 20);
  connection.data(true, {query.begin() + 2, query.end()}, 2);
  connection.data(true, {query.begin(), query.begin() + 2}, 0);
  connection.data(true, query, 0);  // once more: no second question
  connection.data(false, {answer.begin() + 100, answer.end()}, 100);
  connection.data(false, {answer.begin(), answer.begin() + 60}, 0);
  connection.data(false, {answer.begin() + 60, answer.begin() + 100}, 60);
  connection.data(true, query, 0);  // late copy
  EXPECT_EQ(connection.end(), Lines{"7 ok 20 in 9"});
}

TEST(DnsStream, AfterAHoleOnlyWhatMakesSense) {
  Connection connection;
  const Bytes two = message(1, true, 40) + message(2, true, 2);
  connection.data(true, message(1, false) + message(2, false));
  // The end of the first answer is not captured, and acknowledged all the same.
  connection.data(false, {two.begin(), two.begin() + 100}, 0);
  const auto second = static_cast<std::ptrdiff_t>(message(1, true, 40).size());
  connection.data(false, {two.begin() + 300, two.begin() + second}, 300);
  connection.data(false, {two.begin() + second, two.end()}, static_cast<int>(second));
  for (int i = 0; i < 4; ++i) connection.acknowledge(true);
  // Bytes from the middle of a message are none; what follows in a segment of its own is.
  connection.data(false, message(2, true, 2));
  const Lines lines = connection.end();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].substr(0, 9), "1 unknown");
  EXPECT_EQ(lines[1].substr(0, 6), "2 ok 2");
}

TEST(DnsStream, CutBySnapLength) {
  Connection connection;
  const Bytes answer = message(7, true, 40);
  connection.data(true, message(7, false));
  connection.data(false, {answer.begin(), answer.begin() + 60}, -1,
                  static_cast<std::uint32_t>(answer.size() - 60));
  connection.data(true, message(8, false));
  connection.data(false, message(8, true));
  EXPECT_EQ(connection.end(), (Lines{"7 ok 40 in 5", "8 ok 1 in 7"}));
}

TEST(DnsStream, LongerThanABuffer) {
  Connection connection;
  connection.data(true, message(1, false) + message(2, false));
  connection.pieces(false, message(1, true, 3500) + message(2, true, 1), 1460);
  const Lines lines = connection.end();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].substr(0, 9), "1 ok 3500");
  EXPECT_EQ(lines[1].substr(0, 6), "2 ok 1");
}

TEST(DnsStream, OnlyTheHeaderIsCaptured) {
  Connection connection;
  const Bytes answer = message(7, true, 40);
  connection.data(true, message(7, false));
  connection.data(false, {answer.begin(), answer.begin() + 20}, -1,
                  static_cast<std::uint32_t>(answer.size() - 20));
  EXPECT_EQ(connection.end(), Lines{"7 ok 40 in 5"});
}

// Text, and snap lengths that end with the header of TCP, show no message.
TEST(DnsStream, AWholeAnswerThatNobodyCanRead) {
  const std::vector<std::string> script{"0 query c1:5000 s1 7 TXT big.example",
                                        "0.01 answer c1:5000 s1 7 TXT big.example tc",
                                        "0.02 syn c1:4000 s1:53 seq=9",
                                        "0.03 synack c1:4000 s1:53 seq=9 ack=10",
                                        "0.04 ack c1:4000 s1:53 seq=10 ack=10",
                                        "0.05 data c1:4000 s1:53 seq=10 ack=10 len=2",
                                        "0.06 sdata c1:4000 s1:53 seq=10 ack=12 len=900"};
  EXPECT_EQ(testing::play(script).lines[0], "dns c1>s1:53/udp failed truncated 1 healed");
  for (std::string last :
       {"0.06 sdata c1:4000 s1:53 seq=10 ack=12", "0.06 sdata c2:4000 s1:53 len=9",
        "0.06 sdata c1:4000 s2:53 len=9", "7 sdata c1:4000 s1:53 len=9"}) {
    std::vector<std::string> other = script;
    other.back() = last;
    EXPECT_EQ(testing::play(other).lines[0], "dns c1>s1:53/udp failed truncated 1") << last;
  }
}

TEST(DnsStream, FromTheMiddle) {
  Connection connection{false};
  connection.data(false, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
  connection.data(true, message(7, false));
  connection.data(false, message(7, true));
  EXPECT_EQ(connection.end(), Lines{"7 ok 1 in 3"});
}

TEST(DnsStream, WhatIsNoDnsMakesNoQuestion) {
  for (const Bytes& bytes : {Bytes(600, 0x41), Bytes{0, 1, 2, 3}, Bytes(100, 0), Bytes(40, 0xff)}) {
    Connection connection;
    connection.data(true, bytes);
    connection.data(false, bytes);
    EXPECT_EQ(connection.end(), Lines{});
  }
}

}  // namespace
}  // namespace whydown::journey
