#include <gtest/gtest.h>

#include "journey/testing.h"

namespace whydown::journey {
namespace {

struct Row {
  const char* what;
  std::vector<std::string> script;
  std::vector<std::string> attempts;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.what; }

class Udp : public ::testing::TestWithParam<Row> {};

TEST_P(Udp, Attempts) { EXPECT_EQ(testing::play(GetParam().script).lines, GetParam().attempts); }

const std::vector<Row> kRows{
    {"answered",
     {"0 udp c1:4000 s1:123", "0.1 sudp c1:4000 s1:123", "9 udp c1:4000 s1:123"},
     {"udp c1>s1:123/udp ok none 1"}},
    {"several datagrams before the answer are no retransmissions",
     {"0 udp c1:4000 s1:443", "0.1 udp c1:4000 s1:443", "0.2 sudp c1:4000 s1:443"},
     {"udp c1>s1:443/udp ok none 2"}},
    {"silence is no failure",
     {"0 udp c1:4000 s1:514", "1 udp c1:4000 s1:514", "60 later"},
     {"udp c1>s1:514/udp unknown none 2"}},
    {"silence is no failure, given up during the run either",
     {"0 udp c1:4000 s1:514", "1 udp c1:4000 s1:514", "200 later"},
     {"udp c1>s1:514/udp unknown none 2"}},
    {"refused",
     {"0 udp c1:4000 s1:514", "0.1 icmp port s1 udp c1:4000 s1:514"},
     {"udp c1>s1:514/udp refused port_unreachable 1"}},
    {"refused again and again",
     {"0 udp c1:4000 s1:514", "0.1 icmp port s1 udp c1:4000 s1:514", "1 udp c1:4000 s1:514",
      "1.1 icmp port s1 udp c1:4000 s1:514"},
     {"udp c1>s1:514/udp refused port_unreachable 1",
      "udp c1>s1:514/udp refused port_unreachable 1"}},
    {"served, then refused: the server died",
     {"0 udp c1:4000 s1:5060", "0.1 sudp c1:4000 s1:5060", "30 udp c1:4000 s1:5060",
      "30.1 icmp port s1 udp c1:4000 s1:5060"},
     {"udp c1>s1:5060/udp ok none 1", "udp c1>s1:5060/udp refused port_unreachable 1"}},
    {"refused, then served soon",
     {"0 udp c1:4000 s1:5060", "0.1 icmp port s1 udp c1:4000 s1:5060", "1 udp c1:4000 s1:5060",
      "1.1 sudp c1:4000 s1:5060"},
     {"udp c1>s1:5060/udp refused port_unreachable 1 healed", "udp c1>s1:5060/udp ok none 1"}},
    {"the first to speak is a service's port: in the middle of a flow",
     {"0 sudp c1:4000 s1:123"},
     {"udp c1>s1:123/udp unknown none 0 unseen mid"}},
    {"a client that rejects an answer is no failure of the service",
     {"0 udp c1:4000 s1:123", "1 sudp c1:4000 s1:123", "1.1 icmp port c1 udp s1:123 c1:4000",
      "2 icmp port c2 udp s1:123 c2:4000"},
     {"udp c1>s1:123/udp ok none 1"}},
    {"only the error captured",
     {"0 icmp port s1 udp c1:4000 s1:514"},
     {"udp c1>s1:514/udp refused port_unreachable 0 unseen"}},
    {"text that shows only the server's port",
     {"0 udp c1:4000 s1:514 text", "0.1 icmp port s1 udp c1 s1:514 text"},
     {"udp c1>s1:514/udp refused port_unreachable 1"}},
    {"said to nobody in particular",
     {"0 udp c1:1900 s1:1900", "0 udp c1:137 s1:137", "0 udp c1:5000 s1:5355", "0 later",
      "20 later"},
     {}},
    {"traceroute by its ports",
     {"0 udp c1:4000 s1:33434 ttl=1", "0.1 icmp ttl r1 udp c1:4000 s1:33434",
      "0.2 udp c1:4000 s1:33435 ttl=2", "0.3 icmp port s1 udp c1:4000 s1:33435"},
     {"udp c1>s1:33434/udp failed ttl_exceeded 1 probe",
      "udp c1>s1:33435/udp refused port_unreachable 1 probe"}},
    {"traceroute by its hop limit",
     {"0 udp c1:4000 s1:443 ttl=3", "0.1 icmp ttl r1 udp c1:4000 s1:443",
      "1 syn c1:4001 s1:443 ttl=4", "1.1 icmp ttl r2 tcp c1:4001 s1:443"},
     {"udp c1>s1:443/udp failed ttl_exceeded 1 probe",
      "tcp c1>s1:443/tcp failed ttl_exceeded 1 probe"}},
    {"traceroute by router after router",
     {"0 syn c1:4001 s1:443 ttl=11", "0.1 icmp ttl r1 tcp c1:4001 s1:443",
      "1 syn c1:4002 s1:443 ttl=12", "1.1 icmp ttl r2 tcp c1:4002 s1:443"},
     {"tcp c1>s1:443/tcp failed ttl_exceeded 1 probe",
      "tcp c1>s1:443/tcp failed ttl_exceeded 1 probe"}},
    {"a routing loop is no traceroute",
     {"0 syn c1:4001 s1:443", "0.1 icmp ttl r1 tcp c1:4001 s1:443", "1 syn c1:4002 s1:443",
      "1.1 icmp ttl r2 tcp c1:4002 s1:443", "2 syn c1:4003 s1:443",
      "2.1 icmp ttl r1 tcp c1:4003 s1:443"},
     {"tcp c1>s1:443/tcp failed ttl_exceeded 1", "tcp c1>s1:443/tcp failed ttl_exceeded 1",
      "tcp c1>s1:443/tcp failed ttl_exceeded 1"}},
    {"a routing loop in text, without hop limits",
     {"0 icmp ttl r1 udp c1:1 s1:53 text", "2 icmp ttl r2 udp c1:2 s1:53 text",
      "4 icmp ttl r1 udp c1:3 s1:53 text", "6 icmp ttl r2 udp c1:4 s1:53 text"},
     {"dns c1>s1:53/udp failed ttl_exceeded 0 unseen",
      "dns c1>s1:53/udp failed ttl_exceeded 0 unseen",
      "dns c1>s1:53/udp failed ttl_exceeded 0 unseen",
      "dns c1>s1:53/udp failed ttl_exceeded 0 unseen"}},
};
INSTANTIATE_TEST_SUITE_P(Rows, Udp, ::testing::ValuesIn(kRows));

const std::vector<Row> kEchoes{
    {"answered", {"0 echo c1 s1 1 1", "0.1 reply c1 s1 1 1"}, {"icmp c1>s1:0 ok none 1"}},
    {"silent", {"0 echo c1 s1 1 1", "6 later"}, {"icmp c1>s1:0 silent no_response 1"}},
    {"too soon", {"0 echo c1 s1 1 1", "3 later"}, {"icmp c1>s1:0 unknown none 1 open"}},
    {"errors belong to the oldest",
     {"0 echo c1 s1 1 1", "1 echo c1 s1 1 2", "3 icmp host r1 icmp c1 s1",
      "3 icmp host r1 icmp c1 s1"},
     {"icmp c1>s1:0 failed host_unreachable 1", "icmp c1>s1:0 failed host_unreachable 1"}},
    {"a second reply is none",
     {"0 echo c1 s1 1 1", "0.1 reply c1 s1 1 1", "0.2 reply c1 s1 1 1"},
     {"icmp c1>s1:0 ok none 1"}},
    {"only the reply captured", {"0 reply c1 s1 1 1"}, {"icmp c1>s1:0 ok none 0 unseen"}},
    {"only the error captured",
     {"0 icmp host r1 icmp c1 s1"},
     {"icmp c1>s1:0 failed host_unreachable 0 unseen"}},
    {"text names no more than the host",
     {"0 icmp host r1 any c1 s1 text"},
     {"icmp c1>s1:0 failed host_unreachable 0 unseen"}},
    {"IPv6", {"0 echo c1x s1x 1 1", "0.1 reply c1x s1x 1 1"}, {"icmp c1x>s1x:0 ok none 1"}},
    {"traceroute with echo requests",
     {"0 echo c1 s1 1 1 ttl=1", "0.1 icmp ttl r1 icmp c1 s1", "1 echo c1 s1 1 2 ttl=2",
      "1.1 reply c1 s1 1 2"},
     {"icmp c1>s1:0 failed ttl_exceeded 1 probe", "icmp c1>s1:0 ok none 1"}},
};
INSTANTIATE_TEST_SUITE_P(Echoes, Udp, ::testing::ValuesIn(kEchoes));

const std::vector<Row> kNeighbours{
    {"answered", {"0 arp c1 c2", "0.1 arpreply c1 c2"}, {"arp c1>c2:0 ok none 1"}},
    {"answered on the second try",
     {"0 arp c1 c2", "1 arp c1 c2", "1.1 arpreply c1 c2"},
     {"arp c1>c2:0 slow none 2"}},
    {"three requests",
     {"0 arp c1 c2", "1 arp c1 c2", "2 arp c1 c2"},
     {"arp c1>c2:0 silent no_response 3"}},
    {"two requests in three seconds",
     {"0 arp c1 c2", "1 arp c1 c2", "3 later"},
     {"arp c1>c2:0 silent no_response 2"}},
    {"two requests, too soon",
     {"0 arp c1 c2", "1 arp c1 c2", "2 later"},
     {"arp c1>c2:0 unknown none 2 open"}},
    {"one request: on a switch the reply goes elsewhere",
     {"0 arp c1 c2", "60 arp c1 c2", "120 arp c1 c2", "180 later"},
     {"arp c1>c2:0 unknown none 1 open", "arp c1>c2:0 unknown none 1 open",
      "arp c1>c2:0 unknown none 1 open"}},
    {"the address sends traffic: it is there",
     {"0 arp c1 c2", "1 arp c1 c2", "2 arp c1 c2", "2.5 udp c2:4000 s1:514"},
     {"arp c1>c2:0 silent no_response 3 healed", "udp c2>s1:514/udp unknown none 1"}},
    {"the address sent traffic, then died",
     {"0 arp c1 c2", "0.5 udp c2:4000 s1:514", "5 arp c1 c2", "6 arp c1 c2", "7 arp c1 c2"},
     {"arp c1>c2:0 unknown none 1 open", "udp c2>s1:514/udp unknown none 1",
      "arp c1>c2:0 silent no_response 3"}},
    {"text shows a reply without whom it is for",
     {"0 arp c1 c2 text", "0.1 arpreply none c2 text"},
     {"arp c1>c2:0 ok none 1"}},
    {"answered in the end",
     {"0 arp c1 c2", "1 arp c1 c2", "2 arp c1 c2", "9 arp c1 c2", "9.1 arpreply c1 c2"},
     {"arp c1>c2:0 slow none 4"}},
    {"announcements and probes ask nobody",
     {"0 arp c1 c1", "1 arp c1 c1", "2 arp c1 c1", "0 arp zero c2", "1 arp zero c2",
      "2 arp zero c2"},
     {}},
    {"neighbour discovery",
     {"0 ns c1x c2x", "0.1 na c1x c2x", "1 ns c1x c3x", "2 ns c1x c3x", "3 ns c1x c3x"},
     {"nd c1x>c2x:0 ok none 1", "nd c1x>c3x:0 silent no_response 3"}},
    {"duplicate address detection", {"0 ns none c2x", "1 ns none c2x", "2 ns none c2x"}, {}},
};
INSTANTIATE_TEST_SUITE_P(Neighbours, Udp, ::testing::ValuesIn(kNeighbours));

}  // namespace
}  // namespace whydown::journey
