#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
using packet::dhcp::Reason;
using packet::dhcp::Type;

const IpAddress kAll = ip("255.255.255.255");
const IpAddress kOne = IpAddress::mac({{2, 0, 0, 0, 0, 1}});
const IpAddress kTwo = IpAddress::mac({{2, 0, 0, 0, 0, 2}});
const Service kDhcp{kAll, 67, packet::Transport::udp, Protocol::dhcp};
const Service kRefusing{kServer, 67, packet::Transport::udp, Protocol::dhcp};
const Subject kNoOffer{{kDhcp}, Step::address, Symptom::no_offer};
const Subject kNoResponse{{kDhcp}, Step::address, Symptom::no_response};
const Subject kNak{{kRefusing}, Step::address, Symptom::nak};

Attempt asked(double begin, std::uint64_t number, const IpAddress& client = kOne,
              Type type = Type::discover) {
  Attempt attempt = Make(kDhcp, begin, number, client);
  attempt.step = Step::address;
  attempt.symptom = Symptom::no_offer;
  attempt.request.kind = Kind::dhcp_request;
  attempt.request.dhcp_type = type;
  attempt.request.source_port = 68;
  return attempt;
}

void answer(Attempt& attempt, Type type, double when, const IpAddress& server = kServer) {
  attempt.server_spoke = true;
  attempt.answer = attempt.request;
  attempt.answer.kind = Kind::dhcp_reply;
  attempt.answer.dhcp_type = type;
  attempt.answer.source = server;
  attempt.answer.quoted_source = server;
  attempt.answer.place.time = at(when);
  attempt.answer.place.number = attempt.request.place.number + 1;
}

Attempt given(double begin, std::uint64_t number, const IpAddress& client,
              Type type = Type::discover, const IpAddress& server = kServer) {
  Attempt attempt = asked(begin, number, client, type);
  attempt.outcome = Outcome::ok;
  attempt.symptom = Symptom::none;
  answer(attempt, Type::ack, begin + 0.1, server);
  attempt.answer.quoted_destination = ip("192.0.2.9");
  attempt.latency = std::chrono::milliseconds{100};
  return attempt;
}

// Offered after the first request; the last one is of `type`.
Attempt offered(double begin, std::uint64_t number, Type type) {
  Attempt attempt = asked(begin, number);
  attempt.symptom = Symptom::no_response;
  answer(attempt, Type::offer, begin + 1);
  attempt.last_request = attempt.request;
  attempt.last_request.dhcp_type = type;
  attempt.last_request.place.time = at(begin + 4);
  attempt.last_request.place.number = number + 2;
  return attempt;
}

Attempt refused(double begin, std::uint64_t number, Reason reason,
                const IpAddress& server = kServer) {
  Attempt attempt = asked(begin, number, kOne, Type::request);
  attempt.service = kRefusing;
  attempt.service.server = server;
  attempt.outcome = Outcome::refused;
  attempt.symptom = Symptom::nak;
  answer(attempt, Type::nak, begin + 0.1, server);
  attempt.answer.dhcp_reason = reason;
  return attempt;
}

Attempt relayed(double begin, std::uint64_t number) {
  Attempt attempt = asked(begin, number);
  attempt.request.source_port = 67;
  return attempt;
}

Attempt claimed(double begin, std::uint64_t number, const IpAddress& address,
                const IpAddress& machine) {
  Attempt attempt = Make(arp(address), begin, number, machine).ok();
  attempt.outcome = Outcome::failed;
  attempt.symptom = Symptom::spoofed;
  attempt.request.mac = {{2, 0, 0, 0, 0, 9}};
  attempt.answer.mac = machine.mac_value();
  return attempt;
}

