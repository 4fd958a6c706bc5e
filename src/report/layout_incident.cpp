// The fuller incident form: the facts block and the fields that incident handling guides ask for
// (NIST SP 800-61r2 section 3.2.5), as far as packets reach.
#include <fmt/format.h>

#include "report/escape.h"
#include "report/markdown_common.h"
#include "report/messenger.h"
#include "report/method.h"
#include "report/renderers.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;

std::string list_or(const std::vector<std::string>& items, std::string_view otherwise) {
  return items.empty() ? std::string(otherwise) : joined(items);
}

std::string ports_row(const Incident& incident) {
  std::string out = protocol_words(incident);
  if (incident.service.port) {
    const std::string_view purpose = port_purpose(*incident.service.port);
    if (!purpose.empty()) out += fmt::format("; used for {}", purpose);
  }
  return out;
}

void write_facts(MarkdownPage& page, const Incident& incident, const Citation& cite) {
  page.heading(3, "Facts");
  FactRows rows;
  rows.emplace_back("Fault", fmt::format("{}: {}", incident.fault, incident.title));
  rows.emplace_back("Date and time", cite.window(incident));
  rows.emplace_back("Source (clients)", client_words(incident));
  rows.emplace_back("Destination (servers)", list_or(incident.service.servers, "not known"));
  rows.emplace_back("Protocol and port", ports_row(incident));
  if (!incident.service.names.empty()) {
    rows.emplace_back("Names asked for", joined(incident.service.names));
  }
  rows.emplace_back("Step that failed", std::string(step_id(incident.step)));
  rows.emplace_back("Severity (proposed)", incident.severity);
  rows.emplace_back("How sure", certainty_words(incident));
  page.rows("Field", "Value", rows);
  page.raw_field("Location and function of the systems:", kForAnalyst);
}

void write_indicators(MarkdownPage& page, const Incident& incident, const Citation& cite) {
  page.heading(3, "Indicators");
  const Messenger messenger = messenger_of(incident);
  page.item(failure_sentence(incident, messenger));
  if (messenger.protocol.empty()) {
    page.item("No error message came back; what is seen is silence.");
  } else {
    page.item(fmt::format("The answer that decided it: {}{}", without_stop(messenger.words),
                          cite.bracketed(messenger.packets)));
  }
  page.end_block();
}

void write_impact(MarkdownPage& page, const Incident& incident) {
  page.heading(3, "Impact");
  page.paragraph(capitalised(attempt_words(incident)) + ".");
  if (!incident.impact.empty()) {
    page.table_head({"Client", "Served", "Failed"});
    for (const diagnosis::ClientImpact& client : incident.impact) {
      page.table_row({client.address, thousands(client.ok), thousands(client.failed)});
    }
  }
  page.raw_field("Functional impact, impact on information, recoverability:", kForAnalyst);
}

void write_timeline(MarkdownPage& page, const Incident& incident, const Citation& cite) {
  page.heading(3, "Timeline");
  write_markdown_evidence(page, incident, cite);
}

void write_analysis(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                    const Incident& incident) {
  page.heading(3, "Analysis");
  page.paragraph(incident.explanation);
  if (!incident.journey.empty()) {
    page.raw("How far the client came: " + markdown_code(journey_line(incident)));
    for (const diagnosis::JourneyStep& step : incident.journey) {
      if (!step.text.empty()) page.item(fmt::format("{}: {}", step_id(step.step), step.text));
    }
    page.end_block();
  }
  page.paragraph(not_attempted_words(diagnosis));
  if (incident.not_shown.empty()) return;
  page.raw("What this capture cannot show:");
  for (const std::string& text : incident.not_shown) page.item(text);
}

void write_incident(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                    const Incident& incident, const Citation& cite) {
  page.heading(2, fmt::format("Incident {}: {}", incident.id, incident.title));
  write_facts(page, incident, cite);
  page.heading(3, "Status");
  page.raw(fmt::format("{} Since then: {}",
                       incident.ongoing_at_end ? "Not seen working again before the capture ends."
                                               : "Seen working again within the capture.",
                       kForAnalyst));
  page.heading(3, "Summary");
  page.paragraph(incident.summary);
  write_impact(page, incident);
  write_indicators(page, incident, cite);
  write_timeline(page, incident, cite);
  write_analysis(page, diagnosis, incident);
  page.heading(3, "Likely causes");
  write_markdown_causes(page, incident, cite);
  page.heading(3, "Next steps");
  if (incident.checks.empty()) page.raw(kForAnalyst);
  write_markdown_checks(page, incident);
}

}  // namespace

std::string render_incident_form(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  MarkdownPage page;
  const Citation cite(diagnosis);
  page.heading(1, "Network incident report");
  page.raw(fmt::format("**{}.** {}", verdict_words(diagnosis),
                       markdown_escaped(verdict_reason(diagnosis))));
  for (const Incident& incident : diagnosis.incidents) {
    write_incident(page, diagnosis, incident, cite);
  }
  if (diagnosis.incidents.empty()) page.paragraph(not_attempted_words(diagnosis));
  page.heading(2, "Actions taken");
  page.item(fmt::format("The traffic was recorded and read with {}.", tool_words(options)));
  page.raw_item(fmt::format("By whom, when, and what else was done: {}", kForAnalyst));
  page.heading(2, "Contacts");
  page.raw(fmt::format("Reporter, handler, owner of the service: {}", kForAnalyst));
  page.heading(2, "Evidence list");
  write_markdown_inputs(page, diagnosis, cite);
  page.raw_field("Where the files are kept, and who had them (chain of custody):", kForAnalyst);
  page.heading(2, "Data quality");
  write_markdown_quality(page, diagnosis, cite);
  page.heading(2, "Method");
  write_markdown_method(page, diagnosis, options, cite);
  return page.text();
}

}  // namespace whydown::report
