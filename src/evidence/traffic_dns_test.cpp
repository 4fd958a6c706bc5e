#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "evidence/dns_usage.h"
#include "evidence/limits.h"
#include "evidence/scene_for_test.h"
#include "evidence/traffic.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const IpAddress kBad = ip("198.51.100.66");
constexpr std::uint16_t kTxt = 16;
constexpr std::uint16_t kAny = 255;

IpAddress invented(unsigned number) { return IpAddress::v4(0xc6120000 + number); }

// What a store is told by the tracker, of attempts and of their usage.
struct Wire {
  Scene scene;
  std::uint64_t number = 0;
  std::uint32_t domain = scene.names.add("shop.example");
  std::uint32_t big = scene.names.add("big.example.org");

  Make make(double begin, const IpAddress& client, const Service& service = dns()) {
    number += 2;
    return {service, begin, number, client};
  }
  void add(Attempt attempt) { scene.store.attempt(std::move(attempt)); }
  void tell(DnsUse use, Attempt attempt) {
    attempt.complete_outline();
    const journey::WholePackets packets{attempt};
    scene.store.usage(use, attempt, packets);
    scene.store.attempt(attempt, packets);
  }
  void name(double begin, const IpAddress& client, Make& attempt, std::uint8_t bytes = 10) {
    static_cast<void>(begin);
    static_cast<void>(client);
    DnsUse use;
    use.usage = Usage::new_names;
    use.domain = domain;
    use.name_bytes = bytes;
    tell(use, attempt.get());
  }
  void names(unsigned count, double begin, double length, bool many, Symptom symptom) {
    for (unsigned i = 0; i < count; ++i) {
      const double when = begin + length * i / count;
      Make attempt = make(when, many ? invented(i) : kBad);
      if (symptom == Symptom::nx_domain) attempt.rcode(symptom);
      if (symptom == Symptom::none) attempt.ok();
      name(when, kBad, attempt);
    }
  }
  // Large answers, to questions or to none.
  void large(unsigned count, double begin, double length, bool asked, unsigned questions = 1) {
    for (unsigned i = 0; i < count; ++i) {
      const double when = begin + length * i / count;
      const Service service = dns(asked ? kServer : IpAddress::v4(0xcb007100 + i % 5));
      Make attempt = make(when, kBad, service).ok();
      const std::uint32_t id =
          questions == 1 ? big : scene.names.add("q" + std::to_string(i % questions));
      Attempt& whole = attempt.name(id).get();
      whole.request.dns_type = whole.answer.dns_type = kAny;
      whole.answer.name = id;
      if (!asked) {
        whole.request_seen = false;
        whole.tries = 0;
        whole.request = {};
      }
      DnsUse use;
      use.usage = asked ? Usage::large_answers : Usage::unasked_answers;
      use.query_bytes = asked ? 40 : 0;
      use.answer_bytes = 1200;
      tell(use, whole);
    }
  }
  // Long names of one client: `bytes` in front of the domain, `data` in the answer.
  void long_names(unsigned count, double length, unsigned bytes, unsigned data, unsigned spread,
                  bool found = true) {
    for (unsigned i = 0; i < count; ++i) {
      Make attempt = make(5 + length * i / count, kClient);
      if (found) {
        attempt.ok();
      } else {
        attempt.rcode(Symptom::nx_domain);
      }
      attempt.get().request.dns_type = kTxt;
      DnsUse use;
      use.usage = Usage::long_names;
      use.domain = domain;
      use.name_bytes = static_cast<std::uint8_t>(bytes + i * 7 % (spread + 1));
      use.query_bytes = static_cast<std::uint16_t>(use.name_bytes + 40U);
      use.answer_bytes =
          static_cast<std::uint16_t>(use.query_bytes + data + i * 13 % (4 * spread + 1));
      tell(use, attempt.get());
    }
  }
  std::vector<Pattern> found(double end = 60) {
    journey::Totals totals;
    totals.last.time = at(end);
    totals.last.number = number + 2;
    scene.store.set_totals(totals);
    return patterns(scene.store);
  }
};

// What is an attack by its look alone.
bool is_attack(const std::vector<Pattern>& found) {
  return std::ranges::any_of(found, &Pattern::is_certain);
}

TEST(DnsQueryFlood, NewNamesFromOneOrFromMany) {
  for (const bool many : {false, true}) {
    for (const Symptom symptom : {Symptom::nx_domain, Symptom::no_response}) {
      Wire wire;
      wire.names(1000, 10, 4, many, symptom);
      const auto found = wire.found();
      ASSERT_EQ(found.size(), 1U) << many;
      EXPECT_EQ(found[0].kind, PatternKind::dns_query_flood);
      EXPECT_TRUE(found[0].is_certain);
      EXPECT_EQ(found[0].services, std::vector<Service>{dns()});
      EXPECT_EQ(found[0].packets, 1000U);
      EXPECT_EQ(wire.scene.names.text(found[0].name), "shop.example");
      EXPECT_EQ(found[0].is_source(kBad), !many);
      EXPECT_NEAR(found[0].per_second, 250, 10);
    }
  }
}