TEST(FactsAddress, NoneLeft) {
  Attempt told = asked(1, 1);
  answer(told, Type::offer, 2);
  told.answer.dhcp_reason = Reason::not_available;
  Attempt offered = asked(1, 1);
  answer(offered, Type::offer, 2);
  expect_facts("dhcp.none_left", {{"said so", {told}, kNoOffer, Truth::yes, {2}},
                                  {"an offer", {offered}, kNoOffer, Truth::unknown},
                                  {"silence", {asked(1, 1)}, kNoOffer, Truth::unknown}});
  // An offer of nothing is none.
  Attempt asked_on = told;
  asked_on.last_request = asked_on.request;
  expect_facts("dhcp.offer_unheard", {{"said so", {asked_on}, kNoOffer, Truth::unknown}});
}

TEST(FactsAddress, OfferUnheard) {
  expect_facts("dhcp.offer_unheard",
               {{"asked on", {offered(1, 1, Type::discover)}, kNoResponse, Truth::yes, {2}},
                {"taken up in vain", {offered(1, 1, Type::request)}, kNoResponse, Truth::unknown},
                {"no offer", {asked(1, 1)}, kNoOffer, Truth::no, {1}}});
}

TEST(FactsAddress, NewClientsServed) {
  const std::vector<Attempt> silence = {asked(1, 1), asked(9, 11)};
  const auto with = [&](const Attempt& other) {
    std::vector<Attempt> all = silence;
    all.push_back(other);
    return all;
  };
  expect_facts("dhcp.new_clients_served",
               {{"a newcomer", with(given(4, 5, kTwo)), kNoOffer, Truth::yes, {6}},
                {"a renewal", with(given(4, 5, kTwo, Type::request)), kNoOffer, Truth::no, {6}},
                {"the client itself", with(given(4, 5, kOne)), kNoOffer, Truth::unknown},
                {"before it", with(given(0.2, 5, kTwo)), kNoOffer, Truth::unknown},
                {"nobody", silence, kNoOffer, Truth::unknown}});
}

// Of one that is busy neither the first nor the last ones lie within the failure.
TEST(FactsAddress, NewClientsOfABusyServer) {
  for (const Type type : {Type::discover, Type::request}) {
    std::vector<Attempt> all;
    std::uint64_t number = 1;
    for (int i = 0; i < 40; ++i) all.push_back(given(i, number += 2, kTwo, type));
    all.push_back(asked(14, 200));
    all.push_back(asked(22, 210));
    expect_facts(
        "dhcp.new_clients_served",
        {{"all along", all, kNoOffer, type == Type::discover ? Truth::yes : Truth::unknown}});
  }
}

TEST(FactsAddress, Relayed) {
  expect_facts("dhcp.relayed", {{"by a router", {relayed(1, 1)}, kNoOffer, Truth::yes, {1}},
                                {"from the client", {asked(1, 1)}, kNoOffer, Truth::no, {1}}});
}

TEST(FactsAddress, ServerAlive) {
  expect_facts("dhcp.server_alive",
               {{"it answers names",
                 {given(0, 1, kTwo), asked(1, 3), asked(9, 13), Make(dns(), 4, 7).ok()},
                 kNoOffer,
                 Truth::yes,
                 {8}},
                {"it is silent",
                 {given(0, 1, kTwo), asked(1, 3), Make(dns(), 4, 7).silent()},
                 kNoOffer,
                 Truth::unknown},
                {"another machine answers",
                 {asked(1, 3), Make(dns(), 4, 7).ok()},
                 kNoOffer,
                 Truth::unknown}});
}

TEST(FactsAddress, Renewal) {
  Attempt selecting = asked(1, 1, kOne, Type::request);
  selecting.request.quoted_source = kServer;
  expect_facts("dhcp.renewal",
               {{"keeps", {asked(1, 1, kOne, Type::request)}, kNoOffer, Truth::yes, {1}},
                {"wants", {asked(1, 1)}, kNoOffer, Truth::no, {1}},
                {"takes an offer up", {selecting}, kNoOffer, Truth::unknown}});
}

