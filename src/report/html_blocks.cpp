#include "report/html_incident.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/escape.h"
#include "report/incident_words.h"
#include "report/svg_timeline.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;
using evidence::Outcome;

struct StepLook {
  const char* css;
  const char* mark;  // so that colour is not the only sign
};

StepLook look_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return {"step step-good", "\u2713 "};
    case Outcome::unknown:
      return {"step step-unseen", ""};
    case Outcome::slow:
    case Outcome::refused:
    case Outcome::failed:
    case Outcome::silent:
    case Outcome::cut:
      break;
  }
  return {"step step-bad", "\u2717 "};
}

void write_journey(HtmlPage& page, const Incident& incident) {
  if (incident.journey.empty()) return;
  page.element("h3", "How far the client came");
  page.raw("<ol class=\"journey\">\n");
  std::vector<std::string> sentences;
  for (const diagnosis::JourneyStep& step : incident.journey) {
    const StepLook look = look_of(step.outcome);
    page.raw(fmt::format("<li><div class=\"{}\"><b>{}</b><span>{}{}</span></div></li>\n", look.css,
                         step_id(step.step), look.mark, outcome_words(step.outcome)));
    if (!step.text.empty())
      sentences.push_back(fmt::format("{}: {}", step_id(step.step), step.text));
  }
  page.raw("</ol>\n");
  page.list(sentences);
}

void write_arguments(HtmlPage& page, const std::vector<diagnosis::Argument>& arguments,
                     const char* css, const char* label, const Citation& cite) {
  for (const diagnosis::Argument& argument : arguments) {
    page.raw(fmt::format("<li class=\"{}\"><b>{}</b><span>{} <small>{} ({})</small></span></li>\n",
                         css, label, html_escaped(argument_words(argument)),
                         html_escaped(cite.bracketed(argument.packets)),
                         html_escaped(weight_words(argument))));
  }
}

void write_cause(HtmlPage& page, const diagnosis::RankedCause& cause, const std::string& share,
                 const Citation& cite) {
  page.raw(
      fmt::format("<li><div class=\"cause-head\"><span class=\"share\">{}</span>"
                  "<h4>{} <span class=\"tag\">{}</span></h4></div>\n",
                  share, html_escaped(cause.title), html_escaped(cause.id)));
  page.raw(
      fmt::format("<svg class=\"bar\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" "
                  "aria-hidden=\"true\"><rect class=\"rest\" width=\"100\" height=\"4\"/>"
                  "<rect class=\"part\" width=\"{:.1f}\" height=\"4\"/></svg>\n",
                  std::clamp(cause.probability, 0.0, 1.0) * 100));
  if (!cause.arguments_for.empty() || !cause.arguments_against.empty()) {
    page.raw("<ul class=\"arguments\">\n");
    write_arguments(page, cause.arguments_for, "pro", "for", cite);
    write_arguments(page, cause.arguments_against, "con", "against", cite);
    page.raw("</ul>\n");
  } else if (cause.id != "other") {
    page.element("p", kNothingSpeaks, "class=\"tag\"");
  }
  page.raw("</li>\n");
}

void write_causes(HtmlPage& page, const Incident& incident, const Citation& cite) {
  if (incident.causes.empty()) return;
  page.element("h3", "Likely causes");
  const std::vector<std::string> shares = percents(incident.causes);
  page.raw("<ol class=\"causes\">\n");
  for (std::size_t i = 0; i < incident.causes.size(); ++i) {
    write_cause(page, incident.causes[i], shares[i], cite);
  }
  page.raw("</ol>\n");
  for (const diagnosis::InseparablePair& pair : incident.inseparable) {
    page.element("p", inseparable_words(incident, pair), "class=\"note\"");
  }
}

