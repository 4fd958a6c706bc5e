#include "report/probe_part.h"

#include <fmt/format.h>

#include "report/escape.h"
#include "report/incident_words.h"

namespace whydown::report {

const char* probe_end_id(ProbeEnd end) {
  switch (end) {
    case ProbeEnd::deadline:
      return "deadline";
    case ProbeEnd::interrupted:
      return "interrupted";
    case ProbeEnd::enough_packets:
      return "enough_packets";
    case ProbeEnd::complete:
      break;
  }
  return "complete";
}

std::string probe_end_words(const ProbePart& part) {
  const auto* end = "done";
  if (part.end == ProbeEnd::deadline) end = "ended by its deadline, before it was done";
  if (part.end == ProbeEnd::interrupted) end = "interrupted before it was done";
  if (part.end == ProbeEnd::enough_packets) end = "ended by --max-packets, before it was done";
  if (!part.is_captured) return fmt::format("{}; no packets were captured.", end);
  return fmt::format("{}; {} of its own captured, {} lost by the kernel.", end,
                     counted(part.packets, "packet", "packets"), thousands(part.kernel_drops));
}

std::string probe_phase_label(const ProbePhase& phase) {
  std::string label(journey::step_id(phase.step));
  if (!phase.address.empty()) label += ' ' + phase.address;
  const bool is_told = phase.outcome != evidence::Outcome::unknown;
  if (is_told) label += ' ' + outcome_words(phase.outcome);
  return fmt::format("{} ({})", label, base::human_duration(phase.took));
}

std::string probe_answer_words(const ProbeCheck& check) {
  if (check.means.empty()) return fmt::format("Seen: {}.", check.seen);
  return fmt::format("Seen: {}. That means: {}.", check.seen, check.means);
}

std::string probe_cause_words(const ProbeCause& cause) {
  constexpr double kPercent = 100;
  return fmt::format("{}: {:.0f} % before, {:.0f} % after", cause.title, kPercent * cause.before,
                     kPercent * cause.after);
}

ProbePart sanitised(ProbePart part) {
  part.target = clean_line(part.target);
  for (ProbePhase& phase : part.phases) {
    phase.address = clean_line(phase.address);
    phase.text = clean_paragraph(phase.text);
  }
  for (ProbeCheck& check : part.checks) {
    check.said = clean_paragraph(check.said);
    check.seen = clean_paragraph(check.seen);
    check.means = clean_paragraph(check.means);
    for (ProbeFact& fact : check.facts) fact.detail = clean_paragraph(fact.detail);
    for (ProbeCause& cause : check.causes) cause.title = clean_line(cause.title);
  }
  for (std::string& text : part.not_seen) text = clean_paragraph(text);
  for (std::string& text : part.remarks) text = clean_paragraph(text);
  return part;
}

}  // namespace whydown::report
