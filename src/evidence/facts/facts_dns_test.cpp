#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Subject kRefused = subject(dns(), Symptom::port_unreachable);
const Subject kSilent = subject(dns(), Symptom::no_response);
const Subject kServFail = subject(dns(), Symptom::serv_fail);
const Subject kRcodeRefused = subject(dns(), Symptom::refused);
const Subject kNxDomain = subject(dns(), Symptom::nx_domain);

Attempt refused(double begin, std::uint64_t number) {
  return Make(dns(), begin, number).error(Symptom::port_unreachable);
}
Attempt silent(double begin, std::uint64_t number) { return Make(dns(), begin, number); }
Attempt undecided(Attempt attempt) {
  attempt.outcome = Outcome::unknown;
  attempt.symptom = Symptom::none;
  attempt.open_at_end = true;
  return attempt;
}
Attempt rcode(Symptom symptom, double latency, std::uint64_t number = 1) {
  return Make(dns(), static_cast<double>(number), number).rcode(symptom, latency).name(7);
}
Attempt fail_with(std::uint16_t code, std::uint64_t number = 1) {
  return Make(dns(), static_cast<double>(number), number).rcode(Symptom::serv_fail).ede(code);
}
Attempt resolved(std::uint32_t name, double begin, std::uint64_t number) {
  return Make(dns(), begin, number).ok().name(name);
}
Attempt nx(std::uint32_t name, double begin, std::uint64_t number) {
  return Make(dns(), begin, number).rcode(Symptom::nx_domain).name(name);
}

TEST(FactsDns, OverTcp) {
  const Attempt up = Make(dns_tcp(), 15, 11).ok();
  const Attempt reset = Make(dns_tcp(), 15, 13).reset();
  const Attempt drop = Make(dns_tcp(), 15, 15);
  Attempt query =
      Make({kServer, 53, packet::Transport::tcp, Protocol::dns}, 15, 17).rcode(Symptom::nx_domain);
  const Attempt early = Make(dns_tcp(), 1, 19).ok();
  const Service over_tcp{kServer, 53, packet::Transport::tcp, Protocol::dns};
  const Attempt hung = Make(over_tcp, 15.1, 21);
  const Attempt query_before = Make(over_tcp, 2, 31).ok();
  Attempt accepted = Make(over_tcp, 15, 33).ok();
  accepted.request.kind = Kind::tcp_syn;
  accepted.answer.kind = Kind::tcp_syn_ack;
  const Attempt query_after = Make(over_tcp, 40, 35).ok();
  const Attempt udp_after = Make(dns(), 39, 37).ok();
  expect_facts(
      "dns.tcp_answers",
      {{"queries answered before the failure, accepted and left alone since",
        {query_before, silent(10, 1), silent(20, 3), accepted, hung},
        kSilent,
        Truth::no,
        {21}},
       {"answered after the recovery only",
        {silent(10, 1), silent(20, 3), query_after, udp_after},
        kSilent,
        Truth::unknown},
       {"answered, then a query left alone",
        {silent(10, 1), Make(over_tcp, 11, 39).ok(), hung},
        kSilent,
        Truth::unknown},
       {"handshake", {refused(10, 1), up}, kRefused, Truth::yes, {12}},
       {"query over TCP", {refused(10, 1), query}, kRefused, Truth::yes, {18}},
       {"accepted by the kernel, the query unanswered",
        {silent(10, 1), up, hung},
        kSilent,
        Truth::no,
        {21}},
       {"accepted by the kernel, the query not followed to its end",
        {silent(10, 1), up, undecided(hung)},
        kSilent,
        Truth::unknown},
       {"reset", {refused(10, 1), reset}, kRefused, Truth::no, {13}},
       {"silent", {silent(10, 1), drop}, kSilent, Truth::no},
       {"before the failure only", {refused(10, 1), early}, kRefused, Truth::unknown},
       {"another port", {refused(10, 1), Make(tcp(80), 15, 11).ok()}, kRefused, Truth::unknown},
       {"another server",
        {refused(10, 1), Make(dns_tcp(kOther), 15, 11).ok()},
        kRefused,
        Truth::unknown},
       {"the subject is TCP itself",
        {reset, up},
        subject(dns_tcp(), Symptom::reset),
        Truth::unknown},
       {"not tried", {refused(10, 1)}, kRefused, Truth::unknown}});
  expect_facts("dns.tcp_hangs",
               {{"query unanswered", {silent(10, 1), up, hung}, kSilent, Truth::yes, {21}},
                {"others answered before the failure",
                 {query_before, silent(10, 1), silent(20, 3), accepted, hung},
                 kSilent,
                 Truth::yes,
                 {21}},
                {"one query answered", {silent(10, 1), hung, query}, kSilent, Truth::no, {18}},
                {"handshake only", {silent(10, 1), up}, kSilent, Truth::unknown},
                {"handshake unanswered", {silent(10, 1), drop}, kSilent, Truth::unknown},
                {"not tried", {silent(10, 1)}, kSilent, Truth::unknown}});
  expect_facts("dns.tcp_refused", {{"reset", {refused(10, 1), reset}, kRefused, Truth::yes, {14}},
                                   {"handshake", {refused(10, 1), up}, kRefused, Truth::no, {12}},
                                   {"silent", {silent(10, 1), drop}, kSilent, Truth::no},
                                   {"both", {refused(10, 1), reset, up}, kRefused, Truth::unknown},
                                   {"not tried", {refused(10, 1)}, kRefused, Truth::unknown}});
}

