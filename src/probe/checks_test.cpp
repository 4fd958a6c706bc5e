#include <gtest/gtest.h>

#include "probe/check_actions.h"

namespace whydown::probe {
namespace {

base::IpAddress address(const char* text) { return base::IpAddress::parse(text).value(); }

TEST(CheckActions, TopOfAName) {
  struct Row {
    const char* name;
    const char* top;
  };
  const Row rows[] = {{"www.example.org", "org"},
                      {"www.example.org.", "org"},
                      {"example.org", "org"},
                      {"org", ""},
                      {"", ""},
                      {".", ""}};
  for (const Row& row : rows) EXPECT_EQ(top_of(row.name), row.top) << row.name;
}

TEST(CheckActions, SaysWhatItWouldSendAndToWhom) {
  const std::atomic<bool> interrupted = false;
  const Clock clock(std::chrono::seconds{1}, interrupted, [] { return false; });
  OwnPorts ports;
  Echo echo;  // not opened: without the right to ask
  const std::vector<Resolver> others{{address("192.0.2.53"), 53}, {address("192.0.2.54"), 53}};
  const Actions actions({clock, ports, echo, others, [](const base::IpAddress&) {}});
  const Subject dns{address("192.0.2.53"), 53, false, "www.example.org", 1, "A"};
  const Subject over_tcp{address("192.0.2.53"), 53, true, "www.example.org", 1, "A"};
  const Subject web{address("192.0.2.80"), 80, true, "", 1, "A"};
  const Subject odd{address("192.0.2.80"), 5301, true, "", 1, "A"};
  struct Row {
    const char* sends;
    const Subject& subject;
    const char* holds;  // empty: it cannot be asked
  };
  const Row rows[] = {{"dns-tcp", dns, "A of www.example.org over TCP to 192.0.2.53 port 53"},
                      {"dns-tcp", over_tcp, ""},
                      {"dns-tcp", web, ""},
                      {"dns-other-name", dns, "NS of org"},
                      {"dns-resolver", dns, "192.0.2.54 port 53"},
                      {"dns-cd", dns, "CD"},
                      {"closed-port", web, "TCP SYN to 192.0.2.80 port 5301"},
                      {"closed-port", dns, "UDP datagram to 192.0.2.53 port 5301"},
                      {"closed-port", odd, "port 5302"},
                      {"tcp-tos", web, "0x20 to 192.0.2.80 port 80"},
                      {"echo", web, ""},
                      {"no-such-kind", dns, ""}};
  for (const Row& row : rows) {
    const std::string plan = actions.plan(row.sends, row.subject);
    if (*row.holds == '\0') {
      EXPECT_EQ(plan, "") << row.sends;
    } else {
      EXPECT_NE(plan.find(row.holds), std::string::npos) << row.sends << ": " << plan;
    }
  }
}

}  // namespace
}  // namespace whydown::probe
