#include "probe/findings.h"

#include <vector>

#include <gtest/gtest.h>

namespace whydown::probe {
namespace {

using diagnosis::Verdict;
using evidence::Outcome;
using evidence::Step;
using report::ProbePhase;

ProbePhase phase(Step step, Outcome outcome, const char* address, const char* fault = "") {
  ProbePhase out;
  out.step = step;
  out.outcome = outcome;
  out.address = address;
  out.fault = fault;
  out.title = fault;
  return out;
}

const ProbePhase kA = phase(Step::name, Outcome::ok, "A");
const ProbePhase kNoAaaa = phase(Step::name, Outcome::unknown, "AAAA");
const ProbePhase kConnected = phase(Step::connect, Outcome::ok, "192.0.2.1");
const ProbePhase kServed = phase(Step::request, Outcome::ok, "192.0.2.1");
const ProbePhase kError = phase(Step::request, Outcome::failed, "192.0.2.1", "http.error_status");
const ProbePhase kBody = phase(Step::transfer, Outcome::ok, "192.0.2.1");
const ProbePhase kRefused6 = phase(Step::connect, Outcome::refused, "2001:db8::1", "tcp.refused");
const ProbePhase kConnected6 = phase(Step::connect, Outcome::ok, "2001:db8::1");
const ProbePhase kSilent = phase(Step::name, Outcome::silent, "A", "dns.no_response");
const ProbePhase kGivenUp = phase(Step::connect, Outcome::unknown, "192.0.2.1");
const ProbePhase kAgain = phase(Step::connect, Outcome::refused, "192.0.2.1", "tcp.refused");

TEST(Findings, Verdicts) {
  struct Row {
    const char* what;
    std::vector<ProbePhase> phases;
    Verdict verdict;
    const char* fault;
  };
  const Row rows[] = {
      {"name only", {kA, kNoAaaa}, Verdict::healthy, ""},
      {"nobody answers", {kSilent, kNoAaaa}, Verdict::incident, "dns.no_response"},
      {"one family is enough", {kA, kConnected, kServed, kBody, kRefused6}, Verdict::healthy, ""},
      {"in any order", {kA, kRefused6, kConnected, kServed, kBody}, Verdict::healthy, ""},
      {"an error has a body too",
       {kConnected, kError, kBody},
       Verdict::incident,
       "http.error_status"},
      {"the farthest failure",
       {kRefused6, kConnected, kError, kBody},
       Verdict::incident,
       "http.error_status"},
      {"a redirect into nothing",
       {kConnected, kServed, kBody, kAgain},
       Verdict::incident,
       "tcp.refused"},
      {"given up", {kA, kGivenUp}, Verdict::inconclusive, ""},
      {"served, then given up", {kConnected, kServed, kBody, kGivenUp}, Verdict::inconclusive, ""},
      {"ports of both", {kConnected, kConnected6}, Verdict::healthy, ""},
      {"nothing at all", {}, Verdict::inconclusive, ""}};
  for (const Row& row : rows) {
    diagnosis::Diagnosis diagnosis;
    report::ProbePart part;
    part.target = "target";
    part.phases = row.phases;
    add_findings(diagnosis, {}, part, Target{}, {});
    EXPECT_EQ(diagnosis.verdict, row.verdict) << row.what;
    ASSERT_EQ(diagnosis.incidents.empty(), *row.fault == '\0') << row.what;
    if (diagnosis.incidents.empty()) continue;
    EXPECT_EQ(diagnosis.incidents[0].fault, row.fault) << row.what;
  }
}

TEST(Findings, WhatPacketsSayStands) {
  diagnosis::Diagnosis diagnosis;
  diagnosis.verdict = Verdict::incident;
  diagnosis.incidents.emplace_back().fault = "dns.servfail";
  report::ProbePart part;
  part.phases = {kRefused6};
  add_findings(diagnosis, {}, part, Target{}, {});
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "dns.servfail");
}

const diagnosis::Catalogue& catalogue() {
  static const auto built_in = diagnosis::Catalogue::built_in().value_or(diagnosis::Catalogue{});
  return built_in;
}

ProbePhase refused_certificate(std::vector<evidence::Fact> facts) {
  ProbePhase out = phase(Step::secure, Outcome::failed, "192.0.2.1", "tls.certificate_expired");
  out.facts = std::move(facts);
  return out;
}

// TLS 1.3 hides the certificate: causes are ranked by what the socket's side was shown.
TEST(Findings, SocketsRankCausesToo) {
  diagnosis::Diagnosis diagnosis;
  report::ProbePart part;
  part.phases = {kConnected,
                 refused_certificate({{"tls.certificate_expired", evidence::Truth::yes, "", {}}})};
  add_findings(diagnosis, catalogue(), part, Target{}, {});
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  const diagnosis::Incident& incident = diagnosis.incidents[0];
  ASSERT_FALSE(incident.causes.empty());
  EXPECT_EQ(incident.causes[0].id, "certificate");
  EXPECT_FALSE(incident.checks.empty());
  part.phases.back().facts.clear();
  diagnosis.incidents.clear();
  add_findings(diagnosis, catalogue(), part, Target{}, {});
  EXPECT_TRUE(diagnosis.incidents.at(0).causes.empty());
  EXPECT_FALSE(diagnosis.incidents.at(0).explanation.empty());
}

// The packets show an alert for an unknown authority; the certificate has run out as well.
TEST(Findings, TheCertificateSaysMoreThanTheAlert) {
  diagnosis::Diagnosis diagnosis;
  diagnosis::Incident& incident = diagnosis.incidents.emplace_back();
  incident.fault = "tls.certificate_untrusted";
  incident.step = Step::secure;
  incident.service.servers = {"192.0.2.1"};
  incident.values.servers = incident.values.server = "192.0.2.1";
  report::ProbePart part;
  part.phases = {kConnected,
                 refused_certificate({{"tls.certificate_expired", evidence::Truth::yes, "", {}}})};
  add_socket_facts(diagnosis, catalogue(), part);
  EXPECT_EQ(incident.fault, "tls.certificate_expired");
  EXPECT_EQ(incident.title, "The certificate is out of date");
  EXPECT_EQ(incident.causes.at(0).id, "certificate");
  incident.fault = "tls.alert";
  incident.service.servers = {"192.0.2.2"};  // another server's
  add_socket_facts(diagnosis, catalogue(), part);
  EXPECT_EQ(incident.fault, "tls.alert");
}

TEST(Findings, OtherAddressesOfTheName) {
  std::vector<ProbePhase> phases{kA, kRefused6, kConnected};
  note_other_addresses(phases);
  ASSERT_EQ(phases[1].facts.size(), 1U);
  EXPECT_EQ(phases[1].facts[0].id, "service.other_address_served");
  EXPECT_TRUE(phases[0].facts.empty() && phases[2].facts.empty());
  phases = {kA, kRefused6};
  note_other_addresses(phases);
  EXPECT_TRUE(phases[1].facts.empty());
}

}  // namespace
}  // namespace whydown::probe
