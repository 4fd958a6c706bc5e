// Inputs, incidents and remarks as JSON.
#include "report/json_writer.h"

#include <cmath>

#include "report/incident_words.h"

namespace whydown::report::json {

namespace {

void put_checks(Json& object, const Incident& incident) {
  Json checks = Json::array();
  for (const diagnosis::Check& check : incident.checks) {
    Json out;
    out["command"] = check.command;
    put(out, "where", check.where);
    put(out, "separates", check.separates);
    Json answers = Json::array();
    for (const diagnosis::CheckAnswer& answer : check.answers) {
      answers.push_back({{"see", answer.see}, {"then", answer.then}});
    }
    if (!answers.empty()) out["if"] = std::move(answers);
    checks.push_back(std::move(out));
  }
  if (!checks.empty()) object["checks"] = std::move(checks);
}

void put_journey(Json& object, const Incident& incident) {
  Json steps = Json::array();
  for (const diagnosis::JourneyStep& step : incident.journey) {
    Json out;
    out["step"] = step_id(step.step);
    out["outcome"] = outcome_id(step.outcome);
    if (!step.is_reached) out["reached"] = false;
    put(out, "text", step.text);
    steps.push_back(std::move(out));
  }
  if (!steps.empty()) object["journey"] = std::move(steps);
}

Json service_of(const Incident& incident) {
  Json service = Json::object();
  put(service, "name", incident.service.name);
  if (incident.service.port) service["port"] = *incident.service.port;
  put(service, "servers", incident.service.servers);
  put(service, "names", incident.service.names);
  return service;
}

Json clients_of(const Incident& incident) {
  Json clients;
  clients["count"] = incident.clients.count;
  if (!incident.clients.exact) clients["exact"] = false;
  put(clients, "addresses", incident.clients.addresses);
  return clients;
}

Json window_of(const Incident& incident) {
  Json window;
  if (incident.has_time) {
    window["first"] = base::iso8601(incident.first);
    window["last"] = base::iso8601(incident.last);
  }
  window["ongoing_at_end"] = incident.ongoing_at_end;
  return window;
}

Json attempts_of(const Incident& incident) {
  Json attempts;
  attempts["total"] = incident.attempts_total;
  attempts["failed"] = incident.attempts_failed;
  if (incident.healed > 0) attempts["healed"] = incident.healed;
  if (incident.ok_before > 0) attempts["ok_before"] = incident.ok_before;
  if (incident.ok_after > 0) attempts["ok_after"] = incident.ok_after;
  return attempts;
}

}  // namespace

Json Writer::input(const base::InputInfo& input) const {
  Json out;
  out["path"] = input.path;
  put(out, "sha256", input.sha256);
  put(out, "hmac_sha256", input.hmac_sha256);
  out["format"] = input.format.empty() ? "unknown" : input.format;
  put(out, "compression", input.compression);
  put(out, "link_type", input.link_type);
  out["bytes"] = input.bytes;
  out["packets"] = input.packets;
  if (input.first_time) out["first_time"] = base::iso8601(*input.first_time);
  if (input.last_time) out["last_time"] = base::iso8601(*input.last_time);
  out["date_known"] = input.date_known;
  out["zone_known"] = input.zone_known;
  if (input.capture_drops) out["capture_drops"] = *input.capture_drops;
  if (input.snaplen) out["snaplen"] = *input.snaplen;
  put(out, "filter", input.filter);
  return out;
}

Json Writer::place(const base::Place& place) const {
  Json out;
  out["input"] = place.input;
  out["packet"] = place.number;
  if (cite_.is_text(place)) out["line"] = place.line;
  return out;
}

void Writer::put_packets(Json& object, const std::vector<base::Place>& places) const {
  Json numbers = Json::array();
  Json full = Json::array();
  for (const base::Place& at : places) {
    if (!at.is_set()) continue;
    numbers.push_back(at.number);
    full.push_back(place(at));
  }
  if (numbers.empty()) return;
  object["packets"] = std::move(numbers);
  if (cite_.several_inputs()) object["places"] = std::move(full);
}

Json Writer::arguments(const std::vector<diagnosis::Argument>& arguments) const {
  Json list = Json::array();
  for (const diagnosis::Argument& argument : arguments) {
    Json out;
    out["fact"] = argument.fact;
    const double db = std::isfinite(argument.weight_db) ? argument.weight_db : 0;
    out["weight_db"] = std::round(db * 100) / 100;
    out["because"] = argument.because;
    put(out, "detail", argument.detail);
    put_packets(out, argument.packets);
    put(out, "source", argument.source);
    list.push_back(std::move(out));
  }
  return list;
}

void Writer::put_causes(Json& object, const Incident& incident) const {
  const std::vector<std::uint32_t> parts = shares(incident.causes, 10'000);
  Json causes = Json::array();
  for (std::size_t i = 0; i < incident.causes.size(); ++i) {
    const diagnosis::RankedCause& cause = incident.causes[i];
    Json out;
    out["id"] = cause.id;
    out["title"] = cause.title;
    out["probability"] = static_cast<double>(parts[i]) / 10'000;
    out["for"] = arguments(cause.arguments_for);
    out["against"] = arguments(cause.arguments_against);
    causes.push_back(std::move(out));
  }
  object["causes"] = std::move(causes);
  Json pairs = Json::array();
  Json reasons = Json::array();
  for (const diagnosis::InseparablePair& pair : incident.inseparable) {
    pairs.push_back({pair.first, pair.second});
    reasons.push_back(pair.because);
  }
  if (pairs.empty()) return;
  object["inseparable"] = std::move(pairs);
  object["inseparable_because"] = std::move(reasons);
}

void Writer::put_facts(Json& object, const Incident& incident) const {
  Json facts = Json::array();
  for (const diagnosis::KnownFact& fact : incident.facts) {
    Json out;
    out["fact"] = fact.id;
    out["is"] = fact.is;
    put(out, "detail", fact.detail);
    put_packets(out, fact.packets);
    facts.push_back(std::move(out));
  }
  if (!facts.empty()) object["facts"] = std::move(facts);
}

void Writer::put_evidence(Json& object, const Incident& incident) const {
  Json evidence = Json::array();
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    if (!packet.place.is_set()) continue;
    Json out = place(packet.place);
    if (cite_.has_time(packet.place)) out["time"] = base::iso8601(packet.place.time);
    out["text"] = packet.text;
    out["role"] = role_id(packet.role);
    for (const diagnosis::PacketField& field : packet.fields) {
      out["fields"][field.name] = field.value;
    }
    evidence.push_back(std::move(out));
  }
  if (!evidence.empty()) object["evidence"] = std::move(evidence);
  if (incident.evidence_left_out > 0) object["evidence_left_out"] = incident.evidence_left_out;
}

// How many attempts were served and failed when, and the moments worth a mark.
void Writer::put_timeline(Json& object, const Incident& incident) const {
  Json out = Json::object();
  const diagnosis::Activity& activity = incident.activity;
  if (!activity.slots.empty()) {
    out["slot_seconds"] =
        std::chrono::duration_cast<std::chrono::seconds>(activity.slot_width).count();
    for (const diagnosis::ActivitySlot& slot : activity.slots) {
      if (slot.ok + slot.failed == 0) continue;
      out["slots"].push_back(
          {{"begin", base::iso8601(slot.begin)}, {"ok", slot.ok}, {"failed", slot.failed}});
    }
  }
  for (const diagnosis::Mark& mark : incident.marks) {
    Json one = place(mark.place);
    one["id"] = mark.id;
    one["time"] = base::iso8601(mark.place.time);
    one["text"] = mark.text;
    out["marks"].push_back(std::move(one));
  }
  if (!out.empty()) object["timeline"] = std::move(out);
}

Json Writer::incident(const Incident& incident) const {
  Json out;
  out["id"] = incident.id;
  out["fault"] = incident.fault;
  out["kind"] = incident.kind;
  out["title"] = incident.title;
  out["summary"] = incident.summary;
  put(out, "explanation", incident.explanation);
  out["step"] = step_id(incident.step);
  out["protocol"] = incident.protocol;
  out["transport"] = incident.transport;
  out["severity"] = incident.severity;
  out["service"] = service_of(incident);
  out["clients"] = clients_of(incident);
  Json impact = Json::array();
  for (const diagnosis::ClientImpact& client : incident.impact) {
    impact.push_back({{"address", client.address},
                      {"ok", client.ok},
                      {"failed", client.failed},
                      {"served_before", client.served_before},
                      {"served_after", client.served_after}});
  }
  if (!impact.empty()) out["impact"] = std::move(impact);
  out["window"] = window_of(incident);
  out["attempts"] = attempts_of(incident);
  put_causes(out, incident);
  put_facts(out, incident);
  put_checks(out, incident);
  put(out, "not_shown", incident.not_shown);
  put_evidence(out, incident);
  put_journey(out, incident);
  put_timeline(out, incident);
  if (incident.attack) out["attack"] = attack(*incident.attack);
  if (!incident.attack && !incident.technique.empty()) out["attack"] = suspicion(incident);
  if (incident.explained_by > 0) out["explained_by"] = incident.explained_by;
  if (!incident.explains.empty()) out["explains"] = incident.explains;
  return out;
}

void Writer::put_sources(Json& out, const std::vector<diagnosis::AttackSource>& sources) {
  for (const diagnosis::AttackSource& source : sources) {
    Json one{{"address", source.address}, {"packets", source.packets}};
    if (!source.is_exact) one["exact"] = false;
    out["sources"].push_back(std::move(one));
  }
}

Json Writer::suspicion(const Incident& incident) {
  Json out{{"technique", incident.technique}};
  put_sources(out, incident.suspects);
  return out;
}

Json Writer::attack(const diagnosis::Attack& attack) const {
  Json out;
  out["pattern"] = attack.pattern;
  put(out, "technique", attack.technique);
  put(out, "role", attack.role);
  put_sources(out, attack.sources);
  out["source_count"] = attack.source_count;
  if (!attack.is_count_exact) out["source_count_exact"] = false;
  out["packets_sent"] = attack.packets;
  out["per_second"] = std::round(attack.per_second * 10) / 10;
  if (attack.caused_outage) out["caused_outage"] = *attack.caused_outage;
  const auto span = [](const diagnosis::AttackOutcome& outcome) {
    return Json{{"ok", outcome.ok}, {"failed", outcome.failed}};
  };
  out["others"] = {{"before", span(attack.before)},
                   {"during", span(attack.during)},
                   {"after", span(attack.after)}};
  out["because"] = attack.outcome;
  put_packets(out, attack.places);
  return out;
}

Json Writer::remark(const base::QualityRemark& remark) const {
  Json out;
  out["id"] = remark.id;
  out["severity"] = remark.severity == base::Severity::warning ? "warning" : "note";
  out["text"] = remark.text;
  put_packets(out, remark.packets);
  if (remark.count > 1) out["count"] = remark.count;
  return out;
}

// What people supplied; nothing in it comes from packets.

}  // namespace whydown::report::json
