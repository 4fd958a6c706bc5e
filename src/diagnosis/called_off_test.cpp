// How it is told by what TLS handshakes were called off.
#include <gtest/gtest.h>

#include "diagnosis/attempts_for_tests.h"
#include "diagnosis/diagnosis.h"

namespace whydown::diagnosis {
namespace {

using namespace for_tests;

struct World : Scene {
  void alerts(int count, std::uint16_t code, journey::Kind kind) {
    for (int i = 0; i < count; ++i) {
      evidence::Service service = tls_service("203.0.113.2", 443);
      service.transport = packet::Transport::udp;
      Attempt attempt = maker.make(service, "192.0.2.7", 10 + i, Symptom::alert);
      attempt.outcome = Outcome::failed;
      attempt.answer.kind = kind;
      attempt.answer.code = code;
      store.attempt(attempt);
    }
  }
  std::string explanation() {
    const Diagnosis found = diagnosis();
    return found.incidents.size() == 1 && found.incidents[0].fault == "tls.alert"
               ? found.incidents[0].explanation
               : std::to_string(found.incidents.size()) + " incidents";
  }
};

TEST(CalledOff, ByAnAlertOrByAVersionNegotiation) {
  constexpr std::uint16_t kHandshakeFailure = 40;
  struct Row {
    int alerts;
    int negotiations;
    const char* has;
    const char* lacks;
  };
  const Row rows[] = {
      {3, 0, "broke it off with an alert, a message that says that it gives up.", "Negotiation"},
      {0, 3, "broke it off with a Version Negotiation of QUIC, by which a server", "alert"},
      {2, 1, "it gives up, or with a Version Negotiation of QUIC, by which a server", "incidents"},
  };
  for (const Row& row : rows) {
    World world;
    world.alerts(row.alerts, kHandshakeFailure, journey::Kind::quic_close);
    world.alerts(row.negotiations, evidence::kQuicVersions, journey::Kind::quic_versions);
    const std::string text = world.explanation();
    EXPECT_NE(text.find(row.has), std::string::npos) << text;
    EXPECT_EQ(text.find(row.lacks), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace whydown::diagnosis
