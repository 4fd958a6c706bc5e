#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kRefused = subject(dns(), Symptom::port_unreachable);
const Subject kSilent = subject(dns(), Symptom::no_response);
const Subject kNoArp = subject(arp(), Symptom::no_response);

Attempt refused(double begin, std::uint64_t number) {
  return Make(dns(), begin, number).error(Symptom::port_unreachable);
}
Attempt silent(double begin = 1, std::uint64_t number = 1) { return Make(dns(), begin, number); }
Attempt undecided(Attempt attempt) {
  attempt.outcome = Outcome::unknown;
  attempt.symptom = Symptom::none;
  attempt.open_at_end = true;
  return attempt;
}

TEST(FactsHost, OtherPortsRefuse) {
  const Attempt other_udp = Make(udp(123), 2, 11).error(Symptom::port_unreachable);
  const Attempt by_router = Make(udp(123), 2, 11).error(Symptom::port_unreachable, kRouter);
  const Attempt tcp_reset = Make(tcp(81), 2, 13).reset();
  const Attempt tcp_silent = Make(tcp(80), 1, 1);
  const Subject silent_web = subject(tcp(80), Symptom::no_response);
  expect_facts(
      "host.other_ports_refuse",
      {{"another UDP port too", {refused(1, 1), other_udp}, kRefused, Truth::yes, {12}},
       {"another UDP port is silent",
        {refused(1, 1), Make(udp(123), 2, 11)},
        kRefused,
        Truth::no,
        {11}},
       {"another UDP port answers",
        {refused(1, 1), Make(udp(123), 2, 11).ok()},
        kRefused,
        Truth::no},
       {"a TCP port is another matter", {refused(1, 1), tcp_reset}, kRefused, Truth::unknown},
       {"none tried", {refused(1, 1)}, kRefused, Truth::unknown},
       {"another host's port",
        {refused(1, 1), Make(udp(123, kOther), 2, 11).error(Symptom::port_unreachable)},
        kRefused,
        Truth::unknown},
       {"undecided", {refused(1, 1), undecided(Make(udp(123), 2, 11))}, kRefused, Truth::unknown},
       {"silent subject, others reset", {tcp_silent, tcp_reset}, silent_web, Truth::yes, {14}},
       {"silent subject, others silent", {tcp_silent, Make(tcp(81), 2, 11)}, silent_web, Truth::no},
       {"silent subject, the server's ICMP", {silent(), other_udp}, kSilent, Truth::yes},
       {"silent subject, a router's ICMP", {silent(), by_router}, kSilent, Truth::no}});
  const Fact fact = Scene({refused(1, 1), other_udp}).ask("host.other_ports_refuse", kRefused);
  EXPECT_NE(fact.detail.find("203.0.113.2 UDP port 123"), std::string::npos) << fact.detail;
}

// Two public resolvers asked one question each: neither was tried anywhere else.
TEST(FactsHost, SeveralServersSilent) {
  Subject both = kSilent;
  both.services.push_back(dns(kOther));
  const Attempt other = Make(dns(kOther), 1.5, 3);
  const Attempt other_again = Make(tcp(80, kOther), 2, 5);
  const Attempt again = Make(tcp(80), 2, 7);
  expect_facts("host.several_silent",
               {{"two resolvers", {silent(), other}, both, Truth::yes, {1, 3}},
                {"one of them resets elsewhere",
                 {silent(), other, Make(tcp(80, kOther), 2, 5).reset()},
                 both,
                 Truth::unknown},
                {"one alone", {silent()}, kSilent, Truth::unknown}});
  expect_facts("host.silent_everywhere",
               {{"one service each", {silent(), other}, both, Truth::unknown},
                {"two services of one", {silent(), other, again}, both, Truth::unknown},
                {"two of each", {silent(), other, again, other_again}, both, Truth::yes}});
}

TEST(FactsHost, OtherPortsAnswer) {
  expect_facts(
      "host.other_ports_answer",
      {{"web works", {refused(100, 1), Make(tcp(80), 130, 11).ok()}, kRefused, Truth::yes, {12}},
       {"web worked shortly before",
        {refused(100, 1), Make(tcp(80), 98, 11).ok()},
        kRefused,
        Truth::unknown},
       {"web worked long before",
        {refused(1000, 1), Make(tcp(80), 50, 11).ok()},
        kRefused,
        Truth::unknown},
       {"web reset", {refused(100, 1), Make(tcp(80), 101, 11).reset()}, kRefused, Truth::no, {11}},
       {"DNS over TCP is not",
        {refused(100, 1), Make(dns_tcp(), 101, 11).ok()},
        kRefused,
        Truth::unknown},
       {"ping is no port", {refused(100, 1), Make(echo(), 101, 11).ok()}, kRefused, Truth::unknown},
       {"web works again, as the service does",
        {refused(100, 1), refused(103, 3), Make(tcp(80), 104, 11).ok(), Make(dns(), 105, 13).ok()},
        kRefused,
        Truth::unknown},
       {"itself only", {refused(100, 1), Make(dns(), 101, 11).ok()}, kRefused, Truth::unknown}});
}

