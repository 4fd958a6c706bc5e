#include "evidence/traffic.h"

#include <string>

#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const IpAddress kBad = ip("198.51.100.66");

IpAddress invented(unsigned number) { return IpAddress::v4(0xc6120000 + number); }
IpAddress neighbour(unsigned number) { return IpAddress::v4(0xcb007100 + number); }

double since_start(base::Time time) {
  return std::chrono::duration<double>(base::between(at(0), time)).count();
}

// What a store is told, and that the capture went on for a while.
struct Traffic {
  Scene scene;
  std::uint64_t number = 0;
  double end = 0;

  void add(Attempt attempt) {
    end = std::max(end, since_start(attempt.begin));
    scene.store.attempt(std::move(attempt));
  }
  Make make(const Service& service, double begin, const IpAddress& client) {
    number += 2;
    return {service, begin, number, client};
  }
  std::vector<Pattern> found(double more = 10) {
    journey::Totals totals;
    totals.last.time = at(end + more);
    totals.last.number = number + 2;
    scene.store.set_totals(totals);
    return patterns(scene.store);
  }
  // `count` SYNs over `length` seconds, none of them answered or all of them left half open.
  void syns(unsigned count, double begin, double length, bool answered, bool from_many) {
    for (unsigned i = 0; i < count; ++i) {
      Attempt syn = make(tcp(80), begin + length * i / count, from_many ? invented(i) : kBad);
      if (answered) syn = Make(tcp(80), begin + length * i / count, number, syn.client).ok();
      syn.half_open = answered;
      add(syn);
    }
  }
};

TEST(SynFlood, UnansweredOrHalfOpenFromOneOrFromMany) {
  for (const bool answered : {false, true}) {
    for (const bool from_many : {false, true}) {
      Traffic traffic;
      for (int i = 0; i < 10; ++i) traffic.add(traffic.make(tcp(80), i, kClient).ok());
      traffic.syns(1000, 10, 4, answered, from_many);
      const auto found = traffic.found();
      ASSERT_EQ(found.size(), 1U) << answered << from_many;
      EXPECT_EQ(found[0].kind, PatternKind::syn_flood);
      EXPECT_EQ(found[0].services, std::vector<Service>{tcp(80)});
      EXPECT_EQ(found[0].packets, 1000U);
      EXPECT_NEAR(found[0].per_second, 250, 10);
      EXPECT_NEAR(since_start(found[0].first), 10, 0.01);
      EXPECT_EQ(found[0].is_source(kBad), !from_many);
      EXPECT_FALSE(found[0].is_source(kClient));
      if (from_many) {
        EXPECT_NEAR(static_cast<double>(found[0].source_count), 1000, 100);
      } else {
        EXPECT_EQ(found[0].sources[0].packets, 1000U);
      }
    }
  }
}

// Low in rate, but on the same two ports: no system repeats a SYN so often.
TEST(SynFlood, OneSynBeatenLikeADrum) {
  Traffic traffic;
  traffic.add(traffic.make(tcp(443), 5, kBad).tries(60, 55));
  const auto found = traffic.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].packets, 60U);
  ASSERT_EQ(found[0].sources.size(), 1U);
  EXPECT_EQ(found[0].sources[0].packets, 60U);
}

// The service died of it, and the rest of the flood was refused.
TEST(SynFlood, WhoIsRefusedInTheEndMeantNothingEither) {
  Traffic traffic;
  traffic.syns(1000, 10, 1, true, false);
  for (unsigned i = 0; i < 2000; ++i) {
    const double begin = 11 + i * 0.001;
    const Attempt syn = traffic.make(tcp(80), begin, kBad);
    traffic.add(Make(tcp(80), begin, syn.request.place.number, kBad).reset());
  }
  const auto found = traffic.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].packets, 1000U);
}

