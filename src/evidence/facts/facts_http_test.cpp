#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"
#include "journey/application.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Service kHttp{kServer, 80, packet::Transport::tcp, Protocol::http};

Subject failing(Symptom symptom) { return {{kHttp}, Step::request, symptom}; }
const Subject kErrors = failing(Symptom::error_status);
const Subject kSilent = failing(Symptom::no_response);
const Subject kClosed = failing(Symptom::unanswered);
const Subject kLoop = failing(Symptom::redirect_loop);
const Subject kLate = failing(Symptom::slow_answer);

// A request and its answer, of the path 11 of the name 21.
Attempt answered(double begin, std::uint64_t number, std::uint16_t status, double latency = 0.01,
                 std::uint32_t path = 11, std::uint32_t name = 21) {
  Make make(kHttp, begin, number);
  Attempt& attempt = make.ok(latency).get();
  attempt.step = Step::request;
  attempt.request.kind = Kind::http_request;
  attempt.request.target = path;
  attempt.request.name = name;
  attempt.answer.kind = Kind::http_answer;
  attempt.answer.code = status;
  if (status >= 400) {
    attempt.symptom = status == 404   ? Symptom::not_found
                      : status == 403 ? Symptom::denied
                                      : Symptom::error_status;
    attempt.outcome = journey::Outcome::failed;
  }
  return attempt;
}

Attempt silent(double begin, std::uint64_t number, std::uint32_t path = 11) {
  Attempt attempt = answered(begin, number, 200, 0.01, path);
  attempt.answer = {};
  attempt.latency = base::Duration{-1};
  attempt.outcome = Outcome::silent;
  attempt.symptom = Symptom::no_response;
  return attempt;
}

Attempt closed(double begin, std::uint64_t number, bool reset, bool reused) {
  Attempt attempt = answered(begin, number, 0);
  attempt.answer.kind = Kind::tcp_segment;
  attempt.answer.tcp_flags = reset ? packet::tcp_flag::rst : packet::tcp_flag::fin;
  attempt.outcome = Outcome::cut;
  attempt.symptom = Symptom::unanswered;
  attempt.was_reused = reused;
  return attempt;
}

Attempt sent_on(double begin, std::uint64_t number, journey::Leads where) {
  Attempt attempt = answered(begin, number, 302);
  attempt.answer.detail = static_cast<std::uint16_t>(where);
  attempt.outcome = Outcome::failed;
  attempt.symptom = Symptom::redirect_loop;
  return attempt;
}

Attempt late(double begin, std::uint64_t number) {
  Attempt attempt = answered(begin, number, 200, 3);
  attempt.outcome = Outcome::slow;
  attempt.symptom = Symptom::slow_answer;
  return attempt;
}

Attempt retry_later(Attempt attempt) {
  attempt.has_retry_after = true;
  return attempt;
}

