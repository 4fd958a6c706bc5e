#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"
#include "journey/application.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

constexpr std::uint8_t kMail = 2;  // packet::reply::Verb
constexpr std::uint8_t kLogin = 6;

Service of(Protocol protocol) { return {kServer, 25, packet::Transport::tcp, protocol}; }

Attempt refusal(std::uint16_t code, std::uint16_t detail, std::uint8_t verb = kMail,
                Symptom symptom = Symptom::refused_reply, Protocol protocol = Protocol::smtp) {
  Make make(of(protocol), 1, 10);
  Attempt& attempt = make.ok().get();
  attempt.step = Step::request;
  attempt.request.kind = Kind::command;
  attempt.request.verb = verb;
  attempt.answer.kind = Kind::reply;
  attempt.answer.code = code;
  attempt.answer.detail = detail;
  attempt.outcome = Outcome::refused;
  attempt.symptom = symptom;
  return attempt;
}

TEST(FactsReplies, WhatTheRefusalSays) {
  using journey::enhanced_detail;
  struct Row {
    const char* fact;
    Attempt attempt;
    Truth truth;
  };
  const Row rows[] = {
      {"reply.policy", refusal(550, enhanced_detail(7, 1)), Truth::yes},
      {"reply.policy", refusal(550, 0), Truth::yes},
      {"reply.policy", refusal(554, 0), Truth::yes},
      {"reply.policy", refusal(452, enhanced_detail(3, 1)), Truth::no},
      {"reply.system", refusal(452, enhanced_detail(3, 1)), Truth::yes},
      {"reply.system", refusal(550, enhanced_detail(7, 1)), Truth::no},
      {"reply.system", refusal(421, enhanced_detail(3, 2), 0), Truth::no},
      {"reply.shutting", refusal(421, 0, 0), Truth::yes},
      {"reply.shutting", refusal(450, 0), Truth::no},
      {"reply.for_now", refusal(450, 0), Truth::yes},
      {"reply.for_now", refusal(550, 0), Truth::no},
      {"reply.put_off", refusal(450, enhanced_detail(2, 0)), Truth::yes},
      {"reply.put_off", refusal(451, 0), Truth::no},
      {"reply.at_greeting", refusal(421, 0, 0), Truth::yes},
      {"reply.at_greeting", refusal(550, 0), Truth::no},
      {"reply.login", refusal(535, 0, kLogin, Symptom::denied), Truth::yes},
      {"reply.login", refusal(550, 0), Truth::no},
      {"reply.nobody_there", refusal(550, 0, kMail, Symptom::not_found), Truth::yes},
      {"reply.nobody_there", refusal(550, 0), Truth::no},
      {"reply.hung_up", refusal(550, 0), Truth::no},
  };
  for (const Row& row : rows) {
    expect_facts(row.fact, {{row.fact,
                             {row.attempt},
                             {{of(Protocol::smtp)}, Step::request, row.attempt.symptom},
                             row.truth,
                             {11}}});
  }
}

TEST(FactsReplies, HungUp) {
  Attempt attempt = refusal(0, 0, 0, Symptom::unanswered, Protocol::ssh);
  attempt.answer.kind = Kind::tcp_segment;
  expect_facts("reply.hung_up", {{"closed",
                                  {attempt},
                                  {{of(Protocol::ssh)}, Step::request, Symptom::unanswered},
                                  Truth::yes,
                                  {11}}});
}

TEST(FactsReplies, Time) {
  using journey::NtpSays;
  struct Row {
    NtpSays says;
    const char* fact;
  };
  static constexpr Row kRows[] = {{NtpSays::rate, "ntp.rate"},
                                  {NtpSays::denied, "ntp.denied"},
                                  {NtpSays::unsynchronised, "ntp.unsynchronised"}};
  const Subject subject{{of(Protocol::ntp)}, Step::request, Symptom::refused_reply};
  for (const Row& row : kRows) {
    for (const Row& asked : kRows) {
      const Attempt attempt = refusal(0, static_cast<std::uint16_t>(row.says), 0,
                                      Symptom::refused_reply, Protocol::ntp);
      expect_facts(asked.fact, {{asked.fact,
                                 {attempt},
                                 subject,
                                 row.says == asked.says ? Truth::yes : Truth::no,
                                 {11}}});
    }
    expect_facts(row.fact, {{"mail",
                             {refusal(550, 0)},
                             {{of(Protocol::smtp)}, Step::request, Symptom::refused_reply},
                             Truth::unknown}});
  }
}

}  // namespace
}  // namespace whydown::evidence