TEST(SynFlood, WhatLooksAlike) {
  struct Look {
    const char* what;
    void (*fill)(Traffic&);
  };
  const Look looks[] = {
      {"a crowd that is served",
       [](Traffic& t) {
         for (unsigned i = 0; i < 2000; ++i) {
           t.add(t.make(tcp(80), 10 + i * 0.002, invented(i)).ok());
         }
       }},
      {"a crowd at a dead server, which repeats its requests",
       [](Traffic& t) {
         for (unsigned i = 0; i < 2000; ++i) {
           const double begin = 10 + i * 0.002;
           t.add(t.make(tcp(80), begin, invented(i)).tries(3, begin + 3));
         }
       }},
      {"the same, and the capture ends too soon for that",
       [](Traffic& t) {
         for (unsigned i = 0; i < 2000; ++i) {
           Attempt syn = t.make(tcp(80), 10 + i * 0.001, invented(i));
           syn.outcome = Outcome::unknown;
           syn.symptom = Symptom::none;
           syn.open_at_end = true;
           t.add(syn);
         }
         t.end -= 9.5;
       }},
      {"a monitor that gives up within a second",
       [](Traffic& t) {
         for (unsigned i = 0; i < 600; ++i) t.add(t.make(tcp(80), i, kBad).silent());
       }},
      {"a busy server, captured with a filter that shows SYN and SYN-ACK only",
       [](Traffic& t) {
         for (unsigned i = 0; i < 2000; ++i) {
           Attempt cut = t.make(tcp(80), 10 + i * 0.002, invented(i % 300)).ok();
           cut.half_open = true;
           t.add(cut);
         }
       }},
      {"handshakes whose packets get lost on the way, there and back",
       [](Traffic& t) {
         for (unsigned i = 0; i < 40; ++i) {
           const double begin = 10 + i * 0.5;
           Attempt lossy = t.make(tcp(80), begin, kClient).ok(1.0);
           lossy.tries = 3;
           lossy.half_open = i % 2 == 0;
           t.add(lossy);
         }
       }},
      {"a client that hammers a closed port",
       [](Traffic& t) {
         for (unsigned i = 0; i < 2000; ++i) t.add(t.make(tcp(80), i * 0.005, kBad).reset());
       }},
  };
  for (const Look& look : looks) {
    Traffic traffic;
    look.fill(traffic);
    EXPECT_TRUE(traffic.found().empty()) << look.what;
  }
}

Attempt one_way(Traffic& traffic, const Service& service, double begin, const IpAddress& client,
                unsigned packets = 1) {
  Attempt flow = traffic.make(service, begin, client).tries(packets, begin + packets * 0.005);
  flow.outcome = Outcome::unknown;
  flow.symptom = Symptom::none;
  return flow;
}

TEST(UdpFlood, EverNewPortsAndNoAnswers) {
  Traffic traffic;
  for (unsigned i = 0; i < 1500; ++i) {
    traffic.add(one_way(traffic, udp(static_cast<std::uint16_t>(1 + i % 3)), 5 + i * 0.002, kBad));
  }
  const auto found = traffic.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, PatternKind::udp_flood);
  EXPECT_EQ(found[0].services[0].port, 0);  // several
  EXPECT_TRUE(found[0].is_source(kBad));
}

TEST(UdpFlood, AStreamIsNone) {
  Traffic traffic;
  traffic.add(one_way(traffic, udp(5004), 5, kBad, 40000));
  traffic.add(one_way(traffic, udp(514), 5, kClient, 20000));
  EXPECT_TRUE(traffic.found().empty());
}

TEST(IcmpFlood, PingsByTheHundredAndNotByTheSecond) {
  Traffic flood;
  Traffic monitor;
  for (unsigned i = 0; i < 1000; ++i) {
    flood.add(flood.make(echo(), 5 + i * 0.004, kBad).ok());
    monitor.add(monitor.make(echo(), i, kBad).ok());
  }
  ASSERT_EQ(flood.found().size(), 1U);
  EXPECT_EQ(flood.found()[0].kind, PatternKind::icmp_flood);
  EXPECT_TRUE(monitor.found().empty());
}

TEST(PortScan, FastOrSlowAndWhatIsOpen) {
  for (const double pace : {0.01, 60.0}) {
    Traffic traffic;
    for (std::uint16_t port = 1; port <= 40; ++port) {
      Make probe = traffic.make(tcp(port), port * pace, kBad);
      traffic.add(port == 22      ? probe.ok()
                  : port % 2 == 0 ? probe.reset()
                                  : probe.tries(2, port * pace + 1));
    }
    const auto found = traffic.found();
    ASSERT_EQ(found.size(), 1U) << pace;
    EXPECT_EQ(found[0].kind, PatternKind::port_scan);
    EXPECT_EQ(found[0].ports, 40U);
    EXPECT_EQ(found[0].hosts, 1U);
    EXPECT_EQ(found[0].open, std::vector<Service>{tcp(22)});
    EXPECT_TRUE(found[0].is_source(kBad));
  }
}

