#include "redact/name_mask.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "redact/testing.h"

namespace whydown::redact {
namespace {

using testing::key_of;

std::string masked(const std::string& name) { return NameMask(key_of()).name(name); }

// After the last dot but `labels` of them.
std::string tail(const std::string& name, int labels) {
  std::size_t at = name.size();
  for (int i = 0; i < labels && at != std::string::npos; ++i) at = name.rfind('.', at - 1);
  return at == std::string::npos ? name : name.substr(at);
}

TEST(NameMask, ShapeStays) {
  struct Row {
    const char* original;
    const char* kept;  // the end that stays
  };
  const Row rows[] = {{"yummyrecipesforme.com", ".com"},
                      {"www.example.org", ".org"},
                      {"a-b_c.example.de", ".de"},
                      {"db01.prod.corp", ".corp"},
                      {"db01.acmecorp", ""},
                      {"router", ""},
                      {"15.100.51.192.in-addr.arpa", ".in-addr.arpa"},
                      {"1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", ".ip6.arpa"},
                      {"_ldap._tcp.example.com", ".com"},
                      {"your.machine", ""}};
  for (const Row& row : rows) {
    const std::string original = row.original;
    const std::string stand_in = masked(original);
    ASSERT_EQ(stand_in.size(), original.size()) << stand_in;
    EXPECT_TRUE(stand_in.ends_with(row.kept)) << stand_in;
    EXPECT_NE(stand_in, original);
    for (std::size_t i = 0; i < original.size(); ++i) {
      const char c = original[i];
      const bool stays = c == '.' || c == '-' || c == '_';
      EXPECT_TRUE(!stays || stand_in[i] == c) << stand_in;
    }
  }
}

TEST(NameMask, StaysAsItIs) {
  for (const char* name : {"com", "localhost", "home.arpa", "local", ""}) {
    EXPECT_EQ(masked(name), name);
  }
}

TEST(NameMask, OneDomainStaysOne) {
  EXPECT_EQ(tail(masked("www.example.com"), 2), tail(masked("mail.example.com"), 2));
  EXPECT_NE(tail(masked("www.example.com"), 2), tail(masked("www.other-one.com"), 2));
  EXPECT_EQ(masked("WWW.Example.com"), masked("www.example.com"));
  EXPECT_EQ(masked("www.example.com."), masked("www.example.com") + '.');
  // The same label below another domain tells nothing.
  EXPECT_NE(masked("www.example.com").substr(0, 3), masked("www.example.org").substr(0, 3));
}

TEST(NameMask, LabelsNeverBecomeOne) {
  std::set<std::string> seen;
  const NameMask mask(key_of());
  std::size_t count = 0;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (const char b : std::string("abcxyz0189")) {
      seen.insert(mask.name(std::string{a, b} + ".example.com"));
      ++count;
    }
  }
  for (const char c : std::string("0123456789abcdef")) {
    seen.insert(mask.name(std::string(1, c) + ".ip6.arpa"));
    ++count;
  }
  EXPECT_EQ(seen.size(), count);
}

TEST(NameMask, OddBytesBecomePlainOnes) {
  const NameMask mask(key_of());
  const std::string stand_in = mask.name(R"(a\046b\000\255.example.com)");
  EXPECT_EQ(stand_in.find('\\'), std::string::npos);
  EXPECT_EQ(stand_in.find('.'), 5U) << stand_in;  // five bytes on the wire
  // As in a packet.
  std::string parent = NameMask::suffix("com", "");
  parent = NameMask::suffix("example", parent);
  EXPECT_EQ(mask.label(std::string("a.b\0\xff", 5), parent), stand_in.substr(0, 5));
}

}  // namespace
}  // namespace whydown::redact
