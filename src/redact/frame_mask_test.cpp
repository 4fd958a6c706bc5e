// Frames of every kind that is understood, and what must be gone of them.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/cursor.h"
#include "redact/testing.h"

namespace whydown::redact {
namespace {

using testing::Bytes;
using testing::contains;
using testing::frame_of;
using testing::hex;
using testing::key_of;

const Redactor& redactor() {
  static const Redactor one(key_of());
  return one;
}

Bytes redacted(const Bytes& bytes, std::uint16_t link_type) {
  return redactor().frame(frame_of(bytes, link_type)).bytes;
}

constexpr std::string_view kEthernet = "001b21aabb02 001b21aabb01";
constexpr std::string_view kClient = "c0000207";  // 192.0.2.7
constexpr std::string_view kServer = "cb007102";  // 203.0.113.2
constexpr std::string_view kClient6 = "20010db8000000000000000000000007";
constexpr std::string_view kServer6 = "20010db8000000000000000000000002";
constexpr std::string_view kQuestion = "03 'www' 07 'example' 03 'com' 00 0001 0001";

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) (out += part) += ' ';
  return out;
}

std::string be16(std::size_t value) {
  std::string out;
  for (const int shift : {12, 8, 4, 0}) out += "0123456789abcdef"[value >> shift & 15U];
  return out;
}

std::string ipv4(std::string_view protocol, const std::string& payload) {
  return join({"4500", be16(20 + hex(payload).size()), "1234 4000 40", protocol, "0000", kClient,
               kServer, payload});
}
std::string ipv6(std::string_view next, const std::string& payload) {
  return join({"60000000", be16(hex(payload).size()), next, "40", kClient6, kServer6, payload});
}
std::string udp(std::string_view ports, const std::string& payload) {
  return join({ports, be16(8 + hex(payload).size()), "0000", payload});
}
// From 40112 to 53.
std::string dns_query() {
  return udp("9cb0 0035", join({"8911 0100 0001 0000 0000 0000", kQuestion}));
}
std::string dns_answer() {
  return udp("0035 9cb0",
             join({"8911 8180 0001 0003 0000 0001", kQuestion,
                   "c00c 0005 0001 0000003c 0006 03 'cdn' c010",  // CNAME cdn.example.com
                   "c02d 0001 0001 0000003c 0004 c6336450",       // A 198.51.100.80
                   "c010 0010 0001 0000003c 0007 06 'secret'",    // TXT
                   "00 0029 04d0 00000000 0013 000f 0009 0006 'secret!' 000a 0002 abcd"}));
}

// From a client that has a name and asks to keep 192.0.2.7.
std::string dhcp_request() {
  const std::string zeros(2 * (64 + 128 + 10), '0');
  return udp("0044 0043",
             join({"01 01 06 00 3d1d0a0b 0004 8000 c0000207 00000000 00000000 00000000",
                   "001b21aabb01", zeros, "63825363 350103 3204 c0000207 3604 cb007102",
                   "0c06 'secret' 3d07 01 001b21aabb01 3703 010306 ff 'example'"}));
}

// Everything that identifies: as bytes and as a name on the wire.
const char* const kSecrets[] = {"c0000207",
                                "cb007102",
                                "c6336450",
                                "001b21aabb",
                                "'example'",
                                "'secret'",
                                "'cdn'",
                                "20010db8000000000000000000000007",
                                "20010db8000000000000000000000002",
                                "'GET /'"};

struct Case {
  const char* name;
  std::uint16_t link_type;
  std::string bytes;
};

