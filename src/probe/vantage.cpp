#include "probe/vantage.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "diagnosis/reweigh.h"
#include "diagnosis/vocabulary.h"

namespace whydown::probe {
namespace {

using diagnosis::Incident;
using evidence::Fact;
using evidence::Truth;
using Json = nlohmann::json;

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& list_at(const Json& object, const char* key) {
  static const Json none = Json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : none;
}

IncidentThere incident_of(const Json& json) {
  IncidentThere out;
  out.fault = text_at(json, "fault");
  out.title = text_at(json, "title");
  const auto service = json.find("service");
  if (service != json.end() && service->is_object()) {
    for (const Json& server : list_at(*service, "servers")) {
      if (server.is_string()) out.servers.push_back(server.get<std::string>());
    }
    const auto port = service->find("port");
    const bool is_port = port != service->end() && port->is_number_unsigned();
    if (is_port) out.port = port->get<std::uint16_t>();
  }
  for (const Json& fact : list_at(json, "facts")) {
    if (!fact.is_object() || !fact.contains("is") || !fact["is"].is_boolean()) continue;
    out.facts.push_back({text_at(fact, "fact"), fact["is"].get<bool>(), text_at(fact, "detail")});
  }
  return out;
}

// What holds wherever it is asked: of the server and its answers. What a capture says of itself, of
// its clients, its load and its own network does not travel.
bool travels(std::string_view fact) {
  constexpr std::array<std::string_view, 4> kKinds{"host.", "dns.", "reset.", "icmp."};
  return std::ranges::any_of(kKinds, [&](std::string_view kind) { return fact.starts_with(kind); });
}

bool is_same_service(const Incident& here, const IncidentThere& there) {
  const bool is_shared = std::ranges::any_of(here.service.servers, [&](const std::string& server) {
    return std::ranges::find(there.servers, server) != there.servers.end();
  });
  return is_shared && here.service.port.value_or(0) == there.port;
}

void remark(diagnosis::Diagnosis& diagnosis, const char* id, std::string text) {
  base::QualityRemark remark;
  remark.id = id;
  remark.text = std::move(text);
  diagnosis.data_quality.push_back(std::move(remark));
}

std::string cause_words(const Incident& incident) {
  if (incident.causes.empty()) return "no cause";
  const diagnosis::RankedCause& top = incident.causes.front();
  return fmt::format("\"{}\" at {:.0f} %", top.title, 100 * top.probability);
}

// Facts that the two places saw differently.
std::vector<std::string> differences(const Incident& here, const IncidentThere& there) {
  std::vector<std::string> out;
  for (const KnownThere& known : there.facts) {
    const auto same = std::ranges::find(here.facts, known.fact, &diagnosis::KnownFact::id);
    if (same == here.facts.end() || same->is == known.is || !travels(known.fact)) continue;
    out.push_back(fmt::format("{} is {} in the capture and {} for the probe", known.fact,
                              same->is ? "so" : "not so", known.is ? "so" : "not so"));
  }
  return out;
}

void settle_one(diagnosis::Diagnosis& diagnosis, Incident& here, const diagnosis::Fault& fault,
                const IncidentThere& there) {
  const std::vector<std::string> ids_differ = differences(here, there);
  const auto known_ids = diagnosis::fact_ids();
  const Incident was = here;  // facts_of() refers to its texts
  std::vector<Fact> facts = diagnosis::facts_of(was);
  std::vector<std::string> added;
  for (const KnownThere& known : there.facts) {
    const auto id = std::ranges::find(known_ids, std::string_view(known.fact));
    const bool is_new = id != known_ids.end() && travels(known.fact) &&
                        std::ranges::find(facts, *id, &Fact::id) == facts.end();
    if (!is_new) continue;
    const std::string detail = known.detail.empty() ? std::string("as the probe saw it")
                                                    : "as the probe saw it: " + known.detail;
    facts.push_back({*id, known.is ? Truth::yes : Truth::no, detail, {}});
    added.push_back(known.fact);
  }
  diagnosis::reweigh(here, fault, facts);
  remark(diagnosis, "probe.settled",
         fmt::format(
             "Incident {}: the probe saw the same fault at the same service and adds {}; "
             "the likeliest cause was {} and is {}.",
             here.id,
             added.empty() ? std::string("no fact") : fmt::format("{}", fmt::join(added, ", ")),
             cause_words(was), cause_words(here)));
  if (ids_differ.empty()) return;
  remark(diagnosis, "probe.vantage",
         fmt::format("Incident {}: seen from the two places, something differs: {}. What was "
                     "captured counts here.",
                     here.id, fmt::join(ids_differ, "; ")));
}

// The incident is not what the probe saw.
std::string absence_words(const Incident& here, const ProbeResult& result) {
  const auto other = std::ranges::find_if(
      result.incidents, [&](const IncidentThere& there) { return is_same_service(here, there); });
  if (other != result.incidents.end()) {
    return fmt::format(
        "Incident {}: at the same service the probe saw another fault, {} ({}). The place, the way "
        "or the time makes the difference.",
        here.id, other->fault, other->title);
  }
  if (result.verdict == "healthy") {
    return fmt::format(
        "Incident {}: the probe of {} was served. The fault depends on the client, the way or the "
        "time, or the probe did not use this service.",
        here.id, result.target);
  }
  return fmt::format("Incident {}: the probe of {} did not come to this service.", here.id,
                     result.target);
}

}  // namespace

std::expected<ProbeResult, base::Error> parse_result(std::string_view json,
                                                     const std::string& file_name) {
  const Json root = Json::parse(json, nullptr, false);
  const auto probe = root.is_object() ? root.find("probe") : root.end();
  const bool is_result = root.is_object() && text_at(root, "schema") == "whydown.report/1" &&
                         probe != root.end() && probe->is_object();
  if (!is_result) {
    return std::unexpected(base::Error{file_name,
                                       root.is_discarded() ? "no JSON" : "no report of a probe",
                                       "what \"whydown probe TARGET -f json\" wrote", ""});
  }
  ProbeResult out;
  out.target = text_at(*probe, "target");
  out.verdict = text_at(root, "verdict");
  for (const Json& incident : list_at(root, "incidents")) {
    if (incident.is_object()) out.incidents.push_back(incident_of(incident));
  }
  return out;
}

void settle(diagnosis::Diagnosis& diagnosis, const diagnosis::Catalogue& catalogue,
            const ProbeResult& result) {
  for (Incident& here : diagnosis.incidents) {
    const auto same = std::ranges::find_if(result.incidents, [&](const IncidentThere& there) {
      return there.fault == here.fault && is_same_service(here, there);
    });
    const diagnosis::Fault* fault = catalogue.find(here.fault);
    if (same == result.incidents.end() || fault == nullptr) {
      remark(diagnosis, "probe.vantage", absence_words(here, result));
    } else {
      settle_one(diagnosis, here, *fault, *same);
    }
  }
}

}  // namespace whydown::probe
