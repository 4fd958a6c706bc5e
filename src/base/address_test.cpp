#include "base/address.h"

#include <gtest/gtest.h>

#include "base/interner.h"

namespace whydown::base {
namespace {

TEST(IpAddress, ParsesAndPrints) {
  struct Row {
    const char* text;
    const char* printed;  // nullptr: not an address
    AddressKind kind;
  };
  const Row rows[] = {
      {"192.0.2.1", "192.0.2.1", AddressKind::v4},
      {"255.255.255.255", "255.255.255.255", AddressKind::v4},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", AddressKind::v6},
      {"::1", "::1", AddressKind::v6},
      {"::", "::", AddressKind::none},
      {"fe80::1", "fe80::1", AddressKind::v6},
      {"192.0.2", nullptr, {}},
      {"192.0.2.256", nullptr, {}},
      {"fe80::1%eth0", nullptr, {}},
      {"", nullptr, {}},
      {"dns.google", nullptr, {}},
      {"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111", nullptr, {}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const auto address = IpAddress::parse(row.text);
    ASSERT_EQ(address.has_value(), row.printed != nullptr);
    if (!address) continue;
    EXPECT_EQ(address->to_string(), row.printed);
    EXPECT_EQ(address->kind(), row.kind);
  }
}

TEST(IpAddress, KnowsItsScope) {
  struct Row {
    const char* text;
    bool multicast, broadcast, loopback, link_local, is_private;
  };
  const Row rows[] = {
      {"224.0.0.251", true, false, false, false, false},
      {"239.255.255.250", true, false, false, false, false},
      {"ff02::fb", true, false, false, false, false},
      {"255.255.255.255", false, true, false, false, false},
      {"127.0.0.53", false, false, true, false, false},
      {"::1", false, false, true, false, false},
      {"169.254.1.1", false, false, false, true, false},
      {"fe80::1", false, false, false, true, false},
      {"febf::1", false, false, false, true, false},
      {"fec0::1", false, false, false, false, false},
      {"10.1.2.3", false, false, false, false, true},
      {"172.16.0.1", false, false, false, false, true},
      {"172.32.0.1", false, false, false, false, false},
      {"192.168.1.1", false, false, false, false, true},
      {"fd00::1", false, false, false, false, true},
      {"203.0.113.2", false, false, false, false, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const auto address = IpAddress::parse(row.text).value();
    EXPECT_EQ(address.is_multicast(), row.multicast);
    EXPECT_EQ(address.is_broadcast(), row.broadcast);
    EXPECT_EQ(address.is_loopback(), row.loopback);
    EXPECT_EQ(address.is_link_local(), row.link_local);
    EXPECT_EQ(address.is_private(), row.is_private);
  }
}

TEST(AddressBook, NamesHosts) {
  Interner names;
  const auto host = IpAddress::host(names.add("dns.google"));
  const AddressBook book(names);
  EXPECT_EQ(host.kind(), AddressKind::host);
  EXPECT_EQ(book.text(host), "dns.google");
  EXPECT_EQ(book.endpoint(host, 53), "dns.google:53");
  EXPECT_EQ(book.endpoint(IpAddress::parse("2001:db8::1").value(), 53), "[2001:db8::1]:53");
  EXPECT_EQ(book.text(IpAddress::host(99)), "host#99");
}

TEST(IpAddress, HoldsAMac) {
  const MacAddress mac = MacAddress::parse("02:00:5e:10:00:ff").value();
  const IpAddress address = IpAddress::mac(mac);
  EXPECT_EQ(address.kind(), AddressKind::mac);
  EXPECT_EQ(address.mac_value(), mac);
  EXPECT_EQ(address.to_string(), "02:00:5e:10:00:ff");
  EXPECT_TRUE(address.is_known());
  EXPECT_TRUE(IpAddress::mac({}).is_known());
  EXPECT_FALSE(address.is_multicast());
  EXPECT_FALSE(address.is_broadcast());
  EXPECT_NE(address, IpAddress::host(0x10));
  EXPECT_EQ(IpAddress::host(0xffffffff).kind(), AddressKind::host);
}

TEST(MacAddress, ParsesAndPrints) {
  EXPECT_EQ(MacAddress::parse("02:00:5e:10:00:fF")->to_string(), "02:00:5e:10:00:ff");
  EXPECT_EQ(MacAddress::parse("2-0-5e-10-0-1")->to_string(), "02:00:5e:10:00:01");
  for (const char* bad : {"", "02:00:5e:10:00", "02:00:5e:10:00:01:02", "02:00:5e:10:00:001",
                          "02::5e:10:00:01", "0g:00:5e:10:00:01", "02:00:5e:10:00:"}) {
    EXPECT_FALSE(MacAddress::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace whydown::base