std::vector<Case> cases() {
  const std::string http = join({"c350 0050 00000001 00000002 8018 2000 0000 0000",
                                 "0101 080a 00000001 00000002", "'GET /' 'secret'"});
  const std::string quote = ipv4("11", dns_query());
  return {
      {"query over Ethernet", 1, join({kEthernet, "0800", ipv4("11", dns_query())})},
      {"answer", 1, join({kEthernet, "0800", ipv4("11", dns_answer())})},
      {"VLAN", 1, join({kEthernet, "8100 0064 0800", ipv4("11", dns_query())})},
      {"SNAP", 1, join({kEthernet, "0050 aaaa03 000000 0800", ipv4("11", dns_query())})},
      {"PPPoE", 1, join({kEthernet, "8864 11 00 0001 0040 0021", ipv4("11", dns_query())})},
      {"padding after the packet", 1,
       join({kEthernet, "0800", ipv4("11", dns_query()), "'secret'"})},
      {"IPv6", 1, join({kEthernet, "86dd", ipv6("11", dns_query())})},
      {"IPv6 with a routing header", 101,
       ipv6("2b", join({"11 02 00 01 00000000", kServer6, dns_query()}))},
      {"IPv4 options", 101,
       join({"4700 0020 1234 4000 4011 0000", kClient, kServer, "8307 04 cb007102 00"})},
      {"Linux cooked", 113, join({"0000 0001 0006 001b21aabb01 0000 0800", quote})},
      {"Linux cooked 2", 276, join({"0800 0000 00000002 0001 00 06 001b21aabb01 0000", quote})},
      {"BSD loopback", 0, join({"02000000", quote})},
      {"PPP", 9, join({"ff03 0021", quote})},
      {"ARP", 1,
       join({kEthernet, "0806 0001 0800 06 04 0001 001b21aabb01", kClient, "000000000000",
             kServer})},
      {"TCP with payload", 101, ipv4("06", http)},
      {"ICMP error with its quote", 101, ipv4("01", join({"0303 0000 00000000", quote}))},
      {"ICMP redirect", 101, ipv4("01", join({"0501 0000 cb007102", quote}))},
      {"ICMP echo", 101, ipv4("01", "0800 0000 0001 0001 'secret'")},
      {"ICMPv6 error", 101, ipv6("3a", join({"0104 0000 00000000", ipv6("11", dns_query())}))},
      {"neighbour solicitation", 101,
       ipv6("3a", join({"8700 0000 00000000", kServer6, "0101 001b21aabb01"}))},
      {"router advertisement", 101,
       ipv6("3a", join({"8600 0000 40 00 0708 00000000 00000000 0101 001b21aabb01",
                        "0304 40c0 00000e10 00000e10 00000000", kServer6, "1903 0000 00000e10",
                        kServer6}))},
      {"DHCP", 101, ipv4("11", dhcp_request())},
      {"other payload on port 67", 101,
       ipv4("11", udp("0044 0043", "'secret' 'example' 'secret' 'example' 'secret' 'example'"))},
      {"other payload on port 53", 101,
       ipv4("11", udp("9cb0 0035", "'secret' 'example' 'secret'"))},
      {"another protocol", 101, ipv4("2f", join({"0000 0800", quote}))},
      {"another link type", 147, quote},
      {"a later fragment", 101,
       join({"4500 0028 1234 0010 4011 0000", kClient, kServer, "'secret' 'example'"})}};
}

TEST(FrameMask, NothingThatIdentifiesIsLeft) {
  for (const Case& row : cases()) {
    const Bytes original = hex(row.bytes);
    const Bytes masked = redacted(original, row.link_type);
    ASSERT_EQ(masked.size(), original.size()) << row.name;
    bool any = false;
    for (const char* secret : kSecrets) {
      any = any || contains(original, hex(secret));
      EXPECT_FALSE(contains(masked, hex(secret))) << row.name << ": " << secret;
    }
    EXPECT_TRUE(any) << row.name << " holds no secret, so shows nothing";
  }
}

// However short the frame was cut.
TEST(FrameMask, NorOfACutFrame) {
  for (const Case& row : cases()) {
    const Bytes original = hex(row.bytes);
    for (std::size_t size = 0; size < original.size(); ++size) {
      const Bytes masked =
          redacted({original.begin(), original.begin() + static_cast<long>(size)}, row.link_type);
      ASSERT_EQ(masked.size(), size);
      for (const char* secret : kSecrets) {
        EXPECT_FALSE(contains(masked, hex(secret))) << row.name << ": " << secret << " of " << size;
      }
    }
  }
}

TEST(FrameMask, TheSameStandInsAsInWords) {
  const Bytes masked =
      redacted(hex(ipv4("01", join({"0303 0000 00000000", ipv4("11", dns_query())}))), 101);
  const auto v4_at = [&](std::size_t at) {
    return base::IpAddress::v4(base::load_be32(masked.data() + at)).to_string();
  };
  const auto stand_in = [&](const char* text) {
    return redactor().address(*base::IpAddress::parse(text)).to_string();
  };
  EXPECT_EQ(v4_at(12), stand_in("192.0.2.7"));
  EXPECT_EQ(v4_at(16), stand_in("203.0.113.2"));
  EXPECT_EQ(v4_at(28 + 12), stand_in("192.0.2.7"));
  EXPECT_EQ(v4_at(28 + 16), stand_in("203.0.113.2"));
  const std::string name = redactor().name("www.example.com");
  const std::size_t at = 28 + 20 + 8 + 12;
  EXPECT_EQ(std::string(masked.begin() + at + 1, masked.begin() + at + 4), name.substr(0, 3));
  EXPECT_EQ(std::string(masked.begin() + at + 5, masked.begin() + at + 12), name.substr(4, 7));
  EXPECT_EQ(std::string(masked.begin() + at + 13, masked.begin() + at + 16), "com");
}

