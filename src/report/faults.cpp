// `whydown faults`: the catalogue in plain text.
#include <algorithm>

#include <fmt/format.h>

#include "report/escape.h"
#include "report/report.h"
#include "report/text_page.h"
#include "report/words.h"

namespace whydown::report {
namespace {

constexpr std::size_t kFaultWidth = 88;

void write_cause(TextPage& page, const diagnosis::CatalogueCause& cause) {
  page.item(fmt::format("{:+.1f} dB", cause.prior_db),
            fmt::format("{} ({})", clean_paragraph(cause.title), clean_line(cause.id)), kTextIndent,
            13);
  for (const diagnosis::Weight& weight : cause.weights) {
    std::string source = weight.source.empty() ? "" : " [" + clean_paragraph(weight.source) + "]";
    if (!weight.group.empty()) {
      source += fmt::format(" (only the strongest of \"{}\" counts)", clean_line(weight.group));
    }
    if (weight.runs && weight.start_db) {
      source += fmt::format(" (from {:+g} dB by {} lab runs)", *weight.start_db, *weight.runs);
    }
    page.item(fmt::format("{:+.1f} dB", weight.db),
              fmt::format("when {} is {}: {}{}", clean_line(weight.fact), weight.is ? "yes" : "no",
                          clean_paragraph(weight.because), source),
              13, 24);
  }
}

void write_checks(TextPage& page, const diagnosis::Fault& fault) {
  if (fault.checks.empty()) return;
  page.heading("Checks");
  for (const diagnosis::CatalogueCheck& check : fault.checks) {
    const std::string where = check.where.empty() ? "" : " (" + clean_paragraph(check.where) + ")";
    page.item("-", clean_line(check.command) + where, kTextIndent, 4);
    if (!check.separates.empty()) {
      page.paragraph((check.separates.size() == 1 ? "tests " : "decides between ") +
                         clean_paragraph(joined(check.separates)),
                     4);
    }
    if (!check.sends.empty()) {
      page.paragraph(fmt::format("a probe makes it by itself: {}, {} packets at most", check.sends,
                                 check.cost),
                     4);
    }
    for (const diagnosis::CatalogueAnswer& answer : check.answers) {
      page.item("-",
                fmt::format("If {}: {}", without_stop(clean_paragraph(answer.see)),
                            clean_paragraph(answer.then)),
                4, 6);
    }
  }
}

void write_words(TextPage& page, std::string_view heading, std::string_view text) {
  if (text.empty()) return;
  page.heading(heading);
  page.paragraph(clean_paragraph(text), kTextIndent);
}

void write_list(TextPage& page, std::string_view heading, const std::vector<std::string>& items) {
  if (items.empty()) return;
  page.heading(heading);
  for (const std::string& item : items) page.item("-", clean_paragraph(item), kTextIndent, 4);
}

std::string raised_by_words(const diagnosis::Fault& fault) {
  if (!fault.raised_by_pattern.empty()) {
    return fmt::format("the pattern of traffic {}{}", fault.raised_by_pattern,
                       fault.technique.empty() ? "" : " (MITRE ATT&CK " + fault.technique + ")");
  }
  return fmt::format("attempts of protocol {} that end in: {}", fault.raised_by_protocol,
                     joined(fault.raised_by_symptoms, " or "));
}

}  // namespace

std::string render_fault_list(const diagnosis::Catalogue& catalogue) {
  std::size_t width = 0;
  for (const diagnosis::Fault& fault : catalogue.faults())
    width = std::max(width, columns(fault.id));
  TextPage page(kFaultWidth, false);
  for (const diagnosis::Fault& fault : catalogue.faults()) {
    page.item(clean_line(fault.id), clean_paragraph(fault.title), 0, width + 2);
  }
  return page.text();
}

std::string render_fault(const diagnosis::Fault& fault) {
  TextPage page(kFaultWidth, false);
  page.paragraph(clean_paragraph(fault.id + ": " + fault.title));
  page.paragraph(clean_paragraph(fmt::format("{}, step {}, protocol {}, severity {}", fault.kind,
                                             fault.step, fault.protocol, fault.severity)),
                 kTextIndent);
  write_words(page, "For a supervisor", fault.supervisor);
  write_words(page, "What it means", fault.meaning);
  write_words(page, "For a student", fault.student);
  page.heading("Raised by");
  page.paragraph(clean_paragraph(raised_by_words(fault)), kTextIndent);
  page.heading("Causes, with their starting weight and what moves them");
  for (const diagnosis::CatalogueCause& cause : fault.causes) write_cause(page, cause);
  if (!fault.inseparable.empty()) page.heading("What packets cannot tell apart");
  for (const diagnosis::CataloguePair& pair : fault.inseparable) {
    page.item("-",
              clean_paragraph(fmt::format("{} and {}: {}", pair.first, pair.second, pair.because)),
              kTextIndent, 4);
  }
  write_checks(page, fault);
  std::vector<std::string> not_shown;
  not_shown.reserve(fault.not_shown.size());
  for (const diagnosis::NotShown& item : fault.not_shown) {
    not_shown.push_back(
        item.unless_fact.empty() ? item.text : item.text + " (unless " + item.unless_fact + ")");
  }
  write_list(page, "What a capture cannot show", not_shown);
  write_list(page, "Sources", fault.sources);
  return page.text();
}

}  // namespace whydown::report
