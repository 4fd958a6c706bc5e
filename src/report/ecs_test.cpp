#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/fixtures_test.h"

namespace whydown::report {
namespace {

using nlohmann::json;

// Each line is an event of its own.
std::vector<json> events(const diagnosis::Diagnosis& diagnosis) {
  Options options;
  options.format = Format::ecs;
  options.version = "9.9";
  std::istringstream text(render(diagnosis, options));
  std::vector<json> out;
  for (std::string line; std::getline(text, line);) out.push_back(json::parse(line));
  return out;
}

TEST(Ecs, OneAlertPerIncident) {
  const auto list = events(dns_refused());
  ASSERT_EQ(list.size(), 1U);
  struct Row {
    const char* field;
    json value;
  };
  const Row rows[] = {{"/@timestamp", "1970-01-01T13:24:32.192571Z"},
                      {"/tags", {"date_unknown", "zone_unknown"}},
                      {"/event/kind", "alert"},
                      {"/event/category", {"network"}},
                      {"/event/type", {"info", "protocol", "denied"}},
                      {"/event/outcome", "failure"},
                      {"/event/action", "dns.port_unreachable"},
                      {"/event/dataset", "whydown.incident"},
                      {"/event/severity", 99},
                      {"/event/end", "1970-01-01T13:28:50.022967Z"},
                      {"/event/duration", 257'830'396'000},
                      {"/observer/version", "9.9"},
                      {"/rule/id", "dns.port_unreachable"},
                      {"/error/code", "dns.port_unreachable"},
                      {"/source/ip", "192.51.100.15"},
                      {"/destination/ip", "203.0.113.2"},
                      {"/destination/port", 53},
                      {"/network/transport", "udp"},
                      {"/network/protocol", "dns"},
                      {"/network/type", "ipv4"},
                      {"/dns/question/name", "yummyrecipesforme.com"},
                      {"/dns/type", "query"},
                      {"/related/ip", {"203.0.113.2", "192.51.100.15"}},
                      {"/whydown/incident/attempts/failed", 3},
                      {"/whydown/incident/causes/0/id", "service_down"},
                      {"/whydown/incident/evidence/1/role", "symptom"}};
  for (const Row& row : rows) {
    const json::json_pointer at(row.field);
    ASSERT_TRUE(list[0].contains(at)) << row.field;
    EXPECT_EQ(list[0][at], row.value) << row.field;
  }
  EXPECT_FALSE(list[0].contains("threat"));
}

TEST(Ecs, OnlyAnAttackIsAThreat) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  diagnosis::Incident& incident = diagnosis.incidents[0];
  incident.kind = "attack";
  incident.attack.emplace();
  incident.attack->technique = "T1499.001";
  incident.attack->sources = {{"198.51.100.66", 700, true}};
  auto list = events(diagnosis);
  EXPECT_EQ(list[0]["threat"]["framework"], "MITRE ATT&CK");
  EXPECT_EQ(list[0]["threat"]["technique"]["id"], "T1499");
  EXPECT_EQ(list[0]["threat"]["technique"]["subtechnique"]["id"], "T1499.001");
  EXPECT_EQ(list[0]["event"]["category"], (json{"network", "intrusion_detection"}));
  EXPECT_EQ(list[0]["source"]["ip"], "198.51.100.66");
  EXPECT_EQ(list[0]["event"]["outcome"], "unknown");
  EXPECT_FALSE(list[0]["whydown"]["incident"]["attack"].contains("caused_outage"));
  incident.attack->caused_outage = false;
  EXPECT_EQ(events(diagnosis)[0]["event"]["outcome"], "success");
  incident.attack->caused_outage = true;
  EXPECT_EQ(events(diagnosis)[0]["event"]["outcome"], "failure");
  // Something else ranks first: no technique, and no threat.
  incident.attack->technique.clear();
  EXPECT_FALSE(events(diagnosis)[0].contains("threat"));
}

TEST(Ecs, AClientWithoutAnAddressIsItsMac) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  diagnosis.incidents[0].clients = {1, true, {"02:00:5e:10:00:01"}};
  const auto list = events(diagnosis);
  EXPECT_EQ(list[0]["source"]["mac"], "02-00-5E-10-00-01");
  EXPECT_FALSE(list[0]["source"].contains("domain"));
}

TEST(Ecs, HostNamesAndManyClientsGoWhereTheyBelong) {
  diagnosis::Diagnosis diagnosis = dns_refused();
  diagnosis.incidents[0].service.servers = {"dns.google"};
  diagnosis.incidents[0].clients = {2, true, {"192.0.2.1", "2001:db8::1"}};
  const auto list = events(diagnosis);
  EXPECT_EQ(list[0]["destination"]["domain"], "dns.google");
  EXPECT_FALSE(list[0]["destination"].contains("ip"));
  EXPECT_FALSE(list[0].contains("source"));
  EXPECT_FALSE(list[0]["network"].contains("type"));
  EXPECT_EQ(list[0]["related"]["ip"], (json{"192.0.2.1", "2001:db8::1"}));
}

TEST(Ecs, NothingFoundIsSaid) {
  struct Row {
    diagnosis::Diagnosis diagnosis;
    const char* outcome;
  };
  const Row rows[] = {{healthy(), "success"}, {inconclusive(), "unknown"}};
  for (const Row& row : rows) {
    const auto list = events(row.diagnosis);
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0]["event"]["kind"], "state");
    EXPECT_EQ(list[0]["event"]["outcome"], row.outcome);
    EXPECT_FALSE(list[0]["message"].get<std::string>().empty());
  }
}

TEST(Ecs, TheSameFindingHasTheSameId) {
  diagnosis::Diagnosis other = dns_refused();
  other.inputs[0].sha256 = std::string(64, '0');
  const std::string id = events(dns_refused())[0]["event"]["id"];
  EXPECT_EQ(events(dns_refused())[0]["event"]["id"], id);
  EXPECT_NE(events(other)[0]["event"]["id"], id);
}

TEST(Ecs, HostileAndBareIncidentsAreLinesOfJson) {
  EXPECT_EQ(events(hostile()).size(), hostile().incidents.size());
  EXPECT_EQ(events(bare()).size(), bare().incidents.size());
}

}  // namespace
}  // namespace whydown::report
