#include "probe/findings.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "diagnosis/reweigh.h"

namespace whydown::probe {
namespace {

using diagnosis::Fault;
using diagnosis::Incident;
using evidence::Fact;
using evidence::Outcome;
using evidence::Step;
using report::ProbePhase;

struct Layer {
  const char* protocol;
  const char* transport;
};

Layer layer_of(const ProbePhase& phase) {
  switch (phase.step) {
    case Step::name:
      return {"DNS", "udp"};
    case Step::secure:
      return {"TLS", "tcp"};
    case Step::request:
      return {"HTTP", "tcp"};
    default:
      return {"TCP", "tcp"};
  }
}

std::string service_name(const ProbePhase& phase, const Target& target) {
  if (phase.step == Step::name) return "domain";
  if (target.kind == TargetKind::url) return target.is_https ? "https" : "http";
  return {};
}

// The steps that were come to, each as it ended.
std::vector<diagnosis::JourneyStep> journey_of(const std::vector<ProbePhase>& phases,
                                               const ProbePhase& failed) {
  std::vector<diagnosis::JourneyStep> steps;
  for (const ProbePhase& phase : phases) {
    if (phase.step > failed.step || phase.outcome == Outcome::unknown) continue;
    const auto same = std::ranges::find(steps, phase.step, &diagnosis::JourneyStep::step);
    if (same != steps.end()) {
      if (phase.outcome == Outcome::ok) same->outcome = Outcome::ok;
      continue;
    }
    steps.push_back({phase.step, phase.outcome, {}});
  }
  for (diagnosis::JourneyStep& step : steps) {
    if (step.step != failed.step) continue;
    step.outcome = failed.outcome;
    step.text = failed.text;
  }
  return steps;
}

// What the catalogue's sentences are about.
diagnosis::Values values_of(const Incident& incident) {
  diagnosis::Values values;
  const diagnosis::Service& service = incident.service;
  values.server = service.servers.empty() ? "the server" : service.servers.front();
  values.servers = values.server;
  values.protocol = incident.protocol;
  values.port = service.port.value_or(0) != 0 ? std::to_string(*service.port) : "of the service";
  const bool is_named = !service.names.empty();
  // RFC 2606 keeps this name for examples.
  values.name = is_named ? service.names.front() : "example.com";
  values.names = is_named ? values.name : "a name";
  values.such_names = is_named ? "Names such as " + values.name : "Names";
  values.the_name = is_named ? "The name " + values.name : "A name";
  const bool is_v6 = values.server.find(':') != std::string::npos;
  const std::string bare = is_v6 ? "[" + values.server + "]" : values.server;
  const bool has_port = service.port.value_or(0) != 0;
  values.endpoint = bare + ":" + (has_port ? values.port : "PORT");
  values.site = is_named ? fmt::format("{} ({})", values.servers, values.name) : values.servers;
  values.url = service.port == 443
                   ? fmt::format("https://{}/", is_named ? values.name : bare)
                   : fmt::format("http://{}:{}/", is_named ? values.name : bare, values.port);
  values.client = "this machine";
  values.clients = values.client;
  values.client_count = 1;
  values.failed = incident.attempts_failed;
  values.total = incident.attempts_total;
  return values;
}

evidence::Symptom symptom_of(const Fault& fault) {
  for (int i = 0; i < static_cast<int>(evidence::Symptom::count_); ++i) {
    const auto symptom = static_cast<evidence::Symptom>(i);
    const bool is_raising =
        std::ranges::find(fault.raised_by_symptoms, journey::symptom_id(symptom)) !=
        fault.raised_by_symptoms.end();
    if (is_raising) return symptom;
  }
  return evidence::Symptom::none;
}

// Who was asked; nobody where that is not known.
std::string server_of(const ProbePhase& failed, const Target& target) {
  if (target.kind == TargetKind::dns) return target.host;
  return failed.step == Step::name ? std::string() : failed.address;
}

void fill_service(Incident& incident, const ProbePhase& failed, const Target& target) {
  incident.service.name = service_name(failed, target);
  const bool is_name = failed.step == Step::name;
  incident.service.port = is_name && target.kind != TargetKind::dns ? 53 : target.port;
  if (const std::string server = server_of(failed, target); !server.empty()) {
    incident.service.servers.push_back(server);
  }
  const std::string& name = target.kind == TargetKind::dns ? target.question : target.host;
  if (!base::IpAddress::parse(name)) incident.service.names.push_back(name);
}

std::string rests_on(const report::ProbePart& part, const ProbePhase& failed) {
  if (!failed.facts.empty()) return "packets do not show it.";
  return part.is_captured ? "the packets alone name no fault, so no causes are ranked."
                          : "without packets no causes are ranked.";
}

Incident incident_of(const report::ProbePart& part, const ProbePhase& failed, const Target& target,
                     base::Time begin, const Fault* fault) {
  Incident incident;
  incident.id = 1;
  incident.fault = failed.fault;
  incident.kind = "fault";
  incident.title = failed.title;
  incident.step = failed.step;
  incident.protocol = layer_of(failed).protocol;
  incident.transport = layer_of(failed).transport;
  incident.severity = "high";
  fill_service(incident, failed, target);
  incident.clients.count = 1;
  for (const ProbePhase& phase : part.phases) {
    if (phase.step != failed.step) continue;
    ++incident.attempts_total;
    if (!phase.fault.empty()) ++incident.attempts_failed;
  }
  incident.first = begin + failed.begin;
  incident.last = begin + failed.begin + failed.took;
  incident.ongoing_at_end = true;
  incident.values = values_of(incident);
  if (fault != nullptr) {
    incident.subject.symptom = symptom_of(*fault);
    diagnosis::cast(incident, *fault, failed.facts);
  }
  incident.summary = fmt::format(
      "The probe of {} failed at the step \"{}\": {} This is what the probe's own connection was "
      "told; {}",
      part.target, journey::step_id(failed.step), failed.text, rests_on(part, failed));
  if (!part.is_captured) {
    incident.not_shown.emplace_back("Who refused or stayed silent: no packets were captured.");
  }
  incident.journey = journey_of(part.phases, failed);
  return incident;
}

// Whether phase `i` is the last one with its address: redirects go on with the same one.
bool is_end(const std::vector<ProbePhase>& phases, std::size_t i) {
  return i + 1 == phases.size() || phases[i + 1].address != phases[i].address;
}

bool has_address(const std::vector<ProbePhase>& phases) {
  return std::ranges::any_of(phases,
                             [](const ProbePhase& phase) { return phase.step != Step::name; });
}

}  // namespace

Judged judge(const std::vector<ProbePhase>& phases) {
  const bool is_past_names = has_address(phases);
  const ProbePhase* failed = nullptr;
  const ProbePhase* slow = nullptr;  // a lookup that was served, and late
  bool is_good = true;               // all with this address so far
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const ProbePhase& phase = phases[i];
    if (is_past_names && phase.step == Step::name) {  // one of the two families was enough
      if (phase.outcome == Outcome::slow) slow = &phase;
      continue;
    }
    is_good = is_good && phase.outcome == Outcome::ok;
    if (is_good && is_end(phases, i)) return {slow, slow == nullptr};
    if (is_end(phases, i)) is_good = true;
    if (phase.fault.empty()) continue;
    // The farthest one: what another address did not come to tells less.
    if (failed == nullptr || phase.step > failed->step) failed = &phase;
  }
  return {failed, false};
}

