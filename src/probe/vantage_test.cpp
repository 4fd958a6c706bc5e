#include "probe/vantage.h"

#include <gtest/gtest.h>

#include "diagnosis/reweigh.h"
#include "diagnosis/weigh.h"

namespace whydown::probe {
namespace {

using diagnosis::Diagnosis;
using diagnosis::Incident;

constexpr std::string_view kResult = R"({"schema": "whydown.report/1", "verdict": "incident",
  "incidents": [{"fault": "tcp.refused", "title": "Connections are refused",
    "service": {"port": 80, "servers": ["203.0.113.2"]},
    "facts": [{"fact": "reset.copies_tos", "is": false, "detail": "measured"},
              {"fact": "host.alive", "is": true},
              {"fact": "service.never_answered", "is": true},
              {"fact": "no.such_fact", "is": true}]}],
  "probe": {"target": "203.0.113.2:80", "end": "complete", "captured": true, "phases": []}})";

const diagnosis::Catalogue& catalogue() {
  static const diagnosis::Catalogue built_in =
      diagnosis::Catalogue::built_in().value_or(diagnosis::Catalogue{});
  return built_in;
}

Diagnosis refused(std::vector<diagnosis::KnownFact> facts = {},
                  const std::string& server = "203.0.113.2") {
  Incident incident;
  incident.id = 1;
  incident.fault = "tcp.refused";
  incident.service.servers = {server};
  incident.service.port = 80;
  incident.subject.services = {{}};
  incident.subject.symptom = evidence::Symptom::reset;
  incident.facts = std::move(facts);
  const auto known = diagnosis::facts_of(incident);
  incident.causes = weigh(*catalogue().find("tcp.refused"), known, diagnosis::Nature::act);
  Diagnosis out;
  out.incidents.push_back(std::move(incident));
  return out;
}

std::string remarks(const Diagnosis& diagnosis) {
  std::string out;
  for (const auto& remark : diagnosis.data_quality) out += remark.id + ": " + remark.text + "\n";
  return out;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Vantage, ReadsWhatItNeeds) {
  const auto result = parse_result(kResult, "result.json");
  ASSERT_TRUE(result) << result.error().message();
  EXPECT_EQ(result->target, "203.0.113.2:80");
  ASSERT_EQ(result->incidents.size(), 1U);
  EXPECT_EQ(result->incidents[0].port, 80);
  EXPECT_EQ(result->incidents[0].facts.size(), 4U);
}

TEST(Vantage, RefusesWhatIsNoResult) {
  for (const char* text :
       {"", "{", "[]", "null", "7", "{}", R"({"schema": "whydown.report/1"})",
        R"({"schema": "other", "probe": {}})", R"({"schema": "whydown.report/1", "probe": []})"}) {
    EXPECT_FALSE(parse_result(text, "x")) << text;
  }
}

TEST(Vantage, TakesOddShapesForNothing) {
  const auto result = parse_result(
      R"({"schema": "whydown.report/1", "verdict": 3, "incidents": [7, {"fault": [],
          "service": {"port": -1, "servers": [1, null]}, "facts": [1, {"fact": 2, "is": "x"}]}],
          "probe": {"target": {}}})",
      "x");
  ASSERT_TRUE(result);
  ASSERT_EQ(result->incidents.size(), 1U);
  EXPECT_TRUE(result->incidents[0].facts.empty() && result->incidents[0].servers.empty());
}

TEST(Vantage, SettlesTheSameFaultAtTheSameService) {
  Diagnosis diagnosis = refused();
  EXPECT_EQ(diagnosis.incidents[0].causes.front().id, "service_down");
  settle(diagnosis, catalogue(), *parse_result(kResult, "x"));
  EXPECT_EQ(diagnosis.incidents[0].causes.front().id, "firewall_reject_host");
  const std::string text = remarks(diagnosis);
  EXPECT_TRUE(holds(text, "probe.settled") && holds(text, "reset.copies_tos")) << text;
  // What a capture says of its own clients does not travel, and unknown facts are no facts.
  EXPECT_FALSE(holds(text, "service.never_answered") || holds(text, "no.such_fact")) << text;
}

TEST(Vantage, NamesWhatDiffers) {
  Diagnosis diagnosis = refused({{"reset.copies_tos", true, "", {}}});
  settle(diagnosis, catalogue(), *parse_result(kResult, "x"));
  EXPECT_EQ(diagnosis.incidents[0].causes.front().id, "service_down");  // what was captured counts
  EXPECT_TRUE(holds(remarks(diagnosis), "probe.vantage")) << remarks(diagnosis);
}

TEST(Vantage, SaysWhenTheProbeSawSomethingElse) {
  Diagnosis elsewhere = refused({}, "203.0.113.9");
  settle(elsewhere, catalogue(), *parse_result(kResult, "x"));
  EXPECT_TRUE(holds(remarks(elsewhere), "did not come to this service")) << remarks(elsewhere);
  Diagnosis healthy = refused();
  ProbeResult served{"203.0.113.2:80", "healthy", {}};
  settle(healthy, catalogue(), served);
  EXPECT_TRUE(holds(remarks(healthy), "was served")) << remarks(healthy);
  Diagnosis other = refused();
  ProbeResult silent{
      "203.0.113.2:80", "incident", {{"tcp.no_response", "No answer", {"203.0.113.2"}, 80, {}}}};
  settle(other, catalogue(), silent);
  EXPECT_TRUE(holds(remarks(other), "another fault, tcp.no_response")) << remarks(other);
}

}  // namespace
}  // namespace whydown::probe
