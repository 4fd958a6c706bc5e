// One page for who decides and does not read packets: what happened, whom it hit, how sure it is,
// and what to have done now. No packet numbers, no weights, and each term explained once.
#include <algorithm>

#include <fmt/format.h>

#include "report/incident_words.h"
#include "report/layout_parts.h"
#include "report/layouts.h"
#include "report/method.h"
#include "report/terms.h"

namespace whydown::report {
namespace {

using diagnosis::Incident;
using evidence::Step;

// Of complaints and actions: more would not fit on the one page.
constexpr std::size_t kListed = 5;

std::string plain_title(const Incident& incident) {
  if (incident.attack) return incident.title;
  switch (incident.step) {
    case Step::link:
      return "The local network is disturbed";
    case Step::address:
      return incident.protocol == "DHCP" ? "Computers are given no address"
                                         : "A machine does not answer on its own network";
    case Step::route:
      return "A machine cannot be reached";
    case Step::name:
      return "Names cannot be looked up";
    case Step::connect:
      return "A service cannot be reached";
    case Step::secure:
      return "No secure connection comes about";
    case Step::request:
      return outcome_of(incident) == evidence::Outcome::slow ? "A service answers too slowly"
                                                             : "A service answers with errors";
    case Step::transfer:
      return "Data does not get through";
  }
  return incident.title;
}

std::string sure_words(const Incident& incident) {
  const evidence::Outcome outcome = outcome_of(incident);
  std::string out =
      incident.attack   ? "What was sent is certain: the record of the traffic shows it."
      : is_act(outcome) ? "That it failed is certain: the record of the traffic shows it."
      : outcome == evidence::Outcome::slow
          ? "That it was slow is certain: the record of the traffic shows the times."
          : "The record shows that no answer came. That is weaker than a refusal, for "
            "an answer may have gone unrecorded.";
  const diagnosis::RankedCause* leading = leading_cause(incident);
  if (leading == nullptr) return out + " Why, it does not tell.";
  const bool tied = std::ranges::any_of(incident.inseparable, [&](const auto& pair) {
    return pair.first == leading->id || pair.second == leading->id;
  });
  if (leading->probability < 0.5) {
    return out + fmt::format(" Why is open: \"{}\" is the first suspect and no more than that.",
                             without_stop(leading->title));
  }
  out += fmt::format(" Why is {}: most likely \"{}\".",
                     leading->probability >= 0.8 && !tied ? "fairly clear" : "not yet certain",
                     without_stop(leading->title));
  return tied ? out +
                    " Another reason would look just the same in this record; the steps below "
                    "decide."
              : out;
}

// "on the server and from the client": where the checks are made, without what only those who make
// them need to know ("; port 5301 stands for ...", " (on Linux)").
std::string places_words(const Incident& incident) {
  std::vector<std::string> places;
  for (const diagnosis::Check& check : incident.checks) {
    std::string place = check.where.substr(0, check.where.find_first_of(",;("));
    while (place.ends_with(' ')) place.pop_back();
    const auto is_within = [&](const std::string& other) {
      return place.starts_with(other) || other.starts_with(place);
    };
    if (place.empty()) continue;
    if (const auto same = std::ranges::find_if(places, is_within); same != places.end()) {
      if (place.size() < same->size()) *same = std::move(place);
      continue;
    }
    places.push_back(std::move(place));
  }
  return joined(places);
}

// The likeliest cause, and those that the checks decide between and that are worth one.
std::vector<Spans> suspects(const Incident& incident) {
  constexpr double kWorthAWord = 0.01;
  const diagnosis::RankedCause* leading = leading_cause(incident);
  std::vector<Spans> items;
  for (const diagnosis::RankedCause& cause : incident.causes) {
    const bool checked = std::ranges::any_of(incident.checks, [&](const diagnosis::Check& check) {
      return std::ranges::find(check.separates, cause.id) != check.separates.end();
    });
    if (&cause == leading || (checked && cause.probability >= kWorthAWord)) {
      items.push_back({without_stop(cause.title)});
    }
  }
  return items;
}

void write_to_do(Page& page, const Incident& incident) {
  const std::vector<Spans> items = suspects(incident);
  if (items.empty()) return;
  const std::string places = places_words(incident);
  page.heading("What to have done now");
  page.paragraph(
      {fmt::format("Have whoever runs these systems find out{}{}{} {}", places.empty() ? "" : ", ",
                   places, places.empty() ? "" : ",",
                   items.size() == 1 ? "whether this is the reason:"
                                     : "which of these is the reason, the likeliest first:")});
  page.list(items);
  page.paragraph({"The full report has the commands, and what each answer means."});
}

void write_incident(Page& page, const Material& material, const Incident& incident) {
  page.begin_section(material.is_alone()
                         ? "What happened"
                         : fmt::format("{}. {}", incident.id, plain_title(incident)),
                     incident_anchor(incident));
  page.paragraph({incident.summary}, Look::lead);
  page.field("How sure:", {sure_words(incident)});
  if (!material.supplied.status.empty()) {
    page.field("Now:", supplied_or_missing(material.supplied.status));
  }
  if (!material.supplied.impact.empty()) {
    page.field("What it meant:", supplied_or_missing(material.supplied.impact));
  }
  write_to_do(page, incident);
  page.end_section();
}

// Who wrote what for whom, in one line.
void write_head_line(Page& page, const Material& material) {
  const Case& supplied = material.supplied;
  std::vector<std::string> parts;
  for (const std::string* text : {&supplied.classification, &supplied.reference,
                                  &supplied.organisation, &supplied.report_date}) {
    if (!text->empty()) parts.push_back(*text);
  }
  if (!supplied.prepared_by.empty()) parts.push_back("prepared by " + supplied.prepared_by);
  if (!parts.empty()) page.paragraph({{Tone::supplied, joined(parts, ", ")}});
}

std::string short_finding(const ComplaintFinding& finding) {
  switch (finding.finding) {
    case Finding::explained:
      return "this explains it.";
    case Finding::before:
      return "it came before this began.";
    case Finding::not_explained:
      return "this does not explain it; look into it apart.";
    case Finding::undecided:
      break;
  }
  return "the record cannot tell.";
}

void write_complaint_list(Page& page, const Material& material) {
  if (material.findings.empty()) return;
  page.begin_section("What people reported", "complaints");
  std::vector<Spans> items;
  const std::size_t shown = std::min(kListed, material.findings.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Complaint& complaint = material.supplied.complaints[i];
    std::string words = complaint.who.empty() ? "somebody" : complaint.who;
    if (!complaint.when.empty()) words += ", " + complaint.when;
    items.push_back({{Tone::supplied, fmt::format("{}: \"{}\"", words, complaint.saw)},
                     ": " + short_finding(material.findings[i])});
  }
  if (shown < material.findings.size()) {
    items.push_back(
        {fmt::format("And {} more; the full report has them.", material.findings.size() - shown)});
  }
  page.list(items);
  page.end_section();
}

void write_supplied(Page& page, const Material& material) {
  const Case& supplied = material.supplied;
  if (!supplied.actions.empty()) {
    page.begin_section("What was done", "actions");
    std::vector<Spans> items;
    for (const CaseAction& action : supplied.actions) {
      if (items.size() == kListed) break;
      items.push_back(
          {{Tone::supplied, (action.when.empty() ? "" : action.when + ": ") + action.what}});
    }
    page.list(items);
    page.end_section();
  }
  write_complaint_list(page, material);
  if (supplied.contacts.empty()) return;
  page.begin_section("Whom to ask", "contacts");
  write_contacts(page, material);
  page.end_section();
}

// What the page itself says, less what it explains where it stands.
void write_words(Page& page, const Material& material) {
  std::string text;
  for (const Incident& incident : material.diagnosis.incidents) {
    text += incident.summary + " " + sure_words(incident) + " ";
    for (const Spans& item : suspects(incident)) {
      for (const Span& span : item) text += span.text;
    }
  }
  Spans words;
  for (const Term& term : terms_in(text)) {
    if (term.plain.empty()) continue;
    const bool explained =
        (term.name == "port" && text.find("numbered entrance") != std::string::npos) ||
        (term.name == "DNS" && text.find("directory of internet names") != std::string::npos);
    if (explained) continue;
    if (!words.empty()) words.emplace_back("; ");
    words.emplace_back(Tone::strong, std::string(term.name));
    words.emplace_back(": " + std::string(term.plain));
  }
  if (words.empty()) return;
  page.begin_section("Words used here", "words");
  words.emplace_back(".");
  page.paragraph(words);
  page.end_section();
}

}  // namespace

void lay_out_supervisor(Page& page, const Material& material) {
  const diagnosis::Diagnosis& diagnosis = material.diagnosis;
  Front front;
  front.kicker = "Incident in brief";
  front.kind = diagnosis.verdict;
  front.title =
      material.is_alone() ? plain_title(diagnosis.incidents[0]) : verdict_words(diagnosis);
  front.verdict = material.is_alone() ? verdict_words(diagnosis) : "";
  if (diagnosis.incidents.empty()) front.reason = verdict_reason(diagnosis);
  if (diagnosis.incidents.size() > 1) {
    for (const Incident& incident : diagnosis.incidents) {
      front.contents.emplace_back(incident.id, plain_title(incident));
    }
  }
  page.front(front);
  write_head_line(page, material);
  for (const Incident& incident : diagnosis.incidents) write_incident(page, material, incident);
  write_supplied(page, material);
  write_words(page, material);
  std::string origin = fmt::format("Written by {} from a record of the network's traffic",
                                   tool_words(material.options));
  if (material.options.supplied) origin += "; what is marked as supplied, people wrote";
  page.paragraph({origin + "."}, Look::soft);
}

}  // namespace whydown::report
