#include <gtest/gtest.h>

#include "journey/testing.h"

namespace whydown::journey {
namespace {

using testing::Row;

class Claims : public ::testing::TestWithParam<Row> {};

TEST_P(Claims, Attempts) {
  std::vector<std::string> lines = testing::play(GetParam().script).lines;
  std::erase_if(lines, [](const std::string& line) {
    return line.find(" ok ") != std::string::npos || line.find(" unknown ") != std::string::npos;
  });
  EXPECT_EQ(lines, GetParam().attempts);
}

// "arpreply ASKER OWNER by=MAC": OWNER's address is at MAC. "arp ASKER TARGET by=MAC".
const std::vector<Row> kRows{
    {"one machine", {"0 arpreply c1 s1 by=1", "9 arpreply c1 s1 by=1"}, {}},
    {"moved for good",
     {"0 arpreply c1 s1 by=1", "9 arp s1 s1 by=8", "10 arpreply c1 s1 by=8",
      "20 arpreply c1 s1 by=8"},
     {}},
    {"moved, and back later",
     {"0 arpreply c1 s1 by=1", "9 arp s1 s1 by=8", "99 arp s1 s1 by=1", "200 arp s1 s1 by=8"},
     {}},
    {"two answer in turns",
     {"0 arp c1 s1 by=3", "0.1 arpreply c1 s1 by=1", "0.2 arpreply c1 s1 by=8", "5 arp c1 s1 by=3",
      "5.1 arpreply c1 s1 by=1", "5.2 arpreply c1 s1 by=8"},
     {"arp c1>s1:0 failed conflict 1"}},
    {"two ports of one machine answer in turns",
     {"0 arp c1 s1 by=3", "0.1 arpreply c1 s1 by=1", "0.2 arpreply c1 s1 by=2", "5 arp c1 s1 by=3",
      "5.1 arpreply c1 s1 by=1", "5.2 arpreply c1 s1 by=2"},
     {}},
    {"one port is virtual",
     {"0 arp c1 s1 by=3", "0.1 arpreply c1 s1 by=1", "0.2 arpreply c1 s1 vrrp", "5 arp c1 s1 by=3",
      "5.1 arpreply c1 s1 by=1", "5.2 arpreply c1 s1 vrrp"},
     {}},
    {"unasked, again and again, by one that has an address of its own",
     {"0 arp c9 c1 by=8", "0.1 arp c1 s1 by=3", "0.2 arpreply c1 s1 by=1", "5 arpreply c1 s1 by=8",
      "7 arpreply c1 s1 by=8", "9 arpreply c1 s1 by=8", "10 arp s1 c1 by=1",
      "11 arpreply c1 s1 by=8", "12 arp s1 c2 by=1", "13 arpreply c1 s1 by=8"},
     {"arp c1>s1:0 failed spoofed 1", "arp c1>s1:0 failed spoofed 1"}},
    {"the same in lines that show to which MAC address, while others ask",
     {"0 arp c9 c1 by=8 text", "0.1 arp c1 s1 by=3 text", "0.2 arpreply none s1 by=1 for=3 text",
      "4.9 arp c5 s1 by=5 text", "5 arpreply none s1 by=8 for=3 text", "6.9 arp c5 s1 by=5 text",
      "7 arpreply none s1 by=8 for=3 text", "8.9 arp c5 s1 by=5 text",
      "9 arpreply none s1 by=8 for=3 text", "10 arp c1 s1 by=3 text",
      "10.1 arpreply none s1 by=1 for=3 text", "10.5 arpreply none s1 by=8 for=3 text"},
     {"arp m3>s1:0 failed spoofed 1"}},
    {"lines of two that answer in turns",
     {"0 arp c1 s1 by=3 text", "0.1 arpreply none s1 by=1 for=3 text",
      "0.2 arpreply none s1 by=8 for=3 text", "5 arp c1 s1 by=3 text",
      "5.1 arpreply none s1 by=1 for=3 text", "5.2 arpreply none s1 by=8 for=3 text"},
     {"arp m3>s1:0 failed conflict 1"}},
    {"says unasked that it is the gateway, and asks for the gateway",
     {"0 arp s1 c1 by=8", "0.1 arpreply s1 c1 by=3", "0.2 arpreply c1 s1 by=8",
      "9.9 arp c5 s1 by=8"},
     {"arp c1>s1:0 failed spoofed 1"}},
    {"was asked, and asks later: the address has moved",
     {"0 arp c1 s1 by=3", "0.1 arpreply c1 s1 by=8", "9.9 arp c5 s1 by=8"},
     {}},
    {"announced it, and asks later: the address has moved",
     {"0 arpreply s1 s1 by=8", "9.9 arp c5 s1 by=8"},
     {}},
    {"two routers that both announce one address",
     {"0 arpreply s2 s2 by=1", "1 arpreply s1 s1 by=1", "1.1 arpreply s1 s1 by=8",
      "2 arpreply s1 s1 by=1", "2.1 arpreply s1 s1 by=8", "3 arpreply s1 s1 by=1",
      "3.1 arpreply s1 s1 by=8", "40 arpreply s1 s1 by=1", "40.1 arpreply s1 s1 by=8",
      "41 arpreply s1 s1 by=1", "41.1 arpreply s1 s1 by=8"},
     {"arp s1>s1:0 failed conflict 1", "arp s1>s1:0 failed conflict 1"}},
    {"a router answers for all, and nobody contradicts",
     {"0 arp c1 s1 by=3", "0.1 arpreply c1 s1 by=1", "1 arp c1 s2 by=3", "1.1 arpreply c1 s2 by=1",
      "2 arp c1 s3 by=3", "2.1 arpreply c1 s3 by=1"},
     {}},
    {"probes for a free address", {"0 arp zero s1 by=1", "1 arp zero s1 by=1", "9 later"}, {}},
    {"one probe answered: it takes another",
     {"0 arp zero s1 by=1", "0.1 arpreply zero s1 by=8", "1 arp zero s2 by=1", "9 later"},
     {}},
    {"it insists",
     {"0 arp zero s1 by=1", "0.1 arpreply zero s1 by=8", "10 arp zero s1 by=1",
      "10.1 arpreply zero s1 by=8", "19 later"},
     {"arp m1>s1:0 failed conflict 1"}},
    {"a few announcements nobody asked for, and two that speak",
     {"0 arp c1 s1 by=3", "0.1 arpreply c1 s1 by=1", "1 arpreply c1 s1 by=8", "2 arp s1 c1 by=1",
      "3 arpreply c1 s1 by=8", "20 arp c1 s1 by=3", "20.1 arpreply c1 s1 by=1",
      "20.2 arpreply c1 s1 by=8"},
     {"arp c1>s1:0 failed conflict 1"}},
    {"a DHCP server knows a client by an address that it never took",
     {"0 discover m1 7", "0.1 offer m1 s1 7", "4 discover m1 7", "4.1 offer m1 s1 7", "5 arp s1 c9",
      "6 arp s1 c9", "7 arp s1 c9", "8 arp s1 c9", "9 arp s1 c9", "10 arp s1 c9", "40 later"},
     {}},
    {"but the address that a client took and left is missed",
     {"0 discover m1 7", "0.1 offer m1 s1 7", "0.2 request m1 7", "0.3 dhcpack m1 s1 7",
      "15 arp s1 c9", "16 arp s1 c9", "17 arp s1 c9", "40 later"},
     {"arp s1>c9:0 silent no_response 3"}},
    {"... later, while it serves others first",
     {"0 discover m1 7", "5 arp s1 c9", "6 arp s1 c9", "7 arp s1 c9", "8 offer m1 s1 7",
      "8.1 request m1 7", "8.2 dhcpack m1 s1 7", "9 discover m1 9", "9.1 offer m1 s1 9",
      "9.2 request m1 9", "9.3 dhcpack m1 s1 9", "30 later"},
     {}},
    {"a DHCP server looks whether the address is free",
     {"0 discover m1 7", "0.1 arp s1 c9", "1.1 arp s1 c9", "2.1 arp s1 c9", "3 offer m1 s1 7",
      "3.1 request m1 7", "3.2 dhcpack m1 s1 7", "30 later"},
     {}},
};

INSTANTIATE_TEST_SUITE_P(Arp, Claims, ::testing::ValuesIn(kRows));

}  // namespace
}  // namespace whydown::journey
