// Attacks made of requests: guessed logins, floods over HTTP, and what they did to others.
#include <string>

#include <gtest/gtest.h>

#include "diagnosis/attack.h"
#include "diagnosis/attempts_for_tests.h"
#include "diagnosis/diagnosis.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;

const base::IpAddress kServer = address("203.0.113.80");
constexpr std::uint8_t kLoginVerb = 6;  // packet::reply::Verb::login
constexpr const char* kBad = "198.51.100.66";
const evidence::Service kFtp{kServer, 21, packet::Transport::tcp, evidence::Protocol::ftp};
const evidence::Service kHttp{kServer, 80, packet::Transport::tcp, evidence::Protocol::http};

struct World : Scene {
  void add(const evidence::Service& service, const std::string& client, double begin,
           Symptom symptom, std::uint16_t secret = 0, std::uint32_t path = 1) {
    Attempt attempt = maker.make(service, client, begin, symptom);
    attempt.step = evidence::Step::request;
    if (symptom == Symptom::error_status) attempt.outcome = Outcome::failed;
    attempt.request.verb = kLoginVerb;
    attempt.request.secret = secret;
    attempt.request.target = path;
    if (symptom == Symptom::error_status) attempt.answer.code = 503;
    store.attempt(attempt);
  }
  void users(double from, double to, Symptom symptom) {
    int which = 0;
    for (double begin = from; begin < to; begin += 0.25) {
      add(kHttp, "192.0.2." + std::to_string(7 + which++ % 3), begin, symptom, 0, 2);
    }
  }
  void flood(Symptom symptom) {
    for (int i = 0; i < 1000; ++i) add(kHttp, kBad, 20 + i * 0.005, symptom);
  }
};

std::uint16_t secret(int i) { return static_cast<std::uint16_t>(2 * i + 1); }

TEST(AttackRequests, GuessedLogins) {
  for (const bool is_right : {false, true}) {
    World world;
    for (int i = 0; i < 40; ++i) world.add(kFtp, kBad, 10 + i * 0.5, Symptom::denied, secret(i));
    if (is_right) world.add(kFtp, kBad, 32, Symptom::none, secret(99));
    const Diagnosis diagnosis = world.diagnosis_of_capture();
    ASSERT_EQ(diagnosis.incidents.size(), 1U);  // and no failure of the service's
    const Incident& incident = diagnosis.incidents[0];
    EXPECT_EQ(incident.fault, "bruteforce.login");
    EXPECT_EQ(incident.protocol, "FTP");
    EXPECT_EQ(incident.severity, is_right ? "critical" : "medium");
    ASSERT_TRUE(incident.attack);
    EXPECT_EQ(incident.attack->technique, "T1110");
    EXPECT_EQ(incident.attack->packets, 40U);
    const bool is_said =
        incident.summary.find("Then one of them was accepted") != std::string::npos;
    EXPECT_EQ(is_said, is_right) << incident.summary;
  }
}

TEST(AttackRequests, AFloodThatTookTheService) {
  World world;
  world.users(1, 19.5, Symptom::none);
  world.users(20.5, 25, Symptom::error_status);
  world.users(27, 40, Symptom::none);
  world.flood(Symptom::error_status);
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 2U);
  const Incident& attack = diagnosis.incidents[0];
  EXPECT_EQ(attack.fault, "dos.http_flood");
  EXPECT_EQ(attack.attack->caused_outage, std::optional(true));
  EXPECT_EQ(attack.severity, "critical");
  EXPECT_EQ(attack.explains, std::vector<int>{2});
  const Incident& fault = diagnosis.incidents[1];
  EXPECT_EQ(fault.fault, "http.error_status");
  EXPECT_EQ(fault.clients.count, 3U);
}

// That it is for one path shows in the few requests that are kept, or it is not told.
TEST(AttackRequests, AFloodThatHurtNobody) {
  World busy;
  busy.users(1, 40, Symptom::none);
  busy.flood(Symptom::none);
  EXPECT_TRUE(busy.diagnosis_of_capture().incidents.empty());

  World world;
  world.users(19.5, 40, Symptom::none);
  world.flood(Symptom::none);
  const Diagnosis diagnosis = world.diagnosis_of_capture();
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "dos.http_flood");
  EXPECT_EQ(diagnosis.incidents[0].attack->caused_outage, std::optional(false));
  EXPECT_EQ(diagnosis.incidents[0].severity, "low");
}

}  // namespace
}  // namespace whydown::diagnosis