TEST(FactsHttp, StatusClasses) {
  struct Row {
    const char* fact;
    std::uint16_t status;
    Symptom symptom;
  };
  static constexpr Row kRows[] = {
      {"http.bad_gateway", 502, Symptom::error_status},
      {"http.gateway_timeout", 504, Symptom::error_status},
      {"http.unavailable", 503, Symptom::error_status},
      {"http.too_many", 429, Symptom::error_status},
      {"http.server_error", 500, Symptom::error_status},
      {"http.forbidden", 403, Symptom::denied},
      {"http.nothing_there", 404, Symptom::not_found},
  };
  for (const Row& row : kRows) {
    for (const Row& asked : kRows) {
      const std::vector<Attempt> attempts{answered(1, 10, row.status), answered(2, 20, row.status)};
      const Fact fact = Scene(attempts).ask(asked.fact, failing(row.symptom));
      EXPECT_EQ(fact.truth, row.status == asked.status ? Truth::yes : Truth::no)
          << asked.fact << " " << row.status;
      EXPECT_EQ(numbers(fact.packets), (std::vector<std::uint64_t>{11, 21}));
    }
  }
  expect_facts(
      "http.bad_gateway",
      {{"half of each", {answered(1, 10, 502), answered(2, 20, 500)}, kErrors, Truth::unknown},
       {"of another protocol",
        {Make(tcp(80), 1, 10).reset()},
        subject(tcp(80), Symptom::reset),
        Truth::unknown}});
  Attempt challenge = answered(1, 10, 403);
  challenge.answer.code = 401;
  expect_facts("http.asks_for_credentials",
               {{"401", {challenge}, failing(Symptom::denied), Truth::yes, {11}},
                {"403", {answered(1, 10, 403)}, failing(Symptom::denied), Truth::no}});
  Attempt odd = answered(1, 10, 404);
  odd.answer.code = 405;
  expect_facts("http.request_at_fault",
               {{"405", {odd}, failing(Symptom::not_found), Truth::yes, {11}},
                {"404", {answered(1, 10, 404)}, failing(Symptom::not_found), Truth::no}});
}

TEST(FactsHttp, HowSoon) {
  expect_facts("http.failed_soon",
               {{"at once", {answered(1, 10, 502, 0.002)}, kErrors, Truth::yes, {11}},
                {"after a while", {answered(1, 10, 502, 0.4)}, kErrors, Truth::unknown},
                {"after seconds", {answered(1, 10, 504, 2.0)}, kErrors, Truth::no, {11}},
                {"never", {silent(1, 10)}, kSilent, Truth::unknown}});
  expect_facts(
      "http.failed_after_same_wait",
      {{"a time-out",
        {answered(1, 10, 504, 2.0), answered(5, 20, 504, 2.01)},
        kErrors,
        Truth::yes,
        {11, 21}},
       {"by chance", {answered(1, 10, 504, 2.0), answered(5, 20, 504, 3.0)}, kErrors, Truth::no},
       {"at once", {answered(1, 10, 502, 0.01), answered(5, 20, 502, 0.01)}, kErrors, Truth::no},
       {"one is no rule", {answered(1, 10, 504, 2.0)}, kErrors, Truth::unknown}});
  expect_facts("http.retry_after",
               {{"says when", {retry_later(answered(1, 10, 503))}, kErrors, Truth::yes, {11}},
                {"does not", {answered(1, 10, 503)}, kErrors, Truth::no, {11}}});
}

TEST(FactsHttp, WhatElseIsServed) {
  expect_facts("http.other_paths_served",
               {{"another path",
                 {answered(1, 10, 500), answered(2, 20, 200, 0.01, 12), answered(3, 30, 500)},
                 kErrors,
                 Truth::yes,
                 {21}},
                {"the same path",
                 {answered(1, 10, 500), answered(2, 20, 200), answered(3, 30, 500)},
                 kErrors,
                 Truth::no,
                 {21}},
                {"before it only",
                 {answered(1, 10, 200, 0.01, 12), answered(9, 20, 500)},
                 kErrors,
                 Truth::unknown},
                {"paths not known",
                 {answered(1, 10, 500, 0.01, 0), answered(2, 20, 200)},
                 kErrors,
                 Truth::unknown}});
  expect_facts("http.other_names_served",
               {{"another name",
                 {answered(1, 10, 500), answered(2, 20, 200, 0.01, 11, 22), answered(3, 30, 500)},
                 kErrors,
                 Truth::yes,
                 {21}},
                {"the same name",
                 {answered(1, 10, 500), answered(2, 20, 200), answered(3, 30, 500)},
                 kErrors,
                 Truth::no,
                 {21}}});
  expect_facts(
      "http.others_answered",
      {{"others are",
        {silent(1, 10), answered(2, 20, 200, 0.01, 12), silent(3, 30)},
        kSilent,
        Truth::yes,
        {21}},
       {"by an error",
        {silent(1, 10), answered(2, 20, 500), silent(3, 30)},
        kSilent,
        Truth::yes,
        {21}},
       {"before it only", {answered(1, 10, 200), silent(5, 20)}, kSilent, Truth::unknown},
       {"nothing else was asked for", {silent(5, 20)}, kSilent, Truth::unknown},
       {"other pages fail alike", {silent(1, 10), silent(3, 30, 12)}, kSilent, Truth::no, {10, 30}},
       {"the connections of others are closed",
        {silent(1, 10), closed(2, 20, true, false), silent(3, 30)},
        kSilent,
        Truth::no}});
}

