// Patterns of requests and logins: floods over HTTP, guessed passwords.
#include <string>

#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"
#include "evidence/traffic.h"
#include "journey/application.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const IpAddress kBad = ip("198.51.100.66");
const IpAddress kUser = ip("192.0.2.77");
using journey::kLoginVerb;

Service at_port(Protocol protocol, std::uint16_t port) {
  return {kServer, port, packet::Transport::tcp, protocol};
}
const Service kFtp = at_port(Protocol::ftp, 21);
const Service kSsh = at_port(Protocol::ssh, 22);
const Service kHttp = at_port(Protocol::http, 80);

struct Requests {
  Scene scene;
  std::uint64_t number = 0;

  void add(const Service& service, double begin, const IpAddress& client, Symptom symptom,
           std::uint16_t secret, std::uint32_t path = 7, std::uint16_t query = 0) {
    number += 2;
    Attempt attempt = Make(service, begin, number, client).ok();
    attempt.step = Step::request;
    attempt.symptom = symptom;
    if (symptom != Symptom::none) {
      attempt.outcome = symptom == Symptom::denied ? Outcome::refused : Outcome::failed;
    }
    attempt.request.verb = kLoginVerb;
    attempt.request.secret = secret;
    attempt.request.target = path;
    attempt.request.variant = query;
    scene.store.attempt(attempt);
  }
  void connect(double begin, const IpAddress& client) {
    number += 2;
    scene.store.attempt(Make(tcp(80), begin, number, client).ok());
  }
  std::vector<Pattern> found() {
    journey::Totals totals;
    totals.last.time = at(1000);
    scene.store.set_totals(totals);
    return patterns(scene.store);
  }
};

std::uint16_t secret(unsigned i) { return static_cast<std::uint16_t>(2 * i + 1); }

TEST(GuessedLogins, OneAfterTheOther) {
  Requests logins;
  for (unsigned i = 0; i < 60; ++i) {
    logins.add(kFtp, 10 + i * 0.5, kBad, Symptom::denied, secret(i));
    if (i % 10 == 0) logins.add(kFtp, 10 + i * 0.5, kUser, Symptom::none, 5);
  }
  const auto found = logins.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, PatternKind::login_guessing);
  EXPECT_EQ(found[0].services, std::vector<Service>{kFtp});
  EXPECT_EQ(found[0].packets, 60U);
  EXPECT_TRUE(found[0].is_source(kBad));
  EXPECT_FALSE(found[0].is_source(kUser));
  EXPECT_EQ(found[0].accepted, 0U);
  EXPECT_TRUE(found[0].is_alone);
}

TEST(GuessedLogins, ThenOneIsAccepted) {
  Requests logins;
  for (unsigned i = 0; i < 30; ++i) logins.add(kFtp, 10 + i, kBad, Symptom::denied, secret(i));
  logins.add(kFtp, 50, kBad, Symptom::none, 99);
  const auto found = logins.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].accepted, 1U);
  Subject subject;
  subject.services = found[0].services;
  subject.pattern = &found[0];
  EXPECT_EQ(logins.scene.ask("attack.login_accepted", subject).truth, Truth::yes);
  EXPECT_EQ(logins.scene.ask("attack.secrets_differ", subject).truth, Truth::yes);
  EXPECT_EQ(logins.scene.ask("attack.one_path", subject).truth, Truth::unknown);
}

// One password for many names, which locks no account.
TEST(GuessedLogins, ManyNames) {
  Requests logins;
  for (unsigned i = 0; i < 40; ++i) {
    logins.add(kFtp, 10 + i, kBad, Symptom::denied, 5, 0, secret(i));
  }
  const auto found = logins.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].is_source(kBad));
  Subject subject;
  subject.services = found[0].services;
  subject.pattern = &found[0];
  EXPECT_EQ(logins.scene.ask("attack.users_differ", subject).truth, Truth::yes);
  EXPECT_EQ(logins.scene.ask("attack.secrets_differ", subject).truth, Truth::unknown);
}

