#include "report/layout_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/incident_words.h"
#include "report/method.h"
#include "report/terms.h"

namespace whydown::report {

using diagnosis::Incident;

Material::Material(const diagnosis::Diagnosis& of, const Options& how)
    : diagnosis(of), options(how), cite(of), supplied(how.supplied.value_or(Case{})) {
  findings = judge_complaints(diagnosis, supplied);
}

Spans supplied_or_missing(const std::string& words) {
  if (words.empty()) return {{Tone::missing, "to be filled in by the analyst"}};
  return {{Tone::supplied, words}};
}

std::string incident_anchor(const Incident& incident) {
  return fmt::format("incident-{}", incident.id);
}

void write_front(Page& page, const Material& material, std::string kicker, std::string title) {
  const diagnosis::Diagnosis& diagnosis = material.diagnosis;
  Front front;
  front.kicker = std::move(kicker);
  front.title = std::move(title);
  front.kind = diagnosis.verdict;
  front.verdict = verdict_words(diagnosis);
  if (front.verdict == front.title) front.verdict.clear();
  front.reason = verdict_reason(diagnosis);
  if (without_stop(front.reason) == without_stop(front.title)) front.reason.clear();
  if (!material.is_alone()) {
    for (const Incident& incident : diagnosis.incidents) {
      front.contents.emplace_back(incident.id, incident.title);
    }
  }
  page.front(front);
}

void write_probe(Page& page, const Material& material) {
  if (!material.options.probe) return;
  const ProbePart& part = *material.options.probe;
  page.begin_section("What the probe tried", "probe");
  page.paragraph({fmt::format("{}: {}", part.target, probe_end_words(part))});
  PageTable table;
  table.caption = "The steps of the probe";
  table.columns = {"Step", "What happened"};
  for (const ProbePhase& phase : part.phases) {
    table.rows.push_back({{probe_phase_label(phase)}, {phase.text}});
  }
  if (!table.rows.empty()) page.table(table);
  for (const ProbeCheck& check : part.checks) {
    page.paragraph({{Tone::strong, check.said}, " " + probe_answer_words(check)});
    std::vector<Spans> moved;
    for (const ProbeCause& cause : check.causes) moved.push_back({probe_cause_words(cause)});
    page.list(moved);
  }
  if (!part.checks_end.empty()) page.paragraph({part.checks_end});
  for (const std::string& text : part.remarks) page.paragraph({text});
  for (const std::string& text : part.not_seen) {
    page.paragraph({"Not seen: " + text}, Look::note);
  }
  page.end_section();
}

void write_case_head(Page& page, const Material& material) {
  const Case& supplied = material.supplied;
  if (supplied.file.empty()) return;
  SpanRows rows;
  const auto add = [&](const char* label, const std::string& words) {
    if (!words.empty()) rows.emplace_back(label, Spans{{Tone::supplied, words}});
  };
  add("Classification", supplied.classification);
  add("Reference", supplied.reference);
  add("Organisation", supplied.organisation);
  add("Prepared by", supplied.prepared_by);
  add("Date of the report", supplied.report_date);
  add("Reported by", supplied.reported_by);
  page.rows("This report", rows);
  page.paragraph({"What is marked as supplied was written by people, in the case file ",
                  {Tone::code, supplied.file},
                  "; all else comes from the packets."},
                 Look::soft);
}

void write_actions(Page& page, const Material& material) {
  std::vector<Spans> items;
  items.reserve(material.diagnosis.inputs.size() + material.supplied.actions.size() + 2);
  for (const base::InputInfo& input : material.diagnosis.inputs) {
    items.push_back({fmt::format("Network traffic was recorded: {}, {}.",
                                 input.path == "-" ? "standard input" : input.path,
                                 input_words(input, material.cite))});
  }
  items.push_back(
      {fmt::format("The record was read packet by packet with {}: which request got which answer, "
                   "who sent it, and which causes fit.",
                   tool_words(material.options))});
  for (const CaseAction& action : material.supplied.actions) {
    std::string words = action.when;
    if (!action.who.empty()) words += (words.empty() ? "" : ", ") + action.who;
    words += (words.empty() ? "" : ": ") + action.what;
    items.push_back({{Tone::supplied, words}});
  }
  if (material.supplied.actions.empty()) {
    items.push_back({"Who did what else, and when: ", supplied_or_missing({})[0]});
  }
  page.list(items);
}

void write_contacts(Page& page, const Material& material) {
  const std::vector<CaseContact>& contacts = material.supplied.contacts;
  if (contacts.empty()) {
    page.field("Reporter, handler, owner of the service:", supplied_or_missing({}));
    return;
  }
  std::vector<Spans> items;
  for (const CaseContact& contact : contacts) {
    std::string words = contact.name;
    if (!contact.role.empty()) words += ", " + contact.role;
    if (!contact.reach.empty()) words += ": " + contact.reach;
    items.push_back({{Tone::supplied, words}});
  }
  page.list(items);
}

namespace {

std::string finding_words(const ComplaintFinding& finding) {
  switch (finding.finding) {
    case Finding::explained:
      return fmt::format("Explained by incident {}.", finding.incident);
    case Finding::before:
      return "From before the incident began.";
    case Finding::not_explained:
      return "Not explained by the packets.";
    case Finding::undecided:
      break;
  }
  return "Left open.";
}

std::string tally_words(const std::vector<ComplaintFinding>& findings) {
  const auto count = [&](Finding kind) {
    return static_cast<std::uint64_t>(
        std::ranges::count(findings, kind, &ComplaintFinding::finding));
  };
  std::vector<std::string> parts;
  const auto add = [&](Finding kind, const char* words) {
    if (const std::uint64_t n = count(kind)) parts.push_back(fmt::format("{} {}", n, words));
  };
  add(Finding::explained, "explained by what the packets show");
  add(Finding::before, "from before it began");
  add(Finding::not_explained, "not explained by it");
  add(Finding::undecided, "left open");
  return fmt::format("{}: {}.", counted(findings.size(), "complaint", "complaints"), joined(parts));
}

// Against which clock the complaints' times were held, where the input's zone is known.
std::string zone_words(const Material& material) {
  const Case& supplied = material.supplied;
  const bool timed = std::ranges::any_of(supplied.complaints, [](const Complaint& complaint) {
    return complaint.time.has_value() && !complaint.time->zone;
  });
  if (!timed || !material.cite.is_zone_known()) return {};
  if (!supplied.zone) {
    return " Their times were taken as UTC, for the case file names no time zone.";
  }
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(*supplied.zone).count();
  const auto size = minutes < 0 ? -minutes : minutes;
  return fmt::format(" Their times were taken as UTC{}{:02}:{:02}, as the case file says.",
                     minutes < 0 ? '-' : '+', size / 60, size % 60);
}

std::string person(const Complaint& complaint) {
  std::string out = complaint.who.empty() ? "somebody" : complaint.who;
  if (!complaint.address.empty()) out += " (" + complaint.address + ")";
  return out;
}

}  // namespace

void write_complaints(Page& page, const Material& material) {
  if (material.findings.empty()) return;
  page.begin_section("What people reported, beside the packets", "complaints");
  page.paragraph({tally_words(material.findings) + zone_words(material)});
  PageTable table;
  table.caption = "Each complaint, and what the packets say to it";
  table.columns = {"Who, when", "What they saw", "What the packets say"};
  table.widths = {24, 26, 50};
  for (std::size_t i = 0; i < material.findings.size(); ++i) {
    const Complaint& complaint = material.supplied.complaints[i];
    const std::string when = complaint.when.empty() ? "time not given" : complaint.when;
    table.rows.push_back({{{Tone::supplied, person(complaint) + ", " + when}},
                          {{Tone::supplied, "\"" + complaint.saw + "\""}},
                          {{Tone::strong, finding_words(material.findings[i])},
                           " " + material.findings[i].because}});
  }
  page.table(table);
  page.end_section();
}

namespace {

struct Event {
  base::Time time;
  Spans words;
  bool supplied = false;  // people give the minute
};

// Actions and complaints of the case that say when, on the day of the incident.
void add_supplied_events(const Material& material, const Incident& incident,
                         std::vector<Event>& events) {
  for (const Complaint& complaint : material.supplied.complaints) {
    const auto time =
        place_on_scale(material.diagnosis, material.supplied, complaint.time, incident);
    if (!time) continue;
    events.push_back(
        {*time,
         {{Tone::supplied, person(complaint) + " complains: \"" + complaint.saw + "\""}},
         true});
  }
  for (const CaseAction& action : material.supplied.actions) {
    const auto point = base::parse_point(action.when);
    const auto time = place_on_scale(material.diagnosis, material.supplied, point, incident);
    if (!time) continue;
    events.push_back(
        {*time,
         {{Tone::supplied, (action.who.empty() ? "" : action.who + ": ") + action.what}},
         true});
  }
}

void add_capture_ends(const Material& material, std::vector<Event>& events) {
  for (std::size_t i = 0; i < material.diagnosis.inputs.size(); ++i) {
    const base::InputInfo& input = material.diagnosis.inputs[i];
    if (!input.first_time || !input.last_time) continue;
    const std::string which =
        material.cite.several_inputs() ? fmt::format("input {}", i + 1) : "the capture";
    events.push_back({*input.first_time, {fmt::format("The first packet of {}.", which)}});
    events.push_back({*input.last_time, {fmt::format("The last packet of {}.", which)}});
  }
}

}  // namespace

void write_events(Page& page, const Material& material, const Incident& incident) {
  if (!incident.has_time || incident.marks.empty()) return;
  std::vector<Event> events;
  add_capture_ends(material, events);
  std::size_t number = 0;
  for (const diagnosis::Mark& mark : incident.marks) {
    // The numbers are those of the picture.
    events.push_back({mark.place.time,
                      {{Tone::strong, fmt::format("({}) ", ++number)},
                       mark.text + material.cite.bracketed({mark.place})}});
  }
  add_supplied_events(material, incident, events);
  std::ranges::stable_sort(events, {}, &Event::time);
  PageTable table;
  table.caption = "What happened when";
  table.columns = {fmt::format("Time ({})", material.cite.time_scope()), "What happened"};
  table.widths = {26, 74};
  for (const Event& event : events) {
    std::string time = material.cite.time(event.time);
    constexpr std::size_t finer_than_minutes = sizeof(":32.192571") - 1;
    if (event.supplied) time.resize(time.size() - std::min(time.size(), finer_than_minutes));
    table.rows.push_back({{time}, event.words});
  }
  page.table(table);
}

void write_impact_table(Page& page, const Incident& incident) {
  if (incident.impact.empty()) return;
  PageTable table;
  table.caption = "Who was served, by client";
  table.columns = {"Client", "Before it began", "Failed attempts", "Served attempts", "After it"};
  table.widths = {28, 18, 18, 18, 18};
  for (const diagnosis::ClientImpact& client : incident.impact) {
    table.rows.push_back({{client.address},
                          {client.served_before ? "served" : "not seen served"},
                          {thousands(client.failed)},
                          {thousands(client.ok)},
                          {client.served_after ? "served again" : "not seen served"}});
  }
  page.table(table);
  const std::uint64_t more =
      incident.clients.count -
      std::min<std::uint64_t>(incident.clients.count, incident.impact.size());
  if (more > 0) {
    page.paragraph({fmt::format("{}{} not listed.", incident.clients.exact ? "" : "About ",
                                counted(more, "further client is", "further clients are"))},
                   Look::soft);
  }
}

void write_inseparable(Page& page, const Incident& incident) {
  for (const diagnosis::InseparablePair& pair : incident.inseparable) {
    page.paragraph({inseparable_words(incident, pair)}, Look::note);
  }
}

void write_inputs(Page& page, const Material& material) {
  PageTable table;
  table.caption = "What was read, with the checksum that proves which file it was";
  table.columns = {"Input", "What it is", "SHA-256"};
  table.widths = {26, 42, 32};
  std::size_t number = 0;
  for (const base::InputInfo& input : material.diagnosis.inputs) {
    ++number;
    const std::string path = input.path == "-" ? "standard input" : input.path;
    table.rows.push_back(
        {{{Tone::code,
           material.cite.several_inputs() ? fmt::format("{}. {}", number, path) : path}},
         {input_words(input, material.cite)},
         {{Tone::code, input.sha256.empty() ? "not computed" : input.sha256}}});
  }
  page.table(table);
}

void write_quality(Page& page, const Material& material) {
  const std::vector<base::QualityRemark>& remarks = material.diagnosis.data_quality;
  if (remarks.empty()) page.paragraph({"Nothing about the data stands out."});
  std::vector<Spans> items;
  for (const base::QualityRemark& remark : remarks) {
    const bool warning = remark.severity == base::Severity::warning;
    Spans item;
    if (warning) item.emplace_back(Tone::strong, "Warning: ");
    item.emplace_back(remark.text + material.cite.bracketed(remark.packets));
    items.push_back(std::move(item));
  }
  page.list(items);
}

void write_method(Page& page, const Material& material) {
  std::vector<Spans> items;
  for (const std::string& sentence : method_words(material.options, material.cite)) {
    items.push_back({sentence});
  }
  const std::string command = command_line(material.options);
  if (!command.empty()) items.push_back({"Command: ", {Tone::code, command}});
  if (material.cite.several_inputs()) {
    items.push_back({"A packet \"2:5\" is number 5 of the second input."});
  }
  page.list(items);
}

void write_field_words(Page& page, const Material& material) {
  std::vector<std::string> seen;
  SpanRows rows;
  for (const Incident& incident : material.diagnosis.incidents) {
    for (const diagnosis::EvidencePacket& packet : incident.evidence) {
      for (const diagnosis::PacketField& field : packet.fields) {
        if (std::ranges::find(seen, field.name) != seen.end()) continue;
        seen.push_back(field.name);
        const std::string_view meaning = field_meaning(field.name);
        if (!meaning.empty()) rows.emplace_back(field.name, Spans{meaning});
      }
    }
  }
  if (rows.empty()) return;
  page.begin_section("What the fields mean", "fields");
  page.rows("Each field of the evidence packets", rows);
  page.end_section();
}

void write_term_words(Page& page, const Material& material) {
  SpanRows rows;
  for (const Term& term : terms_in(words_of(material.diagnosis))) {
    rows.emplace_back(std::string(term.name), Spans{term.meaning});
  }
  if (rows.empty()) return;
  page.begin_section("Words used in this report", "words");
  page.rows("Each term, once", rows);
  page.end_section();
}

}  // namespace whydown::report
