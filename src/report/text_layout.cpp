#include "report/text_layout.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/text_parts.h"

namespace whydown::report {
namespace {

std::string text_of(const Spans& spans) {
  std::string out;
  for (const Span& span : spans) {
    if (span.text.empty()) continue;
    out += span.tone == Tone::missing    ? "(" + span.text + ")"
           : span.tone == Tone::supplied ? span.text + " (supplied)"
                                         : span.text;
  }
  return out;
}

}  // namespace

void TextLayout::front(const Front& front) {
  const Style style = front.kind == diagnosis::Verdict::incident  ? Style::alarm
                      : front.kind == diagnosis::Verdict::healthy ? Style::good
                                                                  : Style::bold;
  page_.paragraph(front.title, 0, style);
  if (!front.kicker.empty()) page_.paragraph(front.kicker, 0, Style::dim);
  std::string verdict = front.verdict;
  if (!verdict.empty() && !front.reason.empty()) verdict += ": ";
  verdict += front.reason;
  if (verdict.empty()) return;
  page_.blank();
  page_.paragraph(verdict, 0);
}

void TextLayout::begin_section(const std::string& title, const std::string& /*id*/) {
  page_.heading(title);
}

void TextLayout::heading(const std::string& title) {
  page_.blank();
  page_.paragraph(title, kTextIndent, Style::bold);
}

void TextLayout::paragraph(const Spans& words, Look look) {
  if (is_empty(words)) return;
  page_.paragraph(text_of(words), kTextIndent, look == Look::soft ? Style::dim : Style::plain);
}

void TextLayout::list(const std::vector<Spans>& items) {
  for (const Spans& words : items) page_.item("-", text_of(words), kTextIndent, kTextIndent + 2);
}

void TextLayout::rows(const std::string& /*caption*/, const SpanRows& rows) {
  std::size_t widest = 8;
  for (const auto& [label, words] : rows) widest = std::max(widest, columns(label));
  const std::size_t hang = kTextIndent + std::min<std::size_t>(widest, 20) + 2;
  for (const auto& [label, words] : rows) {
    page_.item(label, text_of(words), kTextIndent, hang, Style::bold);
  }
}

// A row is a paragraph: its cells do not fit beside each other on a terminal.
void TextLayout::table(const PageTable& table) {
  for (const std::vector<Spans>& row : table.rows) {
    std::string line;
    for (std::size_t i = 1; i < row.size(); ++i) {
      const std::string cell = text_of(row[i]);
      if (cell.empty()) continue;
      if (!line.empty()) line += "; ";
      // Two columns need no names; of more, short values would not speak for themselves.
      const bool named = row.size() > 3 && i < table.columns.size();
      line += named ? table.columns[i] + ": " + cell : cell;
    }
    page_.item(row.empty() ? "" : text_of(row[0]), line, kTextIndent, kTextIndent + 17);
  }
}

void TextLayout::journey(const diagnosis::Incident& incident) {
  if (incident.journey.empty()) return;
  heading("How far the client came");
  write_text_journey(page_, incident);
}

void TextLayout::timeline(const diagnosis::Incident& /*incident*/, const Citation& /*cite*/) {}

void TextLayout::causes(const diagnosis::Incident& incident, const Citation& cite) {
  write_text_causes(page_, incident, cite);
}

void TextLayout::checks(const diagnosis::Incident& incident) { write_text_checks(page_, incident); }

void TextLayout::evidence(const diagnosis::Incident& incident, const Citation& cite) {
  write_text_evidence(page_, incident, cite);
}

}  // namespace whydown::report
