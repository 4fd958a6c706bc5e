#include "report/text_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/incident_words.h"

namespace whydown::report {

using diagnosis::Incident;

void write_text_causes(TextPage& page, const Incident& incident, const Citation& cite) {
  if (incident.causes.empty()) return;
  constexpr std::size_t text_at = 14;
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
              kTextIndent, text_at, i == 0 ? Style::bold : Style::plain);
    arguments(cause.arguments_for, "for");
    arguments(cause.arguments_against, "against");
    if (cause.arguments_for.empty() && cause.arguments_against.empty() && cause.id != "other") {
      page.paragraph(kNothingSpeaks, text_at);
    }
  }
  for (const diagnosis::InseparablePair& pair : incident.inseparable) {
    page.paragraph(inseparable_words(incident, pair), kTextIndent);
  }
}

void write_text_checks(TextPage& page, const Incident& incident) {
  if (incident.checks.empty()) return;
  std::size_t number = 0;
  for (const diagnosis::Check& check : incident.checks) {
    const std::string where = check.where.empty() ? "" : " (" + check.where + ")";
    page.item(fmt::format("{}.", ++number), check.command + where, kTextIndent, kTextIndent + 3);
    page.paragraph(separates_words(incident, check), kTextIndent + 3);
    for (const diagnosis::CheckAnswer& answer : check.answers) {
      page.item("-", fmt::format("If {}: {}", without_stop(answer.see), answer.then),
                kTextIndent + 3, kTextIndent + 5);
    }
  }
}

void write_text_journey(TextPage& page, const Incident& incident) {
  if (incident.journey.empty()) return;
  page.paragraph(journey_line(incident), kTextIndent, Style::bold);
  for (const diagnosis::JourneyStep& step : incident.journey) {
    if (!step.text.empty())
      page.item(step_id(step.step), step.text, kTextIndent + 2, kTextIndent + 13);
  }
}

void write_text_evidence(TextPage& page, const Incident& incident, const Citation& cite) {
  if (incident.evidence.empty()) return;
  std::size_t numbers = 6;
  std::size_t times = 4;
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    numbers = std::max(numbers, columns(cite.number(packet.place)));
    times = std::max(times, columns(cite.time(packet.place)));
  }
  const std::size_t hang = kTextIndent + numbers + 2 + times + 2;
  const auto row = [&](std::string_view number, std::string_view time, std::string_view words,
                       Style style) {
    page.item(fmt::format("{:>{}}  {:<{}}", number, numbers, time, times), words, kTextIndent, hang,
              style);
  };
  row(cite.any_text() && !cite.several_inputs() ? "line" : "packet", "time", "what it says",
      Style::dim);
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    row(cite.number(packet.place), cite.time(packet.place),
        fmt::format("{} [{}]", packet.text, role_id(packet.role)), Style::plain);
  }
  if (incident.evidence_left_out > 0) {
    page.paragraph(left_out_words(incident), kTextIndent);
  }
}

}  // namespace whydown::report
