#include "packet/quic/initial.h"

#include <atomic>
#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include "packet/quic/quic_for_test.h"
#include "packet/tls/tls.h"

namespace {

// What OpenSSL takes from the heap, counted from the start of the program on.
std::atomic<std::uint64_t> taken{0};
void* take(std::size_t size, const char*, int) {
  ++taken;
  return std::malloc(size);
}
void* take_again(void* memory, std::size_t size, const char*, int) {
  ++taken;
  return std::realloc(memory, size);
}
void give_back(void* memory, const char*, int) { std::free(memory); }
const bool is_counted = CRYPTO_set_mem_functions(take, take_again, give_back) == 1;

}  // namespace

namespace whydown::packet::quic {
namespace {

using testing::close_frame;
using testing::crypto_frame;
using testing::Draft;
using testing::hex;
using testing::joined;
using testing::seal;

const auto kFirstId = hex("8394c8f03e515708");

std::string digits(Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

Header header_of(Bytes datagram) {
  Header header;
  EXPECT_TRUE(next_packet(datagram, header));
  return header;
}

struct VectorRow {
  const char* name;
  Draft draft;
  testing::Bytes plain;
  // The protected packet as the RFC gives it: how it begins and ends. The end is the tag, which
  // depends on every byte before it.
  const char* begin;
  const char* end;
};

const VectorRow kVectors[] = {
    {"RFC 9001 A.2",
     {.first_destination = kFirstId,
      .destination = kFirstId,
      .source = {},
      .number = 2,
      .number_bytes = 4,
      .least = 1200},
     crypto_frame(0, hex(testing::kClientHello)),
     "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b",
     "e221af44860018ab0856972e194cd934"},
    {"RFC 9001 A.3",
     {.by = Sender::server,
      .first_destination = kFirstId,
      .destination = {},
      .source = hex("f067a5502a4262b5"),
      .number = 1,
      .number_bytes = 2},
     joined(hex("0200000000 0600405a"), hex(testing::kServerHello)),
     "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100",
     "56cbc42158407dd074ee"},
    {"RFC 9369 A.2",
     {.version = kVersion2,
      .first_destination = kFirstId,
      .destination = kFirstId,
      .source = {},
      .number = 2,
      .number_bytes = 4,
      .least = 1200},
     crypto_frame(0, hex(testing::kClientHello)),
     "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de806071",
     "a18b2faa745b6fe189cf772a9f84cbfc"},
};

TEST(QuicInitial, OpensThePacketsOfTheRfcs) {
  Opener opener;
  for (const VectorRow& row : kVectors) {
    Draft draft = row.draft;
    testing::Bytes plain = row.plain;
    // In the RFC a CRYPTO frame's offset takes one byte.
    if (draft.by == Sender::client) plain.erase(plain.begin() + 1);
    const auto packet = seal(draft, plain);
    const std::string text = digits(packet);
    EXPECT_TRUE(text.starts_with(row.begin)) << row.name << "\n" << text;
    EXPECT_TRUE(text.ends_with(row.end)) << row.name << "\n" << text;
    const Bytes opened = opener.open(header_of(packet), kFirstId, draft.by);
    EXPECT_TRUE(digits(opened).starts_with(digits(plain))) << row.name;
  }
}

TEST(QuicInitial, OpensNothingThatIsNotMeant) {
  Opener opener;
  const Draft draft{
      .first_destination = kFirstId, .destination = kFirstId, .source = {}, .least = 1200};
  const auto packet = seal(draft, crypto_frame(0, hex(testing::kClientHello)));
  EXPECT_FALSE(opener.open(header_of(packet), kFirstId, Sender::client).empty());
  EXPECT_TRUE(opener.open(header_of(packet), kFirstId, Sender::server).empty());
  EXPECT_TRUE(opener.open(header_of(packet), hex("8394c8f03e515709"), Sender::client).empty());
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{15}, std::size_t{18}, packet.size() - 1}) {
    auto changed = packet;
    changed[at] ^= 1U;
    Bytes datagram = changed;
    Header header;
    if (!next_packet(datagram, header)) continue;
    EXPECT_TRUE(opener.open(header, kFirstId, Sender::client).empty()) << at;
  }
  auto cut = packet;
  cut.resize(400);
  EXPECT_TRUE(opener.open(header_of(cut), kFirstId, Sender::client).empty());
  const auto tiny =
      hex("c0 00000001 08 8394c8f03e515708 00 00 13 0102030405060708090a0b0c0d0e0f101112");
  EXPECT_TRUE(opener.open(header_of(tiny), kFirstId, Sender::client).empty());
}

TEST(QuicInitial, TakesNoMemoryForAPacket) {
  ASSERT_TRUE(is_counted);
  Opener opener;
  const Draft draft{
      .first_destination = kFirstId, .destination = kFirstId, .source = {}, .least = 1200};
  const auto packet = seal(draft, crypto_frame(0, hex(testing::kClientHello)));
  const Header header = header_of(packet);
  EXPECT_FALSE(opener.open(header, kFirstId, Sender::client).empty());
  const std::uint64_t before = taken;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(opener.open(header, kFirstId, Sender::client).empty());
    EXPECT_TRUE(opener.open(header, kFirstId, Sender::server).empty());
  }
  EXPECT_EQ(taken, before);
}

