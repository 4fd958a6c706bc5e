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

}  // namespace
}  // namespace whydown::evidence
