#include <algorithm>

#include <fmt/format.h>

#include "report/incident_words.h"
#include "report/layout_parts.h"
#include "report/renderers.h"
#include "report/text_layout.h"
#include "report/text_parts.h"
#include "report/words.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;

void write_impact(TextPage& page, const Incident& incident) {
  if (incident.impact.size() < 2) return;
  page.heading("Who was served");
  for (const diagnosis::ClientImpact& client : incident.impact) {
    page.item(client.address,
              fmt::format("{} served, {} failed", thousands(client.ok), thousands(client.failed)),
              kTextIndent, kTextIndent + 20);
  }
}

void write_incident(TextPage& page, const Incident& incident, const Citation& cite) {
  page.blank();
  page.paragraph(fmt::format("Incident {}: {}", incident.id, incident.title), 0, Style::alarm);
  page.paragraph(fmt::format("{}, severity {}", incident.fault, incident.severity), kTextIndent,
                 Style::dim);
  page.blank();
  page.paragraph(incident.summary, kTextIndent);
  page.blank();
  for (const auto& [label, words] : headline_rows(incident, cite)) {
    page.item(label, words, kTextIndent, kTextIndent + 10, Style::bold);
  }
  if (!incident.journey.empty()) page.heading("How far the client came");
  write_text_journey(page, incident);
  write_impact(page, incident);
  if (!incident.explanation.empty()) {
    page.heading("What it means");
    page.paragraph(incident.explanation, kTextIndent);
  }
  if (!incident.causes.empty()) page.heading("Likely causes");
  write_text_causes(page, incident, cite);
  if (!incident.checks.empty()) page.heading("Checks that decide");
  write_text_checks(page, incident);
  if (!incident.not_shown.empty()) {
    page.heading("What this capture cannot show");
    for (const std::string& text : incident.not_shown)
      page.item("-", text, kTextIndent, kTextIndent + 2);
  }
  if (!incident.evidence.empty()) {
    page.heading(fmt::format("Evidence (times: {})", cite.time_scope()));
  }
  write_text_evidence(page, incident, cite);
}

// What the case file adds, between the packets and the data quality.
void write_case(TextLayout& layout, const Material& material) {
  if (!material.supplied.actions.empty()) {
    layout.begin_section("Actions taken", "actions");
    write_actions(layout, material);
  }
  if (!material.supplied.contacts.empty()) {
    layout.begin_section("Contacts", "contacts");
    write_contacts(layout, material);
  }
  write_complaints(layout, material);
}

void write_quality(TextPage& page, const diagnosis::Diagnosis& diagnosis, const Citation& cite) {
  const std::vector<base::QualityRemark>& remarks = diagnosis.data_quality;
  if (remarks.empty()) return;
  page.heading("Data quality");
  for (const base::QualityRemark& remark : remarks) {
    const bool warning = remark.severity == base::Severity::warning;
    page.item(warning ? "warning" : "note", remark.text + cite.bracketed(remark.packets),
              kTextIndent, kTextIndent + 9, warning ? Style::bold : Style::plain);
  }
}

void write_inputs(TextPage& page, const diagnosis::Diagnosis& diagnosis, const Citation& cite) {
  page.heading(diagnosis.inputs.size() == 1 ? "Input" : "Inputs");
  std::size_t number = 0;
  for (const base::InputInfo& input : diagnosis.inputs) {
    ++number;
    const std::string label = cite.several_inputs() ? fmt::format("{}. ", number) : "";
    page.paragraph(fmt::format("{}{}: {}", label, input.path == "-" ? "standard input" : input.path,
                               input_words(input, cite)),
                   kTextIndent);
  }
}

// What each check moved, in the order in which they were made.
void write_probe_checks(TextPage& page, const ProbePart& part) {
  std::size_t number = 0;
  for (const ProbeCheck& check : part.checks) {
    page.item(fmt::format("check {}", ++number), check.said, kTextIndent, kTextIndent + 9);
    page.paragraph(probe_answer_words(check), kTextIndent + 9);
    for (const ProbeCause& cause : check.causes) {
      page.item("-", probe_cause_words(cause), kTextIndent + 9, kTextIndent + 11);
    }
  }
  if (!part.checks_end.empty()) page.paragraph(part.checks_end, kTextIndent);
}

void write_probe(TextPage& page, const ProbePart& part) {
  page.heading("What the probe tried");
  page.paragraph(fmt::format("{}: {}", part.target, probe_end_words(part)), kTextIndent);
  for (const ProbePhase& phase : part.phases) {
    page.item(probe_phase_label(phase), phase.text, kTextIndent + 2, kTextIndent + 40,
              phase.fault.empty() ? Style::plain : Style::bold);
  }
  write_probe_checks(page, part);
  for (const std::string& text : part.remarks) page.item("-", text, kTextIndent, kTextIndent + 2);
  for (const std::string& text : part.not_seen) {
    page.item("not seen", text, kTextIndent, kTextIndent + 10, Style::bold);
  }
}

}  // namespace

std::string render_text(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  TextLayout layout(options.width, options.colour);
  TextPage& page = layout.page();
  const Material material(diagnosis, options);
  const Citation& cite = material.cite;
  const bool bad = diagnosis.verdict == diagnosis::Verdict::incident;
  const bool good = diagnosis.verdict == diagnosis::Verdict::healthy;
  page.paragraph(verdict_line(diagnosis), 0, bad ? Style::alarm : good ? Style::good : Style::bold);
  if (options.probe) write_probe(page, *options.probe);
  if (options.supplied) {
    page.blank();
    write_case_head(layout, material);
  }
  for (const Incident& incident : diagnosis.incidents) {
    write_incident(page, incident, cite);
    if (options.reader != Reader::student || incident.student.empty()) continue;
    page.heading("The same, step by step");
    page.paragraph(incident.student, kTextIndent);
  }
  if (!diagnosis.not_attempted.empty()) {
    page.heading("Not attempted");
    page.paragraph(not_attempted_words(diagnosis), kTextIndent);
  }
  write_case(layout, material);
  if (options.reader == Reader::student) {
    write_field_words(layout, material);
    write_term_words(layout, material);
  }
  write_quality(page, diagnosis, cite);
  write_inputs(page, diagnosis, cite);
  return page.text();
}

}  // namespace whydown::report