TEST(QuicInitial, Frames) {
  struct Row {
    const char* name;
    testing::Bytes plain;
    const char* expected;
  };
  const Row rows[] = {
      {"nothing", {}, ""},
      {"padding, a ping, an acknowledgement", hex("000000 01 02 05 00 01 00 00 00"), ""},
      {"ECN counts too", hex("03 05 00 00 00 01 02 03 06 00 02 abcd"), "crypto 0 2; "},
      {"shuffled",
       joined(joined(crypto_frame(5, hex("aabb")), hex("0000 01")), crypto_frame(0, hex("cc"))),
       "crypto 5 2; crypto 0 1; "},
      {"closed by an alert", close_frame(0x178, "no ALPN"), "close 376 'no ALPN'; "},
      {"cut", hex("06 00 10 abcd"), ""},
      {"more ranges than there are", hex("02 05 00 40ff 00"), ""},
      {"a frame of another level ends it", hex("08 00 06 00 01 aa"), ""},
      {"an offset beyond everything", hex("06 ffffffffffffffff 01 aa"),
       "crypto 4611686018427387903 1; "},
  };
  for (const Row& row : rows) {
    Bytes plain = row.plain;
    Frame frame;
    std::string text;
    while (next_frame(plain, frame)) {
      text += frame.kind == Frame::Kind::crypto
                  ? fmt::format("crypto {} {}; ", frame.offset, frame.data.size())
                  : fmt::format("close {} '{}'; ", frame.error,
                                std::string(frame.data.begin(), frame.data.end()));
    }
    EXPECT_EQ(text, row.expected) << row.name;
  }
}

TEST(QuicInitial, PutsAHelloTogether) {
  const auto hello = hex(testing::kClientHello);
  HelloBytes bytes;
  bytes.clear();
  const Bytes all = hello;
  for (const std::size_t at : {150U, 50U, 200U, 0U, 100U}) {
    EXPECT_FALSE(bytes.is_whole());
    bytes.add(at, all.subspan(at, std::min<std::size_t>(50, all.size() - at)));
  }
  EXPECT_TRUE(bytes.is_whole());
  Bytes fragment = bytes.front();
  EXPECT_EQ(digits(fragment), digits(hello));
  tls::Piece piece;
  ASSERT_TRUE(tls::next_message(fragment, piece));
  tls::ClientHello read;
  tls::read_client_hello(piece.body, read);
  EXPECT_EQ(read.server_name.view(), "example.com");
  EXPECT_EQ(read.first_alpn.view(), "alpn");
  // What was there first stands; what does not fit is left out.
  bytes.add(0, hex("ff"));
  EXPECT_EQ(bytes.front()[0], 1);
  bytes.add(HelloBytes::kCapacity - 1, hex("aabb"));
  bytes.add(UINT64_MAX, hex("aa"));
  bytes.clear();
  EXPECT_TRUE(bytes.front().empty());
}

}  // namespace
}  // namespace whydown::packet::quic
