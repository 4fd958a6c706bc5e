// What stands beside the incidents in the JSON report: the case file, the complaints, the probe.
#include <cmath>

#include "report/complaints.h"
#include "report/json_writer.h"

namespace whydown::report::json {

namespace {

double rounded(double value) { return std::round(value * 10'000) / 10'000; }

double ms_of(base::Duration span) {
  return std::round(std::chrono::duration<double, std::micro>(span).count()) / 1000;
}

Json phases_of(const ProbePart& part) {
  Json list = Json::array();
  for (const ProbePhase& phase : part.phases) {
    Json one;
    one["step"] = journey::step_id(phase.step);
    one["outcome"] = journey::outcome_id(phase.outcome);
    put(one, "address", phase.address);
    one["begin_ms"] = ms_of(phase.begin);
    one["took_ms"] = ms_of(phase.took);
    put(one, "fault", phase.fault);
    put(one, "text", phase.text);
    list.push_back(std::move(one));
  }
  return list;
}

Json fact_of(const ProbeFact& fact, const Writer& writer) {
  Json out;
  out["fact"] = fact.id;
  out["is"] = fact.is;
  out["seen_by"] = fact.is_of_sockets ? "sockets" : "packets";
  put(out, "detail", fact.detail);
  writer.put_packets(out, fact.packets);
  return out;
}

Json checks_of(const ProbePart& part, const Writer& writer) {
  Json list = Json::array();
  for (const ProbeCheck& check : part.checks) {
    Json one;
    one["incident"] = check.incident;
    one["sends"] = check.sends;
    one["said"] = check.said;
    one["worth_bits"] = rounded(check.worth);
    one["begin_ms"] = ms_of(check.begin);
    one["took_ms"] = ms_of(check.took);
    one["seen"] = check.seen;
    put(one, "means", check.means);
    for (const ProbeFact& fact : check.facts) one["facts"].push_back(fact_of(fact, writer));
    one["causes"] = Json::array();
    for (const ProbeCause& cause : check.causes) {
      one["causes"].push_back({{"id", cause.id},
                               {"title", cause.title},
                               {"before", rounded(cause.before)},
                               {"after", rounded(cause.after)}});
    }
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

Json case_of(const Case& supplied) {
  Json out;
  out["file"] = supplied.file;
  put(out, "reference", supplied.reference);
  put(out, "organisation", supplied.organisation);
  put(out, "classification", supplied.classification);
  put(out, "prepared_by", supplied.prepared_by);
  put(out, "report_date", supplied.report_date);
  put(out, "reported_by", supplied.reported_by);
  put(out, "aware", supplied.aware);
  put(out, "systems", supplied.systems);
  put(out, "impact", supplied.impact);
  put(out, "status", supplied.status);
  put(out, "custody", supplied.custody);
  for (const CaseAction& action : supplied.actions) {
    Json one;
    put(one, "when", action.when);
    put(one, "who", action.who);
    put(one, "what", action.what);
    out["actions"].push_back(std::move(one));
  }
  for (const CaseContact& contact : supplied.contacts) {
    Json one;
    put(one, "role", contact.role);
    put(one, "name", contact.name);
    put(one, "reach", contact.reach);
    out["contacts"].push_back(std::move(one));
  }
  return out;
}

Json complaints_of(const diagnosis::Diagnosis& diagnosis, const Case& supplied) {
  Json list = Json::array();
  const std::vector<ComplaintFinding> findings = judge_complaints(diagnosis, supplied);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Complaint& complaint = supplied.complaints[i];
    Json one;
    put(one, "who", complaint.who);
    put(one, "when", complaint.when);
    one["saw"] = complaint.saw;
    put(one, "address", complaint.address);
    one["finding"] = finding_id(findings[i].finding);
    if (findings[i].incident > 0) one["incident"] = findings[i].incident;
    one["because"] = findings[i].because;
    list.push_back(std::move(one));
  }
  return list;
}

Json probe_of(const ProbePart& part, const Writer& writer) {
  Json out;
  out["target"] = part.target;
  out["end"] = probe_end_id(part.end);
  out["captured"] = part.is_captured;
  if (part.is_captured) out["packets"] = part.packets;
  if (part.is_captured) out["kernel_drops"] = part.kernel_drops;
  out["phases"] = phases_of(part);
  if (!part.checks.empty()) out["checks"] = checks_of(part, writer);
  put(out, "checks_end", part.checks_end);
  put(out, "not_seen", part.not_seen);
  put(out, "remarks", part.remarks);
  return out;
}

}  // namespace whydown::report::json