TEST(FactsHost, Alive) {
  expect_facts(
      "host.alive",
      {{"its own ICMP error", {refused(1, 1)}, kRefused, Truth::yes, {2}},
       {"a router's ICMP error",
        {Make(dns(), 1, 1).error(Symptom::port_unreachable, kRouter)},
        kRefused,
        Truth::unknown},
       {"a reset elsewhere", {silent(), Make(tcp(80), 2, 11).reset()}, kSilent, Truth::yes, {12}},
       {"an ARP reply", {silent(), Make(arp(), 2, 11).ok()}, kSilent, Truth::yes, {12}},
       {"an echo reply", {silent(), Make(echo(), 2, 11).ok()}, kSilent, Truth::yes, {12}},
       {"alive only before the failure",
        {silent(100), Make(echo(), 2, 11).ok()},
        kSilent,
        Truth::unknown},
       {"alive an hour later", {silent(100), Make(echo(), 3700, 11).ok()}, kSilent, Truth::unknown},
       {"alive again after the recovery only",
        {silent(1), silent(3, 3), Make(echo(), 4, 11).ok(), Make(dns(), 5, 13).ok()},
        kSilent,
        Truth::unknown},
       {"asked while it failed, answered after the recovery",
        {silent(1), silent(5, 3), Make(tcp(80), 2, 11).ok(4), Make(dns(), 7, 13).ok()},
        kSilent,
        Truth::unknown},
       {"alive between the failures",
        {silent(1), silent(9, 3), Make(echo(), 4, 11).ok(), Make(dns(), 15, 13).ok()},
        kSilent,
        Truth::yes,
        {12}},
       {"another host's reply",
        {silent(), Make(echo(kOther), 2, 11).ok()},
        kSilent,
        Truth::unknown},
       {"one silent service", {silent()}, kSilent, Truth::unknown},
       {"silent everywhere", {silent(), Make(tcp(80), 2, 11)}, kSilent, Truth::no}});
}

TEST(FactsHost, SilentEverywhere) {
  expect_facts(
      "host.silent_everywhere",
      {{"two ports", {silent(), Make(tcp(80), 2, 11)}, kSilent, Truth::yes, {1, 11}},
       {"port and ARP", {silent(), Make(arp(), 2, 11)}, kSilent, Truth::yes},
       {"port and ping", {silent(), Make(echo(), 2, 11)}, kSilent, Truth::yes},
       {"a router speaks for it",
        {Make(tcp(80), 1, 1).error(Symptom::host_unreachable, kRouter), Make(tcp(81), 2, 11)},
        subject(tcp(80), Symptom::host_unreachable),
        Truth::yes},
       {"one port, many times", {silent(1, 1), silent(2, 3)}, kSilent, Truth::unknown},
       {"second port before the failure",
        {silent(100), Make(tcp(80), 2, 11)},
        kSilent,
        Truth::unknown},
       {"second port undecided",
        {silent(), undecided(Make(tcp(80), 2, 11))},
        kSilent,
        Truth::unknown},
       {"something answers",
        {silent(), Make(tcp(80), 2, 11), Make(echo(), 3, 13).ok()},
        kSilent,
        Truth::no,
        {14}}});
}

TEST(FactsHost, Neighbours) {
  const Attempt unanswered = Make(arp(), 1, 1).tries(3, 3);
  const Attempt answered = Make(arp(), 1, 11).ok();
  const Attempt before = Make(arp(), 0, 19).ok();
  const Attempt just_before = Make(arp(), 0.999, 13).ok();
  const Attempt back = Make(arp(), 9, 15).ok();
  expect_facts("arp.server_unanswered",
               {{"itself", {unanswered}, kNoArp, Truth::yes, {1}},
                {"beside a silent service", {silent(), unanswered}, kSilent, Truth::yes},
                {"answered", {silent(), answered}, kSilent, Truth::no, {12}},
                {"answered before, then no more", {before, unanswered}, kNoArp, Truth::yes, {1}},
                {"the same beside a silent service",
                 {silent(), just_before, unanswered},
                 kSilent,
                 Truth::yes},
                {"it came back", {silent(), unanswered, back}, kSilent, Truth::unknown},
                {"long before", {silent(500, 21), unanswered}, kSilent, Truth::unknown},
                {"not in view", {silent()}, kSilent, Truth::unknown}});
  expect_facts("arp.server_answered",
               {{"answered", {silent(), answered}, kSilent, Truth::yes, {12}},
                {"resolved for the request", {silent(), just_before}, kSilent, Truth::yes, {14}},
                {"long before", {silent(500, 21), answered}, kSilent, Truth::unknown},
                {"answered before, then no more", {before, unanswered}, kNoArp, Truth::no, {1}},
                {"it came back", {silent(), unanswered, back}, kSilent, Truth::yes, {16}},
                {"unanswered", {silent(), unanswered}, kSilent, Truth::no, {1}},
                {"not in view", {silent()}, kSilent, Truth::unknown}});
  EXPECT_NE(Scene({unanswered}).ask("arp.server_unanswered", kNoArp).detail.find("3 requests"),
            std::string::npos);
}

}  // namespace
}  // namespace whydown::evidence