TEST(FactsDns, OverUdp) {
  const Service over_tcp{kServer, 53, packet::Transport::tcp, Protocol::dns};
  const Subject silent_tcp = subject(over_tcp, Symptom::no_response);
  const Attempt hung = Make(over_tcp, 10, 1);
  expect_facts(
      "dns.udp_answers",
      {{"an answer", {hung, resolved(7, 11, 3)}, silent_tcp, Truth::yes, {4}},
       {"an error", {hung, nx(7, 11, 3)}, silent_tcp, Truth::yes, {4}},
       {"before only", {hung, resolved(7, 1, 3)}, silent_tcp, Truth::unknown},
       {"nothing over UDP", {hung}, silent_tcp, Truth::unknown},
       {"UDP is the subject", {silent(10, 1), resolved(7, 11, 3)}, kSilent, Truth::unknown},
       {"refused over TCP",
        {Make(dns_tcp(), 10, 1).reset(), resolved(7, 11, 3)},
        subject(dns_tcp(), Symptom::reset),
        Truth::yes,
        {4}}});
}

TEST(FactsDns, LateAnswers) {
  Scene late({silent(1, 1)});
  late.observe(Sign::late_answer, dns(), 31, 2);
  late.observe(Sign::late_answer_rejected, dns(), 41);
  late.observe(Sign::duplicate_frame, dns(), 51);
  const Fact fact = late.ask("dns.late_answers", kSilent);
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_EQ(numbers(fact.packets), (std::vector<std::uint64_t>{31, 32, 41}));
  EXPECT_NE(fact.detail.find("3 answers"), std::string::npos) << fact.detail;

  Scene other({silent(1, 1)});
  other.observe(Sign::late_answer, dns(kOther), 31);
  EXPECT_EQ(other.ask("dns.late_answers", kSilent).truth, Truth::no);

  Attempt open = silent(1, 1);
  open.open_at_end = true;
  EXPECT_EQ(Scene({open}).ask("dns.late_answers", kSilent).truth, Truth::unknown);
  EXPECT_EQ(Scene({Make(tcp(80), 1, 1)})
                .ask("dns.late_answers", subject(tcp(80), Symptom::no_response))
                .truth,
            Truth::unknown);
  Scene one_sided({silent(1, 1)});
  journey::Totals totals;
  totals.tcp_flows = totals.tcp_flows_one_way = 9;
  one_sided.store.set_totals(totals);
  EXPECT_EQ(one_sided.ask("dns.late_answers", kSilent).truth, Truth::unknown);
}

TEST(FactsDns, HowFastErrorsCome) {
  const std::vector<Attempt> remembered = {rcode(Symptom::serv_fail, 1.2),
                                           rcode(Symptom::serv_fail, 0.0001, 3),
                                           rcode(Symptom::serv_fail, 0.0001, 5)};
  expect_facts("dns.servfail_slow",
               {{"4 s", {rcode(Symptom::serv_fail, 4)}, kServFail, Truth::yes, {2}},
                {"0.2 s", {rcode(Symptom::serv_fail, 0.2)}, kServFail, Truth::no, {2}},
                {"mostly slow",
                 {rcode(Symptom::serv_fail, 4), rcode(Symptom::serv_fail, 5, 3),
                  rcode(Symptom::serv_fail, 0.001, 5)},
                 kServFail,
                 Truth::yes},
                {"remembered", remembered, kServFail, Truth::yes},
                {"none", {refused(1, 1)}, kRefused, Truth::unknown}});
  expect_facts("dns.servfail_instant",
               {{"2 ms", {rcode(Symptom::serv_fail, 0.002)}, kServFail, Truth::yes, {2}},
                {"remembered", remembered, kServFail, Truth::unknown},
                {"0.2 s", {rcode(Symptom::serv_fail, 0.2)}, kServFail, Truth::no},
                {"none", {refused(1, 1)}, kRefused, Truth::unknown}});
  expect_facts("dns.refused_fast",
               {{"2 ms", {rcode(Symptom::refused, 0.002)}, kRcodeRefused, Truth::yes, {2}},
                {"0.2 s", {rcode(Symptom::refused, 0.2)}, kRcodeRefused, Truth::no},
                {"none", {refused(1, 1)}, kRefused, Truth::unknown}});
}

