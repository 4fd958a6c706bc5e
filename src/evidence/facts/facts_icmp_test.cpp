#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kRefused = subject(dns(), Symptom::port_unreachable);
const Subject kSilent = subject(dns(), Symptom::no_response);
const Subject kNoHost = subject(tcp(80), Symptom::host_unreachable);

Attempt refused(double begin, std::uint64_t number, const IpAddress& source = kServer) {
  return Make(dns(), begin, number).error(Symptom::port_unreachable, source);
}

Attempt without(Attempt attempt, Field field) {
  attempt.answer.known.clear(field);
  return attempt;
}

Attempt header(std::uint8_t tos, std::uint32_t id, bool df, std::uint64_t number = 1) {
  Attempt attempt = refused(static_cast<double>(number), number);
  attempt.answer.tos = tos;
  attempt.answer.ip_id = id;
  attempt.answer.dont_fragment = df;
  return attempt;
}

TEST(FactsIcmp, WhoSentTheError) {
  const std::vector<Attempt> own = {refused(1, 1), refused(2, 3)};
  const std::vector<Attempt> foreign = {refused(1, 1, kRouter), refused(2, 3, kRouter)};
  const std::vector<Attempt> both = {refused(1, 1), refused(2, 3, kRouter)};
  std::vector<Attempt> nearly;
  for (std::uint64_t i = 0; i < 9; ++i) nearly.push_back(refused(1, 2 * i + 1));
  nearly.push_back(refused(1, 101, kRouter));
  Attempt answer_only = refused(1, 1, kRouter);
  answer_only.request = {};
  answer_only.request_seen = false;
  expect_facts("icmp.source_is_server",
               {{"from the server", own, kRefused, Truth::yes, {2, 4}},
                {"from a router", foreign, kRefused, Truth::no, {2, 4}},
                {"half and half", both, kRefused, Truth::unknown},
                {"nine of ten", nearly, kRefused, Truth::yes},
                {"no quote", {without(refused(1, 1), Field::quote)}, kRefused, Truth::unknown},
                {"silence", {Make(dns(), 1, 1)}, kSilent, Truth::unknown},
                {"errors beside the subject's silence",
                 {refused(1, 1), Make(dns(), 2, 3)},
                 kSilent,
                 Truth::yes,
                 {2}}});
  expect_facts(
      "icmp.source_is_other_device",
      {{"from the server", own, kRefused, Truth::no, {2, 4}},
       {"from a router", foreign, kRefused, Truth::yes, {2, 4}},
       {"half and half", both, kRefused, Truth::unknown},
       {"no request needed", {answer_only}, kRefused, Truth::yes, {2}},
       {"no quote", {without(refused(1, 1, kRouter), Field::quote)}, kRefused, Truth::unknown}});
  const Fact fact = Scene(foreign).ask("icmp.source_is_other_device", kRefused);
  EXPECT_NE(fact.detail.find("10.7.1.1 answers for 203.0.113.2"), std::string::npos) << fact.detail;
}

TEST(FactsIcmp, HowTheHeaderWasMade) {
  expect_facts(
      "icmp.crafted_header",
      {{"nftables at a bridge", {header(0, 0, true)}, kRefused, Truth::yes, {2}},
       {"kernel", {header(0xc0, 7, false)}, kRefused, Truth::no, {2}},
       {"id set", {header(0, 7, true)}, kRefused, Truth::no},
       {"mixed", {header(0, 0, true), header(0xc0, 7, false, 3)}, kRefused, Truth::unknown},
       {"TOS unknown", {without(header(0, 0, true), Field::tos)}, kRefused, Truth::unknown},
       {"id unknown", {without(header(0, 0, true), Field::ip_id)}, kRefused, Truth::unknown},
       {"DF unknown",
        {without(header(0, 0, true), Field::dont_fragment)},
        kRefused,
        Truth::unknown}});
  expect_facts("icmp.kernel_header",
               {{"kernel",
                 {header(0xc0, 7, false), header(0xc0, 0, false, 3)},
                 kRefused,
                 Truth::yes,
                 {2, 4}},
                {"DF set", {header(0xc0, 7, true)}, kRefused, Truth::no},
                {"nftables at a bridge", {header(0, 0, true)}, kRefused, Truth::no},
                {"text shows no header",
                 {without(header(0xc0, 7, false), Field::tos)},
                 kRefused,
                 Truth::unknown}});
}

std::vector<Attempt> burst(int errors, int silent, double apart) {
  std::vector<Attempt> out;
  std::uint64_t number = 1;
  for (int i = 0; i < errors + silent; ++i, number += 2) {
    const double begin = i * apart;
    // The first six are answered, and the last one of those that are.
    const bool is_answered = i < errors - 1 || i == errors + silent - 1;
    out.push_back(is_answered ? refused(begin, number)
                              : static_cast<const Attempt&>(Make(dns(), begin, number)));
  }
  return out;
}

