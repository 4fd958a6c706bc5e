#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const IpAddress kUpstream = ip("198.51.100.53");
const Subject kSilent = subject(dns(), Symptom::no_response);
const Subject kServFail = subject(dns(), Symptom::serv_fail);

Attempt silent(double begin, std::uint64_t number, const IpAddress& client = kClient) {
  return Make(dns(), begin, number, client);
}
Attempt served(double begin, std::uint64_t number, const IpAddress& client = kClient) {
  return Make(dns(), begin, number, client).ok();
}
Attempt open(double begin, std::uint64_t number) {
  Attempt attempt = Make(dns(), begin, number);
  attempt.outcome = Outcome::unknown;
  attempt.symptom = Symptom::none;
  attempt.open_at_end = true;
  return attempt;
}
Attempt late(double begin, std::uint64_t number) { return Make(dns(), begin, number).ok(8); }
Attempt failing(double begin, std::uint64_t number) {
  return Make(dns(), begin, number).rcode(Symptom::serv_fail);
}

const Service kOverTcp{kServer, 53, packet::Transport::tcp, Protocol::dns};

Attempt accepted(double begin, std::uint64_t number) {
  Attempt handshake = Make(kOverTcp, begin, number).ok();
  handshake.request.kind = Kind::tcp_syn;
  handshake.answer.kind = Kind::tcp_syn_ack;
  return handshake;
}

TEST(FactsMeanwhile, FailingClientServed) {
  const std::vector<Attempt> loss = {silent(1, 1), served(2, 3), silent(3, 5), served(4, 7),
                                     silent(5, 9)};
  // More than is kept whole: the seconds show it.
  std::vector<Attempt> busy;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const double when = static_cast<double>(i) / 5;
    busy.push_back(i % 3 == 0 ? silent(when, 2 * i + 1) : served(when, 2 * i + 1));
  }
  std::vector<Attempt> one_filtered;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const double when = static_cast<double>(i) / 5;
    one_filtered.push_back(i % 3 == 0 ? silent(when, 2 * i + 1) : served(when, 2 * i + 1, kOther));
  }
  std::vector<Attempt> settled = {failing(1, 1), served(1.2, 3), failing(1.4, 5), served(1.6, 7),
                                  failing(1.8, 9)};
  for (std::uint64_t k = 0; k < 20; ++k) {
    settled.push_back(failing(5 + static_cast<double>(k), 20 + 2 * k));
  }
  // The answers that come meanwhile are late ones, to what was asked before.
  std::vector<Attempt> queue;
  for (std::uint64_t i = 0; i < 79; ++i) {
    const double when = 0.2 + static_cast<double>(i) * 0.3;
    queue.push_back(i < 56 ? late(when, 2 * i + 1) : silent(when, 2 * i + 1));
  }
  // Three in a row are decided; of those sent later, the capture's end leaves the lost ones open.
  const auto lossy = [](double end, double latency) {
    std::vector<Attempt> out;
    for (std::uint64_t i = 0; i < 60; ++i) {
      const double when = static_cast<double>(i) / 5;
      const bool is_lost = i > 20 && (i < 24 || i % 3 == 0);
      Attempt attempt = is_lost ? silent(when, 2 * i + 1) : served(when, 2 * i + 1);
      if (is_lost && i >= 24) attempt = open(when, 2 * i + 1);
      if (!is_lost) attempt.latency = base::Duration{static_cast<std::int64_t>(latency * 1e9)};
      out.push_back(attempt);
    }
    Scene scene(out);
    journey::Totals totals;
    totals.last.time = at(end);
    totals.last.number = 1;
    scene.store.set_totals(totals);
    return scene.ask("service.failing_client_served", kSilent).truth;
  };
  EXPECT_EQ(lossy(12, 0.02), Truth::yes);
  EXPECT_EQ(lossy(7, 0.02), Truth::no) << "they may be answered yet";
  EXPECT_EQ(lossy(12, 1.6), Truth::no) << "answers may take that long";
  expect_facts("service.failing_client_served",
               {{"in between, again and again", loss, kSilent, Truth::yes, {4, 8}},
                {"many a second", busy, kSilent, Truth::yes},
                {"what was asked before it began", queue, kSilent, Truth::unknown},
                {"another client is served", one_filtered, kSilent, Truth::unknown},
                {"the system accepts, the program serves nobody",
                 {silent(1, 1), accepted(2, 3), silent(3, 5), accepted(4, 7), silent(5, 9)},
                 Subject{{dns(), kOverTcp}, Step::name, Symptom::no_response},
                 Truth::no},
                {"at the beginning only, while a new setting takes hold", settled, kServFail,
                 Truth::unknown},
                {"two outages",
                 {silent(1, 1), silent(2, 3), served(9, 5), served(10, 7), silent(20, 9)},
                 kSilent,
                 Truth::unknown},
                {"before and after only",
                 {served(0, 11), silent(1, 1), silent(2, 3), silent(3, 5), served(4, 7)},
                 kSilent,
                 Truth::no,
                 {1, 3, 5}},
                {"one failure", {silent(1, 1)}, kSilent, Truth::unknown}});
}

