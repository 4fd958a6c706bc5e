#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

Service quic(const IpAddress& server = kServer, std::uint16_t port = 443) {
  return {server, port, packet::Transport::udp, Protocol::quic};
}
const Subject kSilent = subject(quic(), Symptom::no_response);
const Subject kPlain = subject(udp(1812), Symptom::no_response);

Attempt silent(double begin = 1, std::uint64_t number = 1) { return Make(quic(), begin, number); }

TEST(FactsQuic, Asked) {
  expect_facts(
      "quic.asked",
      {{"QUIC", {silent()}, kSilent, Truth::yes, {1}},
       {"other UDP", {Make(udp(1812), 1, 1)}, kPlain, Truth::no},
       {"TCP", {Make(tcp(443), 1, 1)}, subject(tcp(443), Symptom::no_response), Truth::unknown}});
}

TEST(FactsQuic, TcpAnswers) {
  expect_facts(
      "quic.tcp_answers",
      {{"it does", {silent(), Make(tcp(443), 1.3, 3).ok()}, kSilent, Truth::yes, {4}},
       {"it does not", {silent(), Make(tcp(443), 1.3, 3)}, kSilent, Truth::no, {3}},
       {"it refuses", {silent(), Make(tcp(443), 1.3, 3).reset()}, kSilent, Truth::no},
       {"another port", {silent(), Make(tcp(80), 1.3, 3).ok()}, kSilent, Truth::unknown},
       {"another server", {silent(), Make(tcp(443, kOther), 1.3, 3).ok()}, kSilent, Truth::unknown},
       {"long before", {silent(500, 9), Make(tcp(443), 1.3, 3).ok()}, kSilent, Truth::unknown},
       {"of other UDP nobody asks",
        {Make(udp(1812), 1, 1), Make(tcp(1812), 1.3, 3).ok()},
        kPlain,
        Truth::unknown}});
}

TEST(FactsQuic, AnsweredElsewhere) {
  expect_facts("quic.answered_elsewhere",
               {{"they do", {silent(), Make(quic(kOther), 1.3, 3).ok()}, kSilent, Truth::yes, {4}},
                {"they do not", {silent(), Make(quic(kOther), 1.3, 3)}, kSilent, Truth::no, {3}},
                {"the same server's other port",
                 {silent(), Make(quic(kServer, 8443), 1.3, 3).ok()},
                 kSilent,
                 Truth::unknown},
                {"nobody asked", {silent()}, kSilent, Truth::unknown}});
}

}  // namespace
}  // namespace whydown::evidence
