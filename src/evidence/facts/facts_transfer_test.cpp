#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Service kWeb = tcp(80);

Subject transfers(Symptom symptom) { return {{kWeb}, Step::transfer, symptom}; }

// A transfer that failed so at `begin`; its deciding packet has the number after `number`.
Attempt failed(Symptom symptom, double begin, std::uint64_t number, std::uint8_t ttl = 64,
               const IpAddress& client = kClient) {
  Make make(kWeb, begin, number, client);
  make.reset().ttl(ttl);
  Attempt attempt = make;
  attempt.step = Step::transfer;
  attempt.symptom = symptom;
  attempt.outcome = symptom == Symptom::cut_off ? Outcome::cut : Outcome::failed;
  attempt.latency = base::Duration{-1};
  return attempt;
}

Attempt after_pause(double begin, std::uint64_t number) {
  Attempt attempt = failed(Symptom::cut_off, begin, number);
  attempt.latency = seconds{30};
  return attempt;
}

struct Seen {
  Sign sign;
  std::uint64_t number;
};

struct SignCase {
  const char* what;
  std::vector<Attempt> attempts;
  std::vector<Seen> signs;
  Symptom symptom;
  Truth truth;
  std::vector<std::uint64_t> packets = {};
};

void expect_signs(std::string_view id, const std::vector<SignCase>& cases) {
  for (const SignCase& row : cases) {
    Scene scene(row.attempts);
    for (const Seen& seen : row.signs) scene.observe(seen.sign, kWeb, seen.number);
    const Fact fact = scene.ask(id, transfers(row.symptom));
    EXPECT_EQ(fact.truth, row.truth) << id << ": " << row.what << ": " << fact.detail;
    if (!row.packets.empty()) {
      EXPECT_EQ(numbers(fact.packets), row.packets) << id << ": " << row.what;
    }
  }
}

TEST(FactsTransfer, AfterPause) {
  expect_signs(
      "transfer.after_pause",
      {{"each after a pause",
        {after_pause(100, 10), after_pause(140, 20)},
        {{Sign::after_pause, 9}, {Sign::after_pause, 19}},
        Symptom::cut_off,
        Truth::yes,
        {9, 19}},
       {"none of them", {failed(Symptom::cut_off, 100, 10)}, {}, Symptom::cut_off, Truth::no, {10}},
       {"some of them",
        {after_pause(100, 10), failed(Symptom::cut_off, 120, 20)},
        {{Sign::after_pause, 9}},
        Symptom::cut_off,
        Truth::unknown}});
}

TEST(FactsTransfer, ResetIgnored) {
  const std::vector<Attempt> cut{failed(Symptom::cut_off, 100, 10)};
  expect_signs(
      "transfer.reset_ignored",
      {{"its sender goes on", cut, {{Sign::reset_ignored, 12}}, Symptom::cut_off, Truth::yes, {12}},
       {"it does not", cut, {}, Symptom::cut_off, Truth::unknown}});
}

TEST(FactsTransfer, StoppedTogether) {
  const auto at = [](double time, std::uint64_t number) {
    return failed(Symptom::cut_off, time, number);
  };
  expect_facts(
      "transfer.stopped_together",
      {{"at one instant",
        {at(100, 10), at(100.1, 20), at(100.2, 30)},
        transfers(Symptom::cut_off),
        Truth::yes,
        {11, 21, 31}},
       {"one by one", {at(100, 10), at(109, 20)}, transfers(Symptom::cut_off), Truth::no},
       {"neither", {at(100, 10), at(101, 20)}, transfers(Symptom::cut_off), Truth::unknown},
       {"one alone", {at(100, 10)}, transfers(Symptom::cut_off), Truth::unknown}});
}

TEST(FactsTransfer, WhatNewConnectionsMeet) {
  const Attempt cut = failed(Symptom::cut_off, 100, 10);
  const Attempt before = Make(kWeb, 90, 2).ok();
  const Attempt accepted = Make(kWeb, 101, 20).ok();
  const Attempt refused = Make(kWeb, 101, 20).reset();
  const Attempt silent = Make(kWeb, 101, 20);
  const Attempt silent_then = Make(kWeb, 102, 24);
  // While the one that is cut later was still in use.
  Attempt cut_later = failed(Symptom::cut_off, 100, 10);
  cut_later.end = at(105);
  const Attempt accepted_then = Make(kWeb, 103, 28).ok();
  struct NewCase {
    const char* id;
    std::vector<Attempt> attempts;
    Truth truth;
    std::vector<std::uint64_t> packets;
  };
  const std::vector<NewCase> cases{
      {"transfer.accepted_since", {before, cut, accepted}, Truth::yes, {21}},
      {"transfer.accepted_since", {before, cut, refused}, Truth::no, {21}},
      {"transfer.accepted_since", {before, cut_later, accepted}, Truth::unknown, {}},
      {"transfer.accepted_since", {before, cut}, Truth::unknown, {}},
      {"transfer.refused_since", {before, cut, refused}, Truth::yes, {21}},
      {"transfer.refused_since", {before, cut, accepted}, Truth::no, {21}},
      {"transfer.refused_since", {before, cut}, Truth::unknown, {}},
      {"transfer.unanswered_since", {before, cut, silent}, Truth::yes, {20}},
      {"transfer.unanswered_since", {before, cut, accepted}, Truth::no, {21}},
      {"transfer.unanswered_since", {before, cut}, Truth::unknown, {}},
      {"transfer.some_accepted_since",
       {before, cut, accepted, silent_then, accepted_then},
       Truth::yes,
       {20, 24, 28}},
      {"transfer.some_accepted_since", {before, cut, accepted, silent_then}, Truth::unknown, {}},
      {"transfer.some_accepted_since", {before, cut, accepted}, Truth::no, {21}},
      {"transfer.some_accepted_since", {before, cut}, Truth::unknown, {}},
  };
  for (const NewCase& row : cases) {
    const Fact fact = Scene(row.attempts).ask(row.id, transfers(Symptom::cut_off));
    EXPECT_EQ(fact.truth, row.truth) << row.id << fact.detail;
    EXPECT_EQ(numbers(fact.packets), row.packets) << row.id;
  }
}

