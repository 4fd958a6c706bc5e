#include <gtest/gtest.h>

#include "journey/limits.h"
#include "journey/testing.h"

namespace whydown::journey {
namespace {

using testing::Row;

class Dhcp : public ::testing::TestWithParam<Row> {};

TEST_P(Dhcp, Attempts) { EXPECT_EQ(testing::play(GetParam().script).lines, GetParam().attempts); }

const std::vector<Row> kServed{
    {"discover, offer, request, ack",
     {"0 discover m1 7", "1 offer m1 s1 7", "1.1 request m1 7", "1.2 dhcpack m1 s1 7"},
     {"dhcp m1>all:67/udp ok none 2"}},
    {"a lost offer is nothing",
     {"0 discover m1 7", "4 discover m1 7", "5 offer m1 s1 7", "5.1 request m1 7",
      "5.2 dhcpack m1 s1 7"},
     {"dhcp m1>all:67/udp ok none 3"}},
    {"a renewal is asked of its server",
     {"0 request m1 7 from=c1 to=s1", "0.1 dhcpack m1 s1 7 to=c1"},
     {"dhcp m1>s1:67/udp ok none 1"}},
    {"a renewal in vain, then anybody",
     {"0 request m1 7 from=c1 to=s1", "20 request m1 7 from=c1 to=s1", "40 request m1 7 from=c1",
      "40.1 dhcpack m1 s2 7 to=c1"},
     {"dhcp m1>s1:67/udp ok none 3"}},
    {"only the answer was captured",
     {"0 dhcpack m1 s1 7 to=c1"},
     {"dhcp m1>s1:67/udp ok none 0 unseen"}},
    {"options alone are no address",
     {"0 inform m1 7 from=c1", "0.1 dhcpack m1 s1 7 to=c1 noaddress", "1 inform m1 8 from=c1",
      "5 inform m1 8 from=c1", "90 later"},
     {}},
    {"a router that looks for other servers",
     {"0 discover m1 7 from=s1", "4 discover m1 8 from=s1", "12 discover m1 9 from=s1", "90 later"},
     {}},
    {"a router looks for other servers, in short log lines",
     {"0 discover m1 7 untyped noid text from=r1", "5 discover m1 7 untyped noid text from=r1",
      "10 discover m1 7 untyped noid text from=r1", "90 later"},
     {}},
    {"a release is good-bye", {"0 release m1 7 from=c1 to=s1", "90 later"}, {}},
    {"cut before its type, but it gives an address",
     {"0 discover m1 7 untyped", "0.1 offer m1 s1 7 untyped", "0.2 request m1 7 untyped",
      "0.3 dhcpack m1 s1 7 untyped"},
     {"dhcp m1>all:67/udp ok none 2"}},
    {"short lines of text: nobody knows whose answers they are",
     {"0 discover m1 7 untyped noid text", "0.1 discover m2 7 untyped noid text",
      "3 offer m9 s1 7 untyped noid text nomac to=all", "3.1 discover m1 7 untyped noid text",
      "3.2 discover m2 7 untyped noid text", "6 discover m1 7 untyped noid text",
      "6.1 discover m2 7 untyped noid text", "9 discover m1 7 untyped noid text",
      "9.1 offer m9 s1 7 untyped noid text nomac to=all", "90 later"},
     {"dhcp m1>all:67/udp unknown none 4 open", "dhcp m2>all:67/udp unknown none 3 open"}},
    {"two clients at once",
     {"0 discover m1 7", "0.1 discover m2 7", "1 offer m2 s1 7", "1.1 request m2 7",
      "1.2 dhcpack m2 s1 7", "1.3 offer m1 s1 7", "1.4 request m1 7", "1.5 dhcpack m1 s1 7"},
     {"dhcp m1>all:67/udp ok none 2", "dhcp m2>all:67/udp ok none 2"}},
    {"tables show no client, but the id",
     {"0 discover m1 7 nomac text", "0.1 discover m2 8 nomac text",
      "0.2 offer m1 s1 7 nomac text to=c9", "0.3 request m1 7 nomac text",
      "0.4 dhcpack m1 s1 7 nomac text to=c9"},
     {"dhcp 0.0.0.0>all:67/udp ok none 2", "dhcp 0.0.0.0>all:67/udp unknown none 1 open"}},
    {"answers to the client alone pass by who captures elsewhere",
     {"0 discover m1 7", "1.1 request m1 7 take=s1", "30 later"},
     {"dhcp m1>all:67/udp ok none 2"}},
    {"... and the client comes again",
     {"0 discover m1 7", "0.1 request m1 7 take=s1", "3.2 discover m1 8",
      "3.3 request m1 8 take=s1", "7.5 discover m1 9", "30 later"},
     {"dhcp m1>all:67/udp ok none 2", "dhcp m1>all:67/udp ok none 2",
      "dhcp m1>all:67/udp unknown none 1 open"}},
    {"... but at once it may have been refused there",
     {"0 discover m1 7", "0.1 request m1 7 take=s1", "0.5 discover m1 8",
      "0.6 request m1 8 take=s1", "5 later"},
     {"dhcp m1>all:67/udp unknown none 4 open"}},
    {"... nor did it get an answer where the offer was seen",
     {"0 discover m1 7", "0.05 offer m1 s1 7", "0.1 request m1 7 take=s1", "3.2 discover m1 8",
      "3.3 request m1 8 take=s1", "5 later"},
     {"dhcp m1>all:67/udp unknown none 4 open"}},
    {"... at the end of the capture",
     {"0 discover m1 7", "1.1 request m1 7 take=s1", "5 later"},
     {"dhcp m1>all:67/udp unknown none 2 open"}},
    {"... without types",
     {"0 discover m1 7 untyped", "4 discover m1 7 untyped", "5.1 request m1 7 untyped", "30 later"},
     {"dhcp m1>all:67/udp unknown none 3 open"}},
};

const std::vector<Row> kSilent{
    {"without types, one client again and again, its answers elsewhere",
     {"0 discover m1 7 untyped", "0.1 request m1 7 untyped", "5 discover m1 8 untyped",
      "5.1 request m1 8 untyped", "10 discover m1 9 untyped", "10.1 request m1 9 untyped",
      "40 later"},
     {"dhcp m1>all:67/udp unknown none 1 open", "dhcp m1>all:67/udp unknown none 1 open",
      "dhcp m1>all:67/udp unknown none 1 open"}},
    {"without types, four in vain",
     {"0 discover m1 7 untyped", "4 discover m1 7 untyped", "12 discover m1 7 untyped",
      "28 discover m1 7 untyped", "40 later"},
     {"dhcp m1>all:67/udp silent no_response 4"}},
    {"nobody offers",
     {"0 discover m1 7", "4 discover m1 7", "12 discover m1 7", "30 later"},
     {"dhcp m1>all:67/udp silent no_offer 3"}},
    {"another id for each try",
     {"0 discover m1 7", "4 discover m1 8", "12 discover m1 9", "30 later"},
     {"dhcp m1>all:67/udp silent no_offer 3"}},
    {"given up, and begun again",
     {"0 discover m1 7", "4 discover m1 7", "60 discover m1 8", "64 discover m1 8", "90 later"},
     {"dhcp m1>all:67/udp silent no_offer 2", "dhcp m1>all:67/udp silent no_offer 2"}},
    {"once is not enough",
     {"0 discover m1 7", "90 later"},
     {"dhcp m1>all:67/udp unknown none 1 open"}},
    {"nor is the end of the capture",
     {"0 discover m1 7", "4 discover m1 7", "4.5 later"},
     {"dhcp m1>all:67/udp unknown none 2 open"}},
    {"one request seen twice is one",
     {"0 discover m1 7", "0.001 discover m1 7 relay=r1 to=s1", "30 later"},
     {"dhcp m1>all:67/udp unknown none 1 open"}},
    {"a relay asks in vain",
     {"0 discover m1 7 relay=r1 to=s1", "4 discover m1 7 relay=r1 to=s1", "30 later"},
     {"dhcp m1>s1:67/udp silent no_offer 2"}},
    {"offers are not heard",
     {"0 discover m1 7", "1 offer m1 s1 7", "4 discover m1 7", "5 offer m1 s1 7",
      "12 discover m1 7", "13 offer m1 s1 7", "28 discover m1 7", "44 discover m1 7", "60 later"},
     {"dhcp m1>all:67/udp silent no_response 5"}},
    {"... and each of them is answered",
     {"0 discover m1 7", "0.1 offer m1 s1 7", "4 discover m1 7", "4.1 offer m1 s1 7",
      "12 discover m1 7", "12.1 offer m1 s1 7", "20 later"},
     {"dhcp m1>all:67/udp silent no_response 3"}},
    {"the offer is asked for in vain",
     {"0 discover m1 7", "1 offer m1 s1 7", "1.1 request m1 7", "5 request m1 7", "13 request m1 7",
      "60 later"},
     {"dhcp m1>all:67/udp silent no_response 4"}},
    {"a renewal is not answered",
     {"0 request m1 7 from=c1 to=s1", "30 request m1 7 from=c1 to=s1", "40 later"},
     {"dhcp m1>s1:67/udp silent no_response 2"}},
    {"without times",
     {"0 discover m1 7 notime", "0 discover m1 7 notime", "0 later notime", "0 later notime",
      "0 later notime"},
     {"dhcp m1>all:67/udp silent no_offer 2"}},
};

const std::vector<Row> kRefused{
    {"refused, and no other address",
     {"0 request m1 7", "0.1 nak m1 s1 7", "30 later"},
     {"dhcp m1>s1:67/udp refused nak 1"}},
    {"refused at the end of the capture",
     {"0 request m1 7", "0.1 nak m1 s1 7", "3 later"},
     {"dhcp m1>s1:67/udp unknown none 1 open"}},
    {"refused in a new network, then served",
     {"0 request m1 7", "0.1 nak m1 s1 7", "1 discover m1 8", "2 offer m1 s1 8", "2.1 request m1 8",
      "2.2 dhcpack m1 s1 8"},
     {"dhcp m1>s1:67/udp refused nak 1 healed", "dhcp m1>all:67/udp ok none 2"}},
    {"offered and refused in turns",
     {"0 discover m1 7", "1 offer m1 s1 7", "1.1 request m1 7", "1.2 nak m1 s2 7",
      "11 discover m1 8", "12 offer m1 s1 8", "12.1 request m1 8", "12.2 nak m1 s2 8", "40 later"},
     {"dhcp m1>s2:67/udp refused nak 1", "dhcp m1>s2:67/udp refused nak 1"}},
    {"one refusal seen twice is one",
     {"0 request m1 7", "0.1 nak m1 s1 7", "0.101 nak m1 s1 7 relay=r1", "30 later"},
     {"dhcp m1>s1:67/udp refused nak 1"}},
    {"declined, then another one",
     {"0 discover m1 7", "1 offer m1 s1 7", "1.1 request m1 7", "1.2 dhcpack m1 s1 7",
      "3 decline m1 7", "13 discover m1 8", "14 offer m1 s1 8", "14.1 request m1 8",
      "14.2 dhcpack m1 s1 8"},
     {"dhcp m1>all:67/udp ok none 2", "dhcp m1>c9:67/udp failed conflict 0 healed unseen",
      "dhcp m1>all:67/udp ok none 2"}},
    {"the client's system does not know of the port that the client reads beside it",
     {"0 request m1 7 from=c1 to=s1", "0.1 dhcpack m1 s1 7 to=c1",
      "0.1 icmp port c1 udp s1:67 c1:68", "20 later"},
     {"dhcp m1>s1:67/udp ok none 1"}},
    {"the server's machine says that nobody listens",
     {"0 request m1 7 from=c1 to=s1", "0.1 icmp port s1 udp c1:68 s1:67", "20 later"},
     {"dhcp m1>s1:67/udp refused port_unreachable 1"}},
};

const std::vector<Row> kSix{
    {"solicit, advertise, request, reply",
     {"0 solicit m1 7", "0.1 advertise m1 s1x 7", "1 request6 m1 8", "1.1 reply6 m1 s1x 8"},
     {"dhcp m1>ff02::1:2:547/udp ok none 2"}},
    {"both families at once do not mix",
     {"0 discover m1 7", "0 solicit m1 7", "0.1 offer m1 s1 7", "0.2 advertise m1 s1x 7",
      "0.3 request m1 7", "0.4 request6 m1 8", "0.5 dhcpack m1 s1 7", "0.6 reply6 m1 s1x 8"},
     {"dhcp m1>all:67/udp ok none 2", "dhcp m1>ff02::1:2:547/udp ok none 2"}},
    {"nobody answers, as on most networks",
     {"0 solicit m1 7", "1 solicit m1 7", "3 solicit m1 7", "7 solicit m1 7", "20 later"},
     {"dhcp m1>ff02::1:2:547/udp silent no_offer 4 noise"}},
    {"a router announces prefixes, too",
     {"0 ra r1x both", "0 solicit m1 7", "1 solicit m1 7", "3 solicit m1 7", "7 solicit m1 7",
      "20 later"},
     {"dhcp m1>ff02::1:2:547/udp silent no_offer 4 noise"}},
    {"addresses come from DHCP alone, and none comes",
     {"0 ra r1x managed", "0 solicit m1 7", "1 solicit m1 7", "3 solicit m1 7", "7 solicit m1 7",
      "20 later"},
     {"dhcp m1>ff02::1:2:547/udp silent no_offer 4"}},
    {"... and the client has IPv4",
     {"0 ra r1x managed", "0 solicit m1 7", "1 solicit m1 7", "3 query c1:5000 s1 7 A a.test mac=1",
      "3.1 answer c1:5000 s1 7 A a.test ok", "7 solicit m1 7", "20 later"},
     {"dhcp m1>ff02::1:2:547/udp silent no_offer 3 noise", "dns c1>s1:53/udp ok none 1"}},
    {"the server says that it has none",
     {"0 ra r1x managed", "0 solicit m1 7", "0.1 advertise m1 s1x 7 nothing", "1 solicit m1 7",
      "1.1 advertise m1 s1x 7 nothing", "3 solicit m1 7", "3.1 advertise m1 s1x 7 nothing",
      "20 later"},
     {"dhcp m1>ff02::1:2:547/udp silent no_offer 3"}},
    {"refused",
     {"0 ra r1x managed", "0 request6 m1 7", "0.1 refuse6 m1 s1x 7", "90 later"},
     {"dhcp m1>s1x:547/udp refused nak 1"}},
    {"refused, and given another",
     {"0 ra r1x managed", "0 request6 m1 7", "0.1 refuse6 m1 s1x 7", "1 solicit m1 8",
      "1.1 advertise m1 s1x 8", "1.2 request6 m1 9", "1.3 reply6 m1 s1x 9"},
     {"dhcp m1>s1x:547/udp refused nak 1 healed", "dhcp m1>ff02::1:2:547/udp ok none 2"}},
};

INSTANTIATE_TEST_SUITE_P(Six, Dhcp, ::testing::ValuesIn(kSix));
INSTANTIATE_TEST_SUITE_P(Served, Dhcp, ::testing::ValuesIn(kServed));
INSTANTIATE_TEST_SUITE_P(Silent, Dhcp, ::testing::ValuesIn(kSilent));
INSTANTIATE_TEST_SUITE_P(Refused, Dhcp, ::testing::ValuesIn(kRefused));

// Ten thousand clients at once: the table gives up the oldest and counts it.
TEST(DhcpTable, IsBounded) {
  testing::Recorder recorder;
  base::Interner names{{.names = 16, .bytes = 1024}};
  Tracker tracker{recorder, names};
  testing::Builder builder;
  packet::Packet packet = builder.build("0 discover m1 7");
  for (std::uint32_t i = 0; i < 10000; ++i) {
    packet.dhcp.client.bytes[3] = static_cast<std::uint8_t>(i >> 8U);
    packet.dhcp.client.bytes[4] = static_cast<std::uint8_t>(i);
    tracker.packet(packet);
  }
  tracker.finish();
  EXPECT_EQ(recorder.attempts.size(), 10000U);
  EXPECT_EQ(tracker.totals().evicted, 10000U - limits::kDhcpClients);
}

}  // namespace
}  // namespace whydown::journey
