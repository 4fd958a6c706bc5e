#include "probe/target.h"

#include <string>

#include <gtest/gtest.h>

namespace whydown::probe {
namespace {

TEST(Target, Parses) {
  struct Row {
    const char* text;
    TargetKind kind;
    const char* host;
    std::uint16_t port;
  };
  const Row rows[] = {
      {"https://www.example.org", TargetKind::url, "www.example.org", 443},
      {"http://www.example.org/a?b:c", TargetKind::url, "www.example.org", 80},
      {"http://[2001:db8::1]:8080/", TargetKind::url, "2001:db8::1", 8080},
      {"https://192.0.2.1:8443/x", TargetKind::url, "192.0.2.1", 8443},
      {"www.example.org", TargetKind::name, "www.example.org", 0},
      {"2001:db8::1", TargetKind::name, "2001:db8::1", 0},
      {"mail.example.org:25", TargetKind::port, "mail.example.org", 25},
      {"[2001:db8::1]:25", TargetKind::port, "2001:db8::1", 25},
      {"dns://192.0.2.53/example.org", TargetKind::dns, "192.0.2.53", 53},
      {"dns://[2001:db8::53]:5353/example.org?type=MX", TargetKind::dns, "2001:db8::53", 5353},
      {"udp://ntp.example.org:123", TargetKind::udp, "ntp.example.org", 123},
      {"udp://[2001:db8::1]:123", TargetKind::udp, "2001:db8::1", 123},
      {"tcp://192.0.2.1:25", TargetKind::port, "192.0.2.1", 25},
      {"_sip._udp.example.org", TargetKind::name, "_sip._udp.example.org", 0},
  };
  for (const Row& row : rows) {
    const auto target = parse_target(row.text);
    ASSERT_TRUE(target) << row.text << ": " << target.error().message();
    EXPECT_EQ(target->kind, row.kind) << row.text;
    EXPECT_EQ(target->host, row.host) << row.text;
    EXPECT_EQ(target->port, row.port) << row.text;
  }
}

TEST(Target, TypesOfQuestions) {
  EXPECT_EQ(parse_target("dns://192.0.2.53/example.org?type=aaaa")->type, 28);
  EXPECT_EQ(parse_target("dns://192.0.2.53/example.org")->type, 1);
  EXPECT_EQ(parse_target("dns://192.0.2.53/example.org?type=CAA")->type_name, "CAA");
}

TEST(Target, RefusesWhatIsNoOneTarget) {
  const std::string too_long(300, 'a');
  for (const std::string& text : {std::string(),
                                  std::string("192.0.2.0/24"),
                                  std::string("a b"),
                                  std::string("a,b"),
                                  std::string("ftp://example.org"),
                                  std::string("http://"),
                                  std::string("http://:80/"),
                                  std::string("example.org:0"),
                                  std::string("example.org:65536"),
                                  std::string("example.org:x"),
                                  std::string("http://me:secret@example.org/"),
                                  std::string("dns://192.0.2.53"),
                                  std::string("dns://ns.example.org/example.org"),
                                  std::string("dns://192.0.2.53/example.org?type=NOPE"),
                                  std::string("dns://192.0.2.53/example.org?class=CH"),
                                  std::string("udp://192.0.2.1"),
                                  std::string("udp://192.0.2.1:0"),
                                  std::string("tcp://:25"),
                                  std::string("[2001:db8::1"),
                                  std::string("a..b"),
                                  std::string("-o"),
                                  std::string("http://a\nb/"),
                                  too_long}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
}

}  // namespace
}  // namespace whydown::probe
