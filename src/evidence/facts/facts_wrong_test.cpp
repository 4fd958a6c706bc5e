#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kWrong = subject(dns(), Symptom::wrong_answer);
const Subject kTruncated = subject(dns(), Symptom::truncated);
const Subject kSilent = subject(dns(), Symptom::no_response);

Attempt wrong(double begin, std::uint64_t number, std::uint8_t ttl = 64) {
  return Make(dns(), begin, number).rcode(Symptom::wrong_answer).ttl(ttl);
}

TEST(FactsWrong, SecondAnswers) {
  Scene scene({wrong(1, 1), wrong(2, 3)});
  EXPECT_EQ(scene.ask("dns.second_answers", kWrong).truth, Truth::no);
  scene.observe(Sign::second_answer, dns(), 9, 2);
  const Fact fact = scene.ask("dns.second_answers", kWrong);
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_EQ(numbers(fact.packets), (std::vector<std::uint64_t>{9, 10}));
  EXPECT_EQ(fact.detail, "2 queries sent once got two different answers");
  // Those of another server are none of these.
  Scene other({wrong(1, 1)});
  other.observe(Sign::second_answer, dns(kOther), 9);
  EXPECT_EQ(other.ask("dns.second_answers", kWrong).truth, Truth::no);
}

TEST(FactsWrong, TwoDistances) {
  Attempt unseen = wrong(1, 1);
  unseen.answer.known.clear(Field::ttl);
  expect_facts(
      "dns.answers_from_two_distances",
      {{"the same hop count", {wrong(1, 1), Make(dns(), 2, 3).ok()}, kWrong, Truth::no},
       {"another one", {wrong(1, 1, 200), Make(dns(), 2, 3).ok()}, kWrong, Truth::yes, {2, 4}},
       {"no TTL shown", {unseen}, kWrong, Truth::unknown},
       {"another failure", {Make(dns(), 1, 1)}, kSilent, Truth::unknown}});
}

TEST(FactsWrong, OneAddressForAll) {
  const auto given = [](std::string_view address, const char* const(&names)[3], bool same) {
    Scene scene;
    std::uint64_t number = 1;
    for (const char* name : names) {
      Attempt attempt = wrong(static_cast<double>(number), number);
      attempt.request.name = attempt.question.name = scene.names.add(name);
      attempt.question.is_set = true;
      attempt.answer.quoted_destination =
          same ? ip(address) : ip("198.51.100." + std::to_string(number));
      scene.store.attempt(attempt);
      number += 2;
    }
    return scene.ask("dns.one_address_for_all", kWrong).truth;
  };
  EXPECT_EQ(given("198.51.100.1", {"www.a.example", "www.b.example", "www.c.example"}, true),
            Truth::yes);
  EXPECT_EQ(given("198.51.100.1", {"www.a.example", "www.b.example", "www.c.example"}, false),
            Truth::no);
  EXPECT_EQ(given("198.51.100.1", {"www.a.example", "mail.a.example", "a.example"}, true),
            Truth::unknown);
}

TEST(FactsWrong, TcpTried) {
  const Attempt cut = Make(dns(), 1, 1).rcode(Symptom::truncated);
  const Attempt later = Make(dns(), 9, 9).rcode(Symptom::truncated);
  const Service over_tcp{kServer, 53, packet::Transport::tcp, Protocol::dns};
  expect_facts(
      "dns.tcp_tried",
      {{"refused", {cut, Make(over_tcp, 1.1, 3).reset(), later}, kTruncated, Truth::yes, {3}},
       {"silent", {cut, Make(over_tcp, 1.1, 3), later}, kTruncated, Truth::yes, {3}},
       {"of another server",
        {cut, Make({kOther, 53, packet::Transport::tcp, Protocol::dns}, 1.1, 3), later},
        kTruncated,
        Truth::no},
       {"never", {cut, later}, kTruncated, Truth::no, {2, 10}}});
  Scene filtered({cut, later});
  base::InputInfo input;
  input.filter = "udp port 53";
  filtered.store.set_inputs({input});
  EXPECT_EQ(filtered.ask("dns.tcp_tried", kTruncated).truth, Truth::unknown);
}

}  // namespace
}  // namespace whydown::evidence
