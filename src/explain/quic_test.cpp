#include "explain/quic.h"

#include <gtest/gtest.h>

#include "explain/testing.h"
#include "packet/quic/quic_for_test.h"

namespace whydown::explain {
namespace {

namespace quic = packet::quic;
using packet::testing::Bytes;
using packet::testing::ethernet;
using packet::testing::ipv4;
using packet::testing::udp_datagram;
using quic::testing::hex;
using testing::meaning;
using testing::Reader;

Bytes frame_of(const Bytes& datagram, std::uint16_t from, std::uint16_t to) {
  return ethernet(0x0800, ipv4(17, udp_datagram(from, to, datagram)));
}

TEST(ExplainQuic, TheFirstPacketOfAClient) {
  const auto id = hex("8394c8f03e515708");
  const auto hello = quic::testing::crypto_frame(0, hex(quic::testing::kClientHello));
  const Bytes datagram = quic::testing::seal(
      {.first_destination = id, .destination = id, .source = hex("a1a2"), .least = 1200}, hello);
  Reader reader;
  const Explanation initial = reader.bytes(frame_of(datagram, 50000, 443));
  EXPECT_EQ(initial.title, "QUIC Initial");
  EXPECT_EQ(initial.gist,
            "192.0.2.7 begins a QUIC connection to example.com with 203.0.113.2, its port 443 "
            "(https: the web, encrypted).");
  EXPECT_EQ(meaning(initial, "version 1"), "The version of QUIC.");
  EXPECT_NE(meaning(initial, "DCID 8394c8f03e515708"), "(not shown)");
  EXPECT_NE(meaning(initial, "SCID a1a2"), "(not shown)");
  EXPECT_NE(meaning(initial, "server name example.com"), "(not shown)");
}

TEST(ExplainQuic, WhatTheServerSays) {
  struct Row {
    const char* datagram;
    const char* title;
    const char* shows;
  };
  static constexpr Row kRows[] = {
      {"f0 00000001 00 04 a1a2a3a4 aabb", "QUIC Retry", "SCID a1a2a3a4"},
      {"80 00000000 00 04 a1a2a3a4 00000001 1a2a3a4a", "QUIC Version Negotiation",
       "versions 1, 0x1a2a3a4a"},
      {"c0 00000001 00 04 a1a2a3a4 00 02 0102 e0 00000001 00 04 a1a2a3a4 02 0102", "QUIC Initial",
       "QUIC Handshake"},
      {"40 0102030405060708", "UDP datagram (https)", ""},
  };
  for (const Row& row : kRows) {
    Reader reader;
    const Explanation explanation = reader.bytes(frame_of(hex(row.datagram), 443, 50000));
    EXPECT_EQ(explanation.title, row.title);
    if (*row.shows == 0) continue;
    EXPECT_NE(meaning(explanation, row.shows), "(not shown)") << row.shows;
  }
}

TEST(ExplainQuic, Words) {
  Reader reader;
  const Explanation words = reader.line(
      "IP 192.0.2.7.50000 > 203.0.113.2.443: quic, initial, dcid 8394c8f03e515708, length 1182");
  EXPECT_EQ(words.title, "QUIC");
  EXPECT_NE(meaning(words, "initial"), "(not shown)");
}

}  // namespace
}  // namespace whydown::explain
