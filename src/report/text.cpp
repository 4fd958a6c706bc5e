#include <algorithm>

#include <fmt/format.h>

#include "report/incident_words.h"
#include "report/renderers.h"
#include "report/text_page.h"
#include "report/words.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;

constexpr std::size_t kIndent = 2;

void write_causes(TextPage& page, const Incident& incident, const Citation& cite) {
  if (incident.causes.empty()) return;
  constexpr std::size_t text_at = 14;
  page.heading("Likely causes");
  const std::vector<std::string> shares = percents(incident.causes);
  const auto arguments = [&](const std::vector<diagnosis::Argument>& list, const char* label) {
    for (const diagnosis::Argument& argument : list) {
      page.item(label,
                fmt::format("{}{} ({})", argument_words(argument), cite.bracketed(argument.packets),
                            weight_words(argument)),
                text_at, text_at + 9);
    }
  };
  for (std::size_t i = 0; i < incident.causes.size(); ++i) {
    const diagnosis::RankedCause& cause = incident.causes[i];
    page.item(fmt::format("{:>10}", shares[i]), fmt::format("{} ({})", cause.title, cause.id),
              kIndent, text_at, i == 0 ? Style::bold : Style::plain);
    arguments(cause.arguments_for, "for");
    arguments(cause.arguments_against, "against");
    if (cause.arguments_for.empty() && cause.arguments_against.empty() && cause.id != "other") {
      page.paragraph(kNothingSpeaks, text_at);
    }
  }
  for (const diagnosis::InseparablePair& pair : incident.inseparable) {
    page.paragraph(inseparable_words(incident, pair), kIndent);
  }
}

void write_checks(TextPage& page, const Incident& incident) {
  if (incident.checks.empty()) return;
  page.heading("Checks that decide");
  std::size_t number = 0;
  for (const diagnosis::Check& check : incident.checks) {
    const std::string where = check.where.empty() ? "" : " (" + check.where + ")";
    page.item(fmt::format("{}.", ++number), check.command + where, kIndent, kIndent + 3);
    page.paragraph(separates_words(incident, check), kIndent + 3);
    for (const diagnosis::CheckAnswer& answer : check.answers) {
      page.item("-", fmt::format("If {}: {}", without_stop(answer.see), answer.then), kIndent + 3,
                kIndent + 5);
    }
  }
}

void write_journey(TextPage& page, const Incident& incident) {
  if (incident.journey.empty()) return;
  page.heading("How far the client came");
  page.paragraph(journey_line(incident), kIndent, Style::bold);
  for (const diagnosis::JourneyStep& step : incident.journey) {
    if (!step.text.empty()) page.item(step_id(step.step), step.text, kIndent + 2, kIndent + 13);
  }
}

void write_impact(TextPage& page, const Incident& incident) {
  if (incident.impact.size() < 2) return;
  page.heading("Who was served");
  for (const diagnosis::ClientImpact& client : incident.impact) {
    page.item(client.address,
              fmt::format("{} served, {} failed", thousands(client.ok), thousands(client.failed)),
              kIndent, kIndent + 20);
  }
}

void write_evidence(TextPage& page, const Incident& incident, const Citation& cite) {
  if (incident.evidence.empty()) return;
  page.heading(fmt::format("Evidence (times: {})", cite.time_scope()));
  std::size_t numbers = 6;
  std::size_t times = 4;
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    numbers = std::max(numbers, columns(cite.number(packet.place)));
    times = std::max(times, columns(cite.time(packet.place)));
  }
  const std::size_t hang = kIndent + numbers + 2 + times + 2;
  const auto row = [&](std::string_view number, std::string_view time, std::string_view words,
                       Style style) {
    page.item(fmt::format("{:>{}}  {:<{}}", number, numbers, time, times), words, kIndent, hang,
              style);
  };
  row(cite.any_text() && !cite.several_inputs() ? "line" : "packet", "time", "what it says",
      Style::dim);
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    row(cite.number(packet.place), cite.time(packet.place),
        fmt::format("{} [{}]", packet.text, role_id(packet.role)), Style::plain);
  }
  if (incident.evidence_left_out > 0) {
    page.paragraph(
        fmt::format("and {} of the same kinds",
                    counted(incident.evidence_left_out, "further packet", "further packets")),
        kIndent);
  }
}

void write_incident(TextPage& page, const Incident& incident, const Citation& cite) {
  page.blank();
  page.paragraph(fmt::format("Incident {}: {}", incident.id, incident.title), 0, Style::alarm);
  page.paragraph(fmt::format("{}, severity {}", incident.fault, incident.severity), kIndent,
                 Style::dim);
  page.blank();
  page.paragraph(incident.summary, kIndent);
  page.blank();
  for (const auto& [label, words] : headline_rows(incident, cite)) {
    page.item(label, words, kIndent, kIndent + 10, Style::bold);
  }
  write_journey(page, incident);
  write_impact(page, incident);
  if (!incident.explanation.empty()) {
    page.heading("What it means");
    page.paragraph(incident.explanation, kIndent);
  }
  write_causes(page, incident, cite);
  write_checks(page, incident);
  if (!incident.not_shown.empty()) {
    page.heading("What this capture cannot show");
    for (const std::string& text : incident.not_shown) page.item("-", text, kIndent, kIndent + 2);
  }
  write_evidence(page, incident, cite);
}

void write_quality(TextPage& page, const diagnosis::Diagnosis& diagnosis, const Citation& cite) {
  const std::vector<base::QualityRemark>& remarks = diagnosis.data_quality;
  if (remarks.empty()) return;
  page.heading("Data quality");
  for (const base::QualityRemark& remark : remarks) {
    const bool warning = remark.severity == base::Severity::warning;
    page.item(warning ? "warning" : "note", remark.text + cite.bracketed(remark.packets), kIndent,
              kIndent + 9, warning ? Style::bold : Style::plain);
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
                   kIndent);
  }
}

}  // namespace

std::string render_text(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  TextPage page(options.width, options.colour);
  const Citation cite(diagnosis);
  const bool bad = diagnosis.verdict == diagnosis::Verdict::incident;
  const bool good = diagnosis.verdict == diagnosis::Verdict::healthy;
  page.paragraph(verdict_line(diagnosis), 0, bad ? Style::alarm : good ? Style::good : Style::bold);
  for (const Incident& incident : diagnosis.incidents) write_incident(page, incident, cite);
  if (!diagnosis.not_attempted.empty()) {
    page.heading("Not attempted");
    page.paragraph(not_attempted_words(diagnosis), kIndent);
  }
  write_quality(page, diagnosis, cite);
  write_inputs(page, diagnosis, cite);
  return page.text();
}

}  // namespace whydown::report
