// Login pages before the internet, and what they explain.
#include <string>

#include <gtest/gtest.h>

#include "diagnosis/attempts_for_tests.h"
#include "diagnosis/diagnosis.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;

struct World {
  base::Interner names;
  evidence::Store store;
  Maker maker{names};

  void diverted(const char* client, const char* server, double begin, const char* host) {
    Attempt attempt = maker.make(http_service(server, 80), client, begin, Symptom::diverted, host);
    attempt.outcome = Outcome::failed;
    attempt.request.kind = journey::Kind::http_request;
    attempt.answer.kind = journey::Kind::http_answer;
    attempt.answer.code = 302;
    attempt.answer.leads_to = names.add("login.hotel.example");
    store.attempt(attempt);
  }
  void refused(const char* client, const char* server, double begin) {
    store.attempt(maker.make(tcp_service(server, 443), client, begin, Symptom::reset));
  }
  Diagnosis diagnosis() {
    static const Catalogue built_in = Catalogue::built_in().value_or(Catalogue{});
    journey::Totals totals;
    totals.packets = 1000;
    totals.first.time = at(0);
    totals.last.time = at(60);
    totals.last.number = 100000;
    store.set_totals(totals);
    base::InputInfo input;
    input.packets = 1000;
    input.first_time = at(0);
    input.last_time = at(60);
    store.set_inputs({input});
    return diagnose(store, built_in, names);
  }
};

// Clients that share no server are in one network all the same; what is refused to them there is
// the same trouble.
TEST(Portals, OneForAll) {
  World world;
  world.diverted("192.0.2.7", "203.0.113.1", 10, "www.a.com");
  world.diverted("192.0.2.7", "203.0.113.2", 11, "www.b.org");
  world.diverted("192.0.2.8", "203.0.113.3", 12, "www.c.net");
  world.refused("192.0.2.7", "203.0.113.1", 13);
  world.refused("192.0.2.7", "203.0.113.1", 14);
  world.refused("192.0.2.8", "203.0.113.4", 15);
  world.refused("192.0.2.8", "203.0.113.4", 16);
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  const Incident& portal = diagnosis.incidents[0];
  EXPECT_EQ(portal.fault, "http.diverted");
  EXPECT_EQ(portal.causes[0].id, "captive_portal");
  EXPECT_EQ(portal.clients.count, 2U);
  EXPECT_EQ(portal.explains, std::vector<int>{2});
  const Incident& refused = diagnosis.incidents[1];
  EXPECT_EQ(refused.fault, "tcp.refused");
  EXPECT_EQ(refused.causes[0].id, "captive_portal");
  EXPECT_EQ(refused.clients.count, 2U);
  EXPECT_EQ(refused.explained_by, 1);
}

// Whoever is let through has a trouble of its own.
TEST(Portals, NotOfOthers) {
  World world;
  world.diverted("192.0.2.7", "203.0.113.1", 10, "www.a.com");
  world.diverted("192.0.2.7", "203.0.113.2", 11, "www.b.org");
  world.diverted("192.0.2.7", "203.0.113.3", 12, "www.c.net");
  world.refused("192.0.2.9", "203.0.113.4", 15);
  world.refused("192.0.2.9", "203.0.113.4", 16);
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  for (const Incident& incident : diagnosis.incidents) {
    EXPECT_EQ(incident.explained_by, 0);
    if (incident.fault == "tcp.refused") {
      EXPECT_NE(incident.causes[0].id, "captive_portal");
    }
  }
}

// Servers that fail for a client each are one incident where a third one fails for both.
TEST(Portals, WhatJoinsLateJoinsAll) {
  World world;
  for (int i = 0; i < 3; ++i) {
    world.refused("192.0.2.7", "203.0.113.1", 10 + i);
    world.refused("192.0.2.8", "203.0.113.2", 10 + i);
    world.refused("192.0.2.7", "203.0.113.3", 10 + i);
    world.refused("192.0.2.8", "203.0.113.3", 10.5 + i);
  }
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  EXPECT_EQ(diagnosis.incidents[0].service.servers.size(), 3U);
}

}  // namespace
}  // namespace whydown::diagnosis
