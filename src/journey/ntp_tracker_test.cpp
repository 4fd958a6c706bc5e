#include "journey/ntp_tracker.h"

#include <gtest/gtest.h>

#include "journey/testing.h"

namespace whydown::journey {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

std::vector<std::uint8_t> message(std::uint8_t first, std::uint8_t stratum, const char* kiss,
                                  std::uint8_t origin, std::uint8_t transmit) {
  std::vector<std::uint8_t> bytes(48);
  bytes[0] = first;
  bytes[1] = stratum;
  for (std::size_t i = 0; i < 4 && kiss[i] != 0; ++i) {
    bytes[12 + i] = static_cast<std::uint8_t>(kiss[i]);
  }
  bytes[31] = origin;
  bytes[47] = transmit;
  return bytes;
}

TEST(NtpTracker, Answers) {
  struct Row {
    std::vector<std::uint8_t> answer;
    std::string attempt;  // empty: none
    std::string words;
  };
  const Row rows[] = {
      {message(0x24, 2, "", 7, 9), "ntp c1>s1:123/udp ok none 1", "NTP answer, stratum 2"},
      {message(0xe4, 0, "RATE", 7, 9), "ntp c1>s1:123/udp refused refused_reply 1",
       "NTP answer, kiss-o'-death RATE: asked too often"},
      {message(0xe4, 0, "DENY", 7, 9), "ntp c1>s1:123/udp refused refused_reply 1",
       "NTP answer, kiss-o'-death DENY: not for this client"},
      {message(0xe4, 16, "", 7, 9), "ntp c1>s1:123/udp refused refused_reply 1",
       "NTP answer, its own clock is not synchronised"},
      {message(0xe4, 0, "RATE", 8, 9), "", ""},  // the answer to another request
      {message(0x25, 2, "", 7, 9), "", ""},      // a broadcast
  };
  for (const Row& row : rows) {
    Recorder recorder;
    base::Interner names{{.names = 64, .bytes = 4096}};
    Tracker tracker{recorder, names};
    Builder builder;
    const auto request = message(0x23, 0, "", 0, 7);
    packet::Packet packet = builder.build("1 udp c1:5000 s1:123 len=48");
    packet.payload = request;
    tracker.packet(packet);
    packet = builder.build("1.1 sudp c1:5000 s1:123 len=48");
    packet.payload = row.answer;
    tracker.packet(packet);
    tracker.finish();
    std::string attempt;
    std::string words;
    for (const Attempt& made : recorder.attempts) {
      if (made.service.protocol != Protocol::ntp) continue;
      attempt += summary(made);
      words = describe(made.answer, names);
      EXPECT_EQ(made.latency, std::chrono::milliseconds{100});
      EXPECT_EQ(made.request.place.number, 1U);
    }
    EXPECT_EQ(attempt, row.attempt);
    EXPECT_TRUE(words.ends_with(row.words)) << words;
  }
}

}  // namespace
}  // namespace whydown::journey
