#include "report/markdown_page.h"

#include <fmt/format.h>

#include "report/escape.h"
#include "report/incident_words.h"

namespace whydown::report {

using diagnosis::Incident;

namespace {

enum class At : std::uint8_t { text, cell };

// Marks must touch the words: blanks at the ends go outside.
std::string marked(std::string_view mark, std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return std::string(text);
  const std::size_t end = text.find_last_not_of(' ') + 1;
  return fmt::format("{}{}{}{}{}", text.substr(0, first), mark,
                     markdown_escaped(text.substr(first, end - first)), mark, text.substr(end));
}

// A table splits at every "|", in a code span too: in cells, code stands as text.
std::string markdown_of(const Spans& spans, At at) {
  std::string out;
  for (const Span& span : spans) {
    if (span.text.empty()) continue;
    switch (span.tone) {
      case Tone::plain:
        out += markdown_escaped(span.text);
        break;
      case Tone::strong:
        out += marked("**", span.text);
        break;
      case Tone::soft:
      case Tone::missing:
        out += marked("*", span.text);
        break;
      case Tone::code:
        out += at == At::cell ? markdown_escaped(span.text) : markdown_code(span.text);
        break;
      case Tone::supplied:
        out += markdown_escaped(span.text) + " *(supplied)*";
        break;
    }
  }
  return out;
}

}  // namespace

void MarkdownPage::title(int level, std::string_view text) {
  end_block();
  out_ += std::string(static_cast<std::size_t>(level), '#') + ' ' + markdown_escaped(text) + "\n\n";
}

void MarkdownPage::block(std::string_view markdown) {
  if (markdown.empty()) return;
  end_block();
  out_ += markdown;
  out_ += "\n\n";
}

void MarkdownPage::item(std::string_view markdown) {
  if (markdown.empty()) return;
  out_ += "- ";
  out_ += markdown;
  out_ += '\n';
}

void MarkdownPage::end_block() {
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void MarkdownPage::cells(const std::vector<std::string>& markdown) {
  out_ += '|';
  for (const std::string& cell : markdown) out_ += ' ' + cell + " |";
  out_ += '\n';
}

void MarkdownPage::front(const Front& front) {
  title(1, front.title);
  if (!front.kicker.empty()) block("*" + markdown_escaped(front.kicker) + "*");
  if (front.verdict.empty() && front.reason.empty()) return;
  const std::string verdict =
      front.verdict.empty() ? "" : "**" + markdown_escaped(front.verdict) + ".**";
  const bool both = !verdict.empty() && !front.reason.empty();
  block(verdict + (both ? " " : "") + markdown_escaped(front.reason));
}

void MarkdownPage::begin_section(const std::string& title_text, const std::string& /*id*/) {
  title(2, title_text);
}

void MarkdownPage::heading(const std::string& title_text) { title(3, title_text); }

void MarkdownPage::paragraph(const Spans& words, Look /*look*/) {
  block(markdown_of(words, At::text));
}

void MarkdownPage::list(const std::vector<Spans>& items) {
  for (const Spans& words : items) item(markdown_of(words, At::text));
  end_block();
}

void MarkdownPage::rows(const std::string& /*caption*/, const SpanRows& rows) {
  if (rows.empty()) return;
  end_block();
  cells({"Field", "Value"});
  cells({"---", "---"});
  for (const auto& [label, words] : rows) {
    cells({markdown_escaped(label), markdown_of(words, At::cell)});
  }
  end_block();
}

void MarkdownPage::table(const PageTable& table) {
  if (table.rows.empty()) return;
  end_block();
  std::vector<std::string> head;
  head.reserve(table.columns.size());
  for (const std::string& column : table.columns) head.push_back(markdown_escaped(column));
  cells(head);
  cells(std::vector<std::string>(table.columns.size(), "---"));
  for (const std::vector<Spans>& row : table.rows) {
    std::vector<std::string> line;
    line.reserve(row.size());
    for (const Spans& cell : row) line.push_back(markdown_of(cell, At::cell));
    cells(line);
  }
  end_block();
}

void MarkdownPage::journey(const Incident& incident) {
  if (incident.journey.empty()) return;
  block("How far the client came: " + markdown_code(journey_line(incident)));
  for (const diagnosis::JourneyStep& step : incident.journey) {
    if (step.text.empty()) continue;
    item(markdown_escaped(fmt::format("{}: {}", step_id(step.step), step.text)));
  }
  end_block();
}

// Text has no picture: the table of events follows.
void MarkdownPage::timeline(const Incident& /*incident*/, const Citation& /*cite*/) {}

void MarkdownPage::causes(const Incident& incident, const Citation& cite) {
  const std::vector<std::string> shares = percents(incident.causes);
  const auto arguments = [&](const std::vector<diagnosis::Argument>& list, const char* label) {
    for (const diagnosis::Argument& argument : list) {
      const std::string words =
          fmt::format("{}{} ({})", argument_words(argument), cite.bracketed(argument.packets),
                      weight_words(argument));
      item(fmt::format("*{}:* {}", label, markdown_escaped(words)));
    }
  };
  for (std::size_t i = 0; i < incident.causes.size(); ++i) {
    const diagnosis::RankedCause& cause = incident.causes[i];
    block(fmt::format("**{}. {}: {}** ({})", i + 1, markdown_escaped(without_stop(cause.title)),
                      shares[i], markdown_code(cause.id)));
    if (cause.arguments_for.empty() && cause.arguments_against.empty() && cause.id != "other") {
      item(markdown_escaped(kNothingSpeaks));
    }
    arguments(cause.arguments_for, "for");
    arguments(cause.arguments_against, "against");
  }
  end_block();
}

void MarkdownPage::checks(const Incident& incident) {
  for (const diagnosis::Check& check : incident.checks) {
    const std::string where = check.where.empty() ? "" : markdown_escaped(" (" + check.where + ")");
    block(fmt::format("{}{}  \n{}", markdown_code(check.command), where,
                      markdown_escaped(separates_words(incident, check))));
    for (const diagnosis::CheckAnswer& answer : check.answers) {
      item(markdown_escaped(fmt::format("If {}: {}", without_stop(answer.see), answer.then)));
    }
  }
  end_block();
}

void MarkdownPage::evidence(const Incident& incident, const Citation& cite) {
  if (incident.evidence.empty()) return;
  const bool lines = cite.any_text() && !cite.several_inputs();
  PageTable packets;
  packets.columns = {lines ? "Line" : "Packet", fmt::format("Time ({})", cite.time_scope()),
                     "What it says", "Role"};
  for (const diagnosis::EvidencePacket& packet : incident.evidence) {
    packets.rows.push_back({{cite.number(packet.place)},
                            {cite.time(packet.place)},
                            {packet.text},
                            {role_id(packet.role)}});
  }
  table(packets);
  if (incident.evidence_left_out > 0) paragraph({left_out_words(incident)});
}

std::string MarkdownPage::finish() { return std::move(out_); }

}  // namespace whydown::report