namespace {

// What the packets say stands.
std::vector<Fact> with(std::vector<Fact> facts, const std::vector<Fact>& more) {
  for (const Fact& fact : more) {
    const auto same = std::ranges::find(facts, fact.id, &Fact::id);
    if (same == facts.end()) {
      facts.push_back(fact);
    } else if (same->truth == evidence::Truth::unknown) {
      *same = fact;
    }
  }
  return facts;
}

bool is_about(const Incident& incident, const ProbePhase& phase) {
  const std::vector<std::string>& servers = incident.service.servers;
  return incident.step == phase.step && std::ranges::find(servers, phase.address) != servers.end();
}

void add_facts_of(const ProbePhase& phase, Incident& incident,
                  const diagnosis::Catalogue& catalogue) {
  const Fault* const had = catalogue.find(incident.fault);
  const Fault* const fault = catalogue.find(phase.fault);
  // An alert says less than the certificate itself.
  const bool is_better = phase.fault.starts_with("tls.certificate_");
  if (had == nullptr) return;
  const Incident was = incident;  // the facts refer to its texts
  const std::vector<Fact> facts = with(diagnosis::facts_of(was), phase.facts);
  if (is_better && fault != nullptr && fault != had) {
    diagnosis::recast(incident, *had, *fault, facts);
  } else {
    diagnosis::reweigh(incident, *had, facts);
  }
}

}  // namespace

void note_other_addresses(std::vector<ProbePhase>& phases) {
  const auto served = std::ranges::find_if(phases, [](const ProbePhase& phase) {
    return phase.step == Step::connect && phase.outcome == Outcome::ok;
  });
  if (served == phases.end()) return;
  const std::string detail = served->address + " serves";
  for (ProbePhase& phase : phases) {
    const bool is_failed = phase.step == Step::connect && !phase.fault.empty();
    if (!is_failed || phase.address == served->address) continue;
    phase.facts.push_back({"service.other_address_served", evidence::Truth::yes, detail, {}});
  }
}

void add_socket_facts(diagnosis::Diagnosis& diagnosis, const diagnosis::Catalogue& catalogue,
                      const report::ProbePart& part) {
  for (const ProbePhase& phase : part.phases) {
    if (phase.facts.empty() || phase.fault.empty()) continue;
    for (Incident& incident : diagnosis.incidents) {
      if (is_about(incident, phase)) add_facts_of(phase, incident, catalogue);
    }
  }
}

void add_findings(diagnosis::Diagnosis& diagnosis, const diagnosis::Catalogue& catalogue,
                  const report::ProbePart& part, const Target& target, base::Time begin) {
  if (!diagnosis.incidents.empty()) return;
  const Judged judged = judge(part.phases);
  if (judged.failed != nullptr) {
    const Fault* const fault = catalogue.find(judged.failed->fault);
    diagnosis.incidents.push_back(incident_of(part, *judged.failed, target, begin, fault));
    diagnosis.verdict = diagnosis::Verdict::incident;
    diagnosis.verdict_text = fmt::format("1 incident found: {}.", judged.failed->title);
  } else if (judged.is_served) {
    diagnosis.verdict = diagnosis::Verdict::healthy;
    diagnosis.verdict_text = fmt::format(
        "The probe of {} was served at every step, by one address at least.", part.target);
  } else {
    // Packets that were answered so far are no service.
    diagnosis.verdict = diagnosis::Verdict::inconclusive;
    const char* const why = part.end == report::ProbeEnd::complete
                                ? "got neither an answer nor an error"
                                : "was stopped before it was done";
    diagnosis.verdict_text =
        fmt::format("Nothing can be concluded: the probe of {} {}.", part.target, why);
  }
}

}  // namespace whydown::probe