TEST(FactsDns, OtherServers) {
  Attempt healed = silent(10, 1);
  healed.answered_by_other_server = true;
  const Attempt other = Make(dns(kOther), 15, 11).ok();
  const Attempt other_fails = Make(dns(kOther), 15, 11);
  const Attempt of_another_client = Make(dns(kOther), 15, 11, kRouter).ok();
  expect_facts("dns.other_server_answers",
               {{"the second resolver", {silent(10, 1), other}, kSilent, Truth::yes, {12}},
                {"known to have healed", {healed}, kSilent, Truth::yes, {1}},
                {"the second fails too", {silent(10, 1), other_fails}, kSilent, Truth::no, {11}},
                {"long before", {silent(500, 1), other}, kSilent, Truth::unknown},
                {"for another client", {silent(10, 1), of_another_client}, kSilent, Truth::unknown},
                {"none asked", {silent(10, 1)}, kSilent, Truth::unknown},
                {"of no interest for a web server",
                 {Make(tcp(80), 10, 1), other},
                 subject(tcp(80), Symptom::no_response),
                 Truth::unknown}});
}

TEST(FactsDns, ExtendedErrors) {
  const struct {
    const char* id;
    std::vector<std::uint16_t> codes;
  } groups[] = {
      {"dns.ede_dnssec", {1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 27}},
      {"dns.ede_network", {22, 23}},
      {"dns.ede_stale", {3, 19}},
      {"dns.ede_prohibited", {18}},
      {"dns.ede_not_authoritative", {20}},
      {"dns.ede_blocked", {15, 16, 17}},
      {"dns.ede_forged", {4}},
  };
  for (std::uint16_t code = 0; code < 30; ++code) {
    const Scene one_code({fail_with(code)});
    const auto all = facts(one_code.store, kServFail, one_code.names);
    for (const auto& group : groups) {
      const bool is_in = std::ranges::find(group.codes, code) != group.codes.end();
      const Fact& fact = *std::ranges::find(all, group.id, &Fact::id);
      EXPECT_EQ(fact.truth, is_in ? Truth::yes : Truth::no) << group.id << " for " << code;
      EXPECT_EQ(numbers(fact.packets), std::vector<std::uint64_t>{2}) << group.id;
    }
  }
  const std::vector<Attempt> no_code = {rcode(Symptom::serv_fail, 1)};
  for (const auto& group : groups) {
    expect_facts(group.id, {{"no code", no_code, kServFail, Truth::unknown}});
  }
  const Fact fact =
      Scene({fail_with(7), fail_with(22, 3), fail_with(7, 5)}).ask("dns.ede_dnssec", kServFail);
  EXPECT_EQ(fact.detail, "extended error 7 (signature expired) in 2 answers");
  EXPECT_EQ(numbers(fact.packets), (std::vector<std::uint64_t>{2}));
  // Stale answers are served as good ones.
  Attempt stale = Make(dns(), 3, 11).ok().ede(3);
  EXPECT_EQ(Scene({rcode(Symptom::serv_fail, 1), stale}).ask("dns.ede_stale", kServFail).truth,
            Truth::yes);
}

