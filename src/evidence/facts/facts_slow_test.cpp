#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kSlow = subject(dns(), Symptom::slow_answer);
const Subject kSilent = subject(dns(), Symptom::no_response);
const Subject kServFail = subject(dns(), Symptom::serv_fail);

Attempt late(double begin, std::uint64_t number, double latency = 2) {
  Attempt attempt = Make(dns(), begin, number).ok(latency);
  attempt.outcome = Outcome::slow;
  attempt.symptom = Symptom::slow_answer;
  return attempt;
}

// The repetition is answered `after` it was sent.
Attempt repeated(double begin, std::uint64_t number, double after) {
  Attempt attempt = Make(dns(), begin, number).ok(2).tries(2, begin + 2 - after);
  attempt.outcome = Outcome::slow;
  attempt.symptom = Symptom::slow_answer;
  return attempt;
}

Attempt saved(double begin, std::uint64_t number, base::Duration wait) {
  Attempt attempt = Make(dns(), begin, number);
  attempt.healed = attempt.answered_by_other_server = true;
  attempt.latency = wait;
  return attempt;
}

std::vector<Attempt> joined(std::vector<Attempt> a, const std::vector<Attempt>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(FactsSlow, Rescued) {
  expect_facts(
      "service.rescued",
      {{"another server answered after five seconds",
        {saved(1, 1, seconds{5}), saved(8, 3, seconds{5})},
        kSilent,
        Truth::yes,
        {1, 3}},
       {"another server was asked at the same time",
        {saved(1, 1, milliseconds{3}), saved(8, 3, milliseconds{3})},
        kSilent,
        Truth::unknown},
       {"nobody answered", {Make(dns(), 1, 1), Make(dns(), 8, 3)}, kSilent, Truth::unknown},
       {"late answers of its own", {late(1, 1)}, kSlow, Truth::no, {2}},
       {"an error of its own",
        {Make(dns(), 1, 1).rcode(Symptom::serv_fail, 3)},
        kServFail,
        Truth::no}});
}

TEST(FactsSlow, RepetitionAnswered) {
  expect_facts(
      "request.repetition_answered",
      {{"each repetition at once",
        {repeated(1, 1, 0.01), repeated(5, 5, 0.02), repeated(9, 9, 0.01), repeated(13, 13, 0.01)},
        kSlow,
        Truth::yes,
        {2, 6, 10, 14}},
       {"repeated, and still late",
        {repeated(1, 1, 1), repeated(5, 5, 0.9), repeated(9, 9, 1), repeated(13, 13, 0.8)},
        kSlow,
        Truth::no},
       {"never repeated", {late(1, 1), late(5, 5), late(9, 9), late(13, 13)}, kSlow, Truth::no},
       {"half and half",
        {repeated(1, 1, 0.01), repeated(5, 5, 0.02), late(9, 9), late(13, 13)},
        kSlow,
        Truth::unknown},
       {"too few", {repeated(1, 1, 0.01)}, kSlow, Truth::unknown},
       {"silence", {Make(dns(), 1, 1)}, kSilent, Truth::unknown}});
}

TEST(FactsSlow, OthersAtOnce) {
  const std::vector<Attempt> four = {late(1, 1), late(5, 5), late(9, 9), late(13, 13)};
  expect_facts(
      "latency.others_at_once",
      {{"one from the cache",
        joined(four, {Make(dns(), 7, 21).ok(0.002)}),
        kSlow,
        Truth::yes,
        {22}},
       {"only before it began", joined(four, {Make(dns(), 0.5, 21).ok(0.002)}), kSlow, Truth::no},
       {"all were late", four, kSlow, Truth::no},
       {"one late answer", {late(1, 1)}, kSlow, Truth::unknown}});
}

TEST(FactsSlow, Constant) {
  const auto spread = [](std::initializer_list<double> latencies) {
    std::vector<Attempt> out;
    for (const double latency : latencies) {
      const std::uint64_t number = 1 + out.size() * 4;
      out.push_back(late(static_cast<double>(number) * 3, number, latency));
    }
    return out;
  };
  expect_facts("latency.constant",
               {{"a timer", spread({2.0, 2.01, 2.0, 2.02, 2.0}), kSlow, Truth::yes},
                {"a queue", spread({1.1, 1.9, 2.7, 3.5, 4.4}), kSlow, Truth::no},
                {"between", spread({2.0, 2.5, 3.0, 3.2}), kSlow, Truth::unknown},
                {"too few", spread({2.0, 2.0}), kSlow, Truth::unknown}});
}

// A quiet minute and a busy one.
TEST(FactsSlow, GrowsWithLoad) {
  const auto made = [](double quiet, double busy, int busy_count) {
    std::vector<Attempt> out;
    std::uint64_t number = 1;
    for (int second = 0; second < 20; ++second, number += 2) {
      out.push_back(Make(dns(), second, number).ok(quiet));
    }
    for (int i = 0; i < busy_count; ++i, number += 2) {
      const double begin = 20 + 10.0 * i / busy_count;
      out.push_back(busy >= 1 ? late(begin, number, busy)
                              : static_cast<Attempt>(Make(dns(), begin, number).ok(busy)));
    }
    out.push_back(late(40, number, 2));
    return out;
  };
  expect_facts("latency.grows_with_load",
               {{"ten times as much, and slow", made(0.001, 1.5, 100), kSlow, Truth::yes},
                {"ten times as much, as slow", made(1.2, 1.3, 100), kSlow, Truth::no},
                {"never more than usual", made(0.001, 1.5, 10), kSlow, Truth::unknown}});
}

}  // namespace
}  // namespace whydown::evidence