TEST(GuessedLogins, OfManySourcesThatGoForOneName) {
  Requests logins;
  for (unsigned i = 0; i < 60; ++i) {
    logins.add(kFtp, 10 + i, IpAddress::v4(0xc6336400 + i % 12), Symptom::denied, secret(i), 0, 9);
  }
  const auto found = logins.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_GE(found[0].source_count, 6U);
  EXPECT_TRUE(found[0].is_source(IpAddress::v4(0xc6336400)));
}

// Of several clients in one row, each is counted for itself.
TEST(GuessedLogins, BesideUsersWhoMistype) {
  Requests logins;
  for (unsigned i = 0; i < 40; ++i) {
    logins.add(kFtp, 10 + i, kBad, Symptom::denied, secret(i));
    if (i % 13 == 0) logins.add(kFtp, 10 + i, kUser, Symptom::denied, 5);
  }
  const auto found = logins.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_GE(found[0].packets, 25U);
  EXPECT_FALSE(found[0].is_source(kUser));
}

TEST(GuessedLogins, OfSshByTheirPace) {
  Requests quick;
  for (unsigned i = 0; i < 40; ++i) quick.add(kSsh, 10 + i * 0.5, kBad, Symptom::denied, 0);
  ASSERT_EQ(quick.found().size(), 1U);
  EXPECT_TRUE(quick.found()[0].is_source(kBad));
}

TEST(GuessedLogins, WhatLooksAlike) {
  struct Look {
    const char* what;
    void (*fill)(Requests&);
  };
  const Look looks[] = {
      {"a phone with an old password",
       [](Requests& r) {
         for (unsigned i = 0; i < 80; ++i) r.add(kFtp, 10 + i, kBad, Symptom::denied, 5);
       }},
      {"a user who mistypes three times",
       [](Requests& r) {
         for (unsigned i = 0; i < 3; ++i) r.add(kFtp, 10 + 5 * i, kBad, Symptom::denied, secret(i));
       }},
      {"web mail whose users cannot log in any more",
       [](Requests& r) {
         for (unsigned i = 0; i < 40; ++i) r.add(kFtp, 10 + i, kBad, Symptom::none, secret(i));
         for (unsigned i = 0; i < 80; ++i) r.add(kFtp, 60 + i, kBad, Symptom::denied, secret(i));
       }},
      {"many users, each once",
       [](Requests& r) {
         for (unsigned i = 0; i < 80; ++i) {
           r.add(kFtp, 10 + i, IpAddress::v4(0xc0000200 + i), Symptom::denied, secret(i));
         }
       }},
      {"nobody's password is accepted any more, and each tries again",
       [](Requests& r) {
         for (unsigned i = 0; i < 80; ++i) {
           const unsigned user = i % 10;
           r.add(kFtp, 10 + i, IpAddress::v4(0xc0000200 + user), Symptom::denied, secret(user), 0,
                 secret(100 + user));
         }
       }},
      {"... all of them behind one address",
       [](Requests& r) {
         for (unsigned i = 0; i < 80; ++i) {
           r.add(kFtp, 10 + i, kBad, Symptom::denied, 5, 0, secret(i % 4));
         }
       }},
      {"a mailbox that several machines ask for with an old password",
       [](Requests& r) {
         for (unsigned i = 0; i < 80; ++i) {
           r.add(kFtp, 10 + i, IpAddress::v4(0xc0000200 + i % 8), Symptom::denied, 5, 0, 9);
         }
       }},
      {"a job whose key was taken away, every minute",
       [](Requests& r) {
         for (unsigned i = 0; i < 40; ++i) r.add(kSsh, 10 + 60 * i, kBad, Symptom::denied, 0);
       }},
      {"jobs that are let in",
       [](Requests& r) {
         for (unsigned i = 0; i < 200; ++i) r.add(kSsh, 10 + i, kBad, Symptom::none, 0);
       }},
      {"a challenge without credentials",
       [](Requests& r) {
         for (unsigned i = 0; i < 80; ++i) r.add(kHttp, 10 + i, kBad, Symptom::denied, 0);
       }},
      {"a search for pages that are forbidden",
       [](Requests& r) {
         for (unsigned i = 0; i < 80; ++i) {
           r.add(kHttp, 10 + i, kBad, Symptom::denied, secret(i), i + 1);
         }
       }},
  };
  for (const Look& look : looks) {
    Requests requests;
    look.fill(requests);
    EXPECT_TRUE(requests.found().empty()) << look.what;
  }
}

