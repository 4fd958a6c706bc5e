// The incident report: the facts block and the fields that incident handling guides ask for (NIST
// SP 800-61r2 section 3.2.5), as far as packets and the case file reach. The first screen says what
// failed, where, since when, for whom, how sure, and what to do now.
#include <fmt/format.h>

#include "base/ports.h"
#include "report/incident_words.h"
#include "report/layout_parts.h"
#include "report/layouts.h"
#include "report/messenger.h"
#include "report/method.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;

std::string ports_row(const Incident& incident) {
  std::string out = protocol_words(incident);
  if (incident.service.port) {
    const std::string_view purpose = base::port_title(*incident.service.port);
    if (!purpose.empty()) out += fmt::format("; used for {}", purpose);
  }
  return out;
}

void write_facts(Page& page, const Material& material, const Incident& incident) {
  page.heading("Facts");
  SpanRows rows;
  const std::string where =
      incident.service.names.empty()
          ? server_words(incident)
          : server_words(incident) + "; asked for " + first_few(incident.service.names);
  rows.emplace_back("What", Spans{ports_row(incident)});
  rows.emplace_back("Where", Spans{where});
  rows.emplace_back("When", Spans{material.cite.window(incident)});
  rows.emplace_back("For whom", Spans{client_words(incident)});
  if (incident.attack) rows.emplace_back("From", Spans{attack_source_words(incident)});
  rows.emplace_back("How much", Spans{attempt_words(incident)});
  if (incident.attack) rows.emplace_back("Outage", Spans{outage_words(incident)});
  rows.emplace_back("How sure", Spans{certainty_words(incident)});
  if (const std::string linked = link_words(incident); !linked.empty()) {
    rows.emplace_back("Linked", Spans{linked});
  }
  if (!incident.checks.empty()) {
    const diagnosis::Check& first = incident.checks.front();
    Spans words{{Tone::code, first.command}};
    if (!first.where.empty()) words.emplace_back(", " + first.where);
    words.emplace_back("; see the next steps for what its answer means");
    rows.emplace_back("Do now", std::move(words));
  }
  rows.emplace_back("Severity", Spans{incident.severity + " (proposed)"});
  rows.emplace_back("Fault",
                    Spans{{Tone::code, incident.fault},
                          ", failing at the step \"" + std::string(step_id(incident.step)) + "\""});
  rows.emplace_back("Systems", supplied_or_missing(material.supplied.systems));
  page.rows("What is known", rows);
  page.journey(incident);
}

void write_status(Page& page, const Material& material, const Incident& incident) {
  page.heading("Status");
  std::string_view seen = incident.ongoing_at_end
                              ? "Not seen working again before the capture ends."
                              : "Seen working again within the capture.";
  if (incident.attack) {
    seen = incident.ongoing_at_end ? "Still under way when the capture ends."
                                   : "Over before the capture ends.";
  }
  Spans words{fmt::format("{} Since then: ", seen)};
  words.push_back(supplied_or_missing(material.supplied.status)[0]);
  page.paragraph(words);
}

void write_impact(Page& page, const Material& material, const Incident& incident) {
  page.heading("Impact");
  page.paragraph({capitalised(attempt_words(incident)) + "."});
  write_impact_table(page, incident);
  page.field("Functional impact, impact on information, recoverability:",
             supplied_or_missing(material.supplied.impact));
}

void write_indicators(Page& page, const Material& material, const Incident& incident) {
  page.heading("Indicators");
  if (incident.attack) {
    page.list({{"Sources: " + attack_source_words(incident) + "."},
               {incident.attack->outcome + material.cite.bracketed(incident.attack->places)}});
    return;
  }
  const Messenger messenger = messenger_of(incident);
  std::vector<Spans> items{{failure_sentence(incident, messenger)}};
  if (messenger.protocol.empty()) {
    items.push_back({"No error message came back; what is seen is silence."});
  } else {
    items.push_back({fmt::format("The answer that decided it: {}{}.", without_stop(messenger.words),
                                 material.cite.bracketed(messenger.packets))});
  }
  page.list(items);
}

void write_analysis(Page& page, const Material& material, const Incident& incident) {
  page.heading("Analysis");
  page.paragraph({incident.explanation});
  const std::string not_attempted = not_attempted_words(material.diagnosis);
  if (!not_attempted.empty()) page.paragraph({not_attempted});
  if (material.options.reader == Reader::student && !incident.student.empty()) {
    page.heading("The same, step by step");
    page.paragraph({incident.student});
  }
  if (incident.not_shown.empty()) return;
  page.heading("What this capture cannot show");
  std::vector<Spans> items;
  items.reserve(incident.not_shown.size());
  for (const std::string& text : incident.not_shown) items.push_back({text});
  page.list(items);
}

void write_incident(Page& page, const Material& material, const Incident& incident) {
  page.begin_section(material.is_alone()
                         ? "What happened"
                         : fmt::format("Incident {}: {}", incident.id, incident.title),
                     incident_anchor(incident));
  write_facts(page, material, incident);
  write_status(page, material, incident);
  page.heading("Summary");
  page.paragraph({incident.summary}, Look::lead);
  write_impact(page, material, incident);
  write_indicators(page, material, incident);
  if (incident.has_time && !incident.marks.empty()) {
    page.heading("Timeline");
    page.timeline(incident, material.cite);
    write_events(page, material, incident);
  }
  write_analysis(page, material, incident);
  page.heading("Likely causes");
  page.causes(incident, material.cite);
  write_inseparable(page, incident);
  page.heading("Next steps");
  if (incident.checks.empty()) page.paragraph(supplied_or_missing({}));
  page.checks(incident);
  page.heading("Evidence packets");
  page.evidence(incident, material.cite);
  page.end_section();
}

void write_tail(Page& page, const Material& material) {
  page.begin_section("Actions taken", "actions");
  write_actions(page, material);
  page.end_section();
  page.begin_section("Contacts", "contacts");
  write_contacts(page, material);
  page.end_section();
  page.begin_section("Evidence list", "inputs");
  write_inputs(page, material);
  page.field("Where the files are kept, and who had them (chain of custody):",
             supplied_or_missing(material.supplied.custody));
  page.end_section();
  page.begin_section("Data quality", "quality");
  write_quality(page, material);
  page.end_section();
  if (material.options.reader == Reader::student) {
    write_field_words(page, material);
    write_term_words(page, material);
  }
  page.begin_section("Method", "method");
  write_method(page, material);
  page.end_section();
}

}  // namespace

void lay_out_incident(Page& page, const Material& material) {
  const diagnosis::Diagnosis& diagnosis = material.diagnosis;
  write_front(page, material, "Why is it down? Incident report by " + tool_words(material.options),
              material.is_alone() ? diagnosis.incidents[0].title : verdict_words(diagnosis));
  write_probe(page, material);
  write_case_head(page, material);
  for (const Incident& incident : diagnosis.incidents) write_incident(page, material, incident);
  if (diagnosis.incidents.empty() && !diagnosis.not_attempted.empty()) {
    page.begin_section("Not attempted", "not-attempted");
    page.paragraph({not_attempted_words(diagnosis)});
    page.end_section();
  }
  write_complaints(page, material);
  write_tail(page, material);
}

}  // namespace whydown::report
