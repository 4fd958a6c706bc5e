#include "journey/sole_address.h"

#include <string>

#include <gtest/gtest.h>

namespace whydown::journey {
namespace {

base::IpAddress ip(std::string_view text) {
  return base::IpAddress::parse(text).value_or(base::IpAddress{});
}

const base::IpAddress kResolver = ip("192.0.2.53");
const base::IpAddress kPortal = ip("198.51.100.1");

TEST(SoleAddress, RegisteredDomains) {
  struct Row {
    const char* name;
    const char* domain;
  };
  const Row rows[] = {
      {"www.example.com", "example.com"},
      {"a.b.example.com", "example.com"},
      {"example.com", "example.com"},
      {"www.example.co.uk", "example.co.uk"},
      {"example.co.uk", "example.co.uk"},
      {"www.example.de", "example.de"},
      {"www.bbc.de", "bbc.de"},
      {"com", "com"},
      {"", ""},
      {".", "."},
      {"..", ".."},
      {"www.example", "www.example"},
      {".com", ".com"},
      {"a..uk", ".uk"},
  };
  for (const Row& row : rows) EXPECT_EQ(registered_domain(row.name), row.domain) << row.name;
}

struct Asked {
  base::Interner names;
  SoleAddress sole;
  bool is_sole(const base::IpAddress& server, const base::IpAddress& given, std::string_view name) {
    return sole.is_sole(server, given, names.add(name), names);
  }
};

TEST(SoleAddress, OneForFourDomains) {
  Asked asked;
  EXPECT_FALSE(asked.is_sole(kResolver, kPortal, "www.one.example"));
  EXPECT_FALSE(asked.is_sole(kResolver, kPortal, "www.one.example"));
  EXPECT_FALSE(asked.is_sole(kResolver, kPortal, "www.two.example"));
  EXPECT_FALSE(asked.is_sole(kResolver, kPortal, "mail.two.example"));
  EXPECT_FALSE(asked.is_sole(kResolver, kPortal, "www.three.example"));
  EXPECT_TRUE(asked.is_sole(kResolver, kPortal, "www.four.example"));
  EXPECT_TRUE(asked.is_sole(kResolver, kPortal, "www.one.example"));
}

TEST(SoleAddress, AnotherAddressStartsAnew) {
  Asked asked;
  for (int i = 0; i < 40; ++i) {
    const std::string name = "www.d" + std::to_string(i) + ".example";
    const base::IpAddress given = i % 3 == 2 ? ip("198.51.100.9") : kPortal;
    EXPECT_FALSE(asked.is_sole(kResolver, given, name)) << i;
  }
}

TEST(SoleAddress, ManyNamesOfOneDomainAreNone) {
  Asked asked;
  for (int i = 0; i < 40; ++i) {
    EXPECT_FALSE(asked.is_sole(kResolver, kPortal, "h" + std::to_string(i) + ".example.com"));
  }
}

TEST(SoleAddress, EachResolverForItself) {
  Asked asked;
  for (int i = 0; i < 40; ++i) {
    const base::IpAddress resolver = ip("192.0.2." + std::to_string(i + 1));
    EXPECT_FALSE(asked.is_sole(resolver, kPortal, "www.d" + std::to_string(i) + ".example"));
  }
}

}  // namespace
}  // namespace whydown::journey
