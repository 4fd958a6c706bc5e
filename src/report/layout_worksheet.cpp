// The two-part worksheet of network-analysis courses: a summary of the problem, then the analysis
// with at least one cause, filled in as far as packets reach.
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

std::string transport_words(const Incident& incident) {
  const bool carried = incident.transport == "udp" || incident.transport == "tcp";
  return carried ? upper_case(incident.transport) : incident.protocol;
}

std::string error_label(const Incident& incident, const Messenger& messenger) {
  constexpr std::string_view intro =
      "This is based on the results of the network analysis, which show";
  if (messenger.protocol.empty()) {
    return outcome_of(incident) == evidence::Outcome::silent
               ? fmt::format("{} that nothing came back:", intro)
               : fmt::format("{} no error message:", intro);
  }
  if (messenger.is_client) {
    return fmt::format("{} that the client broke off, with the {} message:", intro,
                       messenger.protocol);
  }
  if (messenger.protocol.starts_with("ICMP")) {
    return fmt::format(
        "{} that the {} reply (an error report, sent because a packet could not be "
        "delivered) returned the error message:",
        intro, messenger.protocol);
  }
  return fmt::format("{} that the {} answer said:", intro, messenger.protocol);
}

std::string error_field(const Incident& incident, const Messenger& messenger,
                        const Citation& cite) {
  if (messenger.protocol.empty()) {
    return outcome_of(incident) == evidence::Outcome::silent
               ? "no error message was captured, only silence; see the key findings for the "
                 "packets "
                 "that went unanswered."
               : "what went wrong shows in the packets' times and numbers; see the key findings.";
  }
  const std::string message = error_message(incident, messenger);
  std::string out = fmt::format("\"{}\"", message);
  if (message != messenger.words) out += fmt::format(", in full: {}", messenger.words);
  return without_stop(out) + cite.bracketed(messenger.packets) + ".";
}

std::string port_field(const Incident& incident) {
  if (!incident.service.port)
    return "no port; the failure lies below the level where ports matter.";
  const std::string_view purpose = base::port_title(*incident.service.port);
  const std::string out =
      fmt::format("{} port {}: ", upper_case(incident.transport), *incident.service.port);
  if (!purpose.empty()) return out + std::string(purpose) + ".";
  if (!incident.service.name.empty()) return out + incident.service.name + ".";
  return out + "a port without a well-known use.";
}

std::string likely_issue(const Incident& incident) {
  return fmt::format("{}. {}", without_stop(incident.title), certainty_words(incident));
}

// "Part 1: ", "Incident 2, part 1: "
std::string part_words(const Material& material, const Incident& incident, int part) {
  return material.is_alone() ? fmt::format("Part {}: ", part)
                             : fmt::format("Incident {}, part {}: ", incident.id, part);
}

void write_summary_part(Page& page, const Material& material, const Incident& incident,
                        const Messenger& messenger) {
  page.begin_section(part_words(material, incident, 1) +
                         fmt::format("Provide a summary of the problem found in the {} traffic log",
                                     protocols_concerned(incident, messenger)),
                     fmt::format("part1-{}", incident.id));
  page.paragraph({incident.summary});
  page.field(fmt::format("The {} protocol reveals that:", transport_words(incident)),
             {failure_sentence(incident, messenger)});
  if (!incident.attack) {
    page.field(error_label(incident, messenger), {error_field(incident, messenger, material.cite)});
  }
  page.field(messenger.protocol.starts_with("ICMP") && incident.service.port
                 ? "The port noted in the error message is used for:"
                 : "The port concerned is used for:",
             {port_field(incident)});
  page.field("The most likely issue is:", {likely_issue(incident)});
  page.end_section();
}

void write_time(Page& page, const Material& material, const Incident& incident) {
  std::string time = material.cite.window(incident);
  if (incident.has_time && incident.last > incident.first) {
    time += fmt::format(", {} from the first {} to the last",
                        base::human_duration(base::between(incident.first, incident.last)),
                        incident.attack ? "of its packets" : "failure");
  }
  if (incident.ongoing_at_end) {
    time += incident.attack ? "; it is still under way when the capture ends"
                            : "; not seen working again before the capture ends";
  }
  page.field("Time incident occurred:", {time + "."});
}

