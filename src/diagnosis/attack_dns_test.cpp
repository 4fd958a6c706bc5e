// What floods of queries, reflections and tunnels become: incidents, and what they did to others.
#include <string>

#include <gtest/gtest.h>

#include "diagnosis/attack.h"
#include "diagnosis/attempts_for_tests.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;
using evidence::DnsUse;
using evidence::Usage;

constexpr const char* kServer = "203.0.113.2";
constexpr const char* kBad = "198.51.100.66";

struct World : Scene {
  std::uint32_t domain = names.add("shop.example");

  void tell(Usage usage, Attempt attempt, std::uint16_t answer_bytes = 0, std::uint8_t name = 10) {
    attempt.complete_outline();
    DnsUse use;
    use.usage = usage;
    use.domain = usage == Usage::new_names || usage == Usage::long_names ? domain : 0;
    use.name_bytes = name;
    use.query_bytes = static_cast<std::uint16_t>(40 + name);
    use.answer_bytes = answer_bytes;
    store.usage(use, attempt, journey::WholePackets{attempt});
    store.attempt(attempt, journey::WholePackets{attempt});
  }
  void users(double from, double to, bool served) {
    int which = 0;
    for (double begin = from; begin < to; begin += 0.5) {
      const std::string client = "192.0.2." + std::to_string(7 + which++ % 3);
      store.attempt(maker.make(dns_service(kServer), client, begin,
                               served ? Symptom::none : Symptom::no_response));
    }
  }
  // From second 20 on, for four seconds.
  void flood(Symptom symptom, bool from_many) {
    for (int i = 0; i < 1000; ++i) {
      const std::string source =
          from_many ? "198.18." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250)
                    : kBad;
      tell(Usage::new_names, maker.make(dns_service(kServer), source, 20 + i * 0.004, symptom));
    }
  }
};

// Names that do not exist are what the flood asks for, and no incident of their own.
TEST(DnsAttack, AFloodOfNamesThatHurtsNobody) {
  for (const bool from_many : {false, true}) {
    World world;
    world.users(1, 40, true);
    world.flood(Symptom::nx_domain, from_many);
    const Diagnosis diagnosis = world.diagnosis_of_capture();
    ASSERT_EQ(diagnosis.incidents.size(), 1U) << from_many;
    const Incident& attack = diagnosis.incidents[0];
    EXPECT_EQ(attack.fault, "dos.dns_query_flood");
    EXPECT_EQ(attack.severity, "low");
    ASSERT_TRUE(attack.attack);
    EXPECT_EQ(attack.attack->caused_outage, std::optional(false));
    EXPECT_EQ(attack.attack->technique, "T1499.002");
    EXPECT_EQ(attack.attack->during.failed, 0U);
    EXPECT_EQ(attack.service.names, std::vector<std::string>{"shop.example"});
    EXPECT_NE(attack.explanation.find("for ever new names of shop.example"), std::string::npos);
  }
}

TEST(DnsAttack, AFloodOfNamesThatTookTheService) {
  World world;
  world.users(1, 19.5, true);
  world.users(20.2, 24, false);
  world.users(30, 40, true);
  world.flood(Symptom::no_response, true);
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "dos.dns_query_flood");
  EXPECT_EQ(diagnosis.incidents[0].severity, "critical");
  EXPECT_EQ(diagnosis.incidents[0].attack->caused_outage, std::optional(true));
  EXPECT_EQ(diagnosis.incidents[1].fault, "dns.no_response");
  EXPECT_EQ(diagnosis.incidents[1].explained_by, 1);
  EXPECT_EQ(diagnosis.incidents[1].clients.count, 3U);
}

// More is asked of a name server than it can answer, and always for new names: all who suffer are
// those who ask. That is no attack on anybody that the packets show.
TEST(DnsAttack, ACrowdThatOutgrewItsServer) {
  for (const int clients : {7, 30, 200}) {
    World world;
    const auto lookup = [&](int i, double begin, Symptom symptom) {
      const std::string client = "192.0.2." + std::to_string(10 + i % clients);
      return world.maker.make(dns_service(kServer), client, begin, symptom);
    };
    for (int i = 0; i < 200; ++i) {
      world.store.attempt(lookup(i, 1 + i * 0.09, Symptom::none));
    }
    for (int i = 0; i < 1200; ++i) {
      const Symptom symptom = i % 5 < 2 ? Symptom::no_response : Symptom::none;
      world.tell(Usage::new_names, lookup(i, 20 + i * 0.008, symptom));
    }
    const Diagnosis diagnosis = world.diagnosis_of_capture();
    ASSERT_EQ(diagnosis.incidents.size(), 1U) << clients;
    EXPECT_EQ(diagnosis.incidents[0].fault, "dns.no_response") << clients;
  }
}