TEST(FactsIcmp, RateLimited) {
  std::vector<Attempt> served = burst(7, 20, 0.02);
  served.push_back(Make(dns(), 0.3, 999).ok());
  std::vector<Attempt> late_errors;
  for (std::uint64_t i = 0; i < 10; ++i) {
    late_errors.push_back(Make(dns(), static_cast<double>(i) * 0.1, 2 * i + 1));
    late_errors.push_back(refused(20 + static_cast<double>(i) * 0.1, 2 * i + 101));
  }
  expect_facts("icmp.rate_limited",
               {{"7 errors for 27 queries", burst(7, 20, 0.02), kRefused, Truth::yes},
                {"the same, seen from the silent ones", burst(7, 20, 0.02), kSilent, Truth::yes},
                {"every query got one", burst(10, 0, 0.02), kRefused, Truth::no},
                {"too few to tell", burst(3, 4, 0.02), kRefused, Truth::unknown},
                {"slower than a limit would cut", burst(7, 20, 2), kRefused, Truth::unknown},
                {"some were answered", served, kRefused, Truth::unknown},
                {"silence only before the first error", late_errors, kRefused, Truth::no},
                {"silence alone", burst(0, 1, 1), kSilent, Truth::unknown}});
}

TEST(FactsIcmp, Prohibited) {
  const Attempt prohibited = Make(dns(), 1, 1).error(Symptom::admin_prohibited, kRouter);
  expect_facts(
      "icmp.admin_prohibited",
      {{"itself", {prohibited}, subject(dns(), Symptom::admin_prohibited), Truth::yes, {2}},
       {"beside silence", {prohibited, Make(dns(), 2, 3)}, kSilent, Truth::yes, {2}},
       {"errors of another kind", {refused(1, 1)}, kRefused, Truth::no, {2}},
       {"another service's",
        {Make(udp(9), 1, 1).error(Symptom::admin_prohibited), Make(dns(), 2, 3)},
        kSilent,
        Truth::unknown},
       {"no ICMP in view", {Make(dns(), 1, 1)}, kSilent, Truth::unknown}});
}

TEST(FactsIcmp, AnswersTcp) {
  const Attempt by_icmp = Make(tcp(80), 1, 1).error(Symptom::port_unreachable);
  const Attempt by_reset = Make(tcp(81), 1, 3).reset();
  expect_facts(
      "icmp.answers_tcp",
      {{"port unreachable for a SYN",
        {by_icmp},
        subject(tcp(80), Symptom::port_unreachable),
        Truth::yes,
        {2}},
       {"on another port of the host", {by_icmp, refused(1, 5)}, kRefused, Truth::yes, {2}},
       {"reset", {by_reset}, subject(tcp(81), Symptom::reset), Truth::no, {4}},
       {"host unreachable is none",
        {Make(tcp(80), 1, 1).error(Symptom::host_unreachable)},
        kNoHost,
        Truth::unknown},
       {"UDP only", {refused(1, 1)}, kRefused, Truth::unknown}});
}

Attempt no_host(double latency, const IpAddress& source = kRouter, std::uint64_t number = 1) {
  return Make(tcp(80), static_cast<double>(number), number)
      .error(Symptom::host_unreachable, source, latency);
}

TEST(FactsIcmp, TimeToHostUnreachable) {
  expect_facts("icmp.from_router_after_arp_timeout",
               {{"3.07 s", {no_host(3.07)}, kNoHost, Truth::yes, {2}},
                {"queued behind the first",
                 {no_host(3.07), no_host(1.9, kRouter, 3), no_host(0.9, kRouter, 5)},
                 kNoHost,
                 Truth::yes},
                {"at once", {no_host(0.001)}, kNoHost, Truth::no},
                {"from the server itself", {no_host(3.07, kServer)}, kNoHost, Truth::no},
                {"far later", {no_host(20)}, kNoHost, Truth::unknown},
                {"no quote", {without(no_host(3.07), Field::quote)}, kNoHost, Truth::unknown},
                {"another error", {refused(1, 1)}, kRefused, Truth::unknown}});
  Attempt no_net = Make(tcp(80), 1, 1).error(Symptom::net_unreachable, kRouter, 0.0003);
  expect_facts("icmp.unreachable_at_once",
               {{"no route", {no_net}, subject(tcp(80), Symptom::net_unreachable), Truth::yes, {2}},
                {"host at once", {no_host(0.2)}, kNoHost, Truth::yes, {2}},
                {"after ARP", {no_host(3.07)}, kNoHost, Truth::no, {2}},
                {"between", {no_host(1)}, kNoHost, Truth::unknown},
                {"another error", {refused(1, 1)}, kRefused, Truth::unknown}});
}

