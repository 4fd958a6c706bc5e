#include "packet/dns/registry.h"

#include <gtest/gtest.h>

namespace whydown::packet::dns {
namespace {

TEST(DnsRegistry, Types) {
  struct Row {
    std::uint16_t type;
    const char* name;
    const char* meaning;
  };
  const Row rows[] = {{1, "A", "the IPv4 address"},
                      {28, "AAAA", "the IPv6 address"},
                      {12, "PTR", "the name that belongs to an address"},
                      {255, "ANY", "whatever records there are"},
                      {65280, "TYPE65280", ""}};
  for (const Row& row : rows) {
    EXPECT_EQ(type_name(row.type), row.name);
    EXPECT_EQ(type_meaning(row.type), row.meaning);
  }
  EXPECT_EQ(type_from("HTTPS"), 65);
  EXPECT_EQ(type_from("https"), std::nullopt);
  EXPECT_EQ(type_from(""), std::nullopt);
}

TEST(DnsRegistry, Codes) {
  EXPECT_EQ(rcode_name(Rcode::no_error), "no error");
  EXPECT_EQ(rcode_name(Rcode::nx_domain), "NXDOMAIN");
  EXPECT_EQ(rcode_name(static_cast<Rcode>(24)), "rcode 24");
  EXPECT_EQ(rcode_meaning(Rcode::nx_domain), "the name does not exist");
  EXPECT_EQ(rcode_meaning(static_cast<Rcode>(24)), "");
  EXPECT_EQ(extended_error_name(6), "DNSSEC Bogus");
  EXPECT_EQ(extended_error_name(22), "No Reachable Authority");
  EXPECT_EQ(extended_error_name(30), "Invalid Query Type");
  EXPECT_EQ(extended_error_name(31), "");
  EXPECT_EQ(opcode_name(4), "notify");
  EXPECT_EQ(opcode_name(15), "");
}

}  // namespace
}  // namespace whydown::packet::dns