TEST(FactsTransfer, WhoseDataStandsStill) {
  const std::vector<Attempt> still{failed(Symptom::stalled, 100, 10)};
  expect_signs(
      "transfer.server_stuck",
      {{"the server's", still, {{Sign::server_stuck, 12}}, Symptom::stalled, Truth::yes, {12}},
       {"the client's", still, {}, Symptom::stalled, Truth::no, {10}},
       {"a connection that was cut",
        {failed(Symptom::cut_off, 100, 10)},
        {},
        Symptom::cut_off,
        Truth::unknown}});
}

TEST(FactsTransfer, WhereItIsLost) {
  const std::vector<Attempt> lossy{failed(Symptom::lossy, 100, 10)};
  expect_signs(
      "transfer.lost_before",
      {{"before this place", lossy, {{Sign::lost_before, 12}}, Symptom::lossy, Truth::yes, {12}},
       {"behind it", lossy, {{Sign::lost_behind, 13}}, Symptom::lossy, Truth::no, {13}},
       {"on both sides",
        lossy,
        {{Sign::lost_before, 12}, {Sign::lost_behind, 13}},
        Symptom::lossy,
        Truth::unknown},
       {"not known", lossy, {}, Symptom::lossy, Truth::unknown}});
  expect_signs(
      "transfer.one_direction",
      {{"downloads only", lossy, {{Sign::lost_download, 12}}, Symptom::lossy, Truth::yes, {12}},
       {"both",
        lossy,
        {{Sign::lost_download, 12}, {Sign::lost_upload, 13}},
        Symptom::lossy,
        Truth::no,
        {12, 13}},
       {"not known", lossy, {}, Symptom::lossy, Truth::unknown}});
}

TEST(FactsTransfer, WhoseWindowWasShut) {
  const std::vector<Attempt> shut{failed(Symptom::zero_window, 100, 10)};
  expect_signs(
      "transfer.client_shut",
      {{"the client's", shut, {{Sign::client_shut, 12}}, Symptom::zero_window, Truth::yes, {12}},
       {"the server's", shut, {{Sign::server_shut, 12}}, Symptom::zero_window, Truth::no, {12}}});
}

TEST(FactsTransfer, WhereLargePacketsAreSeen) {
  const std::vector<Attempt> big{failed(Symptom::too_big, 100, 10)};
  expect_signs(
      "transfer.large_unseen",
      {{"only their gap", big, {{Sign::hidden_hole, 12}}, Symptom::too_big, Truth::yes, {12}},
       {"they are here", big, {}, Symptom::too_big, Truth::no, {10}}});
}

TEST(FactsTransfer, LargePacketsThatPassed) {
  const std::vector<Attempt> big{failed(Symptom::too_big, 100, 10)};
  expect_signs("transfer.large_passed", {{"on another connection",
                                          big,
                                          {{Sign::large_passed, 12}},
                                          Symptom::too_big,
                                          Truth::yes,
                                          {12}},
                                         {"not seen", big, {}, Symptom::too_big, Truth::unknown}});
}

TEST(FactsTransfer, ResetsOfAnotherDistance) {
  expect_facts("reset.ttl_differs",
               {{"from elsewhere",
                 {Make(kWeb, 90, 2).ok(), failed(Symptom::cut_off, 100, 10, 200)},
                 transfers(Symptom::cut_off),
                 Truth::yes},
                {"from the server",
                 {Make(kWeb, 90, 2).ok(), failed(Symptom::cut_off, 100, 10)},
                 transfers(Symptom::cut_off),
                 Truth::no}});
}

// How connections come about is another question than what becomes of them.
TEST(FactsTransfer, TransfersSayNothingAboutNewConnections) {
  const Scene scene({Make(kWeb, 90, 2).reset(), failed(Symptom::cut_off, 100, 10)});
  const Subject refused = subject(kWeb, Symptom::reset);
  EXPECT_EQ(scene.ask("transfer.after_pause", refused).truth, Truth::unknown);
  EXPECT_EQ(scene.ask("transfer.stopped_together", refused).truth, Truth::unknown);
  const Fact never = scene.ask("service.never_answered", refused);
  EXPECT_EQ(never.truth, Truth::yes);
  EXPECT_EQ(numbers(never.packets), (std::vector<std::uint64_t>{2}));
}

}  // namespace
}  // namespace whydown::evidence
