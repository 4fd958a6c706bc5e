#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

constexpr std::uint32_t kName = 7;
constexpr std::uint32_t kOtherName = 8;
const Subject kServfail = subject(dns(), Symptom::serv_fail);
const IpAddress kAuthority = ip("198.51.100.53");

Attempt failed(double begin = 1, std::uint64_t number = 1) {
  return Make(dns(), begin, number).name(kName).rcode(Symptom::serv_fail).name(kName);
}
Attempt without_checks(Attempt attempt) {
  attempt.request.checking_disabled = true;
  return attempt;
}
Attempt resolved(const IpAddress& server, std::uint32_t name, double begin, std::uint64_t number) {
  Attempt attempt = Make(dns(server), begin, number).ok().name(name);
  attempt.answer.dns_answers = 1;
  return attempt;
}
Attempt authoritative(Attempt attempt) {
  attempt.answer.authoritative = true;
  return attempt;
}

TEST(FactsDnsAsked, CdAnswers) {
  const Attempt good = without_checks(resolved(kServer, kName, 2, 11));
  const Attempt bad = without_checks(failed(2, 11));
  expect_facts(
      "dns.cd_answers",
      {{"resolves unchecked", {failed(), good}, kServfail, Truth::yes, {12}},
       {"fails unchecked too", {failed(), bad}, kServfail, Truth::no, {12}},
       {"not asked without a check", {failed()}, kServfail, Truth::unknown},
       {"resolves by itself",
        {failed(), resolved(kServer, kName, 2, 11)},
        kServfail,
        Truth::unknown},
       {"another name",
        {failed(), without_checks(resolved(kServer, kOtherName, 2, 11))},
        kServfail,
        Truth::unknown},
       {"another server",
        {failed(), without_checks(resolved(kOther, kName, 2, 11))},
        kServfail,
        Truth::unknown},
       {"both ways", {failed(), good, without_checks(failed(3, 21))}, kServfail, Truth::unknown}});
}

TEST(FactsDnsAsked, AuthorityAnswers) {
  const Attempt given = authoritative(resolved(kAuthority, kName, 2, 11));
  Attempt denied =
      authoritative(Make(dns(kAuthority), 2, 11).name(kName).rcode(Symptom::nx_domain).name(kName));
  expect_facts(
      "dns.authority_answers",
      {{"gives the record", {failed(), given}, kServfail, Truth::yes, {12}},
       {"denies it", {failed(), denied}, kServfail, Truth::no, {12}},
       {"no authority", {failed(), resolved(kAuthority, kName, 2, 11)}, kServfail, Truth::unknown},
       {"of another name",
        {failed(), authoritative(resolved(kAuthority, kOtherName, 2, 11))},
        kServfail,
        Truth::unknown},
       {"the same server",
        {failed(), authoritative(resolved(kServer, kName, 2, 11))},
        kServfail,
        Truth::unknown},
       {"not asked", {failed()}, kServfail, Truth::unknown}});
}

Attempt reset(std::uint16_t port, std::uint8_t asked, std::uint8_t answered, double begin = 2,
              std::uint64_t number = 11) {
  Attempt attempt = Make(tcp(port), begin, number).reset();
  attempt.request.tos = asked;
  attempt.answer.tos = answered;
  return attempt;
}
Attempt without_tos(Attempt attempt) {
  attempt.answer.known.clear(Field::tos);
  return attempt;
}

Attempt ping(std::uint8_t asked, std::uint8_t answered) {
  Attempt attempt = Make(echo(), 2.5, 31).ok();
  attempt.request.tos = asked;
  attempt.answer.tos = answered;
  return attempt;
}

TEST(FactsDistance, ResetCopiesTos) {
  const Subject refused = subject(tcp(80), Symptom::reset);
  const Subject no_port = subject(dns(), Symptom::port_unreachable);
  const Attempt no_dns = Make(dns(), 1, 1).error(Symptom::port_unreachable);
  const Attempt first = reset(80, 0, 0, 1, 1);
  const Attempt zero = reset(80, 0x20, 0);
  const Attempt alike = reset(80, 0x20, 0x20);
  const Attempt elsewhere = reset(81, 0x20, 0x20, 3, 21);
  expect_facts(
      "reset.copies_tos",
      {{"alike", {first, alike}, refused, Truth::yes, {12}},
       {"from zeros, another port's not", {first, zero, elsewhere}, refused, Truth::no, {12, 22}},
       {"from zeros, echo not", {first, zero, ping(0x20, 0x20)}, refused, Truth::no, {12, 32}},
       {"the way may clear it", {first, zero}, refused, Truth::unknown},
       {"the way does clear it", {first, zero, ping(0x20, 0)}, refused, Truth::unknown},
       {"nothing to copy", {first}, refused, Truth::unknown},
       {"another port", {first, elsewhere}, refused, Truth::unknown},
       {"TCP beside UDP", {no_dns, reset(53, 0x20, 0x20)}, no_port, Truth::yes},
       {"a third value", {first, reset(80, 0x20, 0x40), elsewhere}, refused, Truth::unknown},
       {"both", {first, alike, reset(80, 0x20, 0, 3, 21)}, refused, Truth::unknown},
       {"not shown", {first, without_tos(alike)}, refused, Truth::unknown}});
}

}  // namespace
}  // namespace whydown::evidence