TEST(PortScan, WhatLooksAlike) {
  struct Look {
    const char* what;
    void (*fill)(Traffic&);
  };
  const Look looks[] = {
      {"a dead host with many services, whose clients come again",
       [](Traffic& t) {
         for (std::uint16_t port = 1; port <= 30; ++port) {
           for (int i = 0; i < 5; ++i) t.add(t.make(tcp(port), port + i * 60, kBad).silent());
         }
       }},
      {"many silent ports of a host that may be down",
       [](Traffic& t) {
         for (std::uint16_t port = 1; port <= 60; ++port) t.add(t.make(tcp(port), port, kBad));
       }},
      {"a peer-to-peer program: one port of each of many hosts",
       [](Traffic& t) {
         for (unsigned i = 0; i < 200; ++i) {
           const auto port = static_cast<std::uint16_t>(20000 + i * 13);
           t.add(t.make(tcp(port, IpAddress::v4(0x05000000 + i * 70001)), i, kBad).silent());
         }
       }},
      {"FTP whose data ports are blocked",
       [](Traffic& t) {
         t.add(t.make(tcp(21), 1, kBad).ok());
         for (std::uint16_t port = 40000; port < 40040; ++port) {
           t.add(t.make(tcp(port), port - 39990.0, kBad).tries(2, port - 39989.0));
         }
       }},
      {"a traceroute, whose every packet has a port of its own",
       [](Traffic& t) {
         for (std::uint16_t port = 33434; port < 33524; ++port) {
           Attempt probe = t.make(udp(port), (port - 33434) * 0.1, kBad);
           probe.outcome = Outcome::unknown;
           probe.symptom = Symptom::none;
           probe.is_probe = true;
           t.add(probe);
         }
       }},
      {"many services that are all there",
       [](Traffic& t) {
         for (std::uint16_t port = 1; port <= 60; ++port) t.add(t.make(tcp(port), port, kBad).ok());
       }},
  };
  for (const Look& look : looks) {
    Traffic traffic;
    look.fill(traffic);
    EXPECT_TRUE(traffic.found().empty()) << look.what;
  }
}

TEST(HostScan, OnePortOfEveryAddress) {
  Traffic traffic;
  for (unsigned i = 1; i <= 60; ++i) {
    Make probe = traffic.make(tcp(22, neighbour(i)), i * 0.1, kBad);
    traffic.add(i % 20 == 0 ? probe.ok() : probe.tries(2, i * 0.1 + 1));
  }
  const auto found = traffic.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, PatternKind::host_scan);
  EXPECT_EQ(found[0].hosts, 60U);
  EXPECT_EQ(found[0].open.size(), 3U);
}

TEST(HostScan, WhatLooksAlike) {
  struct Look {
    const char* what;
    void (*fill)(Traffic&);
  };
  const Look looks[] = {
      {"a resolver whose uplink is dead asks servers all over the world",
       [](Traffic& t) {
         for (unsigned i = 0; i < 200; ++i) {
           t.add(t.make(dns(IpAddress::v4(0x05000000 + i * 70001)), i, kBad).silent());
         }
       }},
      {"a monitor's round of pings, most of them answered",
       [](Traffic& t) {
         for (unsigned i = 1; i <= 200; ++i) {
           Make ping = t.make(echo(neighbour(i % 250)), i, kBad);
           t.add(i % 5 == 0 ? ping.silent() : ping.ok());
         }
       }},
      {"a router that asks for a few neighbours that are gone",
       [](Traffic& t) {
         for (unsigned i = 1; i <= 25; ++i)
           t.add(t.make(arp(neighbour(i)), i, kBad).tries(3, i + 2));
       }},
  };
  for (const Look& look : looks) {
    Traffic traffic;
    look.fill(traffic);
    EXPECT_TRUE(traffic.found().empty()) << look.what;
  }
}

// The router asks for what somebody scans through it; only that one is told.
TEST(HostScan, ARouterIsNotTheScanner) {
  Traffic traffic;
  for (unsigned i = 1; i <= 60; ++i) {
    traffic.add(traffic.make(tcp(22, neighbour(i)), i * 0.1, kBad).tries(2, i * 0.1 + 1));
    traffic.add(traffic.make(arp(neighbour(i)), i * 0.1, kRouter).tries(3, i * 0.1 + 2));
  }
  const auto found = traffic.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].is_source(kBad));
}

// Ten million would be the same: rows, clients and sources are bounded.
TEST(Patterns, InventedSourcesLeaveRoomForRealClients) {
  Traffic traffic;
  for (unsigned i = 0; i < 20'000; ++i) {
    traffic.add(traffic.make(tcp(80), 1 + i * 0.0005, invented(i)).silent());
  }
  traffic.add(traffic.make(tcp(80), 5, kClient).tries(3, 8));
  const auto& clients = traffic.scene.store.service_clients();
  EXPECT_TRUE(clients.contains({tcp(80), kClient, Step::connect}));
  EXPECT_LE(clients.size(), 13'000U);
}

TEST(Patterns, MergedStoresShowTheSame) {
  Traffic whole;
  Traffic halves[2];
  for (unsigned i = 0; i < 1000; ++i) {
    const Attempt syn = whole.make(tcp(80), 10 + i * 0.004, i % 2 == 0 ? kBad : invented(i));
    whole.add(syn);
    halves[i % 2].add(syn);
  }
  halves[0].scene.store.merge(halves[1].scene.store);
  const auto one = whole.found();
  const auto other = halves[0].found();
  ASSERT_EQ(one.size(), 1U);
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(one[0].packets, other[0].packets);
  EXPECT_EQ(one[0].per_second, other[0].per_second);
  EXPECT_TRUE(other[0].is_source(kBad));
}

}  // namespace
}  // namespace whydown::evidence
