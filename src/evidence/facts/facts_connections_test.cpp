#include <gtest/gtest.h>

#include "evidence/limits.h"
#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Service kWeb = tcp(80);
const Subject kSilent = subject(kWeb, Symptom::no_response);

struct Seen {
  Sign sign;
  double accepted;
  std::uint64_t number;
  Service service = kWeb;
};

struct ConnectionCase {
  const char* what;
  std::vector<Seen> seen;
  Truth truth;
  std::vector<std::uint64_t> packets = {};
};

// Silent attempts from 100 s to 110 s.
struct SilentScene : Scene {
  explicit SilentScene(const std::vector<Seen>& seen, const std::vector<Attempt>& more = {})
      : Scene({Make(kWeb, 100, 1000), Make(kWeb, 110, 1001)}) {
    for (const Attempt& attempt : more) store.attempt(attempt);
    for (const Seen& one : seen) connection(one.sign, one.service, one.accepted, one.number);
  }
};

TEST(FactsConnections, AcceptedMute) {
  const std::vector<ConnectionCase> cases{
      {"none in view", {}, Truth::unknown},
      {"asked, and not a byte came", {{Sign::data_missing, 98, 10}}, Truth::yes, {10}},
      {"nobody spoke, and the service never does",
       {{Sign::nothing_sent, 97, 9}, {Sign::nothing_sent, 98, 10}},
       Truth::yes,
       {9, 10}},
      {"it greeted the earlier ones",
       {{Sign::data_unasked, 90, 5}, {Sign::nothing_sent, 98, 10}},
       Truth::yes,
       {10}},
      {"a spare connection of a client that speaks first",
       {{Sign::data_answered, 90, 5}, {Sign::nothing_sent, 98, 10}},
       Truth::no,
       {5}},
      {"one that came later got data",
       {{Sign::data_missing, 97, 9}, {Sign::data_answered, 98, 10}},
       Truth::no,
       {10}},
      {"one that was accepted during the failure got data",
       {{Sign::data_missing, 97, 9}, {Sign::data_answered, 105, 12}},
       Truth::no,
       {12}},
      {"served again after it",
       {{Sign::data_missing, 97, 9}, {Sign::data_answered, 200, 2000}},
       Truth::yes,
       {9}},
      {"mute long before", {{Sign::data_missing, 20, 2}}, Truth::unknown},
      {"served long before", {{Sign::data_answered, 20, 2}}, Truth::unknown},
      {"another service's", {{Sign::data_missing, 98, 10, tcp(81)}}, Truth::unknown},
      {"that the server was heard says nothing", {{Sign::server_heard, 98, 10}}, Truth::unknown}};
  for (const ConnectionCase& row : cases) {
    const Fact fact = SilentScene(row.seen).ask("service.accepted_mute", kSilent);
    EXPECT_EQ(fact.truth, row.truth) << row.what << ": " << fact.detail;
    EXPECT_EQ(numbers(fact.packets), row.packets) << row.what;
  }
}

TEST(FactsConnections, AcceptedMuteSaysWhat) {
  const Fact fact = SilentScene({{Sign::data_missing, 97, 9}, {Sign::data_missing, 98, 10}})
                        .ask("service.accepted_mute", kSilent);
  EXPECT_EQ(fact.detail,
            "2 connections accepted, not a byte from the server on them for up to 8 s");
}

// A check that connects and leaves gets no data from a good service either.
TEST(FactsConnections, ALaterConnectionOfWhichNothingIsKnown) {
  const Attempt later = Make(kWeb, 99, 20).ok();
  const SilentScene scene({{Sign::data_answered, 98, 10}}, {later});
  EXPECT_EQ(scene.ask("service.accepted_mute", kSilent).truth, Truth::unknown);
}

// Of many connections the first and last few are kept: a served one may lie between.
TEST(FactsConnections, WhatWasNotKeptIsNotDenied) {
  std::vector<Seen> seen{{Sign::data_missing, 98, 10}};
  for (std::uint64_t i = 0; i < 4 * limits::kObservationsKept; ++i) {
    const auto when = static_cast<double>(i * 20);  // 0 to 300 s, but the last ones after 110 s
    seen.push_back({Sign::data_answered, when, 100 + i});
  }
  EXPECT_EQ(SilentScene(seen).ask("service.accepted_mute", kSilent).truth, Truth::unknown);
}

TEST(FactsConnections, AServerThatIsHeardIsAlive) {
  struct Row {
    const char* what;
    double heard;
    Service service;
    Truth alive;
    Truth silent_everywhere;
  };
  const std::vector<Row> rows{{"during the failure", 105, kWeb, Truth::yes, Truth::no},
                              {"on another port", 105, tcp(22), Truth::yes, Truth::no},
                              {"within a minute after it", 150, kWeb, Truth::yes, Truth::no},
                              {"before it", 99, kWeb, Truth::no, Truth::yes},
                              {"much later", 300, kWeb, Truth::no, Truth::yes},
                              {"another server", 105, tcp(80, kOther), Truth::no, Truth::yes}};
  for (const Row& row : rows) {
    const SilentScene scene({{Sign::server_heard, row.heard, 50, row.service}},
                            {Make(tcp(81), 101, 30)});
    const Fact alive = scene.ask("host.alive", kSilent);
    EXPECT_EQ(alive.truth, row.alive) << row.what << ": " << alive.detail;
    if (alive.truth == Truth::yes) {
      EXPECT_EQ(numbers(alive.packets), std::vector<std::uint64_t>{50}) << row.what;
    }
    EXPECT_EQ(scene.ask("host.silent_everywhere", kSilent).truth, row.silent_everywhere)
        << row.what;
  }
}

}  // namespace
}  // namespace whydown::evidence