TEST(FactsDns, OtherNames) {
  expect_facts("dns.other_names_resolve",
               {{"another name", {nx(1, 1, 1), resolved(2, 2, 3)}, kNxDomain, Truth::yes, {4}},
                {"the same name", {nx(1, 1, 1), resolved(1, 2, 3)}, kNxDomain, Truth::unknown},
                {"one name only", {nx(1, 1, 1)}, kNxDomain, Truth::unknown},
                {"two names, none resolves", {nx(1, 1, 1), nx(2, 2, 3)}, kNxDomain, Truth::no},
                {"another server's answer",
                 {nx(1, 1, 1), Make(dns(kOther), 2, 3).ok().name(2)},
                 kNxDomain,
                 Truth::unknown},
                {"before only", {resolved(2, 0, 3), nx(1, 1, 1)}, kNxDomain, Truth::unknown},
                {"before and after",
                 {resolved(2, 0, 3), nx(1, 1, 1), resolved(2, 9, 5)},
                 kNxDomain,
                 Truth::yes,
                 {6}},
                {"better days before",
                 {resolved(1, 0, 3), resolved(2, 0.5, 5), nx(1, 1, 1), nx(3, 6, 7)},
                 kNxDomain,
                 Truth::unknown},
                {"better days after",
                 {nx(1, 1, 1), nx(3, 6, 7), resolved(1, 7, 3), resolved(2, 7.5, 5)},
                 kNxDomain,
                 Truth::unknown},
                {"while the failure lasts",
                 {resolved(1, 0, 3), nx(1, 1, 1), resolved(2, 4, 5), nx(3, 6, 7)},
                 kNxDomain,
                 Truth::yes,
                 {6}},
                {"names unknown", {nx(0, 1, 1), resolved(0, 2, 3)}, kNxDomain, Truth::unknown},
                {"not DNS",
                 {Make(tcp(80), 1, 1).reset()},
                 subject(tcp(80), Symptom::reset),
                 Truth::unknown}});
  expect_facts(
      "dns.all_names_fail",
      {{"two names", {nx(1, 1, 1), nx(2, 2, 3)}, kNxDomain, Truth::yes, {1, 3}},
       {"one resolves", {nx(1, 1, 1), nx(2, 3, 3), resolved(5, 2, 5)}, kNxDomain, Truth::no, {6}},
       {"one resolved before",
        {resolved(5, 0, 5), nx(1, 1, 1), nx(2, 3, 3)},
        kNxDomain,
        Truth::yes},
       {"one name", {nx(1, 1, 1), nx(1, 2, 3)}, kNxDomain, Truth::unknown}});
  // What resolves over TCP resolves; a handshake alone resolves nothing.
  const Service tcp_service{kServer, 53, packet::Transport::tcp, Protocol::dns};
  Attempt by_tcp = Make(tcp_service, 1.5, 41).ok().name(9);
  Attempt handshake = Make(tcp_service, 1.5, 43).ok().name(0);
  const Attempt fails[] = {Make(dns(), 1, 1).error(Symptom::port_unreachable).name(1),
                           Make(dns(), 2, 3).error(Symptom::port_unreachable).name(2)};
  expect_facts("dns.all_names_fail",
               {{"resolved over TCP", {fails[0], fails[1], by_tcp}, kRefused, Truth::no, {42}},
                {"handshake over TCP", {fails[0], fails[1], handshake}, kRefused, Truth::yes}});
  expect_facts("dns.other_names_resolve",
               {{"resolved over TCP", {fails[0], fails[1], by_tcp}, kRefused, Truth::yes, {42}}});
  // Past what the sketch keeps.
  std::vector<Attempt> many;
  for (std::uint32_t i = 1; i <= 60; ++i) many.push_back(nx(i, i, 2 * i + 1));
  many.push_back(resolved(1000, 30, 999));
  EXPECT_EQ(Scene(many).ask("dns.other_names_resolve", kNxDomain).truth, Truth::yes);
  EXPECT_EQ(Scene(many).ask("dns.all_names_fail", kNxDomain).truth, Truth::no);
}

TEST(FactsDns, FailingNamesAtOtherTimes) {
  expect_facts("dns.failing_name_resolved",
               {{"before", {resolved(1, 0, 3), nx(1, 1, 1)}, kNxDomain, Truth::yes, {4}},
                {"after", {nx(1, 1, 1), resolved(1, 9, 3)}, kNxDomain, Truth::yes, {4}},
                {"others only", {resolved(2, 0, 3), nx(1, 1, 1)}, kNxDomain, Truth::no, {1}},
                {"nothing resolved", {nx(1, 1, 1)}, kNxDomain, Truth::unknown},
                {"by another server",
                 {Make(dns(kOther), 0, 3).ok().name(1), nx(1, 1, 1)},
                 kNxDomain,
                 Truth::unknown}});
}