TEST(FactsIcmp, DelayImpossible) {
  const Attempt late = Make(dns(), 1, 1).error(Symptom::port_unreachable, kServer, 3.9);
  const Attempt retried =
      Make(dns(), 1, 1).error(Symptom::port_unreachable, kServer, 5.001).tries(2, 6);
  Attempt unasked = late;
  unasked.request = {};
  expect_facts("icmp.delay_impossible",
               {{"3.9 s", {late, refused(10, 5)}, kRefused, Truth::yes, {2}},
                {"at once", {refused(1, 1)}, kRefused, Truth::no, {2}},
                {"at once after the retry", {retried}, kRefused, Truth::no, {2}},
                {"request not seen", {unasked}, kRefused, Truth::unknown},
                {"host unreachable may take that long", {no_host(3.07)}, kNoHost, Truth::unknown}});
  EXPECT_NE(Scene({late}).ask("icmp.delay_impossible", kRefused).detail.find("3.9 s"),
            std::string::npos);
}

TEST(FactsDistance, QuoteCountedDown) {
  // The request leaves with 64; two routers before the one that complains.
  const auto error = [](int quoted, int ttl, std::uint64_t number = 1,
                        const IpAddress& source = kRouter) {
    Make made = Make(dns(), 1, number);
    made.error(Symptom::host_unreachable, source).ttl(static_cast<std::uint8_t>(ttl));
    made.get().answer.quoted_ttl = static_cast<std::uint8_t>(quoted);
    made.get().answer.known.set(Field::quote_header);
    return made.get();
  };
  const auto lacking = [&](Field field, bool of_request) {
    Attempt made = error(61, 62);
    (of_request ? made.request : made.answer).known.clear(field);
    return made;
  };
  const Subject subject{{dns()}, Step::name, Symptom::host_unreachable};
  expect_facts(
      "icmp.quote_counted_down",
      {{"while forwarding", {error(61, 62)}, subject, Truth::yes, {2}},
       {"before", {error(62, 62)}, subject, Truth::no, {2}},
       {"captured on that router", {error(64, 64)}, subject, Truth::no, {2}},
       {"both", {error(61, 62), error(62, 62, 3)}, subject, Truth::unknown},
       {"another way back", {error(62, 59)}, subject, Truth::unknown},
       {"another way back, once", {error(61, 62), error(62, 59, 3)}, subject, Truth::unknown},
       {"a device that starts with 255", {error(61, 253)}, subject, Truth::unknown},
       {"the server itself", {error(61, 62, 1, kServer)}, subject, Truth::unknown},
       {"the error's TTL is not shown", {lacking(Field::ttl, false)}, subject, Truth::unknown},
       {"the request's TTL is not shown", {lacking(Field::ttl, true)}, subject, Truth::unknown},
       {"no quoted header", {lacking(Field::quote_header, false)}, subject, Truth::unknown}});
}

TEST(FactsDistance, ErrorsAndResets) {
  const auto error = [](std::uint8_t ttl, std::uint64_t number = 1) {
    return static_cast<Attempt>(Make(dns(), 1, number).error(Symptom::port_unreachable).ttl(ttl));
  };
  const auto normal = [](std::uint8_t ttl) {
    return static_cast<Attempt>(Make(tcp(80), 0, 11).ok().ttl(ttl));
  };
  expect_facts(
      "icmp.closer_than_server",
      {{"closer", {error(64), normal(63)}, kRefused, Truth::yes, {12, 2}},
       {"as far", {error(63), normal(63)}, kRefused, Truth::no, {12, 2}},
       {"as far, from 255 and 64", {error(254), normal(63)}, kRefused, Truth::no},
       {"as far, from 255 and 128", {error(250), normal(123)}, kRefused, Truth::no},
       {"both", {error(64), error(63, 3), normal(63)}, kRefused, Truth::unknown},
       {"normal packets of several distances",
        {error(63), normal(63), normal(62)},
        kRefused,
        Truth::no},
       {"no normal packet", {error(64)}, kRefused, Truth::unknown},
       {"from another device", {refused(1, 1, kRouter), normal(60)}, kRefused, Truth::unknown},
       {"TTL unknown", {without(error(64), Field::ttl), normal(63)}, kRefused, Truth::unknown}});
  const auto reset = [](std::uint8_t ttl) {
    return static_cast<Attempt>(Make(tcp(443), 1, 1).reset().ttl(ttl));
  };
  const Subject resets = subject(tcp(443), Symptom::reset);
  for (const char* id : {"reset.ttl_differs", "icmp.closer_than_server"}) {
    expect_facts(id, {{"closer", {reset(64), normal(63)}, resets, Truth::yes, {12, 2}},
                      {"farther", {reset(50), normal(63)}, resets, Truth::yes},
                      {"as far", {reset(63), normal(63)}, resets, Truth::no},
                      {"no normal packet", {reset(64)}, resets, Truth::unknown}});
  }
  expect_facts("reset.ttl_differs",
               {{"no reset", {error(64), normal(63)}, kRefused, Truth::unknown}});
}

}  // namespace
}  // namespace whydown::evidence