// Whoever asks again and is answered then has waited; as long as that happens without a flood too,
// it is no harm of its.
TEST(DnsAttack, SufferingThatHeals) {
  for (const bool always : {false, true}) {
    World world;
    world.users(1, 40, true);
    int which = 0;
    for (double begin = always ? 2 : 20.2; begin < (always ? 40 : 24); begin += 0.5) {
      const std::string client = "192.0.2." + std::to_string(7 + which++ % 3);
      Attempt lost =
          world.maker.make(dns_service(kServer), client, begin + 0.1, Symptom::no_response);
      lost.healed = true;
      world.store.attempt(lost);
    }
    world.flood(Symptom::nx_domain, true);
    const Diagnosis diagnosis = world.diagnosis();
    ASSERT_FALSE(diagnosis.incidents.empty());
    const Incident& attack = diagnosis.incidents[0];
    EXPECT_EQ(attack.fault, "dos.dns_query_flood");
    ASSERT_TRUE(attack.attack);
    EXPECT_EQ(attack.attack->caused_outage, std::optional(!always));
  }
}

TEST(DnsAttack, ReflectionByWhoSeesIt) {
  for (const bool at_reflector : {false, true}) {
    World world;
    world.users(1, 40, true);
    for (int i = 0; i < 400; ++i) {
      Attempt answer = world.maker.make(dns_service(kServer), kBad, 20 + i * 0.01, Symptom::none,
                                        "big.example.org");
      if (!at_reflector) {
        answer.request_seen = false;
        answer.answer.name = answer.request.name;
        answer.request = {};
      }
      world.tell(at_reflector ? Usage::large_answers : Usage::unasked_answers, answer, 1200);
    }
    const Diagnosis diagnosis = world.diagnosis_of_capture();
    ASSERT_EQ(diagnosis.incidents.size(), 1U) << at_reflector;
    const Incident& attack = diagnosis.incidents[0];
    EXPECT_EQ(attack.fault, "dos.dns_reflection");
    ASSERT_TRUE(attack.attack);
    EXPECT_EQ(attack.attack->role, at_reflector ? "reflector" : "victim");
    EXPECT_EQ(attack.service.servers.front(), at_reflector ? kServer : kBad);
    EXPECT_EQ(attack.attack->sources.front().address, at_reflector ? kBad : kServer);
    // What the flood itself is given is no service to others.
    if (at_reflector) {
      EXPECT_LT(attack.attack->during.ok, 20U);
    }
    EXPECT_NE(attack.explanation.find("1,200 bytes"), std::string::npos);
  }
}

TEST(DnsAttack, ATunnelIsNoOutage) {
  World world;
  world.users(1, 40, true);
  for (int i = 0; i < 200; ++i) {
    Attempt attempt = world.maker.make(dns_service(kServer), kBad, 10 + i * 0.1, Symptom::none);
    const auto name = static_cast<std::uint8_t>(30 + i * 7 % 90);
    world.tell(Usage::long_names, attempt, static_cast<std::uint16_t>(100 + name + i * 13 % 200),
               name);
  }
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const Incident& tunnel = diagnosis.incidents[0];
  EXPECT_EQ(tunnel.fault, "dns.tunnel");
  EXPECT_EQ(tunnel.severity, "medium");
  EXPECT_EQ(tunnel.attack->caused_outage, std::optional(false));
  EXPECT_EQ(tunnel.attack->sources.front().address, kBad);
  EXPECT_EQ(tunnel.attack->technique, "T1071.004");
}

// ARP has no pattern of traffic; where an attack ranks first it has a technique all the same.
TEST(DnsAttack, OnlyAnAttackHasATechnique) {
  for (const bool several : {false, true}) {
    World world;
    for (int i = 0; i < 6; ++i) {
      for (int host = 0; host < (several ? 2 : 1); ++host) {
        const std::string address = "192.0.2." + std::to_string(1 + 50 * host);
        Attempt turn = world.maker.make(arp_service(address), "192.0.2.15", 5 + i * 2,
                                        several ? Symptom::spoofed : Symptom::conflict);
        turn.answer = turn.request;
        turn.request.mac = {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(1 + host)}};
        turn.answer.mac = {{2, 0, 0, 0, 0, 9}};
        world.store.attempt(turn);
      }
    }
    const Diagnosis diagnosis = world.diagnosis_of_capture();
    ASSERT_FALSE(diagnosis.incidents.empty());
    const Incident& incident = diagnosis.incidents[0];
    EXPECT_EQ(incident.fault, several ? "arp.spoofing" : "arp.conflict");
    EXPECT_EQ(incident.technique, several ? "T1557.002" : "");
    EXPECT_EQ(incident.suspects.empty(), !several);
    if (several) {
      EXPECT_EQ(incident.suspects[0].address, "02:00:00:00:00:09");
    }
  }
}

}  // namespace
}  // namespace whydown::diagnosis
