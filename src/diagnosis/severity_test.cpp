// How grave an incident is told, from all that was tried of the service and by whom.
#include <gtest/gtest.h>

#include "diagnosis/attempts_for_tests.h"
#include "diagnosis/diagnosis.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;

constexpr const char* kOne = "192.0.2.7";
constexpr const char* kOther = "192.0.2.8";

struct World : Scene {
  evidence::Service web = tcp_service("203.0.113.2", 8080);

  void connections(int count, double begin, const char* client = kOne) {
    for (int i = 0; i < count; ++i) connection(begin + i, client, Symptom::none);
  }
  // A connection that was made, and cut by a reset half a second later.
  void cut(double begin) { connection(begin, kOne, Symptom::cut_off); }
  void connection(double begin, const char* client, Symptom symptom) {
    store.attempt(maker.make(web, client, begin, Symptom::none));
    Attempt transfer = maker.make(web, client, begin, symptom);
    transfer.step = Step::transfer;
    if (symptom != Symptom::none) transfer.outcome = Outcome::cut;
    store.attempt(transfer);
  }
};

TEST(Severity, OfResetsAmongConnections) {
  struct Row {
    const char* what;
    const char* severity;
    void (*fill)(World&);
  };
  const Row rows[] = {
      {"one of eleven, its client came again", "low",
       [](World& world) {
         world.connections(4, 10);
         world.cut(20);
         world.connections(6, 30);
       }},
      {"two of many, not yet so few that they are daily life", "low",
       [](World& world) {
         world.connections(12, 10);
         world.cut(30);
         world.cut(31);
         world.connections(12, 40);
       }},
      {"one of six, of which five went on well", "low",
       [](World& world) {
         world.connections(2, 10);
         world.cut(20);
         world.connections(3, 30);
       }},
      {"one of five", "high",
       [](World& world) {
         world.connections(2, 10);
         world.cut(20);
         world.connections(2, 30);
       }},
      {"nothing more after it", "high",
       [](World& world) {
         world.connections(10, 10);
         world.cut(30);
       }},
      {"others went on, its client was not seen again", "high",
       [](World& world) {
         world.connections(10, 10, kOther);
         world.cut(30);
         world.connections(6, 40, kOther);
       }},
      {"three are no chance", "high",
       [](World& world) {
         world.connections(30, 10);
         for (int i = 0; i < 3; ++i) world.cut(50 + i);
         world.connections(30, 60);
       }},
      {"three while others are served", "medium",
       [](World& world) {
         world.connections(30, 10);
         for (int i = 0; i < 3; ++i) world.cut(41 + i * 10);
         world.connections(30, 42, kOther);
         world.connections(30, 80);
       }},
  };
  for (const Row& row : rows) {
    World world;
    row.fill(world);
    const Diagnosis diagnosis = world.diagnosis();
    ASSERT_EQ(diagnosis.incidents.size(), 1U) << row.what;
    EXPECT_EQ(diagnosis.incidents[0].fault, "tcp.reset") << row.what;
    EXPECT_EQ(diagnosis.incidents[0].severity, row.severity) << row.what;
    const bool is_low = std::string_view(row.severity) == "low";
    EXPECT_EQ(diagnosis.verdict_text.starts_with("1 incident found, of low severity: "), is_low)
        << diagnosis.verdict_text;
  }
}

// ... and it is told as one of several, not as "the only connection".
TEST(Severity, OneThatPassedIsTold) {
  World world;
  world.connections(4, 10);
  world.cut(20);
  world.connections(6, 30);
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const std::string& summary = diagnosis.incidents[0].summary;
  EXPECT_NE(summary.find("1 connection by 1 computer (192.0.2.7) failed"), std::string::npos)
      << summary;
  EXPECT_NE(summary.find("; 4 served before that, 6 after it."), std::string::npos) << summary;
  for (const JourneyStep& step : diagnosis.incidents[0].journey) {
    if (step.step != Step::transfer) continue;
    EXPECT_EQ(step.text, "The only connection was cut off by a reset.");
  }
}

// A false answer is not harmless for being the only one.
TEST(Severity, WhatMayBeAnAttackStaysGrave) {
  World world;
  const evidence::Service dns = dns_service("203.0.113.3");
  for (int i = 0; i < 12; ++i) {
    world.store.attempt(world.maker.make(dns, kOne, 10 + i, Symptom::none, "www.example.com"));
  }
  Attempt forged = world.maker.make(dns, kOne, 30, Symptom::wrong_answer, "shop.example.com");
  forged.outcome = Outcome::failed;
  world.store.attempt(forged);
  for (int i = 0; i < 12; ++i) {
    world.store.attempt(world.maker.make(dns, kOne, 40 + i, Symptom::none, "www.example.com"));
  }
  const Diagnosis diagnosis = world.diagnosis();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "dns.wrong_answer");
  EXPECT_EQ(diagnosis.incidents[0].severity, "high");
}

}  // namespace
}  // namespace whydown::diagnosis
