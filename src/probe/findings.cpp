#include "probe/findings.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace whydown::probe {
namespace {

using diagnosis::Incident;
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

Incident incident_of(const report::ProbePart& part, const ProbePhase& failed, const Target& target,
                     base::Time begin) {
  Incident incident;
  incident.id = 1;
  incident.fault = failed.fault;
  incident.kind = "fault";
  incident.title = failed.title;
  incident.step = failed.step;
  incident.protocol = layer_of(failed).protocol;
  incident.transport = layer_of(failed).transport;
  incident.severity = "high";
  incident.service.name = service_name(failed, target);
  const bool is_name = failed.step == Step::name;
  incident.service.port = is_name && target.kind != TargetKind::dns ? 53 : target.port;
  const std::string server = target.kind == TargetKind::dns ? target.host
                             : is_name                      ? ""
                                                            : failed.address;
  if (!server.empty()) incident.service.servers.push_back(server);
  const std::string& name = target.kind == TargetKind::dns ? target.question : target.host;
  if (!base::IpAddress::parse(name)) incident.service.names.push_back(name);
  incident.clients.count = 1;
  for (const ProbePhase& phase : part.phases) {
    if (phase.step != failed.step) continue;
    ++incident.attempts_total;
    if (!phase.fault.empty()) ++incident.attempts_failed;
  }
  incident.first = begin + failed.begin;
  incident.last = begin + failed.begin + failed.took;
  incident.ongoing_at_end = true;
  incident.summary = fmt::format(
      "The probe of {} failed at the step \"{}\": {} This is what the probe's own connection was "
      "told; {}",
      part.target, journey::step_id(failed.step), failed.text,
      part.is_captured ? "the packets alone name no fault, so no causes are ranked."
                       : "without packets no causes are ranked.");
  incident.not_shown.emplace_back(part.is_captured
                                      ? "Why: what is said inside TLS and HTTP is not weighed."
                                      : "Who refused or stayed silent: no packets were captured.");
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
  bool is_good = true;  // all with this address so far
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const ProbePhase& phase = phases[i];
    if (is_past_names && phase.step == Step::name) continue;  // one of the two families was enough
    is_good = is_good && phase.outcome == Outcome::ok;
    if (is_good && is_end(phases, i)) return {nullptr, true};
    if (is_end(phases, i)) is_good = true;
    if (phase.fault.empty()) continue;
    // The farthest one: what another address did not come to tells less.
    if (failed == nullptr || phase.step > failed->step) failed = &phase;
  }
  return {failed, false};
}

void add_findings(diagnosis::Diagnosis& diagnosis, const report::ProbePart& part,
                  const Target& target, base::Time begin) {
  if (!diagnosis.incidents.empty()) return;
  const Judged judged = judge(part.phases);
  if (judged.failed != nullptr) {
    diagnosis.incidents.push_back(incident_of(part, *judged.failed, target, begin));
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
