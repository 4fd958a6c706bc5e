#include <cmath>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/fixtures_test.h"

namespace whydown::report {
namespace {

using Json = nlohmann::json;

Json parsed(const diagnosis::Diagnosis& diagnosis) { return Json::parse(as_json(diagnosis)); }

TEST(JsonReport, FieldsOfTheContract) {
  const Json report = parsed(dns_refused());
  struct Row {
    const char* pointer;
    Json value;
  };
  const Row rows[] = {
      {"/schema", "whydown.report/1"},
      {"/tool/name", "whydown"},
      {"/tool/version", "0.1.0"},
      {"/tool/command/2", "incident.log"},
      {"/inputs/0/path", "incident.log"},
      {"/inputs/0/format", "tcpdump-text"},
      {"/inputs/0/first_time", "1970-01-01T13:24:32.192571Z"},
      {"/inputs/0/date_known", false},
      {"/inputs/0/zone_known", false},
      {"/verdict", "incident"},
      {"/incidents/0/id", 1},
      {"/incidents/0/fault", "dns.port_unreachable"},
      {"/incidents/0/kind", "fault"},
      {"/incidents/0/step", "name"},
      {"/incidents/0/protocol", "DNS"},
      {"/incidents/0/transport", "udp"},
      {"/incidents/0/severity", "critical"},
      {"/incidents/0/service/name", "domain"},
      {"/incidents/0/service/port", 53},
      {"/incidents/0/service/servers/0", "203.0.113.2"},
      {"/incidents/0/service/names/0", "yummyrecipesforme.com"},
      {"/incidents/0/clients/count", 1},
      {"/incidents/0/clients/addresses/0", "192.51.100.15"},
      {"/incidents/0/window/first", "1970-01-01T13:24:32.192571Z"},
      {"/incidents/0/window/last", "1970-01-01T13:28:50.022967Z"},
      {"/incidents/0/window/ongoing_at_end", true},
      {"/incidents/0/attempts/total", 3},
      {"/incidents/0/attempts/failed", 3},
      {"/incidents/0/causes/0/id", "service_down"},
      {"/incidents/0/causes/0/probability", 0.52},
      {"/incidents/0/causes/0/for/0/fact", "icmp.source_is_server"},
      {"/incidents/0/causes/0/for/0/weight_db", 7.0},
      {"/incidents/0/causes/0/for/0/packets", {2, 4, 6}},
      {"/incidents/0/causes/0/against", Json::array()},
      {"/incidents/0/facts/0/fact", "icmp.source_is_server"},
      {"/incidents/0/facts/0/is", true},
      {"/incidents/0/facts/0/detail", "203.0.113.2 answers for itself"},
      {"/incidents/0/facts/0/packets", {2, 4, 6}},
      {"/incidents/0/facts/1", {{"fact", "service.answered_before"}, {"is", false}}},
      {"/incidents/0/inseparable/0", {"service_down", "firewall_reject_host"}},
      {"/incidents/0/checks/0/if/0/see", "nothing is listed"},
      {"/incidents/0/checks/0/separates/0", "service_down"},
      {"/incidents/0/evidence/1/input", 0},
      {"/incidents/0/evidence/1/packet", 2},
      {"/incidents/0/evidence/1/line", 3},
      {"/incidents/0/evidence/1/time", "1970-01-01T13:24:36.098564Z"},
      {"/incidents/0/evidence/1/role", "symptom"},
      {"/incidents/0/journey/0",
       {{"step", "name"},
        {"outcome", "refused"},
        {"text", "All 3 lookups met an ICMP port unreachable."}}},
      {"/incidents/0/journey/1/outcome", "unknown"},
      {"/data_quality/0/id", "text.length_mismatch"},
      {"/data_quality/0/severity", "note"},
      {"/data_quality/0/packets", {1, 3, 5}},
      {"/data_quality/3/severity", "warning"},
      {"/not_attempted/0", "HTTP (TCP port 80)"},
  };
  for (const Row& row : rows) {
    const Json::json_pointer pointer(row.pointer);
    ASSERT_TRUE(report.contains(pointer)) << row.pointer;
    EXPECT_EQ(report[pointer], row.value) << row.pointer;
  }
}

TEST(JsonReport, WhatDoesNotApplyIsAbsent) {
  const Json report = parsed(bare());
  const Json& incident = report["incidents"][0];
  for (const char* key : {"facts", "inseparable", "checks", "not_shown", "evidence", "journey",
                          "explanation", "impact", "evidence_left_out"}) {
    EXPECT_FALSE(incident.contains(key)) << key;
  }
  for (const char* key : {"data_quality", "not_attempted", "verdict_text"}) {
    EXPECT_FALSE(report.contains(key)) << key;
  }
  EXPECT_FALSE(incident["window"].contains("first"));
  EXPECT_FALSE(incident["service"].contains("port"));
  EXPECT_FALSE(report["inputs"][0].contains("first_time"));
  EXPECT_FALSE(report["inputs"][0].contains("capture_drops"));
  EXPECT_EQ(parsed(healthy())["inputs"][0]["capture_drops"], 0);
  EXPECT_EQ(parsed(healthy())["incidents"], Json::array());
}

TEST(JsonReport, CapturesHaveNoLine) {
  const Json report = parsed(hostile());
  const Json& incident = report["incidents"][0];
  EXPECT_FALSE(incident["evidence"][0].contains("line"));
  EXPECT_EQ(incident["evidence"][1]["input"], 1);
  EXPECT_EQ(incident["causes"][0]["for"][0]["places"][1]["input"], 1);
}

TEST(JsonReport, ProbabilitiesSumToOne) {
  for (const diagnosis::Diagnosis& diagnosis : {dns_refused(), bare()}) {
    const Json report = parsed(diagnosis);
    double sum = 0;
    for (const Json& cause : report["incidents"][0]["causes"]) {
      const auto p = cause["probability"].get<double>();
      EXPECT_DOUBLE_EQ(p * 10'000, std::round(p * 10'000));
      sum += p;
    }
    EXPECT_NEAR(sum, 1, 1e-9);
  }
}

TEST(JsonReport, InvalidUtf8DoesNotThrow) {
  const Json report = parsed(hostile());
  EXPECT_EQ(report["inputs"][1]["path"], "b\\xff\\x1b[2J.pcap");
  EXPECT_EQ(report["incidents"][1]["title"], "Second \\x00\\x7f\\xc3(");
}

}  // namespace
}  // namespace whydown::report