TEST(DnsQueryFlood, WhatLooksAlike) {
  struct Look {
    const char* what;
    void (*fill)(Wire&);
  };
  const Look looks[] = {
      {"hashes that a scanner asks for: they are found",
       [](Wire& w) { w.names(1000, 10, 4, false, Symptom::none); }},
      {"names of a content network, from many clients",
       [](Wire& w) { w.names(1000, 10, 4, true, Symptom::none); }},
      {"a mail server that asks for other things as well",
       [](Wire& w) {
         w.names(1000, 10, 4, false, Symptom::nx_domain);
         w.add(w.make(11, kBad).ok());
       }},
      {"what thousands ask a busy resolver for in vain, a small part of it all",
       [](Wire& w) {
         w.names(1000, 10, 4, true, Symptom::nx_domain);
         for (unsigned i = 0; i < 20000; ++i) {
           w.add(w.make(10 + i * 0.0002, invented(5000 + i % 3000)).ok());
         }
       }},
      {"names of a page that is gone, slowly",
       [](Wire& w) { w.names(300, 10, 40, true, Symptom::nx_domain); }},
      {"a busy resolver that answers well",
       [](Wire& w) {
         for (unsigned i = 0; i < 4000; ++i) w.add(w.make(5 + i * 0.004, invented(i % 40)).ok());
       }},
      {"a crowd that comes at once, and is answered",
       [](Wire& w) {
         for (unsigned i = 0; i < 20; ++i) w.add(w.make(i, kClient).ok());
         for (unsigned i = 0; i < 2000; ++i) w.add(w.make(20 + i * 0.002, invented(i % 300)).ok());
       }},
      {"a crowd at a dead server, which asks again",
       [](Wire& w) {
         for (unsigned i = 0; i < 20; ++i) w.add(w.make(i, kClient).ok());
         for (unsigned i = 0; i < 2000; ++i) w.add(w.make(20 + i * 0.002, invented(i % 300)));
       }},
      {"a client that was served before, and hammers a dead server",
       [](Wire& w) {
         for (unsigned i = 0; i < 20; ++i) w.add(w.make(i, kBad).ok());
         for (unsigned i = 0; i < 2000; ++i) w.add(w.make(20 + i * 0.005, kBad));
       }},
  };
  for (const Look& look : looks) {
    Wire wire;
    look.fill(wire);
    EXPECT_FALSE(is_attack(wire.found())) << look.what;
  }
}

// Where it is not certain that it is one, who is a source and who may have suffered from it.
TEST(DnsQueryFlood, WhoBelongsToACrowd) {
  for (const bool known : {false, true}) {
    Wire wire;
    for (unsigned i = 0; i < 20; ++i) wire.add(wire.make(i, kClient).ok());
    if (known) wire.add(wire.make(3, kBad).ok());
    for (unsigned i = 0; i < 2000; ++i) {
      Make query = wire.make(20 + i * 0.002, kBad);
      wire.add(i % 4 == 0 ? query.get() : query.ok().get());
    }
    const auto found = wire.found();
    ASSERT_EQ(found.size(), 1U) << known;
    EXPECT_FALSE(found[0].is_certain) << known;
    EXPECT_TRUE(found[0].is_source(kBad)) << known;
    EXPECT_FALSE(found[0].is_source(kClient)) << known;
  }
}

TEST(DnsQueryFlood, OrdinaryQuestionsThatDrownTheOthers) {
  for (const bool many : {false, true}) {
    Wire wire;
    for (unsigned i = 0; i < 20; ++i) wire.add(wire.make(i, kClient).ok());
    for (unsigned i = 0; i < 2000; ++i) {
      wire.add(wire.make(20 + i * 0.002, many ? invented(i) : kBad));
    }
    const auto found = wire.found();
    ASSERT_EQ(found.size(), 1U) << many;
    EXPECT_EQ(found[0].kind, PatternKind::dns_query_flood);
    EXPECT_TRUE(found[0].is_certain) << many;
    EXPECT_EQ(found[0].name, 0U);
    EXPECT_EQ(found[0].is_source(kBad), !many);
    EXPECT_FALSE(found[0].is_source(kClient));
  }
}

TEST(DnsReflection, SeenByTheVictimAndByTheServer) {
  for (const bool asked : {false, true}) {
    Wire wire;
    wire.large(600, 10, 6, asked);
    const auto found = wire.found();
    ASSERT_EQ(found.size(), 1U) << asked;
    EXPECT_EQ(found[0].kind, PatternKind::dns_reflection);
    EXPECT_EQ(found[0].is_at_reflector, asked);
    EXPECT_EQ(found[0].services[0].server, asked ? kServer : kBad);
    EXPECT_EQ(found[0].source_count, asked ? 1U : 5U);
    EXPECT_EQ(found[0].is_source(kBad), asked);
    EXPECT_EQ(wire.scene.names.text(found[0].name), "big.example.org");
    EXPECT_EQ(type_id(found[0]), "ANY");
    EXPECT_EQ(found[0].answer_bytes, 600U * 1200);
  }
}

