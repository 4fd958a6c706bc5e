#include "diagnosis/attack.h"

#include <string>

#include <gtest/gtest.h>

#include "diagnosis/attempts_for_tests.h"
#include "diagnosis/links.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;

constexpr const char* kWeb = "203.0.113.80";
constexpr const char* kBad = "198.51.100.66";

// A web server, its clients, and four seconds of a flood from second 20 on.
struct World : Scene {
  void user(double begin, bool served, int which = 0, std::uint16_t port = 80) {
    const std::string client = "192.0.2." + std::to_string(7 + which);
    Attempt attempt = maker.make(tcp_service(kWeb, port), client, begin,
                                 served ? Symptom::none : Symptom::no_response);
    if (!served) {
      attempt.tries = 3;
      attempt.last_request = attempt.request;
      attempt.last_request.place.time = at(begin + 3);
      attempt.end = at(begin + 3);
    }
    store.attempt(attempt);
  }
  void users(double from, double to, bool served) {
    int which = 0;
    for (double begin = from; begin < to; begin += 0.5) user(begin, served, which++ % 3);
  }
  void flood(bool answered) {
    for (int i = 0; i < 1000; ++i) {
      Attempt syn = maker.make(tcp_service(kWeb, 80), kBad, 20 + i * 0.004,
                               answered ? Symptom::none : Symptom::no_response);
      syn.half_open = answered;
      store.attempt(syn);
    }
  }
};

TEST(Attack, TookTheServiceAndExplainsTheOutage) {
  World world;
  world.users(1, 19.5, true);
  world.users(20.1, 24, false);
  world.users(30, 40, true);
  world.flood(false);
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  const Incident& attack = diagnosis.incidents[0];
  EXPECT_EQ(attack.fault, "dos.syn_flood");
  EXPECT_EQ(attack.kind, "attack");
  EXPECT_EQ(attack.severity, "critical");
  ASSERT_TRUE(attack.attack);
  EXPECT_EQ(attack.attack->caused_outage, std::optional(true));
  EXPECT_EQ(attack.attack->technique, "T1499.001");
  ASSERT_EQ(attack.attack->sources.size(), 1U);
  EXPECT_EQ(attack.attack->sources[0].address, kBad);
  EXPECT_EQ(attack.attack->sources[0].packets, 1000U);
  EXPECT_EQ(attack.attack->before.failed, 0U);
  EXPECT_GT(attack.attack->before.ok, 30U);
  EXPECT_EQ(attack.attack->during.ok, 0U);
  EXPECT_EQ(attack.attack->during.failed, 8U);
  EXPECT_EQ(attack.attack->after.failed, 0U);
  EXPECT_EQ(attack.clients.count, 3U);
  EXPECT_GE(attack.attack->places.size(), 3U);
  EXPECT_EQ(attack.explains, std::vector<int>{2});
  // The users' own trouble, without the flood's packets.
  const Incident& fault = diagnosis.incidents[1];
  EXPECT_EQ(fault.fault, "tcp.no_response");
  EXPECT_EQ(fault.explained_by, 1);
  EXPECT_EQ(fault.attempts_failed, 8U);
  EXPECT_EQ(fault.clients.count, 3U);
  EXPECT_TRUE(fault.summary.starts_with("Explained by incident 1"));
  EXPECT_EQ(fault.causes[0].id, "flood");
}

TEST(Attack, DidNoHarm) {
  World world;
  world.users(1, 40, true);
  world.flood(true);
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const Incident& attack = diagnosis.incidents[0];
  EXPECT_EQ(attack.attack->caused_outage, std::optional(false));
  EXPECT_EQ(attack.severity, "low");
  EXPECT_EQ(attack.clients.count, 0U);
}

TEST(Attack, NobodyElseIsInView) {
  World world;
  world.flood(false);
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);  // and no outage of the flood's own packets
  EXPECT_EQ(diagnosis.incidents[0].fault, "dos.syn_flood");
  EXPECT_EQ(diagnosis.incidents[0].attack->caused_outage, std::nullopt);
  EXPECT_EQ(diagnosis.incidents[0].severity, "medium");
}

TEST(Attack, TheTroubleWasThereBefore) {
  World world;
  world.users(1, 30, false);
  world.flood(false);
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  const auto attack = std::ranges::find(diagnosis.incidents, "attack", &Incident::kind);
  ASSERT_NE(attack, diagnosis.incidents.end());
  EXPECT_NE(attack->attack->caused_outage, std::optional(true));
  EXPECT_TRUE(attack->explains.empty());
}

TEST(Attack, AnotherPortOfTheHostIsNotConcerned) {
  World world;
  world.users(1, 40, true);
  world.flood(true);
  for (double begin = 20.2; begin < 30; begin += 1) world.user(begin, false, 5, 8443);
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "tcp.no_response");  // the graver one
  EXPECT_EQ(diagnosis.incidents[0].explained_by, 0);
  EXPECT_EQ(diagnosis.incidents[1].attack->caused_outage, std::optional(false));
}

// A scan's closed ports are told once, and nobody's outage.
TEST(Attack, AScanIsOneIncident) {
  World world;
  world.users(1, 40, true);
  for (std::uint16_t port = 100; port < 160; ++port) {
    world.store.attempt(
        world.maker.make(tcp_service(kWeb, port), kBad, port * 0.2, Symptom::reset));
  }
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "scan.port");
  EXPECT_EQ(diagnosis.incidents[0].severity, "low");
  EXPECT_EQ(diagnosis.incidents[0].attack->caused_outage, std::optional(false));
}