TEST(FactsDns, SiblingNames) {
  const auto truth = [](std::string_view failing, std::string_view other, double when) {
    Scene scene;
    const std::uint32_t first = scene.names.add(failing);
    const std::uint32_t second = scene.names.add(other);
    scene.store.attempt(nx(first, 10, 1));
    scene.store.attempt(nx(first, 12, 3));
    scene.store.attempt(resolved(second, when, 5));
    return scene.ask("dns.sibling_names_resolve", kNxDomain).truth;
  };
  EXPECT_EQ(truth("a.example.com", "b.example.com", 11), Truth::yes);
  EXPECT_EQ(truth("a.example.com", "b.example.com", 1), Truth::unknown) << "only before";
  EXPECT_EQ(truth("a.example.com", "a.example.com", 11), Truth::yes)
      << "the name itself, between two failures";
  EXPECT_EQ(truth("a.example.com", "a.example.com", 12.5), Truth::unknown) << "... after the last";
  EXPECT_EQ(truth("a.example.com", "a.example.net", 11), Truth::no);
  Scene scene;
  const std::uint32_t first = scene.names.add("a.example.com");
  const std::uint32_t second = scene.names.add("b.example.com");
  const std::uint32_t stranger = scene.names.add("a.example.net");
  scene.store.attempt(resolved(second, 1, 5));
  scene.store.attempt(nx(first, 10, 1));
  scene.store.attempt(resolved(stranger, 14, 7));
  scene.store.attempt(nx(first, 20, 3));
  EXPECT_EQ(scene.ask("dns.sibling_names_resolve", kNxDomain).truth, Truth::no)
      << "the sibling only before, in the row of what resolves meanwhile";
  EXPECT_EQ(truth("example.com", "example.net", 11), Truth::unknown) << "com is no domain";
  // A rule about clients: the name resolves for another one all the time.
  Scene by_client;
  const std::uint32_t name = by_client.names.add("a.example.com");
  Attempt other = resolved(name, 11, 5);
  other.client = kOther;
  by_client.store.attempt(nx(name, 10, 1));
  by_client.store.attempt(other);
  by_client.store.attempt(nx(name, 12, 3));
  EXPECT_EQ(by_client.ask("dns.sibling_names_resolve", kNxDomain).truth, Truth::no);
  // ... and so do others, that the failing one did not ask for.
  Attempt sibling = resolved(by_client.names.add("b.example.com"), 11.5, 7);
  sibling.client = kOther;
  by_client.store.attempt(sibling);
  EXPECT_EQ(by_client.ask("dns.sibling_names_resolve", kNxDomain).truth, Truth::no);
  by_client.store.attempt(resolved(by_client.names.add("c.example.com"), 11.6, 9));
  EXPECT_EQ(by_client.ask("dns.sibling_names_resolve", kNxDomain).truth, Truth::yes);
}

TEST(FactsDns, FlagsAndRecords) {
  Attempt authoritative = nx(1, 1, 1);
  authoritative.answer.authoritative = true;
  authoritative.answer.has_soa = true;
  const Attempt plain = nx(1, 2, 3);
  Attempt counts_only = plain;
  counts_only.answer.known.clear(Field::dns_sections);
  Attempt shows_nothing = plain;
  shows_nothing.answer.known = {};
  expect_facts("dns.authoritative_answer",
               {{"AA", {authoritative}, kNxDomain, Truth::yes, {2}},
                {"not AA", {plain}, kNxDomain, Truth::no, {4}},
                {"both", {authoritative, plain}, kNxDomain, Truth::unknown},
                {"not shown", {shows_nothing}, kNxDomain, Truth::unknown},
                {"no answer", {silent(1, 1)}, kSilent, Truth::unknown}});
  expect_facts("dns.soa_in_answer",
               {{"SOA", {authoritative}, kNxDomain, Truth::yes, {2}},
                {"none", {plain}, kNxDomain, Truth::no, {4}},
                {"text shows counts only", {counts_only}, kNxDomain, Truth::unknown},
                {"ICMP is no answer", {refused(1, 1)}, kRefused, Truth::unknown}});
}

TEST(FactsDns, OtherTypes) {
  Attempt v6 = nx(1, 1, 1);
  v6.request.dns_type = packet::dns::type::aaaa;
  Attempt v4 = resolved(1, 2, 3);
  v4.answer.dns_answers = 1;
  Attempt empty = v4;
  empty.answer.dns_answers = 0;
  Attempt same_type = v4;
  same_type.request.dns_type = packet::dns::type::aaaa;
  Attempt other_name = v4;
  other_name.request.name = 2;
  expect_facts("dns.other_types_exist",
               {{"A beside AAAA", {v6, v4}, kNxDomain, Truth::yes, {4}},
                {"no records", {v6, empty}, kNxDomain, Truth::unknown},
                {"the same type", {v6, same_type}, kNxDomain, Truth::unknown},
                {"another name", {v6, other_name}, kNxDomain, Truth::unknown}});
}

}  // namespace
}  // namespace whydown::evidence
