#include "redact/address_mask.h"

#include <bit>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "redact/testing.h"

namespace whydown::redact {
namespace {

using base::IpAddress;
using testing::key_of;

std::uint32_t v4(const char* text) { return IpAddress::parse(text)->v4_value(); }

// The key and pairs that come with the authors' own program (Georgia Tech, Crypto-PAn 1.0).
TEST(AddressMask, IsCryptoPan) {
  const Key key{21,  34,  23,  141, 51,  164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
                216, 152, 143, 131, 121, 121, 101, 39,  98, 87, 76, 45, 42, 132, 34,  2};
  const AddressMask mask(key);
  struct Row {
    const char* original;
    const char* stand_in;
  };
  const Row rows[] = {{"128.11.68.132", "135.242.180.132"},
                      {"129.118.74.4", "134.136.186.123"},
                      {"130.132.252.244", "133.68.164.234"},
                      {"141.223.7.43", "141.167.8.160"},
                      {"141.233.145.108", "141.129.237.235"}};
  for (const Row& row : rows) {
    EXPECT_EQ(IpAddress::v4(mask.plain_v4(v4(row.original))).to_string(), row.stand_in);
    EXPECT_EQ(mask.address(*IpAddress::parse(row.original)).to_string(), row.stand_in);
  }
}

int common_bits(std::uint32_t a, std::uint32_t b) { return std::countl_zero(a ^ b); }

TEST(AddressMask, CommonPrefixesStayCommon) {
  const AddressMask mask(key_of());
  const char* addresses[] = {"203.0.113.2", "203.0.113.3", "203.0.113.200", "203.0.114.2",
                             "203.1.113.2", "10.0.0.1",    "10.0.0.2",      "10.1.0.1",
                             "192.168.0.1", "192.168.0.9", "192.168.200.1", "172.16.0.1",
                             "172.31.0.1",  "169.254.1.1", "100.64.1.1",    "239.1.2.3"};
  for (const char* a : addresses) {
    for (const char* b : addresses) {
      const int before = common_bits(v4(a), v4(b));
      if (before < 16) continue;  // what is kept of nearer ones, see the header
      const auto masked = [&](const char* text) {
        return mask.address(*IpAddress::parse(text)).v4_value();
      };
      EXPECT_EQ(common_bits(masked(a), masked(b)), before) << a << ' ' << b;
    }
  }
}

TEST(AddressMask, KindsStay) {
  const AddressMask mask(key_of());
  struct Row {
    const char* original;
    bool same;           // stands for itself
    const char* prefix;  // of the stand-in's words
  };
  const Row rows[] = {{"0.0.0.0", true, ""},
                      {"255.255.255.255", true, ""},
                      {"127.0.0.53", true, ""},
                      {"224.0.0.251", true, ""},
                      {"10.1.2.3", false, "10."},
                      {"172.20.2.3", false, "172."},
                      {"192.168.2.3", false, "192.168."},
                      {"169.254.2.3", false, "169.254."},
                      {"239.255.1.2", false, "2"},
                      {"8.8.8.8", false, ""},
                      {"::", true, ""},
                      {"::1", true, ""},
                      {"ff02::1", true, ""},
                      {"ff02::fb", true, ""},
                      {"ff02::1:2", true, ""},
                      {"ff02::1:ff12:3456", false, "ff02::1:ff"},
                      {"ff3e:30:2001:db8::1", false, "ff3e:"},
                      {"fe80::1234:56ff:fe78:9abc", false, "fe80::"},
                      {"fd12:3456::1", false, "fd"},
                      {"2001:db8::1", false, ""},
                      {"64:ff9b::8.8.8.8", false, "64:ff9b::"}};
  for (const Row& row : rows) {
    const IpAddress original = *IpAddress::parse(row.original);
    const IpAddress stand_in = mask.address(original);
    EXPECT_EQ(stand_in == original, row.same) << row.original << ' ' << stand_in.to_string();
    EXPECT_TRUE(stand_in.to_string().starts_with(row.prefix)) << stand_in.to_string();
    EXPECT_EQ(stand_in.kind(), original.kind()) << row.original;
    EXPECT_EQ(stand_in.is_private(), original.is_private()) << row.original;
    EXPECT_EQ(stand_in.is_multicast(), original.is_multicast()) << row.original;
    EXPECT_EQ(stand_in.is_loopback(), original.is_loopback()) << row.original;
    EXPECT_EQ(stand_in.is_link_local(), original.is_link_local()) << row.original;
    EXPECT_EQ(stand_in.is_broadcast(), original.is_broadcast()) << row.original;
  }
}

TEST(AddressMask, PublicStaysPublicAndOneToOne) {
  const AddressMask mask(key_of(7));
  std::set<IpAddress> seen;
  constexpr std::uint32_t step = 0x00fedcb1;  // all over the address space
  std::uint32_t count = 0;
  for (std::uint64_t address = 0x01000001; address < 0xdf000000; address += step) {
    const IpAddress original = IpAddress::v4(static_cast<std::uint32_t>(address));
    if (original.is_private() || original.is_loopback() || original.is_link_local()) continue;
    const IpAddress stand_in = mask.address(original);
    EXPECT_FALSE(stand_in.is_private() || stand_in.is_loopback() || stand_in.is_multicast() ||
                 stand_in.is_link_local())
        << original.to_string() << ' ' << stand_in.to_string();
    seen.insert(stand_in);
    ++count;
  }
  EXPECT_EQ(seen.size(), count);
}

TEST(AddressMask, Macs) {
  const AddressMask mask(key_of());
  struct Row {
    const char* original;
    const char* prefix;
    bool same;
  };
  const Row rows[] = {
      {"ff:ff:ff:ff:ff:ff", "", true},        {"00:00:00:00:00:00", "", true},
      {"01:00:5e:00:00:fb", "", true},        {"33:33:00:00:00:01", "", true},
      {"01:80:c2:00:00:0e", "", true},        {"33:33:ff:12:34:56", "33:33:ff:", false},
      {"01:00:5e:7f:01:02", "01:00:", false}, {"00:1b:21:aa:bb:cc", "02:", false},
      {"02:42:ac:11:00:02", "02:", false}};
  for (const Row& row : rows) {
    const auto original = *base::MacAddress::parse(row.original);
    const auto stand_in = mask.mac(original);
    EXPECT_EQ(stand_in == original, row.same) << row.original;
    EXPECT_TRUE(stand_in.to_string().starts_with(row.prefix)) << stand_in.to_string();
    EXPECT_EQ(stand_in.is_group(), original.is_group());
  }
  // A client known by its hardware address gets the stand-in of its frames.
  const auto client = *base::MacAddress::parse("00:1b:21:aa:bb:cc");
  EXPECT_EQ(mask.address(IpAddress::mac(client)), IpAddress::mac(mask.mac(client)));
  // The group that asks for an address is the group of its frame.
  const IpAddress group = mask.address(*IpAddress::parse("ff02::1:ff12:3456"));
  const auto frame = mask.mac(*base::MacAddress::parse("33:33:ff:12:34:56"));
  EXPECT_EQ(static_cast<std::uint8_t>(group.low()), frame.bytes[5]);
  EXPECT_EQ(static_cast<std::uint8_t>(group.low() >> 8U), frame.bytes[4]);
}

TEST(AddressMask, AnotherKeyGivesOthers) {
  const AddressMask one(key_of(1));
  const AddressMask other(key_of(2));
  for (const char* text : {"203.0.113.2", "10.0.0.1", "2001:db8::1"}) {
    EXPECT_NE(one.address(*IpAddress::parse(text)), other.address(*IpAddress::parse(text)));
  }
}

}  // namespace
}  // namespace whydown::redact
