#include "redact/redact.h"

#include <string>

#include <gtest/gtest.h>

#include "redact/testing.h"

namespace whydown::redact {
namespace {

using testing::key_of;

TEST(Redactor, Filters) {
  const Redactor redactor(key_of());
  const auto address = [&](const char* text) {
    return redactor.address(*base::IpAddress::parse(text)).to_string();
  };
  struct Row {
    const char* original;
    std::string expected;
  };
  const Row rows[] = {
      {"port 53 and not icmp", "port 53 and not icmp"},
      {"host 203.0.113.2 and udp", "host " + address("203.0.113.2") + " and udp"},
      {"src net 192.0.2.0/24", "src net " + address("192.0.2.0") + "/24"},
      {"(host 2001:db8::2)", "(host " + address("2001:db8::2") + ")"},
      {"host www.example.com", "host " + redactor.name("www.example.com")},
      {"host router", "host " + redactor.name("router")},
      {"ether host 00:1b:21:aa:bb:cc",
       "ether host " + redactor.mac(*base::MacAddress::parse("00:1b:21:aa:bb:cc")).to_string()},
      {"host \"a\xff\"", "host ?" + redactor.name("a") + "??"},
      {"", ""}};
  for (const Row& row : rows) EXPECT_EQ(redactor.filter(row.original), row.expected);
}

TEST(Redactor, WhatAnInputSaysOfItself) {
  const Redactor redactor(key_of());
  base::InputInfo info;
  info.path = "/home/ann/acme-corp.pcap";
  info.sha256 = std::string(64, 'a');
  info.filter = "host 203.0.113.2";
  const std::string texts[] = {
      R"(2 lines could not be read: line 7 "13:24 "x" 10.0.0.1", line 9 "y", and 3 more.)",
      R"(An open quote: "10.0.0.1)", "No quote."};
  for (const std::string& text : texts) info.remarks.push_back({"id", {}, text, {}, 1});
  redactor.input(info, 1);
  EXPECT_EQ(info.path, "input-2");
  EXPECT_EQ(info.sha256, "");
  EXPECT_EQ(info.hmac_sha256, redactor.keyed_hash(std::string(64, 'a')));
  EXPECT_EQ(info.hmac_sha256.size(), 64U);
  EXPECT_NE(info.hmac_sha256, Redactor(key_of(2)).keyed_hash(std::string(64, 'a')));
  EXPECT_EQ(info.filter.find("203.0.113.2"), std::string::npos);
  EXPECT_EQ(info.remarks[0].text, "2 lines could not be read: line 7 [withheld], and 3 more.");
  EXPECT_EQ(info.remarks[1].text, "An open quote: [withheld]");
  EXPECT_EQ(info.remarks[2].text, "No quote.");
}

}  // namespace
}  // namespace whydown::redact
