// Parts that both Markdown templates are made of.
#pragma once

#include <string>
#include <string_view>

#include "diagnosis/diagnosis.h"
#include "report/incident_words.h"
#include "report/report.h"
#include "report/words.h"

namespace whydown::report {

// What stands where a capture cannot know the answer.
inline constexpr std::string_view kForAnalyst = "*to be filled in by the analyst*";

class MarkdownPage {
 public:
  void heading(int level, std::string_view text);
  void paragraph(std::string_view text);  // escaped
  void raw(std::string_view text);        // a paragraph that is Markdown already
  void field(std::string_view label, std::string_view text);  // "**label** text"
  void raw_field(std::string_view label, std::string_view text);
  void item(std::string_view text);  // of a bullet list
  void raw_item(std::string_view text);
  void rows(std::string_view first, std::string_view second, const FactRows& rows);
  void table_row(const std::vector<std::string>& cells);  // escaped
  void table_head(const std::vector<std::string>& cells);
  void end_block();  // a blank line after a list or a table
  const std::string& text() const { return out_; }

 private:
  std::string out_;
};

void write_markdown_causes(MarkdownPage& page, const diagnosis::Incident& incident,
                           const Citation& cite);
void write_markdown_checks(MarkdownPage& page, const diagnosis::Incident& incident);
void write_markdown_evidence(MarkdownPage& page, const diagnosis::Incident& incident,
                             const Citation& cite);
void write_markdown_quality(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                            const Citation& cite);
void write_markdown_inputs(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                           const Citation& cite);
void write_markdown_method(MarkdownPage& page, const diagnosis::Diagnosis& diagnosis,
                           const Options& options, const Citation& cite);

}  // namespace whydown::report