TEST(FrameMask, WhatTheDiagnosisNeedsStays) {
  const Bytes original = hex(join({kEthernet, "0800", ipv4("11", dns_answer())}));
  const Bytes masked = redacted(original, 1);
  struct Row {
    std::size_t begin, end;
    const char* what;
  };
  const std::size_t dns = 14 + 20 + 8;
  const Row rows[] = {{12, 14, "ethertype"},
                      {14, 24, "IP header to its protocol"},
                      {34, 40, "ports and length"},
                      {dns, dns + 12, "DNS header"},
                      {dns + 28, dns + 33, "end of the name, type, class"},
                      {dns + 33, dns + 45, "the CNAME's head"},
                      {dns + 45, dns + 46, "its label's length"},
                      {dns + 49, dns + 51, "its pointer"}};
  for (const Row& row : rows) {
    const auto piece = [&](const Bytes& bytes) {
      return Bytes(bytes.begin() + static_cast<long>(row.begin),
                   bytes.begin() + static_cast<long>(row.end));
    };
    EXPECT_EQ(piece(masked), piece(original)) << row.what;
  }
  EXPECT_TRUE(contains(masked, hex("000f 0009 0006"))) << "the extended error's code";
  EXPECT_FALSE(contains(masked, hex("abcd"))) << "a cookie";
}

TEST(FrameMask, DhcpStaysReadable) {
  const Bytes original = hex(ipv4("11", dhcp_request()));
  const Bytes masked = redacted(original, 101);
  const auto v4_at = [&](std::size_t at) {
    return base::IpAddress::v4(base::load_be32(masked.data() + at)).to_string();
  };
  const std::size_t dhcp = 20 + 8;
  const std::string client = redactor().address(*base::IpAddress::parse("192.0.2.7")).to_string();
  EXPECT_TRUE(
      std::equal(masked.begin() + dhcp, masked.begin() + dhcp + 12, original.begin() + dhcp));
  EXPECT_EQ(v4_at(dhcp + 12), client);
  EXPECT_EQ(v4_at(dhcp + 16), "0.0.0.0");
  EXPECT_TRUE(contains(masked, hex("63825363 350103 3204"))) << "cookie and type";
  EXPECT_EQ(v4_at(dhcp + 240 + 5), client);
  EXPECT_TRUE(contains(masked, hex("0c06 000000000000"))) << "the client's name";
}

// A pointer may only lead to a name that was read; of others nothing is written.
TEST(FrameMask, PointersIntoOtherBytesAreNotFollowed) {
  const Bytes masked = redacted(
      hex(ipv4("11",
               udp("0035 9cb0", join({"8911 8180 0001 0002 0000 0000", kQuestion,
                                      "c00c 0001 0001 0000003c 0004 03 'abc'",  // A of 3.97.98.99
                                      "c02d 0001 0001 0000003c 0004 01020304"})))),
      101);
  EXPECT_FALSE(contains(masked, hex("'abc'")));
  EXPECT_FALSE(contains(masked, hex("01020304")));
}

// Right stays right, wrong stays wrong, and what cannot be known is zero.
TEST(FrameMask, Checksums) {
  const Bytes whole =
      hex("4500 0024 1234 0000 4011 0000 c0000207 cb007102  9cb0 1234 0010 0000 'payload!'");
  const auto with = [&](std::uint16_t ip, std::uint16_t udp_sum) {
    Bytes bytes = whole;
    bytes[10] = static_cast<std::uint8_t>(ip >> 8U);
    bytes[11] = static_cast<std::uint8_t>(ip);
    bytes[26] = static_cast<std::uint8_t>(udp_sum >> 8U);
    bytes[27] = static_cast<std::uint8_t>(udp_sum);
    return bytes;
  };
  const auto folded = [](std::uint64_t sum) {
    while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
    return sum;
  };
  const auto words = [](const Bytes& bytes, std::size_t begin, std::size_t end) {
    std::uint64_t sum = 0;
    for (std::size_t i = begin; i < end; i += 2) sum += base::load_be16(bytes.data() + i);
    return sum;
  };
  const auto ip_sum = [&](const Bytes& bytes) { return folded(words(bytes, 0, 20)); };
  const auto udp_sum = [&](const Bytes& bytes) { return folded(words(bytes, 12, 36) + 16 + 17); };
  const auto right_ip = static_cast<std::uint16_t>(~ip_sum(with(0, 0)));
  const auto right_udp = static_cast<std::uint16_t>(~udp_sum(with(0, 0)));
  const Bytes right = redacted(with(right_ip, right_udp), 101);
  EXPECT_EQ(ip_sum(right), 0xffffU);
  EXPECT_EQ(udp_sum(right), 0xffffU);
  const Bytes wrong = redacted(with(static_cast<std::uint16_t>(right_ip ^ 1U), 0x1111), 101);
  EXPECT_NE(ip_sum(wrong), 0xffffU);
  EXPECT_NE(udp_sum(wrong), 0xffffU);
  const Bytes none = redacted(with(right_ip, 0), 101);
  EXPECT_EQ(base::load_be16(none.data() + 26), 0U);
  Bytes cut = with(right_ip, right_udp);
  cut.resize(32);
  EXPECT_EQ(base::load_be16(redacted(cut, 101).data() + 26), 0U);
}

}  // namespace
}  // namespace whydown::redact
