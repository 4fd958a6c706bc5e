// The two-part worksheet of network-analysis courses: a summary of the problem, then the analysis
// with at least one cause, filled in as far as packets reach.
#include <algorithm>

#include <fmt/format.h>

#include "report/escape.h"
#include "report/markdown_common.h"
#include "report/messenger.h"
#include "report/method.h"
#include "report/renderers.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;

std::string transport_words(const Incident& incident) {
  const bool carried = incident.transport == "udp" || incident.transport == "tcp";
  return carried ? upper_case(incident.transport) : incident.protocol;
}

std::string error_label(const Messenger& messenger) {
  constexpr std::string_view intro =
      "This is based on the results of the network analysis, which show";
  if (messenger.protocol.empty()) return fmt::format("{} that nothing came back:", intro);
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
    return "no error message was captured, only silence; see the key findings for the packets that "
           "went unanswered.";
  }
  const std::string message = error_message(incident, messenger);
  std::string out = fmt::format("\"{}\"", message);
  if (message != messenger.words) out += fmt::format(", in full: {}", messenger.words);
  return without_stop(out) + cite.bracketed(messenger.packets) + ".";
}

std::string port_field(const Incident& incident) {
  if (!incident.service.port)
    return "no port; the failure lies below the level where ports matter.";
  const std::string_view purpose = port_purpose(*incident.service.port);
  const std::string out =
      fmt::format("{} port {}: ", upper_case(incident.transport), *incident.service.port);
  if (!purpose.empty()) return out + std::string(purpose) + ".";
  if (!incident.service.name.empty()) return out + incident.service.name + ".";
  return out + "a port without a well-known use.";
}

std::string likely_issue(const Incident& incident) {
  const diagnosis::RankedCause* leading = leading_cause(incident);
  if (leading == nullptr) return incident.title;
  const std::vector<std::string> shares = percents(incident.causes);
  const auto index = static_cast<std::size_t>(leading - incident.causes.data());
  std::string out =
      fmt::format("{}. Of the causes considered, \"{}\" fits these packets best ({}).",
                  without_stop(incident.title), without_stop(leading->title), shares[index]);
  for (const diagnosis::InseparablePair& pair : incident.inseparable) {
    if (pair.first == leading->id || pair.second == leading->id) {
      out += " " + inseparable_words(incident, pair);
    }
  }
  return out;
}

void write_summary_part(MarkdownPage& page, const Incident& incident, const Messenger& messenger,
                        const Citation& cite) {
  page.heading(2,
               fmt::format("Part 1: Provide a summary of the problem found in the {} traffic log",
                           protocols_concerned(incident, messenger)));
  page.paragraph(incident.summary);
  page.field(fmt::format("The {} protocol reveals that:", transport_words(incident)),
             failure_sentence(incident, messenger));
  page.field(error_label(messenger), error_field(incident, messenger, cite));
  page.field(messenger.protocol.starts_with("ICMP") && incident.service.port
                 ? "The port noted in the error message is used for:"
                 : "The port concerned is used for:",
             port_field(incident));
  page.field("The most likely issue is:", likely_issue(incident));
}

void write_time(MarkdownPage& page, const Incident& incident, const Citation& cite) {
  std::string time = cite.window(incident);
  if (incident.has_time && incident.last > incident.first) {
    time += fmt::format(", {} from the first failure to the last",
                        base::human_duration(base::between(incident.first, incident.last)));
  }
  if (incident.ongoing_at_end) time += "; not seen working again before the capture ends";
  page.field("Time incident occurred:", time + ".");
}

void write_actions(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                   const Options& options, const Citation& cite) {
  page.raw("**Explain the actions taken by the IT department to investigate the incident:**");
  for (const base::InputInfo& input : diagnosis.inputs) {
    page.item(fmt::format("Network traffic was recorded: {}, {}.",
                          input.path == "-" ? "standard input" : input.path,
                          input_words(input, cite)));
  }
  page.item(
      fmt::format("The record was read packet by packet with {}: which request got which "
                  "answer, who sent it, and which causes fit.",
                  tool_words(options)));
  page.raw_item(fmt::format("Who did what else, and when: {}", kForAnalyst));
  page.end_block();
}