TEST(HttpFlood, OnePathAgainAndAgain) {
  Requests flood;
  for (unsigned i = 0; i < 20; ++i) flood.add(kHttp, 1 + i, kUser, Symptom::none, 0, i + 1);
  for (unsigned i = 0; i < 1000; ++i) {
    const auto symptom = i % 2 == 0 ? Symptom::none : Symptom::error_status;
    flood.add(kHttp, 10 + i * 0.005, kBad, symptom, 0, 7, secret(i));
  }
  const auto found = flood.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, PatternKind::http_flood);
  EXPECT_TRUE(found[0].is_certain);
  EXPECT_EQ(found[0].packets, 1000U);
  EXPECT_NEAR(found[0].per_second, 200, 5);
  EXPECT_TRUE(found[0].is_source(kBad));
  EXPECT_FALSE(found[0].is_source(kUser));
  Subject subject;
  subject.services = found[0].services;
  subject.pattern = &found[0];
  EXPECT_EQ(flood.scene.ask("attack.one_path", subject).truth, Truth::yes);
  EXPECT_EQ(flood.scene.ask("attack.queries_differ", subject).truth, Truth::yes);
  EXPECT_EQ(flood.scene.ask("attack.unfinished", subject).truth, Truth::no);
}

TEST(HttpFlood, ConnectionsWithoutARequest) {
  Requests slow;
  for (unsigned i = 0; i < 20; ++i) {
    slow.connect(1 + i, kUser);
    slow.add(kHttp, 1 + i, kUser, Symptom::none, 0);
  }
  for (unsigned i = 0; i < 300; ++i) slow.connect(10 + i * 0.01, kBad);
  const auto found = slow.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].is_unfinished);
  EXPECT_TRUE(found[0].is_source(kBad));
  Subject subject;
  subject.services = found[0].services;
  subject.pattern = &found[0];
  EXPECT_EQ(slow.scene.ask("attack.unfinished", subject).truth, Truth::yes);
}

TEST(HttpFlood, WhatLooksAlike) {
  struct Look {
    const char* what;
    void (*fill)(Requests&);
  };
  const Look looks[] = {
      {"checks of a load balancer, two a second",
       [](Requests& r) {
         r.add(kHttp, 1, kUser, Symptom::none, 0);
         for (unsigned i = 0; i < 400; ++i) r.connect(10 + i * 0.5, kBad);
       }},
      {"connections that are refused",
       [](Requests& r) {
         r.add(kHttp, 1, kUser, Symptom::none, 0);
         for (unsigned i = 0; i < 300; ++i) {
           r.number += 2;
           r.scene.store.attempt(Make(tcp(80), 10 + i * 0.01, r.number, kBad).reset());
         }
       }},
      {"a page with two hundred pictures",
       [](Requests& r) {
         for (unsigned i = 0; i < 200; ++i) {
           r.add(kHttp, 10 + i * 0.002, kBad, Symptom::none, 0, i + 1);
         }
       }},
      {"a monitor that asks each second",
       [](Requests& r) {
         for (unsigned i = 0; i < 800; ++i) r.add(kHttp, 10 + i, kBad, Symptom::none, 0);
       }},
  };
  for (const Look& look : looks) {
    Requests requests;
    look.fill(requests);
    for (const Pattern& pattern : requests.found()) {
      EXPECT_NE(pattern.kind == PatternKind::http_flood && pattern.is_certain, true) << look.what;
    }
  }
}

}  // namespace
}  // namespace whydown::evidence
