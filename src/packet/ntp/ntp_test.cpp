#include "packet/ntp/ntp.h"

#include <string>

#include <gtest/gtest.h>

#include "packet/testing.h"

namespace whydown::packet::ntp {
namespace {

packet::testing::Bytes message(const std::string& first, const std::string& reference) {
  return packet::testing::hex(first + " 06 ec 00000000 00000000 " + reference +
                              " 0000000000000000 e0000000 00000001 0000000000000000 "
                              "e0000000 00000002");
}

TEST(Ntp, Headers) {
  struct Row {
    const char* first;  // leap, version, mode; stratum
    const char* reference;
    bool good, kiss, unsynchronised;
  };
  static constexpr Row kRows[] = {
      {"24 02", "c0000201", true, false, false},  // a server of stratum 2
      {"23 00", "00000000", true, false, false},  // a client
      {"e4 00", "52415445", true, true, false},   // RATE
      {"e4 10", "00000000", true, false, true},   // stratum 16
      {"e4 03", "c0000201", true, false, true},   // alarm
      {"25 02", "c0000201", true, false, false},  // broadcast
      {"04 02", "c0000201", false, false, false}, {"3c 02", "c0000201", false, false, false},
  };
  for (const Row& row : kRows) {
    Header header;
    EXPECT_EQ(read(message(row.first, row.reference), header), row.good) << row.first;
    if (!row.good) continue;
    EXPECT_EQ(is_kiss(header), row.kiss) << row.first;
    EXPECT_EQ(is_unsynchronised(header), row.unsynchronised) << row.first;
    EXPECT_EQ(header.origin, 0xe000000000000001U);
    EXPECT_EQ(header.transmit, 0xe000000000000002U);
  }
}

TEST(Ntp, TooShort) {
  auto bytes = message("24 02", "c0000201");
  bytes.pop_back();
  Header header;
  EXPECT_FALSE(read(bytes, header));
}

TEST(Ntp, KissCodes) {
  EXPECT_EQ(kiss_code(0x52415445), "RATE");
  EXPECT_EQ(kiss_code(0x44454e59), "DENY");
  EXPECT_EQ(kiss_code(0x0a3c0041), "A");
}

}  // namespace
}  // namespace whydown::packet::ntp
