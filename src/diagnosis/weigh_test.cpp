#include "diagnosis/weigh.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

namespace whydown::diagnosis {
namespace {

using evidence::Fact;
using evidence::Truth;

Fault fault_of(std::vector<CatalogueCause> causes, std::string step = "name") {
  Fault fault;
  fault.id = "test.fault";
  fault.step = std::move(step);
  fault.causes = std::move(causes);
  return fault;
}

Weight weight(std::string fact, bool is, double db, std::string group = {}) {
  return {std::move(fact), is, db, std::move(group), "because", "source"};
}

double probability(const std::vector<RankedCause>& causes, std::string_view id) {
  for (const RankedCause& cause : causes) {
    if (cause.id == id) return cause.probability;
  }
  return -1;
}

double sum(const std::vector<RankedCause>& causes) {
  double total = 0;
  for (const RankedCause& cause : causes) total += cause.probability;
  return total;
}

struct Row {
  const char* what;
  std::vector<Fact> facts;
  double ratio_db;  // between the causes "service_down" and "firewall_drop"
};

TEST(Weigh, AddsTheWeightsOfKnownFacts) {
  const Fault fault = fault_of(
      {{"service_down",
        "",
        0,
        {weight("a", true, 7), weight("a", false, -3), weight("b", true, 3)}},
       {"firewall_drop", "", -4, {weight("c", true, 13, "g"), weight("d", true, -15, "g")}}});
  const Row rows[] = {
      {"no fact", {}, 4},
      {"unknown fact", {{"a", Truth::unknown, {}, {}}}, 4},
      {"fact that no cause names", {{"z", Truth::yes, {}, {}}}, 4},
      {"known true", {{"a", Truth::yes, {}, {}}}, 11},
      {"known false", {{"a", Truth::no, {}, {}}}, 1},
      {"two facts", {{"a", Truth::yes, {}, {}}, {"b", Truth::yes, {}, {}}}, 14},
      {"one of a group", {{"c", Truth::yes, {}, {}}}, -9},
      {"of a group the strongest", {{"c", Truth::yes, {}, {}}, {"d", Truth::yes, {}, {}}}, 19},
  };
  for (const Row& row : rows) {
    const auto causes = weigh(fault, row.facts, Nature::act);
    const double ratio = probability(causes, "service_down") / probability(causes, "firewall_drop");
    EXPECT_NEAR(10 * std::log10(ratio), row.ratio_db, 1e-9) << row.what;
    EXPECT_NEAR(sum(causes), 1, 1e-12) << row.what;
  }
}

TEST(Weigh, ListsOnlyWhatCounted) {
  const Fault fault = fault_of({{"service_down",
                                 "",
                                 0,
                                 {weight("a", true, 3, "g"), weight("b", true, 7, "g"),
                                  weight("c", true, -3), weight("d", true, 0)}}});
  const std::vector<Fact> facts = {{"a", Truth::yes, {}, {}},
                                   {"b", Truth::yes, "seen twice", {}},
                                   {"c", Truth::yes, {}, {}},
                                   {"d", Truth::yes, {}, {}}};
  const auto causes = weigh(fault, facts, Nature::act);
  ASSERT_EQ(causes.front().id, "service_down");
  ASSERT_EQ(causes.front().arguments_for.size(), 1U);
  EXPECT_EQ(causes.front().arguments_for[0].fact, "b");
  EXPECT_EQ(causes.front().arguments_for[0].detail, "seen twice");
  ASSERT_EQ(causes.front().arguments_against.size(), 1U);
  EXPECT_EQ(causes.front().arguments_against[0].fact, "c");
}

TEST(Weigh, OrdersByProbabilityAndKeepsTheCataloguesOrderOfEquals) {
  const Fault fault =
      fault_of({{"flood", "", -20, {}}, {"overload", "", 0, {}}, {"host_down", "", 0, {}}});
  const auto causes = weigh(fault, {}, Nature::act);
  ASSERT_EQ(causes.size(), 4U);
  EXPECT_EQ(causes[0].id, "overload");
  EXPECT_EQ(causes[1].id, "host_down");
  EXPECT_EQ(causes[2].id, "other");
  EXPECT_EQ(causes[3].id, "flood");
}

struct CapRow {
  const char* what;
  const char* step;
  const char* fact;
  Nature nature;
  bool is_capped;
};

TEST(Weigh, SilenceAloneCarriesNoCauseAboveTheCap) {
  const CapRow rows[] = {
      {"an act may", "connect", "service.never_answered", Nature::act, false},
      {"repeating the silence does not support it", "connect", "service.never_answered",
       Nature::silence, true},
      {"a live host does", "connect", "host.alive", Nature::silence, false},
      {"others being served does", "connect", "service.others_served", Nature::silence, false},
      {"a missing neighbour does", "connect", "arp.server_unanswered", Nature::silence, false},
      {"but not when it is itself the symptom", "address", "arp.server_unanswered", Nature::silence,
       true},
  };
  for (const CapRow& row : rows) {
    const Fault fault =
        fault_of({{"firewall_drop", "", 10, {weight(row.fact, true, 13)}}}, row.step);
    const std::vector<Fact> facts = {{row.fact, Truth::yes, {}, {}}};
    const auto causes = weigh(fault, facts, row.nature);
    if (row.is_capped) {
      EXPECT_DOUBLE_EQ(causes.front().probability, 0.8) << row.what;
      EXPECT_NEAR(probability(causes, "other"), 0.2, 1e-12) << row.what;
    } else {
      EXPECT_GT(causes.front().probability, 0.9) << row.what;
    }
  }
}

TEST(Weigh, SomethingElseAlwaysRemains) {
  const Fault fault = fault_of({{"service_down", "", 40, {weight("a", true, 40)}}});
  const std::vector<Fact> facts = {{"a", Truth::yes, {}, {}}};
  const auto causes = weigh(fault, facts, Nature::act);
  EXPECT_NEAR(probability(causes, "other"), 0.02, 1e-12);
  EXPECT_NEAR(sum(causes), 1, 1e-12);
}

TEST(Weigh, WhereEverythingIsContradictedTheRemainderLeads) {
  const Fault fault = fault_of({{"service_down", "", 0, {weight("a", true, -20)}}});
  const std::vector<Fact> facts = {{"a", Truth::yes, {}, {}}};
  EXPECT_EQ(weigh(fault, facts, Nature::act).front().id, "other");
}

}  // namespace
}  // namespace whydown::diagnosis