// A user who meets a port that a scan met as well is still told.
TEST(Attack, AUsersFailureBesideAScanStays) {
  World world;
  for (std::uint16_t port = 100; port < 160; ++port) {
    world.store.attempt(
        world.maker.make(tcp_service(kWeb, port), kBad, port * 0.2, Symptom::reset));
  }
  for (int i = 0; i < 5; ++i) {
    world.store.attempt(
        world.maker.make(tcp_service(kWeb, 80), "192.0.2.7", 3 + i, Symptom::reset));
  }
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "tcp.refused");
  EXPECT_EQ(diagnosis.incidents[1].fault, "scan.port");
}

// --- links ---------------------------------------------------------------------------------------

Incident incident(const char* fault, const char* severity, evidence::Step step,
                  const char* protocol, std::uint64_t failed) {
  Incident out;
  out.fault = fault;
  out.kind = "fault";
  out.severity = severity;
  out.step = step;
  out.protocol = protocol;
  out.service.servers = {kWeb};
  out.attempts_failed = failed;
  out.first = at(10);
  out.last = at(20);
  return out;
}

TEST(Links, AMachineThatIsGoneExplainsItsServices) {
  std::vector<Incident> incidents{incident("tcp.no_response", "critical", Step::connect, "TCP", 50),
                                  incident("dns.nxdomain", "high", Step::name, "DNS", 40),
                                  incident("arp.no_reply", "high", Step::address, "ARP", 5)};
  incidents[1].service.servers = {"203.0.113.53"};
  link_and_order(incidents);
  ASSERT_EQ(incidents.size(), 3U);
  EXPECT_EQ(incidents[0].fault, "arp.no_reply");  // in the place of what it explains
  EXPECT_EQ(incidents[0].explains, std::vector<int>{2});
  EXPECT_EQ(incidents[1].fault, "tcp.no_response");
  EXPECT_EQ(incidents[1].explained_by, 1);
  EXPECT_EQ(incidents[2].fault, "dns.nxdomain");
  EXPECT_EQ(incidents[2].explained_by, 0);
}

TEST(Links, AChainIsToldAtItsHead) {
  std::vector<Incident> incidents{incident("tcp.no_response", "high", Step::connect, "TCP", 50),
                                  incident("arp.no_reply", "high", Step::address, "ARP", 5),
                                  incident("dos.icmp_flood", "low", Step::route, "ICMP", 0)};
  incidents[2].attack.emplace();
  incidents[2].attack->caused_outage = true;
  link_and_order(incidents);
  ASSERT_EQ(incidents.size(), 3U);
  EXPECT_EQ(incidents[0].fault, "dos.icmp_flood");
  EXPECT_EQ(incidents[0].explains, (std::vector<int>{2, 3}));
  EXPECT_EQ(incidents[1].explained_by, 1);
  EXPECT_EQ(incidents[2].explained_by, 1);
}

// A resolver whose own questions fail, and its clients; both directions at once explain nothing.
TEST(Links, WhatAServerNeedsExplainsThatItServesNobody) {
  const char* resolver = "192.0.2.53";
  const auto cause = [](const char* id) {
    RankedCause out;
    out.id = id;
    return out;
  };
  std::vector<Incident> incidents{
      incident("dns.servfail", "critical", Step::name, "DNS", 50),
      incident("icmp.host_unreachable", "high", Step::route, "ICMP", 40)};
  incidents[0].service.servers = {resolver};
  incidents[0].causes = {cause("upstream_down")};
  incidents[1].clients.addresses = {resolver};
  incidents[1].causes = {cause("host_down")};
  std::vector<Incident> another = incidents;
  link_and_order(incidents);
  EXPECT_EQ(incidents[0].fault, "icmp.host_unreachable");
  EXPECT_EQ(incidents[1].explained_by, 1);

  another[0].causes = {cause("application_error")};
  link_and_order(another);
  EXPECT_EQ(another[0].fault, "dns.servfail");
  EXPECT_EQ(another[1].explained_by + another[0].explained_by, 0);

  std::vector<Incident> circle{incident("dns.servfail", "high", Step::name, "DNS", 50),
                               incident("dns.no_response", "high", Step::name, "DNS", 40)};
  circle[0].service.servers = circle[1].clients.addresses = {resolver};
  circle[1].service.servers = circle[0].clients.addresses = {"192.0.2.54"};
  circle[0].causes = circle[1].causes = {cause("upstream_down")};
  link_and_order(circle);
  EXPECT_EQ(circle[0].explained_by, 0);
  EXPECT_EQ(circle[1].explained_by, 1);
}

TEST(Links, WhatBeganBeforeIsNotExplained) {
  std::vector<Incident> incidents{incident("tcp.no_response", "high", Step::connect, "TCP", 50),
                                  incident("arp.no_reply", "high", Step::address, "ARP", 5)};
  incidents[0].first = at(1);
  link_and_order(incidents);
  for (const Incident& each : incidents) EXPECT_EQ(each.explained_by, 0);
}

}  // namespace
}  // namespace whydown::diagnosis
