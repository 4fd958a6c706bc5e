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
    add_findings(diagnosis, part, Target{}, {});
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
  add_findings(diagnosis, part, Target{}, {});
  ASSERT_EQ(diagnosis.incidents.size(), 1U);
  EXPECT_EQ(diagnosis.incidents[0].fault, "dns.servfail");
}

}  // namespace
}  // namespace whydown::probe