void write_findings(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                    const Incident& incident, const Messenger& messenger, const Citation& cite) {
  page.raw(
      "**Note key findings of the IT department's investigation (details related to the port "
      "affected, the server, and so on):**");
  page.item(fmt::format("Affected: {}; {}; step \"{}\" of what the client tried; {}.",
                        protocol_words(incident), server_words(incident), step_id(incident.step),
                        client_words(incident)));
  page.item(capitalised(attempt_words(incident)) + ".");
  page.item("When: " + cite.window(incident) + ".");
  if (!messenger.protocol.empty()) {
    page.item(fmt::format("The answer that decided it: {}{}.", without_stop(messenger.words),
                          cite.bracketed(messenger.packets)));
  }
  if (!incident.journey.empty()) {
    page.raw_item("How far the client came: " + markdown_code(journey_line(incident)));
  }
  if (!diagnosis.not_attempted.empty()) page.item(not_attempted_words(diagnosis));
  page.item(incident.explanation);
  page.end_block();
  write_markdown_evidence(page, incident, cite);
}

void write_analysis_part(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                         const Incident& incident, const Messenger& messenger,
                         const Options& options, const Citation& cite) {
  page.heading(2,
               "Part 2: Explain your analysis of the data and provide at least one cause of the "
               "incident");
  write_time(page, incident, cite);
  page.raw_field("Explain how the IT team became aware of the incident:", kForAnalyst);
  write_actions(page, diagnosis, options, cite);
  write_findings(page, diagnosis, incident, messenger, cite);
  page.raw("**Note a likely cause of the incident:**");
  page.paragraph(certainty_words(incident));
  write_markdown_causes(page, incident, cite);
  if (!incident.checks.empty()) {
    page.raw("**Next checks, and what each answer would mean:**");
    write_markdown_checks(page, incident);
  }
  if (!incident.not_shown.empty()) {
    page.raw("**What this capture cannot show:**");
    for (const std::string& text : incident.not_shown) page.item(text);
  }
}

void write_no_incident(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                       const Options& options, const Citation& cite) {
  page.heading(2, "Part 1: Provide a summary of the problem found in the traffic log");
  page.paragraph(verdict_line(diagnosis));
  page.heading(2, "Part 2: Explain your analysis of the data");
  page.raw_field("Explain how the IT team became aware of the incident:", kForAnalyst);
  write_actions(page, diagnosis, options, cite);
  if (!diagnosis.not_attempted.empty()) page.paragraph(not_attempted_words(diagnosis));
}

}  // namespace

std::string render_worksheet(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  MarkdownPage page;
  const Citation cite(diagnosis);
  page.heading(1, "Cybersecurity incident report: network traffic analysis");
  page.raw_field("Prepared by, and date of the report:", kForAnalyst);
  if (diagnosis.incidents.empty()) write_no_incident(page, diagnosis, options, cite);
  for (const Incident& incident : diagnosis.incidents) {
    if (diagnosis.incidents.size() > 1) {
      page.raw(fmt::format("**Incident {} of {}: {}**", incident.id, diagnosis.incidents.size(),
                           markdown_escaped(incident.title)));
    }
    const Messenger messenger = messenger_of(incident);
    write_summary_part(page, incident, messenger, cite);
    write_analysis_part(page, diagnosis, incident, messenger, options, cite);
  }
  page.heading(2, "Side notes on the data");
  write_markdown_quality(page, diagnosis, cite);
  write_markdown_inputs(page, diagnosis, cite);
  write_markdown_method(page, diagnosis, options, cite);
  return page.text();
}

}  // namespace whydown::report
