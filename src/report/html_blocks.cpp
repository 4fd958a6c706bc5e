// The parts of the HTML page that are more than words: journey, timeline, causes, checks, packets.
#include <algorithm>

#include <fmt/format.h>

#include "report/escape.h"
#include "report/html_page.h"
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

}  // namespace

void HtmlPage::journey(const Incident& incident) {
  if (incident.journey.empty()) return;
  heading("How far the client came");
  raw("<ol class=\"journey\">\n");
  for (const diagnosis::JourneyStep& step : incident.journey) {
    const StepLook look = look_of(step.outcome);
    raw(fmt::format("<li class=\"{}\"><b>{}</b> <span>{}{}</span>", look.css, step_id(step.step),
                    look.mark, outcome_words(step)));
    if (!step.text.empty()) raw("<br>\n<small>" + html_escaped(step.text) + "</small>");
    raw("</li>\n");
  }
  raw("</ol>\n");
}

void HtmlPage::timeline(const Incident& incident, const Citation& cite) {
  const std::string svg = svg_timeline(incident, cite);
  if (svg.empty()) return;
  raw("<figure>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
  raw(fmt::format("Timeline of incident {}\">\n{}</div>\n<figcaption>{}", incident.id, svg,
                  html_escaped(timeline_caption(incident))));
  raw("</figcaption>\n</figure>\n");
}

void HtmlPage::arguments(const std::vector<diagnosis::Argument>& list, const char* css,
                         const char* label, const Citation& cite) {
  for (const diagnosis::Argument& argument : list) {
    raw(fmt::format("<li class=\"{}\"><b>{}</b> <span>{} <small>{} ({})</small></span></li>\n", css,
                    label, html_escaped(argument_words(argument)),
                    html_escaped(cite.bracketed(argument.packets)),
                    html_escaped(weight_words(argument))));
  }
}

void HtmlPage::cause(const diagnosis::RankedCause& cause, const std::string& share,
                     const Citation& cite) {
  raw(fmt::format(
      "<li><p class=\"cause\"><span class=\"share\">{}</span> <span><strong>{}</strong> <span "
      "class=\"tag\">({})</span></span></p>\n",
      share, html_escaped(cause.title), html_escaped(cause.id)));
  raw(cause_bar(cause.probability));
  if (!cause.arguments_for.empty() || !cause.arguments_against.empty()) {
    raw("<ul class=\"arguments\">\n");
    arguments(cause.arguments_for, "pro", "for", cite);
    arguments(cause.arguments_against, "con", "against", cite);
    raw("</ul>\n");
  } else if (cause.id != "other") {
    element("p", kNothingSpeaks, "class=\"tag\"");
  }
  raw("</li>\n");
}

void HtmlPage::causes(const Incident& incident, const Citation& cite) {
  if (incident.causes.empty()) return;
  const std::vector<std::string> shares = percents(incident.causes);
  raw("<ol class=\"causes\">\n");
  for (std::size_t i = 0; i < incident.causes.size(); ++i) {
    cause(incident.causes[i], shares[i], cite);
  }
  raw("</ol>\n");
}

void HtmlPage::checks(const Incident& incident) {
  if (incident.checks.empty()) return;
  raw("<ol class=\"checks\">\n");
  for (const diagnosis::Check& check : incident.checks) {
    // One click selects the whole command (user-select: all); there is no script to copy it.
    raw("<li>");
    element("p", check.where.empty() ? "Run:" : capitalised(check.where) + ":");
    raw("<pre tabindex=\"0\"><code class=\"command\">" + html_escaped(check.command) +
        "</code></pre>\n");
    element("p", separates_words(incident, check), "class=\"tag\"");
    if (!check.answers.empty()) {
      raw("<ul class=\"plain\">\n");
      for (const diagnosis::CheckAnswer& answer : check.answers) {
        element("li", fmt::format("If {}: {}", without_stop(answer.see), answer.then));
      }
      raw("</ul>\n");
    }
    raw("</li>\n");
  }
  raw("</ol>\n");
}

void HtmlPage::packet(const diagnosis::EvidencePacket& packet, const Citation& cite) {
  raw(
      fmt::format("<tr><th scope=\"row\" class=\"number\">{}</th><td class=\"time\">{}</td>"
                  "<td class=\"role-{}\">{}</td><td class=\"words\">{}",
                  html_escaped(cite.number(packet.place)), html_escaped(cite.time(packet.place)),
                  role_id(packet.role), role_id(packet.role), html_escaped(packet.text)));
  if (!packet.fields.empty()) {
    raw("<span class=\"fields\">");
    bool first = true;
    for (const diagnosis::PacketField& field : packet.fields) {
      raw(fmt::format("{}<span><b>{}</b> {}</span>", first ? "" : "; ", html_escaped(field.name),
                      html_escaped(field.value)));
      first = false;
    }
    raw("</span>");
  }
  raw("</td></tr>\n");
}

void HtmlPage::evidence(const Incident& incident, const Citation& cite) {
  if (incident.evidence.empty()) return;
  const bool lines = cite.any_text() && !cite.several_inputs();
  open_table(
      fmt::format("{} by the {}", incident.evidence_left_out > 0 ? "A sample, cited" : "Cited",
                  lines ? "line of the log" : "packet's number in the capture"),
      {lines ? "Line" : "Packet", fmt::format("Time ({})", cite.time_scope()), "Role",
       "What it says, and its fields"},
      {9, 22, 12, 57}, "evidence");
  for (const diagnosis::EvidencePacket& one : incident.evidence) packet(one, cite);
  close_table();
  if (incident.evidence_left_out > 0) paragraph({left_out_words(incident)}, Look::soft);
}

}  // namespace whydown::report