void write_checks(HtmlPage& page, const Incident& incident) {
  if (incident.checks.empty()) return;
  page.element("h3", "Checks that decide");
  page.raw("<ol class=\"checks\">\n");
  for (const diagnosis::Check& check : incident.checks) {
    page.raw("<li><code>" + html_escaped(check.command) + "</code> " + html_escaped(check.where) +
             "\n");
    page.element("p", separates_words(incident, check), "class=\"tag\"");
    std::vector<std::string> answers;
    answers.reserve(check.answers.size());
    for (const diagnosis::CheckAnswer& answer : check.answers) {
      answers.push_back(fmt::format("If {}: {}", without_stop(answer.see), answer.then));
    }
    page.list(answers);
    page.raw("</li>\n");
  }
  page.raw("</ol>\n");
}

void write_impact(HtmlPage& page, const Incident& incident) {
  if (incident.impact.size() < 2) return;
  page.element("h3", "Who was served");
  page.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of "
      "clients\"><table>\n");
  page.table_head("Attempts per client", {"Client", "Served", "Failed"});
  page.raw("<tbody>\n");
  for (const diagnosis::ClientImpact& client : incident.impact) {
    page.raw(
        fmt::format("<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td><td "
                    "class=\"number\">{}</td></tr>\n",
                    html_escaped(client.address), thousands(client.ok), thousands(client.failed)));
  }
  page.raw("</tbody></table></div>\n");
}

void write_timeline(HtmlPage& page, const Incident& incident, const Citation& cite) {
  const std::string svg = svg_timeline(incident, cite);
  if (svg.empty()) return;
  page.element("h3", "Timeline");
  page.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Timeline\">\n" + svg +
           "</div>\n");
  page.element("p", "Shaded: from the first failure to the last. Numbers as in the evidence table.",
               "class=\"tag\"");
}

void write_evidence(HtmlPage& page, const Incident& incident, const Citation& cite) {
  if (incident.evidence.empty()) return;
  page.element("h3", "Evidence");
  page.raw("<table class=\"evidence\">\n");
  const bool lines = cite.any_text() && !cite.several_inputs();
  page.table_head(lines ? "Cited by the line of the log" : "Cited by packet number",
                  {lines ? "Line" : "Packet", fmt::format("Time ({})", cite.time_scope()), "Role",
                   "What it says"});
  page.raw("<tbody>\n");
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    page.raw(
        fmt::format("<tr><th scope=\"row\" class=\"number\">{}</th><td class=\"time\">{}</td>"
                    "<td>{}</td><td class=\"words\">{}</td></tr>\n",
                    html_escaped(cite.number(packet.place)), html_escaped(cite.time(packet.place)),
                    role_id(packet.role), html_escaped(packet.text)));
  }
  page.raw("</tbody></table>\n");
  if (incident.evidence_left_out > 0) {
    page.element(
        "p",
        fmt::format("{} of the same kinds are not listed.",
                    counted(incident.evidence_left_out, "further packet", "further packets")),
        "class=\"tag\"");
  }
}

}  // namespace

void write_html_incident(HtmlPage& page, const Incident& incident, const Citation& cite,
                         bool alone) {
  page.raw(fmt::format("<section class=\"card\" id=\"incident-{}\" aria-labelledby=\"title-{}\">\n",
                       incident.id, incident.id));
  page.element(
      "h2", alone ? "What happened" : fmt::format("Incident {}: {}", incident.id, incident.title),
      fmt::format("id=\"title-{}\"", incident.id));
  page.element("p", fmt::format("{}, severity {}", incident.fault, incident.severity),
               "class=\"tag\"");
  page.element("p", incident.summary, "class=\"lead\"");
  page.raw("<dl>\n");
  for (const auto& [label, words] : headline_rows(incident, cite)) {
    page.element("dt", label);
    page.element("dd", words);
  }
  page.raw("</dl>\n");
  write_journey(page, incident);
  write_timeline(page, incident, cite);
  write_impact(page, incident);
  if (!incident.explanation.empty()) {
    page.element("h3", "What it means");
    page.element("p", incident.explanation);
  }
  write_causes(page, incident, cite);
  write_checks(page, incident);
  if (!incident.not_shown.empty()) {
    page.element("h3", "What this capture cannot show");
    page.list(incident.not_shown);
  }
  write_evidence(page, incident, cite);
  page.raw("</section>\n");
}

}  // namespace whydown::report
