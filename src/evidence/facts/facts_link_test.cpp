#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Service kEverybody{IpAddress::mac({{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}), 0,
                         packet::Transport::none, Protocol::ethernet};
const Subject kRouted{{tcp(80)}, Step::link, Symptom::looping};
const Subject kSwitched{{kEverybody}, Step::link, Symptom::looping};

Attempt looping(const Service& service, double begin, std::uint64_t number,
                const IpAddress& client = kClient) {
  Attempt attempt = Make(service, begin, number, client);
  attempt.step = Step::link;
  attempt.outcome = Outcome::failed;
  attempt.symptom = Symptom::looping;
  return attempt;
}

void come_by(Scene& scene, Sign sign, const Service& service, std::uint64_t number,
             std::uint8_t ttl, std::uint32_t id, packet::Network network) {
  Observation seen;
  seen.sign = sign;
  seen.service = service;
  seen.client = kClient;
  seen.packet.kind = journey::Kind::udp_datagram;
  seen.packet.network = network;
  seen.packet.ttl = ttl;
  seen.packet.ip_id = id;
  seen.packet.place.number = number;
  seen.packet.place.time = at(1 + static_cast<double>(number) / 1000);
  scene.store.observation(seen);
}

TEST(FactsLink, TtlFalls) {
  Scene routed({looping(tcp(80), 1, 10)});
  for (std::uint64_t i = 0; i < 20; ++i) {
    come_by(routed, Sign::routed_round, tcp(80), 11 + i, static_cast<std::uint8_t>(50 - 2 * i), 7,
            packet::Network::ipv4);
  }
  const Fact falls = routed.ask("link.ttl_falls", kRouted);
  EXPECT_EQ(falls.truth, Truth::yes);
  EXPECT_EQ(falls.detail,
            "20 further sightings of the same packets, their TTL down from 50 to 12 in those kept");
  EXPECT_EQ(numbers(falls.packets), (std::vector<std::uint64_t>{11, 12, 13, 14}));
  EXPECT_EQ(routed.ask("link.same_identification", kRouted).truth, Truth::unknown);
  EXPECT_EQ(routed.ask("link.ttl_falls", {{tcp(80)}, Step::connect, Symptom::reset}).truth,
            Truth::unknown);

  Scene switched({looping(kEverybody, 1, 10)});
  come_by(switched, Sign::switched_round, kEverybody, 11, 0, 0, packet::Network::arp);
  EXPECT_EQ(switched.ask("link.ttl_falls", kSwitched).truth, Truth::no);
}

TEST(FactsLink, SameIdentification) {
  Scene numbered({looping(kEverybody, 1, 10)});
  come_by(numbered, Sign::switched_round, kEverybody, 11, 64, 7, packet::Network::ipv4);
  EXPECT_EQ(numbered.ask("link.same_identification", kSwitched).truth, Truth::yes);
  come_by(numbered, Sign::switched_round, kEverybody, 12, 0, 0, packet::Network::arp);
  EXPECT_EQ(numbered.ask("link.same_identification", kSwitched).truth, Truth::unknown);
}

TEST(FactsLink, ManySenders) {
  const IpAddress two = ip("192.0.2.21");
  const IpAddress three = ip("192.0.2.22");
  const auto ask = [](std::vector<Attempt> attempts) {
    return Scene(std::move(attempts)).ask("link.many_senders", kSwitched).truth;
  };
  EXPECT_EQ(ask({looping(kEverybody, 1, 1)}), Truth::no);
  EXPECT_EQ(ask({looping(kEverybody, 1, 1), looping(kEverybody, 1, 2, two)}), Truth::unknown);
  EXPECT_EQ(ask({looping(kEverybody, 1, 1), looping(kEverybody, 1, 2, two),
                 looping(kEverybody, 1, 3, three)}),
            Truth::yes);
}

// The first copies of a loop were taken for frames captured twice.
TEST(FactsLink, CopiesAreNotCapturedTwice) {
  Scene scene({looping(tcp(80), 1, 10)});
  journey::Totals totals;
  totals.packets = 100;
  scene.store.set_totals(totals);
  scene.observe(Sign::duplicate_frame, tcp(80), 5, 4);
  come_by(scene, Sign::routed_round, tcp(80), 11, 50, 7, packet::Network::ipv4);
  EXPECT_EQ(scene.ask("capture.duplicates", kRouted).truth, Truth::no);
  scene.observe(Sign::duplicate_frame, tcp(80), 40, 4);
  EXPECT_EQ(scene.ask("capture.duplicates", kRouted).truth, Truth::yes);
}

}  // namespace
}  // namespace whydown::evidence
