#include <gtest/gtest.h>

#include "evidence/scene_for_test.h"

namespace whydown::evidence {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)

const Service kWeb{kServer, 443, packet::Transport::tcp, Protocol::tls};

Subject secure(Symptom symptom) { return {{kWeb}, Step::secure, symptom}; }
const Subject kAlert = secure(Symptom::alert);
const Subject kNone = secure(Symptom::no_handshake);
const Subject kSilent = secure(Symptom::no_response);

// A handshake: the ClientHello is `number`, what decided it the packet after it.
Attempt handshake(std::uint64_t number, Outcome outcome, Symptom symptom, Kind kind,
                  std::uint16_t code = 0, std::uint32_t name = 0) {
  Attempt attempt = Make(tcp(443), static_cast<double>(number), number).ok();
  attempt.service = kWeb;
  attempt.step = Step::secure;
  attempt.outcome = outcome;
  attempt.symptom = symptom;
  attempt.request.kind = Kind::tls_client_hello;
  attempt.request.name = name;
  attempt.answer.kind = kind;
  attempt.answer.name = 0;
  attempt.answer.code = code;
  if (kind == Kind::none) attempt.answer = {};
  return attempt;
}
Attempt alerted(std::uint64_t number, std::uint16_t code, bool by_client = false) {
  Attempt attempt = handshake(number, Outcome::failed, Symptom::alert, Kind::tls_alert, code);
  attempt.tls.by_client = by_client;
  return attempt;
}
Attempt cut(std::uint64_t number, Kind kind) {
  return handshake(number, Outcome::cut, Symptom::no_handshake, kind);
}
Attempt silent(std::uint64_t number, bool acknowledged, bool half = false) {
  Attempt attempt = handshake(number, Outcome::silent, Symptom::no_response, Kind::none);
  attempt.tls.hello_acknowledged = acknowledged;
  attempt.tls.has_server_hello = half;
  attempt.tls.is_flight_cut = half;
  return attempt;
}
Attempt served(std::uint64_t number, std::uint32_t name) {
  return handshake(number, Outcome::ok, Symptom::none, Kind::tls_server_hello, 0, name);
}
// With a certificate that is good for a thousand seconds from `from` on, seen from the start.
Attempt certified(std::uint64_t number, std::int64_t from, bool covers = true) {
  Attempt attempt = alerted(number, 42, true);
  attempt.tls.has_certificate = true;
  attempt.tls.not_before = 1'700'000'000 + from;
  attempt.tls.not_after = attempt.tls.not_before + 1000;
  attempt.tls.is_name_known = true;
  attempt.tls.covers_name = covers;
  attempt.tls.is_self_signed = covers;
  return attempt;
}

struct AlertRow {
  const char* fact;
  std::uint16_t yes;
  std::uint16_t no;
};
const AlertRow kAlerts[] = {
    {"tls.alert_version", 70, 40},  {"tls.alert_no_agreement", 40, 80},
    {"tls.alert_internal", 80, 40}, {"tls.alert_access", 49, 48},
    {"tls.alert_name", 112, 40},    {"tls.alert_certificate", 48, 47},
};

TEST(FactsTls, WhatTheAlertSays) {
  for (const AlertRow& row : kAlerts) {
    Attempt hidden = alerted(1, 0);
    hidden.tls.is_alert_hidden = true;
    expect_facts(
        row.fact,
        {{"these", {alerted(1, row.yes), alerted(3, row.yes)}, kAlert, Truth::yes, {2}},
         {"others", {alerted(1, row.no)}, kAlert, Truth::no, {2}},
         {"half and half", {alerted(1, row.yes), alerted(3, row.no)}, kAlert, Truth::unknown},
         {"encrypted", {hidden}, kAlert, Truth::unknown},
         {"silence", {silent(1, true)}, kSilent, Truth::unknown}});
  }
}

TEST(FactsTls, WhoGivesUp) {
  expect_facts("tls.client_objects",
               {{"the client", {alerted(1, 48, true)}, kAlert, Truth::yes, {2}},
                {"the server", {alerted(1, 40)}, kAlert, Truth::no, {2}},
                {"nobody", {silent(1, true)}, kSilent, Truth::unknown}});
  Attempt old = alerted(1, 80, true);
  old.tls.version = 0x0302;
  Attempt modern = alerted(1, 80, true);
  modern.tls.version = 0x0303;
  expect_facts("tls.server_chose_old", {{"1.1", {old}, kAlert, Truth::yes, {1}},
                                        {"1.2", {modern}, kAlert, Truth::no, {1}},
                                        {"none", {alerted(1, 40)}, kAlert, Truth::unknown}});
  Attempt asked = alerted(1, 40);
  asked.tls.asked_for_certificate = true;
  Attempt hidden = alerted(1, 0);
  hidden.tls.is_alert_hidden = hidden.tls.is_finished = true;
  expect_facts("tls.wants_client_certificate",
               {{"alert 116", {alerted(1, 116)}, kAlert, Truth::yes, {2}},
                {"unknown CA, by the server", {alerted(1, 48)}, kAlert, Truth::yes, {2}},
                {"40 after it had asked", {asked}, kAlert, Truth::yes, {2}},
                {"an encrypted one at the end", {hidden}, kAlert, Truth::yes, {2}},
                {"40 alone", {alerted(1, 40)}, kAlert, Truth::no, {2}},
                {"the client's alert", {alerted(1, 48, true)}, kAlert, Truth::no, {2}},
                {"a reset", {cut(1, Kind::tcp_reset)}, kNone, Truth::unknown}});
}

