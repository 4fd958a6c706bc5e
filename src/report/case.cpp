#include "report/case.h"

#include <utility>

#include <fmt/format.h>

#include "diagnosis/toml_file.h"

namespace whydown::report {
namespace {

using diagnosis::TomlTable;

void complain(TomlTable& table, std::string_view key, const std::string& value,
              const char* expected) {
  table.complaints().add(table.source_of(key),
                         fmt::format("{}: {} \"{}\"", table.what(), key, value), expected);
}

std::vector<TomlTable> entries(TomlTable& file, std::string_view key) {
  std::vector<TomlTable> tables = file.tables(key, false);
  if (tables.size() > limits::kCaseEntries) {
    file.complaints().add(file.source_of(key), fmt::format("{} tables [[{}]]", tables.size(), key),
                          fmt::format("at most {}", limits::kCaseEntries));
    tables.clear();
  }
  return tables;
}

CaseAction read_action(TomlTable& table) {
  CaseAction action;
  action.when = table.optional_moment("when");
  action.who = table.optional_text("who");
  action.what = table.text("what");
  table.finish();
  return action;
}

CaseContact read_contact(TomlTable& table) {
  CaseContact contact;
  contact.role = table.optional_text("role");
  contact.name = table.text("name");
  contact.reach = table.optional_text("reach");
  table.finish();
  return contact;
}

Complaint read_complaint(TomlTable& table) {
  Complaint complaint;
  complaint.who = table.optional_text("who");
  complaint.when = table.optional_moment("when");
  complaint.saw = table.text("saw");
  complaint.address = table.optional_text("address");
  table.finish();
  if (complaint.when.empty()) return complaint;
  complaint.time = base::parse_point(complaint.when);
  if (!complaint.time) {
    complain(table, "when", complaint.when,
             "a time such as 13:24, 1:24 pm or 2026-01-02 13:24, or no \"when\" at all");
  }
  return complaint;
}

void read_calendar(TomlTable& file, Case& out) {
  const std::string date = file.optional_moment("date");
  const std::string zone = file.optional_text("timezone");
  if (!date.empty()) {
    out.date = base::parse_date(date);
    if (!out.date) complain(file, "date", date, "a day such as 2026-01-02");
  }
  if (!zone.empty()) {
    out.zone = base::parse_zone(zone);
    if (!out.zone) complain(file, "timezone", zone, "UTC or an offset such as +02:00");
  }
}

void read_case(TomlTable& file, Case& out) {
  out.reference = file.optional_text("reference");
  out.organisation = file.optional_text("organisation");
  out.classification = file.optional_text("classification");
  out.prepared_by = file.optional_text("prepared_by");
  out.report_date = file.optional_moment("report_date");
  out.reported_by = file.optional_text("reported_by");
  out.aware = file.optional_text("aware");
  out.systems = file.optional_text("systems");
  out.impact = file.optional_text("impact");
  out.status = file.optional_text("status");
  out.custody = file.optional_text("custody");
  read_calendar(file, out);
  for (TomlTable& table : entries(file, "action")) out.actions.push_back(read_action(table));
  for (TomlTable& table : entries(file, "contact")) out.contacts.push_back(read_contact(table));
  for (TomlTable& table : entries(file, "complaint")) {
    out.complaints.push_back(read_complaint(table));
  }
  file.finish();
}

}  // namespace

std::expected<Case, base::Error> parse_case(std::string_view toml, const std::string& file_name) {
  Case out;
  out.file = file_name;
  auto read = diagnosis::read_toml(toml, file_name, limits::kCaseFileBytes,
                                   [&](TomlTable& file) { read_case(file, out); });
  if (!read) return std::unexpected(std::move(read.error()));
  return out;
}

std::string_view case_template() {
  return R"(# What packets cannot tell, for "whydown report INPUT... --case THIS_FILE".
# Fill in what you know, take the "# " off its line, and leave the rest: what stays out reads "to be
# filled in by the analyst". Everything taken from here is marked as supplied in the report.

# --- The report ---
# reference = "INC-0001"                       # ticket or case number
# organisation = "Example Ltd"
# classification = "internal"                  # printed at the top of the report
# prepared_by = "A. Analyst"
# report_date = 2026-01-02

# --- The incident ---
# reported_by = "Customers of the web shop, by telephone"
# aware = "Several customers said that they could not open the web site."
# systems = "203.0.113.2: name server of the company, in the data centre in Lyon"
# impact = "No orders came in; no data was touched; nothing has to be restored."
# status = "The name server was started again at 14:05; names resolve since then."
# custody = "The log lies on the evidence share, read-only; A. Analyst copied it there."

# --- Text logs without a date or a zone; also the zone of the times in this file ---
# date = 2026-01-02
# timezone = "+01:00"                          # or "UTC"

# --- What was done, as often as needed ---
# [[action]]
# when = "13:40"
# who = "A. Analyst"
# what = "Opened the web site from the office network and captured the traffic with tcpdump."

# --- Whom to call, as often as needed ---
# [[contact]]
# role = "owner of the name server"
# name = "O. Owner"
# reach = "ext. 1234"

# --- What people complained about, as often as needed: each is set beside the packets ---
# [[complaint]]
# who = "a customer"
# when = "13:26"                               # when they saw it: 13:26, 1:26 pm, 2026-01-02 13:26
# saw = "destination port unreachable"         # in their own words
# address = "192.51.100.15"                    # of their machine, where it is known
)";
}

}  // namespace whydown::report