void write_findings(Page& page, const Material& material, const Incident& incident,
                    const Messenger& messenger) {
  const Citation& cite = material.cite;
  page.paragraph(
      {{Tone::strong,
        "Note key findings of the IT department's investigation (details related to the port "
        "affected, the server, and so on):"}});
  std::vector<Spans> items;
  items.push_back({fmt::format("Affected: {}; {}; step \"{}\" of what the client tried; {}.",
                               protocol_words(incident), server_words(incident),
                               step_id(incident.step), client_words(incident))});
  items.push_back({capitalised(attempt_words(incident)) + "."});
  items.push_back({"When: " + cite.window(incident) + "."});
  if (!messenger.protocol.empty()) {
    items.push_back({fmt::format("The answer that decided it: {}{}.", without_stop(messenger.words),
                                 cite.bracketed(messenger.packets))});
  }
  if (!incident.journey.empty()) {
    items.push_back({"How far the client came: ", {Tone::code, journey_line(incident)}});
  }
  const std::string not_attempted = not_attempted_words(material.diagnosis);
  if (!not_attempted.empty()) items.push_back({not_attempted});
  if (!incident.explanation.empty()) items.push_back({incident.explanation});
  page.list(items);
  page.timeline(incident, cite);
  write_events(page, material, incident);
  page.evidence(incident, cite);
}

void write_cause(Page& page, const Material& material, const Incident& incident) {
  page.paragraph({{Tone::strong, "Note a likely cause of the incident:"}});
  page.causes(incident, material.cite);
  write_inseparable(page, incident);
  if (!incident.checks.empty()) {
    page.paragraph({{Tone::strong, "Next checks, and what each answer would mean:"}});
    page.checks(incident);
  }
  if (incident.not_shown.empty()) return;
  page.paragraph({{Tone::strong, "What this capture cannot show:"}});
  std::vector<Spans> items;
  items.reserve(incident.not_shown.size());
  for (const std::string& text : incident.not_shown) items.push_back({text});
  page.list(items);
}

void write_aware_and_actions(Page& page, const Material& material) {
  Spans aware = supplied_or_missing(material.supplied.aware);
  if (!material.supplied.reported_by.empty()) {
    aware.emplace_back(" Reported by: ");
    aware.emplace_back(Tone::supplied, material.supplied.reported_by);
  }
  page.field("Explain how the IT team became aware of the incident:", aware);
  page.paragraph({{Tone::strong,
                   "Explain the actions taken by the IT department to investigate the incident:"}});
  write_actions(page, material);
}

void write_analysis_part(Page& page, const Material& material, const Incident& incident,
                         const Messenger& messenger) {
  page.begin_section(
      part_words(material, incident, 2) +
          "Explain your analysis of the data and provide at least one cause of the incident",
      fmt::format("part2-{}", incident.id));
  write_time(page, material, incident);
  write_aware_and_actions(page, material);
  write_findings(page, material, incident, messenger);
  write_cause(page, material, incident);
  page.end_section();
}

void write_no_incident(Page& page, const Material& material) {
  page.begin_section("Part 1: Provide a summary of the problem found in the traffic log", "part1");
  page.paragraph({verdict_line(material.diagnosis)});
  page.end_section();
  page.begin_section("Part 2: Explain your analysis of the data", "part2");
  write_aware_and_actions(page, material);
  const std::string not_attempted = not_attempted_words(material.diagnosis);
  if (!not_attempted.empty()) page.paragraph({not_attempted});
  page.end_section();
}

}  // namespace

void lay_out_worksheet(Page& page, const Material& material) {
  const diagnosis::Diagnosis& diagnosis = material.diagnosis;
  Front front;
  front.kind = diagnosis.verdict;
  front.title = "Cybersecurity incident report: network traffic analysis";
  page.front(front);
  write_case_head(page, material);
  if (material.supplied.prepared_by.empty()) {
    page.field("Prepared by, and date of the report:", supplied_or_missing({}));
  }
  if (diagnosis.incidents.empty()) write_no_incident(page, material);
  for (const Incident& incident : diagnosis.incidents) {
    if (!material.is_alone()) {
      page.paragraph({{Tone::strong, fmt::format("Incident {} of {}: {}", incident.id,
                                                 diagnosis.incidents.size(), incident.title)}});
    }
    const Messenger messenger = messenger_of(incident);
    write_summary_part(page, material, incident, messenger);
    write_analysis_part(page, material, incident, messenger);
  }
  write_complaints(page, material);
  page.begin_section("Side notes on the data", "notes");
  write_quality(page, material);
  write_inputs(page, material);
  write_method(page, material);
  page.end_section();
  if (material.options.reader == Reader::student) {
    write_field_words(page, material);
    write_term_words(page, material);
  }
}

}  // namespace whydown::report
