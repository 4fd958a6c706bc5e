#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"
#include "evidence/traffic.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

// A flood of SYNs over four seconds, by turns from each of the sources.
struct Flood {
  explicit Flood(const std::vector<IpAddress>& sources) {
    for (unsigned i = 0; i < 1000; ++i) {
      const IpAddress& source = sources[i % sources.size()];
      scene.store.attempt(Make(tcp(80), 10 + i * 0.004, 100 + 2 * i, source).silent());
    }
    journey::Totals totals;
    totals.last.time = at(60);
    scene.store.set_totals(totals);
  }
  Fact ask(std::string_view id) {
    found = patterns(scene.store);
    EXPECT_EQ(found.size(), 1U);
    Subject subject;
    subject.services = found.at(0).services;
    subject.pattern = &found.at(0);
    return scene.ask(id, subject);
  }
  Scene scene;
  std::vector<Pattern> found;
};

std::vector<IpAddress> invented(unsigned count) {
  std::vector<IpAddress> out;
  for (unsigned i = 0; i < count; ++i) out.push_back(IpAddress::v4(0xc6120000 + i * 7));
  return out;
}

TEST(AttackFacts, HowManySources) {
  Fact fact = Flood(invented(500)).ask("attack.sources_many");
  EXPECT_EQ(fact.truth, Truth::yes) << fact.detail;
  EXPECT_FALSE(fact.packets.empty());
  EXPECT_EQ(Flood(invented(2)).ask("attack.sources_many").truth, Truth::no);
  EXPECT_EQ(Flood(invented(20)).ask("attack.sources_many").truth, Truth::unknown);
}

TEST(AttackFacts, WhetherTheSourcesAreLocal) {
  struct Case {
    std::vector<IpAddress> sources;
    Truth truth;
  };
  const Case cases[] = {
      {{ip("10.1.2.3"), ip("192.168.7.7"), ip("172.31.0.1"), ip("169.254.3.3")}, Truth::yes},
      {{ip("198.51.100.66")}, Truth::no},
      {{ip("172.32.0.1")}, Truth::no},
      {{ip("fd00::7"), ip("fe80::1")}, Truth::yes},
      {{ip("2001:db8::7")}, Truth::no},
      {{ip("10.1.2.3"), ip("198.51.100.66")}, Truth::unknown},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(Flood(row.sources).ask("attack.sources_local").truth, row.truth);
  }
}

TEST(AttackFacts, WhetherASourceWasServed) {
  Flood flood({kOther});
  EXPECT_EQ(flood.ask("attack.source_served").truth, Truth::unknown);
  flood.scene.store.attempt(Make(dns(), 5, 40, kClient).ok());
  EXPECT_EQ(flood.ask("attack.source_served").truth, Truth::unknown);
  flood.scene.store.attempt(Make(dns(), 5, 50, kOther).ok());
  const Fact fact = flood.ask("attack.source_served");
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_EQ(numbers(fact.packets), std::vector<std::uint64_t>{51});
}

// Told by the diagnosis, which asks those who were no part of it.
TEST(AttackFacts, AFloodThatTheFailuresBeginWith) {
  Flood flood({kOther});
  flood.ask("attack.sources_many");
  flood.scene.store.attempt(Make(tcp(80), 11, 4000, kClient).tries(3, 14));
  Subject failing = subject(tcp(80), Symptom::no_response);
  EXPECT_EQ(flood.scene.ask("traffic.flood_began_it", failing).truth, Truth::unknown);
  failing.pattern = &flood.found.at(0);
  for (const char* id : {"traffic.flood_began_it", "traffic.flood_visible"}) {
    const Fact fact = flood.scene.ask(id, failing);
    EXPECT_EQ(fact.truth, Truth::yes) << id;
    EXPECT_FALSE(fact.packets.empty()) << id;
  }
}

// The facts of failures say nothing about a pattern, and the other way round.
TEST(AttackFacts, AreApartFromTheOthers) {
  Flood flood({kOther});
  flood.ask("attack.sources_many");
  Subject pattern;
  pattern.services = flood.found.at(0).services;
  pattern.pattern = &flood.found.at(0);
  for (const Fact& fact : facts(flood.scene.store, pattern, flood.scene.names)) {
    if (fact.id.starts_with("attack.")) continue;
    EXPECT_EQ(fact.truth, Truth::unknown) << fact.id;
  }
  for (const Fact& fact :
       facts(flood.scene.store, subject(tcp(80), Symptom::no_response), flood.scene.names)) {
    if (!fact.id.starts_with("attack.")) continue;
    EXPECT_EQ(fact.truth, Truth::unknown) << fact.id;
  }
}

