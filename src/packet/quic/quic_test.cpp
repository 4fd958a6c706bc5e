#include "packet/quic/quic.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/testing.h"

namespace whydown::packet::quic {
namespace {

using base::testing::hex;

const std::string kIds = "08 8394c8f03e515708 04 a1a2a3a4";

struct HeaderRow {
  const char* name;
  std::string datagram;
  // Of each packet: type, version, bytes of its ids and its token, length, and whether it is whole;
  // then what is left.
  const char* expected;
};

const HeaderRow kHeaders[] = {
    {"nothing", "", "left 0"},
    {"a short header", "4f 8394c8f03e515708 1234", "left 11"},
    {"an Initial", "c0 00000001" + kIds + "00 04 01020304",
     "Initial 1 8+4 token 0 length 4 whole; left 0"},
    {"with a token", "c0 00000001" + kIds + "03 aabbcc 4004 01020304",
     "Initial 1 8+4 token 3 length 4 whole; left 0"},
    {"cut", "c0 00000001" + kIds + "00 4496 01020304",
     "Initial 1 8+4 token 0 length 1174 cut; left 0"},
    {"a token beyond the end", "c0 00000001" + kIds + "44 00 01020304", "left 25"},
    {"the length is missing", "c0 00000001" + kIds + "00", "left 20"},
    {"coalesced: Initial, Handshake, and what is encrypted",
     "c0 00000001" + kIds + "00 02 0102  e0 00000001" + kIds + "03 010203  40 8394",
     "Initial 1 8+4 token 0 length 2 whole; Handshake 1 8+4 token 0 length 3 whole; left 3"},
    {"padding behind a packet", "c0 00000001" + kIds + "00 02 0102  00000000000000000000",
     "Initial 1 8+4 token 0 length 2 whole; left 10"},
    {"0-RTT", "d0 00000001" + kIds + "02 0102", "0-RTT 1 8+4 token 0 length 2 whole; left 0"},
    {"Retry takes all", "f0 00000001" + kIds + "aabbccdd",
     "Retry 1 8+4 token 0 length 0 whole; left 0"},
    {"version 2 numbers its types otherwise", "d0 6b3343cf" + kIds + "00 02 0102",
     "Initial 2 8+4 token 0 length 2 whole; left 0"},
    {"... Retry too", "c0 6b3343cf" + kIds + "aabb", "Retry 2 8+4 token 0 length 0 whole; left 0"},
    {"... and Handshake", "f0 6b3343cf" + kIds + "02 0102",
     "Handshake 2 8+4 token 0 length 2 whole; left 0"},
    {"a draft", "c0 ff00001d" + kIds + "00 02 0102",
     "Initial draft 29 8+4 token 0 length 2 whole; left 0"},
    {"Google's", "c0 51303530" + kIds + "00 02 0102",
     "Initial Q050 8+4 token 0 length 2 whole; left 0"},
    {"Version Negotiation, whatever its other bits", "80 00000000" + kIds + "00000001 1a2a3a4a 00",
     "Version Negotiation 0x00000000 8+4 token 0 length 0 whole; left 0"},
    {"a version of the future", "c0 0badcafe" + kIds + "00 02 0102",
     "of an unknown type 0x0badcafe 8+4 token 0 length 0 whole; left 0"},
    {"ids that are too long", "c0 00000001 15 000000000000000000000000000000000000000000 00 00 00",
     "left 30"},
    {"ids beyond the end", "c0 00000001 08 8394", "left 8"},
    {"no fixed bit, which known peers may leave out", "80 00000001" + kIds + "00 02 0102",
     "Initial 1 8+4 token 0 length 2 whole; left 0"},
};

TEST(Quic, Headers) {
  for (const HeaderRow& row : kHeaders) {
    const auto bytes = hex(row.datagram);
    Bytes datagram = bytes;
    Header header;
    std::string text;
    while (next_packet(datagram, header)) {
      text +=
          fmt::format("{} {} {}+{} token {} length {} {}; ", type_name(header.type),
                      version_name(header.version), header.destination.size(), header.source.size(),
                      header.token.size(), header.length, header.is_whole ? "whole" : "cut");
    }
    EXPECT_EQ(text + fmt::format("left {}", datagram.size()), row.expected) << row.name;
  }
}

TEST(Quic, WhatBeginsAConnection) {
  struct Row {
    const char* name;
    std::string datagram;
    std::uint32_t length;
    bool begins;
    bool of_handshake;
  };
  const std::string rest = kIds + "00 04 01020304";
  const Row rows[] = {
      {"a client's first", "c0 00000001" + rest, 1200, true, true},
      {"too small for a client", "c0 00000001" + rest, 1199, false, true},
      {"a reserved version", "c0 1a2a3a4a" + rest, 1200, true, false},
      {"a version of the future", "c0 0badcafe" + rest, 1200, false, false},
      {"Handshake", "e0 00000001" + rest, 1200, false, true},
      {"ids too short for a client's first", "c0 00000001 04 01020304 00 00 04 01020304", 1200,
       false, true},
      {"RTP, 12-bit sequence number 0", "80 00 00 00 01 08 0000000000000000 00 00 00", 1200, false,
       false},
      {"noise", "ff ffffffff ffffffffffffffffffffffff", 1400, false, false},
      {"Version Negotiation alone", "c0 00000000" + kIds + "00000001", 1200, false, false},
  };
  for (const Row& row : rows) {
    const auto bytes = hex(row.datagram);
    EXPECT_EQ(begins_connection(bytes, row.length), row.begins) << row.name;
    EXPECT_EQ(is_of_handshake(bytes), row.of_handshake) << row.name;
  }
}

TEST(Quic, ShortHeaders) {
  const std::string rest = "0102030405060708 090a0b0c0d0e0f10 11121314";
  EXPECT_TRUE(may_be_short(hex("4f" + rest)));
  EXPECT_TRUE(may_be_short(hex("0f" + rest)));  // RFC 9287
  EXPECT_FALSE(may_be_short(hex("c0" + rest)));
  EXPECT_FALSE(may_be_short(hex("4f 01020304")));
  EXPECT_FALSE(may_be_short(hex(std::string(60, '0'))));
  EXPECT_FALSE(may_be_short({}));
}

TEST(Quic, OfferedVersions) {
  const auto bytes = hex("80 00000000" + kIds + "00000001 1a2a3a4a ff00001d aa");
  Bytes datagram = bytes;
  Header header;
  ASSERT_TRUE(next_packet(datagram, header));
  EXPECT_TRUE(offers(header, kVersion1));
  EXPECT_TRUE(offers(header, 0xff00001d));
  EXPECT_FALSE(offers(header, kVersion2));
}

TEST(Quic, Integers) {  // RFC 9000 A.1
  struct Row {
    const char* bytes;
    std::uint64_t value;
    std::size_t left;
  };
  static constexpr Row kRows[] = {{"c2197c5eff14e88c", 151288809941952652, 0},
                                  {"9d7f3e7d ff", 494878333, 1},
                                  {"7bbd", 15293, 0},
                                  {"25", 37, 0},
                                  {"4025", 37, 0}};
  for (const Row& row : kRows) {
    const auto bytes = hex(row.bytes);
    Bytes rest = bytes;
    std::uint64_t value = 0;
    EXPECT_TRUE(read_integer(rest, value)) << row.bytes;
    EXPECT_EQ(value, row.value) << row.bytes;
    EXPECT_EQ(rest.size(), row.left) << row.bytes;
  }
  for (const char* cut : {"", "c2197c", "9d7f3e", "7b"}) {
    const auto bytes = hex(cut);
    Bytes rest = bytes;
    std::uint64_t value = 0;
    EXPECT_FALSE(read_integer(rest, value)) << cut;
  }
}

TEST(Quic, Names) {
  EXPECT_EQ(error_name(2), "CONNECTION_REFUSED");
  EXPECT_EQ(error_name(0x17), "unknown");
  EXPECT_TRUE(is_alert(0x178));
  EXPECT_FALSE(is_alert(0x0a));
  EXPECT_FALSE(is_alert(0x200));
  EXPECT_EQ(version_name(kVersion2), "2");
  EXPECT_EQ(version_name(0x54303531), "T051");
}

}  // namespace
}  // namespace whydown::packet::quic