TEST(FactsHttp, ServerOrNetwork) {
  expect_facts("http.server_slower_than_network",
               {{"fast handshakes",
                 {late(0.5, 10), Make(tcp(80), 1, 5).ok(0.01), late(1.1, 20)},
                 kLate,
                 Truth::yes,
                 {6, 11, 21}},
                {"slow handshakes",
                 {late(0.5, 10), Make(tcp(80), 1, 5).ok(2), late(1.1, 20)},
                 kLate,
                 Truth::no},
                {"no handshake in view", {late(1.1, 10)}, kLate, Truth::unknown}});
}

TEST(FactsHttp, HandshakesRepeated) {
  expect_facts("http.handshakes_repeated",
               {{"one was",
                 {silent(0.5, 10), Make(tcp(80), 1, 5).ok(1.01).tries(2, 2), silent(1.1, 20)},
                 kSilent,
                 Truth::yes,
                 {6}},
                {"none was",
                 {silent(0.5, 10), Make(tcp(80), 1, 5).ok(), silent(1.1, 20)},
                 kSilent,
                 Truth::no,
                 {5}},
                {"not in view", {silent(1.1, 10)}, kSilent, Truth::unknown}});
}

TEST(FactsHttp, ClosedInstead) {
  expect_facts("http.closed_by_reset",
               {{"reset", {closed(1, 10, true, false)}, kClosed, Truth::yes, {11}},
                {"closed", {closed(1, 10, false, false)}, kClosed, Truth::no, {11}},
                {"silent", {silent(1, 10)}, kSilent, Truth::unknown}});
  expect_facts(
      "http.on_reused_connections",
      {{"all", {closed(1, 10, true, true)}, kClosed, Truth::yes, {10}},
       {"some", {closed(1, 10, true, true), closed(2, 20, true, false)}, kClosed, Truth::no}});
}

TEST(FactsHttp, WhereRedirectsLead) {
  using journey::Leads;
  struct Row {
    Leads leads;
    const char* fact;
  };
  static constexpr Row kRows[] = {{Leads::same_on_https, "redirect.to_https"},
                                  {Leads::other_host, "redirect.to_other_host"},
                                  {Leads::same_host, "redirect.to_other_path"}};
  for (const Row& row : kRows) {
    for (const Row& asked : kRows) {
      const std::vector<Attempt> attempts{sent_on(1, 10, row.leads)};
      const Fact fact = Scene(attempts).ask(asked.fact, kLoop);
      EXPECT_EQ(fact.truth, row.leads == asked.leads ? Truth::yes : Truth::no) << asked.fact;
    }
    expect_facts(row.fact,
                 {{"not shown", {sent_on(1, 10, Leads::unknown)}, kLoop, Truth::unknown}});
  }
}

TEST(FactsHttp, StatusesOfRowsMerge) {
  Store one;
  one.attempt(answered(1, 10, 502));
  Store two;
  two.attempt(retry_later(answered(2, 20, 503)));
  one.merge(two);
  const Row& row = one.rows().begin()->second;
  EXPECT_EQ(row.codes.of(502), 1U);
  EXPECT_EQ(row.codes.of(503), 1U);
  EXPECT_EQ(row.retry_after, 1U);
}

}  // namespace
}  // namespace whydown::evidence
