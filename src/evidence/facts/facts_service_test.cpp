#include <algorithm>

#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kRefused = subject(dns(), Symptom::port_unreachable);
const Subject kServFail = subject(dns(), Symptom::serv_fail);
const IpAddress kThird = ip("192.51.100.17");

Attempt ok(double begin, std::uint64_t number, const IpAddress& client = kClient) {
  return Make(dns(), begin, number, client).ok();
}
Attempt refused(double begin, std::uint64_t number, const IpAddress& client = kClient) {
  return Make(dns(), begin, number, client).error(Symptom::port_unreachable);
}

TEST(FactsService, AnsweredBeforeAndAfter) {
  const Attempt nx = Make(dns(), 1, 1).rcode(Symptom::nx_domain);
  const Attempt fail = Make(dns(), 5, 5).rcode(Symptom::serv_fail);
  Attempt passed_by = ok(1, 1);  // the answer was not captured, but the client went on
  passed_by.answer = {};
  expect_facts(
      "service.answered_before",
      {{"the answer passed by", {passed_by, refused(5, 5)}, kRefused, Truth::yes, {1}},
       {"yes", {ok(1, 1), refused(5, 5)}, kRefused, Truth::yes, {2}},
       {"by another client", {ok(1, 1, kOther), refused(5, 5)}, kRefused, Truth::yes, {2}},
       {"nobody asked before", {refused(5, 5), ok(9, 9)}, kRefused, Truth::unknown},
       {"NXDOMAIN comes from a running service", {nx, refused(5, 5)}, kRefused, Truth::yes, {2}},
       {"NXDOMAIN before SERVFAIL", {nx, fail}, kServFail, Truth::yes},
       {"SERVFAIL before NXDOMAIN is no service",
        {Make(dns(), 1, 1).rcode(Symptom::refused), fail},
        kServFail,
        Truth::no},
       {"another service", {Make(tcp(80), 1, 1).ok(), refused(5, 5)}, kRefused, Truth::unknown}});
  expect_facts(
      "service.answered_after",
      {{"yes", {refused(5, 5), ok(9, 9)}, kRefused, Truth::yes, {10}},
       {"only before", {ok(1, 1), refused(5, 5)}, kRefused, Truth::unknown},
       {"between failures", {refused(5, 5), ok(7, 7), refused(9, 9)}, kRefused, Truth::unknown},
       {"asked again, and silent", {refused(5, 5), Make(dns(), 9, 9)}, kRefused, Truth::no, {9}},
       {"never", {refused(5, 5)}, kRefused, Truth::unknown}});
}

TEST(FactsService, AnsweredAfterSeesPastTheExemplars) {
  std::vector<Attempt> attempts;
  for (std::uint64_t i = 0; i < 60; ++i) attempts.push_back(ok(static_cast<double>(i), 2 * i + 1));
  attempts.push_back(refused(30.5, 1001));
  const Scene scene(attempts);
  EXPECT_EQ(scene.ask("service.answered_before", kRefused).truth, Truth::yes);
  EXPECT_EQ(scene.ask("service.answered_after", kRefused).truth, Truth::yes);
  EXPECT_EQ(scene.ask("service.never_answered", kRefused).truth, Truth::no);
}

TEST(FactsService, NeverAnswered) {
  Attempt slow = ok(1, 1);
  slow.outcome = Outcome::slow;
  expect_facts(
      "service.never_answered",
      {{"three refusals", {refused(1, 1), refused(2, 3), refused(3, 5)}, kRefused, Truth::yes},
       {"one answer", {refused(1, 1), ok(2, 3)}, kRefused, Truth::no, {4}},
       {"slow is an answer", {slow, refused(2, 3)}, kRefused, Truth::no},
       {"an error answer is one",
        {Make(dns(), 1, 1).rcode(Symptom::serv_fail), refused(2, 3)},
        kRefused,
        Truth::no}});
  const Fact fact =
      Scene({refused(1, 1), refused(2, 3), refused(3, 5)}).ask("service.never_answered", kRefused);
  EXPECT_NE(fact.detail.find("3 attempts"), std::string::npos) << fact.detail;
}