TEST(DnsReflection, WhatLooksAlike) {
  for (const bool asked : {false, true}) {
    Wire several;  // a busy resolver, whose questions were captured or not
    several.large(600, 10, 6, asked, 100);
    EXPECT_FALSE(is_attack(several.found())) << asked;
    Wire slow;
    slow.large(600, 10, 60, asked);
    EXPECT_FALSE(is_attack(slow.found())) << asked;
    Wire few;  // the capture began in the middle of them
    few.large(100, 10, 1, asked);
    EXPECT_FALSE(is_attack(few.found())) << asked;
  }
}

TEST(DnsTunnel, NamesAndAnswersOfAnyLength) {
  Wire wire;
  wire.long_names(200, 20, 30, 30, 100);
  const auto found = wire.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, PatternKind::dns_tunnel);
  EXPECT_FALSE(found[0].is_flood());
  EXPECT_TRUE(found[0].is_source(kClient));
  EXPECT_EQ(type_id(found[0]), "TXT");
  EXPECT_EQ(wire.scene.names.text(found[0].name), "shop.example");
  EXPECT_NEAR(found[0].per_second, 10, 1);
}

TEST(DnsTunnel, WhatLooksAlike) {
  struct Look {
    const char* what;
    void (*fill)(Wire&);
  };
  const Look looks[] = {
      {"hashes: one length, one answer", [](Wire& w) { w.long_names(500, 20, 52, 16, 0); }},
      {"hashes of two lengths", [](Wire& w) { w.long_names(500, 20, 40, 40, 1); }},
      {"keys of mail: long answers to names of one length",
       [](Wire& w) { w.long_names(500, 20, 43, 300, 0); }},
      {"names that are not found", [](Wire& w) { w.long_names(500, 20, 30, 30, 100, false); }},
      {"a few, in a moment", [](Wire& w) { w.long_names(50, 20, 30, 30, 100); }},
      {"in a moment", [](Wire& w) { w.long_names(500, 2, 30, 30, 100); }},
      {"short ones", [](Wire& w) { w.long_names(500, 20, 16, 30, 20); }},
  };
  for (const Look& look : looks) {
    Wire wire;
    look.fill(wire);
    EXPECT_FALSE(is_attack(wire.found())) << look.what;
  }
}

TEST(DnsUsage, MergedTablesShowTheSame) {
  Wire whole;
  Wire halves[2];
  for (unsigned i = 0; i < 1000; ++i) {
    for (Wire* wire : {&whole, &halves[i % 2]}) {
      Make attempt = Make(dns(), 10 + i * 0.004, 2 * i + 2, invented(i)).rcode(Symptom::nx_domain);
      wire->name(0, kBad, attempt);
    }
  }
  halves[0].scene.store.merge(halves[1].scene.store);
  const auto one = whole.found();
  const auto other = halves[0].found();
  ASSERT_EQ(one.size(), 1U);
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(one[0].packets, other[0].packets);
  EXPECT_EQ(one[0].per_second, other[0].per_second);
  EXPECT_EQ(one[0].source_count, other[0].source_count);
}

TEST(DnsUsage, AFullTableGivesUpTheSmallestRow) {
  Wire wire;
  for (unsigned i = 0; i < 3 * limits::kMaxUsageRows; ++i) {
    wire.domain = wire.scene.names.add("d" + std::to_string(i) + ".example");
    Make attempt = wire.make(i, kBad).rcode(Symptom::nx_domain);
    for (int n = 0; n < (i == 3 ? 50 : 2); ++n) wire.name(0, kBad, attempt);
  }
  const auto& rows = wire.scene.store.dns_usage().rows();
  EXPECT_EQ(rows.size(), limits::kMaxUsageRows);
  EXPECT_TRUE(rows.contains({Usage::new_names, dns(), {}, wire.scene.names.find("d3.example")}));
}

TEST(DnsUsage, TheLeadingQuestion) {
  LeadingQuestion votes;
  LeadingQuestion others;
  for (int i = 0; i < 90; ++i) votes.add(7, kAny);
  for (std::uint32_t i = 0; i < 10; ++i) others.add(8 + i, kAny);
  EXPECT_DOUBLE_EQ(votes.share(90), 1);
  votes.merge(others);
  EXPECT_EQ(votes.name(), 7U);
  EXPECT_GE(votes.share(100), 0.9);
  others.merge(votes);
  EXPECT_EQ(others.name(), 7U);
  EXPECT_EQ(LeadingQuestion{}.share(0), 0);
}

}  // namespace
}  // namespace whydown::evidence
