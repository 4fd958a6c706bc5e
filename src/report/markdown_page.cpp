#include "report/markdown_common.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/escape.h"
#include "report/method.h"

namespace whydown::report {

using diagnosis::Incident;

void MarkdownPage::heading(int level, std::string_view text) {
  end_block();
  out_ += std::string(static_cast<std::size_t>(level), '#') + ' ' + markdown_escaped(text) + "\n\n";
}

void MarkdownPage::raw(std::string_view text) {
  end_block();
  out_ += text;
  out_ += "\n\n";
}

void MarkdownPage::paragraph(std::string_view text) {
  if (!text.empty()) raw(markdown_escaped(text));
}

void MarkdownPage::raw_field(std::string_view label, std::string_view text) {
  raw(fmt::format("**{}** {}", markdown_escaped(label), text));
}

void MarkdownPage::field(std::string_view label, std::string_view text) {
  raw_field(label, markdown_escaped(text));
}

void MarkdownPage::raw_item(std::string_view text) {
  out_ += "- ";
  out_ += text;
  out_ += '\n';
}

void MarkdownPage::item(std::string_view text) {
  if (!text.empty()) raw_item(markdown_escaped(text));
}

void MarkdownPage::end_block() {
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void MarkdownPage::table_row(const std::vector<std::string>& cells) {
  out_ += '|';
  for (const std::string& cell : cells) out_ += ' ' + markdown_escaped(cell) + " |";
  out_ += '\n';
}

void MarkdownPage::table_head(const std::vector<std::string>& cells) {
  end_block();
  table_row(cells);
  out_ += '|';
  for (std::size_t i = 0; i < cells.size(); ++i) out_ += " --- |";
  out_ += '\n';
}

void MarkdownPage::rows(std::string_view first, std::string_view second, const FactRows& rows) {
  table_head({std::string(first), std::string(second)});
  for (const auto& [label, words] : rows) table_row({label, words});
  end_block();
}

void write_markdown_causes(MarkdownPage& page, const Incident& incident, const Citation& cite) {
  const std::vector<std::string> shares = percents(incident.causes);
  const auto arguments = [&](const std::vector<diagnosis::Argument>& list, const char* label) {
    for (const diagnosis::Argument& argument : list) {
      const std::string words =
          fmt::format("{}{} ({})", argument_words(argument), cite.bracketed(argument.packets),
                      weight_words(argument));
      page.raw_item(fmt::format("*{}:* {}", label, markdown_escaped(words)));
    }
  };
  for (std::size_t i = 0; i < incident.causes.size(); ++i) {
    const diagnosis::RankedCause& cause = incident.causes[i];
    page.raw(fmt::format("**{}. {}: {}** ({})", i + 1, markdown_escaped(without_stop(cause.title)),
                         shares[i], markdown_code(cause.id)));
    if (cause.arguments_for.empty() && cause.arguments_against.empty() && cause.id != "other") {
      page.item(kNothingSpeaks);
    }
    arguments(cause.arguments_for, "for");
    arguments(cause.arguments_against, "against");
  }
  for (const diagnosis::InseparablePair& pair : incident.inseparable) {
    page.paragraph(inseparable_words(incident, pair));
  }
}

void write_markdown_checks(MarkdownPage& page, const Incident& incident) {
  for (const diagnosis::Check& check : incident.checks) {
    const std::string where = check.where.empty() ? "" : markdown_escaped(" (" + check.where + ")");
    page.raw(fmt::format("{}{}  \n{}", markdown_code(check.command), where,
                         markdown_escaped(separates_words(incident, check))));
    for (const diagnosis::CheckAnswer& answer : check.answers) {
      page.item(fmt::format("If {}: {}", without_stop(answer.see), answer.then));
    }
  }
}

void write_markdown_evidence(MarkdownPage& page, const Incident& incident, const Citation& cite) {
  if (incident.evidence.empty()) return;
  const bool lines = cite.any_text() && !cite.several_inputs();
  page.table_head({lines ? "Line" : "Packet", fmt::format("Time ({})", cite.time_scope()),
                   "What it says", "Role"});
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    page.table_row({cite.number(packet.place), cite.time(packet.place), packet.text,
                    std::string(role_id(packet.role))});
  }
  page.end_block();
  if (incident.evidence_left_out > 0) {
    page.paragraph(
        fmt::format("{} of the same kinds are not listed.",
                    counted(incident.evidence_left_out, "further packet", "further packets")));
  }
}

void write_markdown_quality(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                            const Citation& cite) {
  const std::vector<base::QualityRemark>& remarks = diagnosis.data_quality;
  if (remarks.empty()) page.paragraph("Nothing about the data stands out.");
  for (const base::QualityRemark& remark : remarks) {
    page.item((remark.severity == base::Severity::warning ? "Warning: " : "") + remark.text +
              cite.bracketed(remark.packets));
  }
  page.end_block();
}

void write_markdown_inputs(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                           const Citation& cite) {
  page.table_head({"Input", "What it is", "SHA-256"});
  for (const base::InputInfo& input : diagnosis.inputs) {
    page.table_row({input.path == "-" ? "standard input" : input.path, input_words(input, cite),
                    input.sha256.empty() ? "not computed" : input.sha256});
  }
  page.end_block();
}

void write_markdown_method(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                           const Options& options, const Citation& cite) {
  for (const std::string& sentence : method_words(options, cite)) page.item(sentence);
  const std::string command = command_line(options);
  if (!command.empty()) page.raw_item("Command: " + markdown_code(command));
  if (diagnosis.inputs.size() > 1) {
    page.item("A packet \"2:5\" is number 5 of the second input.");
  }
  page.end_block();
}

}  // namespace whydown::report