// One pattern of DNS traffic: `count` messages, ten milliseconds apart.
struct DnsPattern {
  void tell(Usage usage, Attempt attempt) {
    attempt.complete_outline();
    DnsUse use;
    use.usage = usage;
    use.domain = scene.names.add("shop.example");
    use.name_bytes = static_cast<std::uint8_t>(30 + count * 7 % 100);
    use.query_bytes = 100;
    use.answer_bytes = static_cast<std::uint16_t>(500 + count++ * 13 % 300);
    scene.store.usage(use, attempt, journey::WholePackets{attempt});
    scene.store.attempt(attempt, journey::WholePackets{attempt});
  }
  Fact ask(std::string_view id) {
    journey::Totals totals;
    totals.last.time = at(60);
    scene.store.set_totals(totals);
    found = patterns(scene.store);
    EXPECT_FALSE(found.empty());
    Subject subject;
    subject.services = found.at(0).services;
    subject.pattern = &found.at(0);
    return scene.ask(id, subject);
  }
  void reflect(bool at_reflector) {
    for (unsigned i = 0; i < 400; ++i) {
      Make made = Make(dns(), 10 + i * 0.01, 100 + 2 * i, kOther).ok();
      Attempt& answer = made.name(scene.names.add("big.example.org")).get();
      if (!at_reflector) {
        answer.request_seen = false;
        answer.request = {};
      }
      tell(at_reflector ? Usage::large_answers : Usage::unasked_answers, answer);
    }
  }
  Scene scene;
  unsigned count = 0;
  std::vector<Pattern> found;
};

TEST(AttackFacts, NewNamesOrTheUsualOnes) {
  DnsPattern fresh;
  for (unsigned i = 0; i < 1000; ++i) {
    fresh.tell(Usage::new_names, Make(dns(), 10 + i * 0.004, 100 + 2 * i, kOther));
  }
  EXPECT_EQ(fresh.ask("attack.names_new").truth, Truth::yes);
  DnsPattern usual;
  for (unsigned i = 0; i < 1000; ++i) {
    usual.scene.store.attempt(Make(dns(), 20 + i * 0.004, 100 + 2 * i, kOther));
  }
  EXPECT_EQ(usual.ask("attack.names_new").truth, Truth::no);
  DnsPattern other;
  other.reflect(true);
  EXPECT_EQ(other.ask("attack.names_new").truth, Truth::unknown);
}

TEST(AttackFacts, WhoGetsTheAnswersRefusesThem) {
  for (const bool at_reflector : {false, true}) {
    DnsPattern reflection;
    reflection.reflect(at_reflector);
    reflection.scene.observe(Sign::late_answer_rejected, dns(), 15);  // of another client
    EXPECT_EQ(reflection.ask("attack.answers_rejected").truth, Truth::unknown);
    Observation seen;
    seen.sign = Sign::late_answer_rejected;
    seen.service = dns();
    seen.client = kOther;
    seen.packet.place.number = 3;
    seen.packet.place.time = at(11);
    reflection.scene.store.observation(seen);
    const Fact fact = reflection.ask("attack.answers_rejected");
    EXPECT_EQ(fact.truth, Truth::yes);
    EXPECT_EQ(numbers(fact.packets), std::vector<std::uint64_t>{3});
  }
}

TEST(AttackFacts, WhetherTheVictimIsHeard) {
  DnsPattern reflection;
  reflection.reflect(false);
  EXPECT_EQ(reflection.ask("attack.victim_heard").truth, Truth::no);
  reflection.scene.store.attempt(Make(arp(kOther), 5, 40, kClient).ok());
  EXPECT_EQ(reflection.ask("attack.victim_heard").truth, Truth::no);
  reflection.scene.store.attempt(Make(tcp(80, kOther), 5, 50, kClient).ok());
  const Fact fact = reflection.ask("attack.victim_heard");
  EXPECT_EQ(fact.truth, Truth::yes);
  EXPECT_EQ(numbers(fact.packets), std::vector<std::uint64_t>{51});
  DnsPattern at_server;
  at_server.reflect(true);
  EXPECT_EQ(at_server.ask("attack.victim_heard").truth, Truth::unknown);
}

TEST(AttackFacts, WhatATunnelAsksFor) {
  for (const std::uint16_t type : {std::uint16_t{16}, std::uint16_t{1}}) {
    DnsPattern tunnel;
    for (unsigned i = 0; i < 200; ++i) {
      Make made = Make(dns(), 10 + i * 0.1, 100 + 2 * i, kOther).ok();
      made.get().request.dns_type = type;
      tunnel.tell(Usage::long_names, made);
    }
    EXPECT_EQ(tunnel.ask("attack.types_of_data").truth, type == 16 ? Truth::yes : Truth::no);
  }
}

}  // namespace
}  // namespace whydown::evidence