TEST(FactsMeanwhile, OwnRequests) {
  const Attempt asks = Make(dns(kUpstream), 1.1, 21, kServer);
  const Attempt asks_again = Make(dns(kUpstream), 1.2, 23, kServer);
  const Attempt is_told = Make(dns(kUpstream), 1.3, 25, kServer).ok();
  const Attempt is_denied = Make(dns(kUpstream), 1.3, 25, kServer).rcode(Symptom::nx_domain);
  const Attempt unreachable =
      Make(dns(kUpstream), 1.4, 27, kServer).error(Symptom::host_unreachable, kRouter);
  const Attempt before = Make(dns(kUpstream), 0.1, 29, kServer);
  const Attempt of_another = Make(dns(kUpstream), 1.1, 31);
  const Attempt web = Make(tcp(80, kUpstream), 1.1, 33, kServer);
  expect_facts(
      "host.own_requests_fail",
      {{"unanswered", {failing(1, 1), asks}, kServFail, Truth::yes, {21}},
       {"an ICMP error", {failing(1, 1), unreachable}, kServFail, Truth::yes, {28}},
       {"answered", {failing(1, 1), is_told}, kServFail, Truth::no, {26}},
       {"a name that does not exist", {failing(1, 1), is_denied}, kServFail, Truth::no},
       {"mostly failed", {failing(1, 1), asks, asks_again, is_told}, kServFail, Truth::yes},
       {"as often answered", {failing(1, 1), asks, is_told}, kServFail, Truth::unknown},
       {"before the failure only", {failing(1, 1), before}, kServFail, Truth::unknown},
       {"another's request", {failing(1, 1), of_another}, kServFail, Truth::unknown},
       {"no DNS", {failing(1, 1), web}, kServFail, Truth::unknown},
       {"none in view", {failing(1, 1)}, kServFail, Truth::unknown}});
}

TEST(FactsMeanwhile, AnswerWithheld) {
  const auto own = [](std::uint32_t name, std::uint16_t answers) {
    Attempt asked = Make(dns(kUpstream), 1.1, 21, kServer).ok().name(name);
    asked.answer.dns_answers = answers;
    return asked;
  };
  const Attempt failed = Make(dns(), 1, 1).rcode(Symptom::serv_fail).name(7);
  const Attempt unanswered = Make(dns(kUpstream), 1.2, 25, kServer);
  expect_facts("dns.answer_withheld",
               {{"it was told the address", {failed, own(7, 1)}, kServFail, Truth::yes, {22}},
                {"only whom to ask next", {failed, own(7, 0)}, kServFail, Truth::unknown},
                {"of another name", {failed, own(8, 1)}, kServFail, Truth::unknown},
                {"a part of the way, and no further",
                 {failed, own(7, 1), unanswered},
                 kServFail,
                 Truth::unknown},
                {"no request of its own in view", {failed}, kServFail, Truth::unknown},
                {"silence", {silent(1, 1), own(7, 1)}, kSilent, Truth::unknown}});
}

TEST(FactsMeanwhile, ServFail) {
  expect_facts(
      "dns.servfail_meanwhile",
      {{"another query", {silent(1, 1), failing(3, 3), silent(5, 5)}, kSilent, Truth::yes, {4}},
       {"before only", {failing(0, 3), silent(1, 1)}, kSilent, Truth::unknown},
       {"another server's",
        {silent(1, 1), Make(dns(kOther), 2, 3).rcode(Symptom::serv_fail)},
        kSilent,
        Truth::unknown},
       {"SERVFAIL is the failure", {failing(1, 1), failing(2, 3)}, kServFail, Truth::unknown},
       {"none", {silent(1, 1)}, kSilent, Truth::unknown}});
}

}  // namespace
}  // namespace whydown::evidence
