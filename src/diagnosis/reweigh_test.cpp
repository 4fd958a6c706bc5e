#include "diagnosis/reweigh.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "diagnosis/weigh.h"

namespace whydown::diagnosis {
namespace {

using evidence::Fact;
using evidence::Truth;

Weight weight(std::string fact, bool is, double db) {
  return {std::move(fact), is, db, {}, "because", "source"};
}

// Two causes, equal at first; "asked" being so speaks for one of them.
Fault two_causes(double for_first, double for_second) {
  Fault fault;
  fault.id = "test.fault";
  fault.step = "name";
  fault.causes = {{"service_down",
                   "It is down",
                   0,
                   {weight("asked", true, for_first), weight("asked", false, -for_first)}},
                  {"firewall_drop",
                   "It is dropped",
                   0,
                   {weight("asked", true, for_second), weight("asked", false, -for_second)}}};
  return fault;
}

CatalogueCheck asks(std::string fact) {
  CatalogueCheck check;
  check.sends = "echo";
  check.cost = 1;
  check.answers = {{"an answer", "it is up", {{fact, true}}},
                   {"no answer", "it is down", {{fact, false}}}};
  return check;
}

Incident incident_of(const Fault& fault, std::vector<KnownFact> facts = {}) {
  Incident incident;
  incident.subject.services = {{}};
  incident.subject.symptom = evidence::Symptom::port_unreachable;
  incident.facts = std::move(facts);
  incident.causes = weigh(fault, facts_of(incident), Nature::act);
  return incident;
}

TEST(Reweigh, EntropyOfCauses) {
  EXPECT_NEAR(entropy(std::vector<RankedCause>{{"a", "", 0.5, {}, {}}, {"b", "", 0.5, {}, {}}}), 1,
              1e-12);
  EXPECT_NEAR(entropy(std::vector<RankedCause>{{"a", "", 1, {}, {}}, {"b", "", 0, {}, {}}}), 0,
              1e-12);
}

TEST(Reweigh, ACheckIsWorthWhatItsAnswersMove) {
  const Fault apart = two_causes(13, -13);
  const Fault alike = two_causes(13, 13);
  const double most = worth_of(asks("asked"), apart, incident_of(apart));
  EXPECT_GT(most, 0.5);
  // What moves both alike separates them from "other" only.
  EXPECT_LT(worth_of(asks("asked"), alike, incident_of(alike)), most / 3);
  EXPECT_NEAR(worth_of(asks("unweighed"), apart, incident_of(apart)), 0, 1e-9);
  const Fault weaker = two_causes(3, -3);
  EXPECT_LT(worth_of(asks("asked"), weaker, incident_of(weaker)), most);
}

TEST(Reweigh, WhatIsKnownIsNotAskedAgain) {
  const Fault apart = two_causes(13, -13);
  EXPECT_NEAR(worth_of(asks("asked"), apart, incident_of(apart, {{"asked", true, "", {}}})), 0,
              1e-9);
  EXPECT_NEAR(worth_of(asks("asked"), apart, incident_of(apart, {{"asked", false, "", {}}})), 0,
              1e-9);
}

TEST(Reweigh, SilenceMayStillBeBroken) {
  Fault fault;
  fault.id = "test.fault";
  fault.step = "connect";
  fault.causes = {{"host_down",
                   "It is down",
                   0,
                   {weight("host.alive", true, -20), weight("host.silent_everywhere", true, 7)}},
                  {"firewall_drop", "It is dropped", 0, {weight("host.alive", true, 7)}}};
  CatalogueCheck ping = asks("host.alive");
  ping.answers[1].facts = {{"host.silent_everywhere", true}};
  const Incident silent =
      incident_of(fault, {{"host.alive", false, "", {}}, {"host.silent_everywhere", true, "", {}}});
  EXPECT_GT(worth_of(ping, fault, silent), 0.1);
  const Incident alive =
      incident_of(fault, {{"host.alive", true, "", {}}, {"host.silent_everywhere", false, "", {}}});
  EXPECT_NEAR(worth_of(ping, fault, alive), 0, 1e-9);
}

TEST(Reweigh, TheAnswerIsTheOneWhoseFactsAllHold) {
  CatalogueCheck check = asks("a");
  check.answers.push_back({"both", "both", {{"a", true}, {"b", false}}});
  check.answers.push_back({"says nothing", "nothing", {}});
  const auto seen = [&](std::vector<Fact> facts) {
    const CatalogueAnswer* answer = answer_seen(check, facts);
    return answer == nullptr ? std::string("none") : answer->see;
  };
  EXPECT_EQ(seen({}), "none");
  EXPECT_EQ(seen({{"a", Truth::unknown, "", {}}}), "none");
  EXPECT_EQ(seen({{"a", Truth::yes, "", {}}}), "an answer");
  EXPECT_EQ(seen({{"a", Truth::no, "", {}}}), "no answer");
  EXPECT_EQ(seen({{"a", Truth::yes, "", {}}, {"b", Truth::no, "", {}}}), "both");
  EXPECT_EQ(seen({{"a", Truth::yes, "", {}}, {"b", Truth::yes, "", {}}}), "an answer");
}

TEST(Reweigh, MovesCausesAndTheSummary) {
  const Fault fault = two_causes(13, -13);
  Incident incident = incident_of(fault);
  reweigh(incident, fault, {});
  incident.summary = "It failed. Most likely cause (about 45 %): it is down. That is all.";
  reweigh(incident, fault, std::vector<Fact>{{"asked", Truth::no, "", {}}});
  EXPECT_EQ(incident.causes.front().id, "firewall_drop");
  EXPECT_EQ(incident.facts.size(), 1U);
  EXPECT_NE(incident.summary.find("it is dropped"), std::string::npos) << incident.summary;
  EXPECT_EQ(incident.summary.find("it is down"), std::string::npos) << incident.summary;
  EXPECT_TRUE(incident.summary.starts_with("It failed. ")) << incident.summary;
  EXPECT_TRUE(incident.summary.ends_with(" That is all.")) << incident.summary;
}

// Every check that a probe makes by itself must be worth something in some case of its fault.
TEST(Reweigh, ChecksOfTheCatalogueTellSomething) {
  const auto catalogue = Catalogue::built_in();
  ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message();
  for (const Fault& fault : catalogue->faults()) {
    for (const CatalogueCheck& check : fault.checks) {
      if (check.sends.empty()) continue;
      Incident incident = incident_of(fault);
      EXPECT_GT(worth_of(check, fault, incident), 0.001) << fault.id << ": " << check.command;
    }
  }
}

}  // namespace
}  // namespace whydown::diagnosis
