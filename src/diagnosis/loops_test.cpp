// Packets that go round, and what they explain.
#include <string>

#include <gtest/gtest.h>

#include "diagnosis/attempts_for_tests.h"
#include "diagnosis/diagnosis.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;

const evidence::Service kEverybody{base::IpAddress::mac({{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}), 0,
                                   packet::Transport::none, evidence::Protocol::ethernet};

struct World : Scene {
  void loop(const evidence::Service& service, const char* client, double begin) {
    Attempt attempt = maker.make(service, client, begin, Symptom::looping);
    attempt.step = evidence::Step::link;
    attempt.outcome = Outcome::failed;
    attempt.answer = {};
    const bool is_switched = service.protocol == evidence::Protocol::ethernet;
    for (unsigned i = 0; i < 5; ++i) {
      evidence::Observation round;
      round.sign = is_switched ? evidence::Sign::switched_round : evidence::Sign::routed_round;
      round.service = service;
      round.client = attempt.client;
      round.packet = attempt.request;
      round.packet.ttl = static_cast<std::uint8_t>(50 - 2 * i);
      round.packet.place.number += i;
      store.observation(round);
    }
    store.attempt(attempt);
  }
};

// The error that a router sends in the end is the same trouble, told once and counted once.
TEST(Loops, ExplainTheirTimeExceeded) {
  World world;
  const auto web = tcp_service("203.0.113.80", 80);
  for (int i = 0; i < 6; ++i) {
    world.loop(web, "192.0.2.7", 10 + i);
    world.store.attempt(
        world.maker.make(web, "192.0.2.7", 10 + i, Symptom::ttl_exceeded, {}, "198.51.100.1"));
  }
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const Incident& incident = diagnosis.incidents[0];
  EXPECT_EQ(incident.fault, "link.loop");
  EXPECT_EQ(incident.attempts_failed, 6U);
  EXPECT_EQ(incident.causes[0].id, "routing");
  EXPECT_NE(incident.explanation.find("time exceeded"), std::string::npos);
}

// What fails while frames for everybody fill the lines has no cause of its own.
TEST(Loops, AStormExplainsTheSilenceMeanwhile) {
  World world;
  for (int i = 0; i < 3; ++i) {
    world.loop(kEverybody, i == 0 ? "192.0.2.7" : i == 1 ? "192.0.2.8" : "192.0.2.9", 10 + i * 0.1);
  }
  for (int i = 0; i < 8; ++i) {
    Attempt lost = world.maker.make(tcp_service("203.0.113.80", 80), "192.0.2.7", 10 + i,
                                    Symptom::no_response);
    lost.tries = 3;
    lost.last_request = lost.request;
    lost.end = at(12 + i);
    world.store.attempt(lost);
  }
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "link.loop");
  EXPECT_EQ(diagnosis.incidents[0].causes[0].id, "switching_loop");
  EXPECT_EQ(diagnosis.incidents[0].explains, std::vector<int>{2});
  EXPECT_EQ(diagnosis.incidents[1].explained_by, 1);
}

// One machine with two ports in the ring answers twice; what was claimed before is another matter.
TEST(Loops, AStormExplainsTwoAnswersForOneAddress) {
  struct Claimed {
    double when;
    std::size_t incidents;
  };
  for (const auto& [when, incidents] : {Claimed{9.97, 1}, Claimed{12, 1}, Claimed{5, 2}}) {
    World world;
    world.loop(kEverybody, "192.0.2.7", 10);
    Attempt claim =
        world.maker.make(arp_service("192.0.2.1"), "192.0.2.7", when, Symptom::conflict);
    claim.outcome = Outcome::failed;
    claim.end = at(when + 0.002);
    world.store.attempt(claim);
    const Diagnosis diagnosis = world.diagnosis_of_capture();
    ASSERT_EQ(diagnosis.incidents.size(), incidents) << when;
    if (incidents > 1) continue;
    EXPECT_EQ(diagnosis.incidents[0].fault, "link.loop") << when;
    EXPECT_NE(diagnosis.incidents[0].explanation.find("several of its ports"), std::string::npos);
  }
}

}  // namespace
}  // namespace whydown::diagnosis