TEST(FactsService, ScopeAmongClients) {
  const std::vector<Attempt> alone = {refused(1, 1), refused(9, 3)};
  const std::vector<Attempt> one = {refused(1, 1), refused(9, 3), ok(5, 11, kOther)};
  const std::vector<Attempt> two = {refused(1, 1), refused(9, 3), refused(5, 11, kOther)};
  const std::vector<Attempt> mixed = {refused(1, 1), refused(9, 3), refused(5, 11, kOther),
                                      ok(6, 13, kThird)};
  const std::vector<Attempt> before = {ok(0.5, 11, kOther), refused(1, 1), refused(9, 3)};
  const std::vector<Attempt> long_after = {refused(1, 1), refused(9, 3), ok(60, 11, kOther)};
  const std::vector<Attempt> flapping = {refused(1, 1), ok(5, 11), refused(9, 3),
                                         refused(8, 13, kOther)};
  // Only the first eight and the last four of what was served are kept.
  std::vector<Attempt> steady = {refused(20, 1), refused(40, 3)};
  for (std::uint64_t i = 0; i < 60; ++i) {
    steady.push_back(ok(static_cast<double>(i), 11 + 2 * i, kOther));
  }
  const std::vector<Attempt> recovered = {refused(1, 1), refused(9, 3), ok(10, 11, kOther)};
  expect_facts("service.others_served",
               {{"served all the time", steady, kRefused, Truth::yes},
                {"served just after the recovery", recovered, kRefused, Truth::unknown},
                {"another is served", one, kRefused, Truth::yes, {12}},
                {"a third one is", mixed, kRefused, Truth::yes, {14}},
                {"the other fails too", two, kRefused, Truth::no},
                {"one client only", alone, kRefused, Truth::unknown},
                {"served before the failure only", before, kRefused, Truth::unknown},
                {"served after the failure only", long_after, kRefused, Truth::unknown},
                {"only failing clients are served", flapping, kRefused, Truth::no}});
  expect_facts("service.only_one_client_fails",
               {{"another is served", one, kRefused, Truth::yes, {1, 12, 3}},
                {"two fail", two, kRefused, Truth::no},
                {"two fail, a third is served", mixed, kRefused, Truth::no},
                {"one client only", alone, kRefused, Truth::unknown},
                {"the other came before", before, kRefused, Truth::unknown}});
  expect_facts("service.all_clients_fail",
               {{"two fail", two, kRefused, Truth::yes, {1, 11, 3}},
                {"another is served", one, kRefused, Truth::no},
                {"a third is served", mixed, kRefused, Truth::no},
                {"one client only", alone, kRefused, Truth::unknown},
                {"the other came before", before, kRefused, Truth::unknown},
                {"somebody was served in between", flapping, kRefused, Truth::no}});
}

TEST(FactsService, OthersServedBeyondTheExemplars) {
  // Hundreds of answers to other clients before, during and after: exemplars show only the ends.
  std::vector<Attempt> attempts;
  for (std::uint64_t i = 0; i < 400; ++i) {
    attempts.push_back(
        ok(static_cast<double>(i), 2 * i + 1, IpAddress::v4(100 + (i < 200 ? 0U : 1U))));
  }
  attempts.push_back(refused(190, 1001));
  attempts.push_back(refused(210, 1003));
  const Fact fact = Scene(attempts).ask("service.others_served", kRefused);
  EXPECT_EQ(fact.truth, Truth::yes) << fact.detail;
  EXPECT_FALSE(fact.packets.empty());
}

// Of a flood with spoofed sources the server answers some; nobody takes those answers up.
TEST(FactsService, HalfOpenHandshakesServeNobody) {
  std::vector<Attempt> attempts;
  for (std::uint64_t i = 0; i < 40; ++i) {
    const auto begin = static_cast<double>(i);
    attempts.push_back(Make(tcp(443), begin, 4 * i + 1).silent());
    Attempt spoofed =
        Make(tcp(443), begin, 4 * i + 3, IpAddress::v4(5000 + static_cast<std::uint32_t>(i))).ok();
    spoofed.half_open = true;
    attempts.push_back(spoofed);
  }
  const Scene scene(attempts);
  const Subject silence = subject(tcp(443), Symptom::no_response);
  EXPECT_NE(scene.ask("service.others_served", silence).truth, Truth::yes);
  EXPECT_TRUE(std::ranges::none_of(scene.store.service_clients(),
                                   [](const auto& entry) { return entry.second.ok() != 0; }));
}

TEST(FactsService, ManyFailingClientsAreCountedNotListed) {
  std::vector<Attempt> attempts;
  for (std::uint32_t i = 0; i < 300; ++i) {
    attempts.push_back(refused(static_cast<double>(i) / 10, 2 * i + 1, IpAddress::v4(1000 + i)));
  }
  const Scene scene(attempts);
  const Fact fact = scene.ask("service.all_clients_fail", kRefused);
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_LE(fact.packets.size(), 4U);
  const Fact others = scene.ask("service.others_served", kRefused);
  EXPECT_EQ(others.truth, Truth::no);
  EXPECT_NE(others.detail.find(" more failed"), std::string::npos) << others.detail;
}

TEST(FactsService, Retried) {
  Attempt first = refused(1, 1);
  Attempt same = refused(3, 5);
  same.request.source_port = first.request.source_port;
  same.request.dns_id = first.request.dns_id;
  Attempt other_port = same;
  other_port.request.source_port += 1;
  Attempt unseen = refused(1, 1);
  unseen.tries = 0;
  unseen.request = {};
  expect_facts("request.retried",
               {{"three tries",
                 {Make(dns(), 1, 1).tries(3, 11)},
                 subject(dns(), Symptom::no_response),
                 Truth::yes,
                 {3}},
                {"once", {refused(1, 1)}, kRefused, Truth::no, {1}},
                {"two queries of their own", {refused(1, 1), refused(2, 3)}, kRefused, Truth::no},
                {"the same query again after its error", {first, same}, kRefused, Truth::yes, {5}},
                {"... from another port", {first, other_port}, kRefused, Truth::unknown},
                {"request not seen", {unseen}, kRefused, Truth::unknown}});
}

}  // namespace
}  // namespace whydown::evidence