TEST(FactsAddress, OtherServer) {
  expect_facts("dhcp.other_server",
               {{"two",
                 {refused(1, 1, Reason::none), given(3, 5, kTwo, Type::discover, kOther)},
                 kNak,
                 Truth::yes,
                 {2, 6}},
                {"one", {refused(1, 1, Reason::none), given(3, 5, kTwo)}, kNak, Truth::no, {2}},
                {"none", {asked(1, 1)}, kNoOffer, Truth::unknown}});
}

TEST(FactsAddress, Reasons) {
  expect_facts(
      "dhcp.other_network",
      {{"says so", {refused(1, 1, Reason::other_network)}, kNak, Truth::yes, {2}},
       {"says something else", {refused(1, 1, Reason::not_available)}, kNak, Truth::no, {2}},
       {"says nothing", {refused(1, 1, Reason::none)}, kNak, Truth::unknown}});
  expect_facts("dhcp.address_taken",
               {{"says so", {refused(1, 1, Reason::not_available)}, kNak, Truth::yes, {2}},
                {"says nothing", {refused(1, 1, Reason::none)}, kNak, Truth::unknown}});
}

TEST(FactsAddress, SeveralClaimed) {
  const Subject spoofed{{arp(kServer)}, Step::address, Symptom::spoofed};
  expect_facts("arp.several_claimed",
               {{"two addresses",
                 {claimed(1, 1, kServer, kTwo), claimed(2, 3, kOther, kTwo)},
                 spoofed,
                 Truth::yes,
                 {2, 4}},
                {"one", {claimed(1, 1, kServer, kTwo)}, spoofed, Truth::no, {2}},
                {"of two machines",
                 {claimed(1, 1, kServer, kTwo), claimed(2, 3, kOther, kOne)},
                 spoofed,
                 Truth::no,
                 {2, 4}}});
}

TEST(FactsAddress, TwoMachines) {
  const Subject spoofed{{arp(kServer)}, Step::address, Symptom::spoofed};
  Attempt text = claimed(1, 1, kServer, kTwo);
  text.request.mac = {};
  expect_facts(
      "arp.two_machines",
      {{"by their hardware addresses", {claimed(1, 1, kServer, kTwo)}, spoofed, Truth::yes, {1, 2}},
       {"not shown", {text}, spoofed, Truth::unknown}});
  Attempt itself = claimed(1, 1, kServer, kTwo);
  itself.request.mac = itself.answer.mac;
  for (const char* id : {"arp.two_machines", "arp.asks_itself"}) {
    const Truth asks = std::string_view{id} == "arp.asks_itself" ? Truth::yes : Truth::unknown;
    EXPECT_EQ(Scene({itself}).ask(id, spoofed).truth, asks) << id;
  }
  expect_facts("arp.asks_itself",
               {{"another one says so", {claimed(1, 1, kServer, kTwo)}, spoofed, Truth::unknown}});
}

TEST(FactsAddress, ServerRefuses) {
  expect_facts(
      "dhcp.server_refuses",
      {{"just before",
        {refused(1, 1, Reason::none), asked(2, 5), asked(9, 13)},
        kNoOffer,
        Truth::yes,
        {2}},
       {"an hour ago", {refused(1, 1, Reason::none), asked(3600, 5)}, kNoOffer, Truth::unknown},
       {"never", {asked(1, 5)}, kNoOffer, Truth::unknown}});
}

TEST(FactsAddress, LeasedByDhcp) {
  const IpAddress lease = ip("192.0.2.9");
  const Subject spoofed{{arp(lease)}, Step::address, Symptom::spoofed};
  expect_facts(
      "arp.leased_by_dhcp",
      {{"a lease", {given(1, 1, kTwo), claimed(2, 3, lease, kTwo)}, spoofed, Truth::yes, {2}},
       {"no lease in view", {claimed(2, 3, lease, kTwo)}, spoofed, Truth::unknown}});
}

}  // namespace
}  // namespace whydown::evidence
