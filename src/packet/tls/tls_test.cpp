#include "packet/tls/tls.h"

#include <string>

#include <gtest/gtest.h>

#include "base/testing.h"
#include "packet/tls/certificate.h"
#include "packet/tls/certificate_for_test.h"

namespace whydown::packet::tls {
namespace {

using base::testing::hex;

const std::string kRandom(64, '7');
std::string number(std::size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) {
    constexpr const char* digits = "0123456789abcdef";
    const std::size_t byte = value >> (8U * static_cast<unsigned>(i)) & 0xffU;
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}
std::string sized(const std::string& content, int bytes) {
  return number(hex(content).size(), bytes) + content;
}
std::string hello(const std::string& session, const std::string& extensions) {
  return "0303" + kRandom + sized(session, 1) + sized("13011302c02f", 2) + "0100" +
         sized(extensions, 2);
}

struct HelloRow {
  const char* name;
  std::string body;
  std::uint16_t newest;
  std::uint16_t oldest;
  std::uint16_t ciphers;
  bool ticket;
  const char* server_name;
  const char* alpn;
  std::size_t key_shares;
};
const std::string kSni = "0000 0014 0012 00 000f 'www.Example.org'";

const HelloRow kHellos[] = {
    {"TLS 1.2 with a name", hello("", kSni), 0x303, 0x303, 3, false, "www.example.org", "", 0},
    {"versions beat the hello's own, GREASE means nothing",
     hello("11", "002b 0007 06 fafa 0304 0303"), 0x304, 0x303, 3, false, "", "", 0},
    {"resumption by session id", hello("11", ""), 0x303, 0x303, 3, true, "", "", 0},
    {"resumption by ticket", hello("", "0023 0002 abcd"), 0x303, 0x303, 3, true, "", "", 0},
    {"an empty ticket only asks for one", hello("", "0023 0000"), 0x303, 0x303, 3, false, "", "",
     0},
    {"ALPN and key shares",
     hello("", "0010 000e 000c 02 'h2' 08 'http/1.1' 0033 000c 000a 3a3a 0001 00 11ec 0001 00"),
     0x303, 0x303, 3, false, "", "h2", 1},
    {"cut in the random", "0303 7777", 0x303, 0x303, 0, false, "", "", 0},
    {"cut in an extension", hello("", "") + "0000 0014 0012 00 000f 'www'", 0x303, 0x303, 3, false,
     "", "", 0},
    {"a name longer than its list", hello("", "0000 0007 0005 00 00ff 'ab'"), 0x303, 0x303, 3,
     false, "", "", 0},
    {"bytes that no name holds", hello("", "0000 0008 0006 00 0003 '<' 00 '>'"), 0x303, 0x303, 3,
     false, "<?>", "", 0},
    {"nothing", "", 0, 0, 0, false, "", "", 0},
};

TEST(Tls, ClientHello) {
  for (const HelloRow& row : kHellos) {
    SCOPED_TRACE(row.name);
    const auto body = hex(row.body);
    ClientHello got;
    read_client_hello(body, got);
    EXPECT_EQ(got.newest, row.newest);
    EXPECT_EQ(got.oldest, row.oldest);
    EXPECT_EQ(got.ciphers, row.ciphers);
    EXPECT_EQ(got.has_ticket, row.ticket);
    EXPECT_EQ(got.server_name.view(), row.server_name);
    EXPECT_EQ(got.first_alpn.view(), row.alpn);
    EXPECT_EQ(got.key_shares.size(), row.key_shares);
  }
}

struct ServerRow {
  const char* name;
  std::string body;
  std::uint16_t version;
  std::uint16_t cipher;
  bool retry;
};
const ServerRow kServers[] = {
    {"TLS 1.2", "0303" + kRandom + "00 c02f 00", 0x303, 0xc02f, false},
    {"TLS 1.3", "0303" + kRandom + "00 1301 00 0006 002b 0002 0304", 0x304, 0x1301, false},
    {"HelloRetryRequest",
     "0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c 00 1301 00 0006 002b "
     "0002 0304",
     0x304, 0x1301, true},
    {"cut before the cipher", "0303" + kRandom + "20", 0x303, 0, false},
    {"nothing", "", 0, 0, false},
};

TEST(Tls, ServerHello) {
  for (const ServerRow& row : kServers) {
    SCOPED_TRACE(row.name);
    const auto body = hex(row.body);
    ServerHello got;
    read_server_hello(body, got);
    EXPECT_EQ(got.version, row.version);
    EXPECT_EQ(got.cipher, row.cipher);
    EXPECT_EQ(got.is_retry, row.retry);
  }
}

struct RecordRow {
  const char* name;
  const char* bytes;
  bool is_record;
  std::size_t there;
  bool begins;
  int alert;  // level * 256 + description, -1: none to be read
};
const RecordRow kRecords[] = {
    {"a fatal alert in clear", "15 0303 0002 0228", true, 2, false, 0x228},
    {"a warning", "15 0301 0002 0100", true, 2, false, 0x100},
    {"an alert that is encrypted", "15 0303 001a 00112233", true, 4, false, -1},
    {"an alert cut short", "15 0303 0002 02", true, 1, false, -1},
    {"two bytes of noise", "15 0303 0002 7a11", true, 2, false, -1},
    {"application data", "17 0303 0001 aa", true, 1, false, -1},
    {"a client hello begins", "16 0301 0100 01 0000fc 0303", true, 6, true, -1},
    {"a server hello begins", "16 0303 007a 02 000076 0303", true, 6, true, -1},
    {"a certificate begins nothing", "16 0303 007a 0b 000076 0303", true, 6, false, -1},
    {"a hello of two bytes is none", "16 0303 007a 01 000002 0303", true, 6, false, -1},
    {"HTTP", "'GET / HTTP/1.1'", false, 0, false, -1},
    {"a version of the future", "16 0505 0001 01", false, 0, false, -1},
    {"longer than may be", "16 0303 ffff 01", false, 0, false, -1},
    {"four bytes", "16 0303 00", false, 0, false, -1},
};

TEST(Tls, Records) {
  for (const RecordRow& row : kRecords) {
    SCOPED_TRACE(row.name);
    const auto bytes = hex(row.bytes);
    Record record;
    ASSERT_EQ(read_record(bytes, record), row.is_record);
    EXPECT_EQ(looks_like_handshake(bytes), row.begins);
    if (!row.is_record) continue;
    EXPECT_EQ(record.fragment.size(), row.there);
    Alert alert;
    EXPECT_EQ(read_alert(record, alert) ? alert.level * 256 + alert.description : -1, row.alert);
  }
}

TEST(Tls, MessagesOfOneRecord) {
  const auto bytes = hex("0b000002 aabb 0e000000 14000009 11");
  Bytes fragment{bytes};
  Piece piece;
  ASSERT_TRUE(next_message(fragment, piece));
  EXPECT_EQ(piece.type, Message::certificate);
  EXPECT_EQ(piece.body.size(), 2U);
  ASSERT_TRUE(next_message(fragment, piece));
  EXPECT_EQ(piece.type, Message::server_hello_done);
  ASSERT_TRUE(next_message(fragment, piece));
  EXPECT_EQ(piece.length, 9U);
  EXPECT_EQ(piece.body.size(), 1U);
  EXPECT_FALSE(next_message(fragment, piece));
}

TEST(Tls, Chains) {
  const auto whole = hex("000009 000002 aabb 000001 cc");
  Chain chain;
  read_chain(whole, chain);
  EXPECT_TRUE(chain.is_whole);
  ASSERT_EQ(chain.certificates.size(), 2U);
  EXPECT_EQ(chain.certificates[1].size(), 1U);
  const auto cut = hex("000009 000002 aabb 000003 cc");
  read_chain(cut, chain);
  EXPECT_EQ(chain.certificates.size(), 1U);
  const auto endless = hex("ffffff ffffff aa");
  read_chain(endless, chain);
  EXPECT_FALSE(chain.is_whole);
  EXPECT_TRUE(chain.certificates.empty());
}

TEST(Tls, Certificates) {
  const auto der = hex(testing::kCertificateOfWww);
  const Certificate known = read_certificate(der, "www.example.org");
  ASSERT_TRUE(known.is_read);
  EXPECT_EQ(known.not_before, 1795673385);
  EXPECT_EQ(known.not_after, 1798265385);
  EXPECT_EQ(known.name.view(), "www.example.org");
  EXPECT_TRUE(known.is_self_signed);
  EXPECT_TRUE(known.covers);
  EXPECT_TRUE(read_certificate(der, "shop.example.net").covers);
  EXPECT_FALSE(read_certificate(der, "a.shop.example.net").covers);
  EXPECT_FALSE(read_certificate(der, "example.org").covers);
  EXPECT_FALSE(read_certificate(der, "192.0.2.1").covers);
  EXPECT_FALSE(read_certificate(der, "").covers);
  for (std::size_t size = 0; size < der.size(); size += 7) {
    EXPECT_FALSE(read_certificate(std::span{der}.first(size), "a").is_read);
  }
}

TEST(Tls, Names) {
  EXPECT_EQ(alert_name(48), "unknown_ca");
  EXPECT_EQ(alert_name(250), "unknown");
  EXPECT_EQ(version_name(kTls13), "TLS 1.3");
}

}  // namespace
}  // namespace whydown::packet::tls