TEST(FactsTls, Certificates) {
  const std::vector<Attempt> over = {certified(1, -2000)};
  const std::vector<Attempt> early = {certified(1, 500)};
  const std::vector<Attempt> good = {certified(1, -500)};
  const std::vector<Attempt> hidden = {alerted(1, 45, true)};
  Attempt untimed = certified(1, -2000);
  untimed.timed = false;
  expect_facts("tls.certificate_expired", {{"over", over, kAlert, Truth::yes, {1}},
                                           {"early", early, kAlert, Truth::no, {1}},
                                           {"good", good, kAlert, Truth::no, {1}},
                                           {"without a time", {untimed}, kAlert, Truth::unknown},
                                           {"not seen", hidden, kAlert, Truth::unknown}});
  expect_facts("tls.certificate_early", {{"over", over, kAlert, Truth::no, {1}},
                                         {"early", early, kAlert, Truth::yes, {1}},
                                         {"not seen", hidden, kAlert, Truth::unknown}});
  expect_facts("tls.certificate_in_time", {{"over", over, kAlert, Truth::no, {1}},
                                           {"good", good, kAlert, Truth::yes, {1}},
                                           {"not seen", hidden, kAlert, Truth::unknown}});
  const std::vector<Attempt> foreign = {certified(1, -500, false)};
  Attempt nameless = certified(1, -500, false);
  nameless.tls.is_name_known = false;
  expect_facts("tls.certificate_covers_name", {{"yes", good, kAlert, Truth::yes, {1}},
                                               {"no", foreign, kAlert, Truth::no, {1}},
                                               {"no name", {nameless}, kAlert, Truth::unknown},
                                               {"not seen", hidden, kAlert, Truth::unknown}});
  expect_facts("tls.certificate_self_signed", {{"yes", good, kAlert, Truth::yes, {1}},
                                               {"no", foreign, kAlert, Truth::no, {1}},
                                               {"not seen", hidden, kAlert, Truth::unknown}});
}

TEST(FactsTls, HowItEnded) {
  Attempt plain = handshake(1, Outcome::failed, Symptom::no_handshake, Kind::not_tls);
  plain.tls.is_plain_answer = true;
  const std::vector<Attempt> reset = {cut(1, Kind::tcp_reset)};
  const std::vector<Attempt> closed = {cut(1, Kind::tcp_segment)};
  expect_facts("tls.plain_answer", {{"yes", {plain}, kNone, Truth::yes, {2}},
                                    {"no", reset, kNone, Truth::no, {2}},
                                    {"another step",
                                     {Make(tcp(443), 1, 1)},
                                     subject(tcp(443), Symptom::no_response),
                                     Truth::unknown}});
  expect_facts("tls.closed_by_reset", {{"reset", reset, kNone, Truth::yes, {2}},
                                       {"closed", closed, kNone, Truth::no, {2}},
                                       {"plain", {plain}, kNone, Truth::no, {2}},
                                       {"silence", {silent(1, true)}, kSilent, Truth::no, {1}},
                                       {"an alert", {alerted(1, 40)}, kAlert, Truth::unknown}});
  expect_facts("tls.closed_by_server", {{"closed", closed, kNone, Truth::yes, {2}},
                                        {"reset", reset, kNone, Truth::no, {2}},
                                        {"an alert", {alerted(1, 40)}, kAlert, Truth::unknown}});
  expect_facts("tls.hello_acknowledged",
               {{"yes", {silent(1, true)}, kSilent, Truth::yes, {1}},
                {"no", {silent(1, false)}, kSilent, Truth::no, {1}},
                {"answered in part", {silent(1, true, true)}, kSilent, Truth::unknown}});
  expect_facts("tls.flight_cut", {{"yes", {silent(1, true, true)}, kSilent, Truth::yes, {1}},
                                  {"no", {silent(1, true)}, kSilent, Truth::no, {1}},
                                  {"a reset", reset, kNone, Truth::unknown}});
  // An injected reset carries another hop count than the server's SYN-ACKs.
  Attempt near = cut(3, Kind::tcp_reset);
  near.answer.ttl = 250;
  expect_facts("reset.ttl_differs",
               {{"of a handshake", {Make(tcp(443), 1, 1).ok(), near}, kNone, Truth::yes}});
}

TEST(FactsTls, OtherNames) {
  Attempt failed = cut(1, Kind::tcp_reset);
  failed.request.name = 7;
  Attempt later = cut(5, Kind::tcp_reset);
  later.request.name = 7;
  Attempt same = served(3, 7);
  expect_facts("tls.other_names_served",
               {{"another name", {failed, served(3, 8), later}, kNone, Truth::yes, {3}},
                {"the same name", {failed, same, later}, kNone, Truth::no, {1, 5}},
                {"none", {failed}, kNone, Truth::unknown}});
}

}  // namespace
}  // namespace whydown::evidence
