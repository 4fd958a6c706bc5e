#include "diagnosis/fault_page.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/core.h>

namespace whydown::diagnosis {

namespace {

// {server} -> SERVER; and a pipe would end a table's cell.
std::string plain(std::string_view text, bool in_table = false) {
  std::string out;
  bool in_braces = false;
  for (const char c : text) {
    if (c == '{' || c == '}') {
      in_braces = c == '{';
    } else if (c == '|' && in_table) {
      out.append("\\|");
    } else if (c == '\n' && in_table) {
      out.push_back(' ');
    } else {
      out.push_back(in_braces && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
  }
  return out;
}

std::string cell(std::string_view text) { return plain(text, true); }

void add_section(std::string& page, std::string_view heading, std::string_view text) {
  page.append(fmt::format("## {}\n\n{}\n\n", heading, plain(text)));
}

// "+7 (messenger)", or where it was fitted "+6.5 (messenger), from +7 by 34 runs"
std::string weight_cell(const Weight& weight) {
  std::string out = fmt::format("{:+g}", weight.db);
  if (!weight.group.empty()) out += " (" + cell(weight.group) + ")";
  if (weight.runs && weight.start_db) {
    out += fmt::format(", from {:+g} by {} runs", *weight.start_db, *weight.runs);
  }
  return out;
}

bool has_fitted_weight(const Fault& fault) {
  return std::ranges::any_of(fault.causes, [](const CatalogueCause& cause) {
    return std::ranges::any_of(cause.weights,
                               [](const Weight& weight) { return weight.runs.has_value(); });
  });
}

void add_cause(std::string& page, const CatalogueCause& cause) {
  page.append(fmt::format("### `{}`: {}\n\nBefore any evidence: {:+g} dB.\n\n", cause.id,
                          plain(cause.title), cause.prior_db));
  if (cause.weights.empty()) return;
  page.append("| fact | is | dB | because | source |\n|---|---|---:|---|---|\n");
  for (const Weight& weight : cause.weights) {
    page.append(fmt::format("| `{}` | {} | {} | {} | {} |\n", weight.fact, weight.is ? "yes" : "no",
                            weight_cell(weight), cell(weight.because), cell(weight.source)));
  }
  page.push_back('\n');
}

void add_causes(std::string& page, const Fault& fault) {
  page.append(
      "## Causes and what speaks for them\n\n"
      "Decibans: +10 dB makes a cause ten times as likely against its rivals, -10 dB a tenth. Of "
      "weights with the same word in brackets only the strongest counts. A fact that the capture "
      "does not show weighs nothing.\n\n");
  if (has_fitted_weight(fault)) {
    page.append(
        "A weight with a number of runs was fitted on that many runs of the lab in which it "
        "counted, from the value it was first set to; the others are as first set.\n\n");
  }
  for (const CatalogueCause& cause : fault.causes) add_cause(page, cause);
}

void add_pairs(std::string& page, const Fault& fault) {
  if (fault.inseparable.empty()) return;
  page.append("## What packets cannot tell apart\n\n");
  for (const CataloguePair& pair : fault.inseparable) {
    page.append(fmt::format("- `{}` and `{}`: {}\n", pair.first, pair.second, plain(pair.because)));
  }
  page.push_back('\n');
}

void add_checks(std::string& page, const Fault& fault) {
  page.append("## Checks that decide\n\n");
  for (const CatalogueCheck& check : fault.checks) {
    const std::string only = check.protocol.empty() ? "" : "; of " + check.protocol + " only";
    page.append(fmt::format("`{}` ({}{})\n\n", plain(check.command), plain(check.where), only));
    if (!check.sends.empty()) {
      page.append(fmt::format("A probe makes it by itself: `{}`, {} packets at most.\n\n",
                              check.sends, check.cost));
    }
    for (const CatalogueAnswer& answer : check.answers) {
      page.append(fmt::format("- {}: {}\n", plain(answer.see), plain(answer.then)));
    }
    page.push_back('\n');
  }
}

std::string raised_by(const Fault& fault) {
  const std::string technique =
      fault.technique.empty()
          ? ""
          : fmt::format("; where an attack is the first cause, MITRE ATT&CK `{}`", fault.technique);
  if (!fault.raised_by_pattern.empty()) {
    return fmt::format("the pattern of traffic `{}`{}", fault.raised_by_pattern, technique);
  }
  if (fault.raised_by_symptoms.empty()) {
    return "a probe, by what its own sockets are told; no capture raises it";
  }
  std::string symptoms;
  for (const std::string& symptom : fault.raised_by_symptoms) {
    symptoms.append(symptoms.empty() ? "`" : ", `").append(symptom).append("`");
  }
  return fmt::format("attempts of protocol `{}` that end in {}{}", fault.raised_by_protocol,
                     symptoms, technique);
}

void add_list(std::string& page, std::string_view heading, const std::vector<std::string>& items) {
  if (items.empty()) return;
  page.append(fmt::format("## {}\n\n", heading));
  for (const std::string& item : items) page.append(fmt::format("- {}\n", plain(item)));
  page.push_back('\n');
}

}  // namespace

std::string fault_page(const Fault& fault) {
  std::string page = fmt::format(
      "<!-- Generated from catalogue/{}.toml; change that file. -->\n\n# {}\n\n`{}`: {}, protocol "
      "{}, step `{}`, severity {}. Raised by {}.\n\n",
      fault.id, plain(fault.title), fault.id, fault.kind, fault.protocol, fault.step,
      fault.severity, raised_by(fault));
  add_section(page, "What it means", fault.meaning);
  add_section(page, "For a supervisor", fault.supervisor);
  add_section(page, "For a student", fault.student);
  add_causes(page, fault);
  add_pairs(page, fault);
  add_checks(page, fault);
  std::vector<std::string> not_shown;
  not_shown.reserve(fault.not_shown.size());
  for (const NotShown& entry : fault.not_shown) not_shown.push_back(entry.text);
  add_list(page, "What a capture does not show", not_shown);
  add_list(page, "Sources", fault.sources);
  page.pop_back();  // sections end with an empty line; the page does not
  return page;
}

std::string fault_index(const Catalogue& catalogue) {
  std::string page = "# Faults\n\n| id | step | what it is |\n|---|---|---|\n";
  for (const Fault& fault : catalogue.faults()) {
    page.append(fmt::format("| [`{}`]({}.md) | {} | {} |\n", fault.id, fault.id, fault.step,
                            cell(fault.title)));
  }
  return page;
}

}  // namespace whydown::diagnosis
