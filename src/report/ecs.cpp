// Events for a SIEM: one line of JSON per incident, with the field names of the Elastic Common
// Schema; docs/ecs.md says what each holds. Without an incident, one line says so, so that a SIEM
// can tell "looked and found nothing" from "did not look".
//
// What does not apply is absent. Fields outside the schema stand below "whydown".
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/address.h"
#include "base/sha256.h"
#include "report/incident_words.h"
#include "report/method.h"
#include "report/renderers.h"
#include "report/words.h"

namespace whydown::report {
namespace {

using Json = nlohmann::ordered_json;
using diagnosis::Incident;

// The version of the schema whose names are used: https://www.elastic.co/guide/en/ecs/8.11/
constexpr std::string_view kSchemaVersion = "8.11.0";
constexpr std::size_t kEventIdDigits = 32;

void put(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}
void put(Json& object, const char* key, const std::vector<std::string>& texts) {
  if (!texts.empty()) object[key] = texts;
}
void put(Json& object, const char* key, Json part) {
  if (!part.empty()) object[key] = std::move(part);
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool is_address(const std::string& text) { return base::IpAddress::parse(text).has_value(); }

bool is_v6(const std::string& text) {
  const auto address = base::IpAddress::parse(text);
  return address && address->kind() == base::AddressKind::v6;
}

// In ECS's own form: "02-00-5E-10-00-01".
std::string ecs_mac(const base::MacAddress& mac) {
  std::string text = mac.to_string();
  for (char& c : text) {
    if (c == ':') c = '-';
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// One end of the traffic: a number where there is one, else the name that a text log gives.
Json end_of(const std::vector<std::string>& addresses) {
  Json out = Json::object();
  if (addresses.size() != 1) return out;  // several ends: see "related"
  out["address"] = addresses.front();
  if (const auto mac = base::MacAddress::parse(addresses.front())) {
    out["mac"] = ecs_mac(*mac);  // a client that has no address yet
  } else {
    out[is_address(addresses.front()) ? "ip" : "domain"] = addresses.front();
  }
  return out;
}

// The scale on which Elastic's own rules grade alerts.
int severity_number(const std::string& severity) {
  if (severity == "critical") return 99;
  if (severity == "high") return 73;
  return severity == "medium" ? 47 : 21;
}

bool any_input(const diagnosis::Diagnosis& diagnosis, bool base::InputInfo::* is_known) {
  return std::ranges::any_of(diagnosis.inputs, [&](const base::InputInfo& input) {
    return input.first_time.has_value() && !(input.*is_known);
  });
}

class Writer {
 public:
  Writer(const diagnosis::Diagnosis& diagnosis, const Options& options)
      : diagnosis_(diagnosis), options_(options), cite_(diagnosis) {}

  Json incident(const Incident& incident) const;
  Json nothing_found() const;

 private:
  Json start(base::Time time) const;
  Json event_of(const Incident& incident) const;
  Json details_of(const Incident& incident) const;
  Json inputs() const;
  std::string event_id(std::string_view what) const;
  std::vector<std::string> tags(bool has_time) const;

  const diagnosis::Diagnosis& diagnosis_;
  const Options& options_;
  Citation cite_;
};

// The same finding in the same inputs is the same event, however often it is sent.
std::string Writer::event_id(std::string_view what) const {
  std::string all{what};
  for (const base::InputInfo& input : diagnosis_.inputs) {
    all += '\n' + (input.sha256.empty() ? input.path : input.sha256);
  }
  return base::sha256_hex(all).substr(0, kEventIdDigits);
}

std::vector<std::string> Writer::tags(bool has_time) const {
  std::vector<std::string> out;
  if (!has_time) out.emplace_back("time_unknown");
  if (any_input(diagnosis_, &base::InputInfo::date_known)) out.emplace_back("date_unknown");
  if (any_input(diagnosis_, &base::InputInfo::zone_known)) out.emplace_back("zone_unknown");
  return out;
}

Json Writer::start(base::Time time) const {
  Json out;
  out["@timestamp"] = base::iso8601(time);
  out["ecs"]["version"] = kSchemaVersion;
  out["observer"] = {{"vendor", "whydown"}, {"product", "whydown"}, {"type", "network analyzer"}};
  put(out["observer"], "version", options_.version);
  return out;
}

Json Writer::inputs() const {
  Json list = Json::array();
  for (const base::InputInfo& input : diagnosis_.inputs) {
    Json out;
    out["path"] = input.path;
    if (!input.sha256.empty()) out["hash"]["sha256"] = input.sha256;
    list.push_back(std::move(out));
  }
  return list;
}

std::vector<std::string> event_types(const Incident& incident) {
  std::vector<std::string> types{"info"};
  if (incident.step == evidence::Step::connect) types.emplace_back("connection");
  if (incident.step == evidence::Step::name) types.emplace_back("protocol");
  if (outcome_of(incident) == evidence::Outcome::refused) types.emplace_back("denied");
  return types;
}

Json Writer::event_of(const Incident& incident) const {
  Json event;
  event["kind"] = "alert";
  const bool is_attack = incident.kind == "attack";
  event["category"] = is_attack ? Json{"network", "intrusion_detection"} : Json{"network"};
  event["type"] = event_types(incident);
  // An attack that took nothing from anybody failed nobody's request.
  const bool is_known = !incident.attack || incident.attack->caused_outage.has_value();
  const bool is_harm = !incident.attack || incident.attack->caused_outage.value_or(false);
  event["outcome"] = !is_known ? "unknown" : is_harm ? "failure" : "success";
  event["action"] = incident.fault;
  event["id"] = event_id(incident.fault + '\n' + std::to_string(incident.id));
  event["module"] = "whydown";
  event["dataset"] = "whydown.incident";
  event["provider"] = "whydown";
  event["severity"] = severity_number(incident.severity);
  event["reason"] = incident.title;
  if (!incident.has_time) return event;
  event["start"] = base::iso8601(incident.first);
  event["end"] = base::iso8601(incident.last);
  event["duration"] = base::between(incident.first, incident.last).count();
  return event;
}

Json network_of(const Incident& incident) {
  Json network = Json::object();
  const std::string& first =
      incident.service.servers.empty() ? std::string() : incident.service.servers.front();
  const bool v6 = is_v6(first);
  if (is_address(first)) network["type"] = v6 ? "ipv6" : "ipv4";
  if (incident.transport == "icmp" && v6) {
    network["transport"] = "ipv6-icmp";
  } else if (incident.transport != "none" && incident.transport != "arp") {
    network["transport"] = incident.transport;
  }
  put(network, "protocol", lower(attempt_protocol(incident)));
  return network;
}

Json dns_of(const Incident& incident) {
  Json dns = Json::object();
  if (incident.step != evidence::Step::name) return dns;
  // Of a query that was refused or lost there is no answer.
  dns["type"] = outcome_of(incident) == evidence::Outcome::failed ? "answer" : "query";
  if (!incident.service.names.empty()) dns["question"]["name"] = incident.service.names.front();
  return dns;
}

std::vector<std::string> sources_of(const diagnosis::Attack& attack) {
  std::vector<std::string> out;
  for (const diagnosis::AttackSource& source : attack.sources) out.push_back(source.address);
  return out;
}

// "T1499.001": the technique and, behind the dot, which kind of it.
Json technique_of(const std::string& id) {
  const std::size_t dot = id.find('.');
  Json out;
  out["id"] = id.substr(0, dot);
  if (dot != std::string::npos) out["subtechnique"]["id"] = id;
  return out;
}

Json attack_of(const diagnosis::Attack& attack) {
  Json out;
  out["pattern"] = attack.pattern;
  out["packets_sent"] = attack.packets;
  out["per_second"] = std::round(attack.per_second * 10) / 10;
  out["source_count"] = attack.source_count;
  if (attack.caused_outage) out["caused_outage"] = *attack.caused_outage;
  return out;
}

Json related_of(const Incident& incident) {
  std::vector<std::string> ips;
  std::vector<std::string> hosts = incident.service.names;
  const auto attackers =
      incident.attack ? sources_of(*incident.attack) : std::vector<std::string>{};
  for (const auto* list : {&incident.service.servers, &incident.clients.addresses, &attackers}) {
    for (const std::string& address : *list) {
      (is_address(address) ? ips : hosts).push_back(address);
    }
  }
  Json related = Json::object();
  put(related, "ip", ips);
  put(related, "hosts", hosts);
  return related;
}

Json causes_of(const Incident& incident) {
  const std::vector<std::uint32_t> parts = shares(incident.causes, 10'000);
  Json list = Json::array();
  for (std::size_t i = 0; i < incident.causes.size(); ++i) {
    list.push_back({{"id", incident.causes[i].id},
                    {"title", incident.causes[i].title},
                    {"probability", static_cast<double>(parts[i]) / 10'000}});
  }
  return list;
}

// What the schema has no name for.
Json Writer::details_of(const Incident& incident) const {
  Json out;
  out["verdict"] = "incident";
  Json& own = out["incident"];
  own["id"] = incident.id;
  own["step"] = step_id(incident.step);
  own["outcome"] = outcome_id(outcome_of(incident));
  own["severity"] = incident.severity;
  own["ongoing_at_end"] = incident.ongoing_at_end;
  own["attempts"] = {{"total", incident.attempts_total}, {"failed", incident.attempts_failed}};
  own["clients"] = incident.clients.count;
  if (incident.attack) own["attack"] = attack_of(*incident.attack);
  if (incident.explained_by > 0) own["explained_by"] = incident.explained_by;
  if (!incident.explains.empty()) own["explains"] = incident.explains;
  put(own, "names", incident.service.names);
  put(own, "causes", causes_of(incident));
  Json pairs = Json::array();
  for (const diagnosis::InseparablePair& pair : incident.inseparable) {
    pairs.push_back(pair.first + " = " + pair.second);
  }
  put(own, "inseparable", std::move(pairs));
  Json checks = Json::array();
  for (const diagnosis::Check& check : incident.checks) checks.push_back(check.command);
  put(own, "checks", std::move(checks));
  Json packets = Json::array();
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    if (!packet.place.is_set()) continue;
    Json line{{"input", packet.place.input}, {"packet", packet.place.number}};
    if (cite_.is_text(packet.place)) line["line"] = packet.place.line;
    if (cite_.has_time(packet.place)) line["time"] = base::iso8601(packet.place.time);
    line["role"] = role_id(packet.role);
    line["text"] = packet.text;
    packets.push_back(std::move(line));
  }
  put(own, "evidence", std::move(packets));
  out["inputs"] = inputs();
  return out;
}

Json Writer::incident(const Incident& incident) const {
  Json out = start(incident.has_time ? incident.first : base::Time{});
  out["message"] = incident.summary;
  put(out, "tags", tags(incident.has_time));
  out["event"] = event_of(incident);
  out["rule"] = {{"id", incident.fault},
                 {"name", incident.title},
                 {"category", step_id(incident.step)},
                 {"ruleset", "whydown catalogue"}};
  put(out["rule"], "description", incident.explanation);
  put(out["rule"], "version", options_.version);
  out["error"] = {{"code", incident.fault}, {"message", incident.title}};
  put(out, "source",
      end_of(incident.attack ? sources_of(*incident.attack) : incident.clients.addresses));
  Json destination = end_of(incident.service.servers);
  if (incident.service.port) destination["port"] = *incident.service.port;
  put(out, "destination", std::move(destination));
  put(out, "network", network_of(incident));
  put(out, "dns", dns_of(incident));
  put(out, "related", related_of(incident));
  // A crash is no threat: only an attack's event carries one.
  const std::string& technique = incident.attack ? incident.attack->technique : incident.technique;
  if (!technique.empty()) {
    out["threat"]["framework"] = "MITRE ATT&CK";
    out["threat"]["technique"] = technique_of(technique);
  }
  out["whydown"] = details_of(incident);
  return out;
}

Json Writer::nothing_found() const {
  base::Time last{};
  bool has_time = false;
  for (const base::InputInfo& input : diagnosis_.inputs) {
    if (!input.last_time) continue;
    last = has_time ? std::max(last, *input.last_time) : *input.last_time;
    has_time = true;
  }
  const bool healthy = diagnosis_.verdict == diagnosis::Verdict::healthy;
  Json out = start(last);
  out["message"] = verdict_line(diagnosis_);
  put(out, "tags", tags(has_time));
  out["event"] = {{"kind", "state"},
                  {"category", {"network"}},
                  {"type", {"info"}},
                  {"outcome", healthy ? "success" : "unknown"},
                  {"id", event_id("nothing")},
                  {"module", "whydown"},
                  {"dataset", "whydown.verdict"},
                  {"provider", "whydown"}};
  out["whydown"]["verdict"] = healthy ? "healthy" : "inconclusive";
  out["whydown"]["inputs"] = inputs();
  return out;
}

std::string line_of(const Json& event) {
  return event.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

std::string render_ecs(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  const Writer writer(diagnosis, options);
  if (diagnosis.incidents.empty()) return line_of(writer.nothing_found());
  std::string out;
  for (const Incident& incident : diagnosis.incidents) out += line_of(writer.incident(incident));
  return out;
}

}  // namespace whydown::report
