// What a layout writes on: headings, sentences, tables, pictures. One implementation per format;
// each makes hostile text safe for its own format, so that a layout cannot forget to.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "report/words.h"

namespace whydown::report {

enum class Tone : std::uint8_t {
  plain,
  strong,
  soft,
  code,
  supplied,  // came from the case file, not from packets; marked as such
  missing,   // to be filled in by the analyst
};

struct Span {
  Span(std::string words) : text(std::move(words)) {}  // NOLINT
  Span(std::string_view words) : text(words) {}        // NOLINT
  Span(const char* words) : text(words) {}             // NOLINT
  Span(Tone how, std::string words) : tone(how), text(std::move(words)) {}

  Tone tone = Tone::plain;
  std::string text;
};

// One run of text of mixed tones.
using Spans = std::vector<Span>;
bool is_empty(const Spans& spans);

enum class Look : std::uint8_t { plain, lead, note, soft };

struct PageTable {
  std::string caption;
  std::vector<std::string> columns;
  std::vector<int> widths;  // percent, on paper; empty: as it comes
  std::vector<std::vector<Spans>> rows;
};

using SpanRows = std::vector<std::pair<std::string, Spans>>;

// The top of the report.
struct Front {
  std::string kicker;  // what kind of document this is
  std::string title;
  std::string verdict;  // "1 incident found"; may be empty
  std::string reason;   // one sentence; may be empty
  diagnosis::Verdict kind = diagnosis::Verdict::inconclusive;
  std::vector<std::pair<int, std::string>> contents;  // id and title of each incident
};

class Page {
 public:
  Page() = default;
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  virtual ~Page() = default;

  virtual void front(const Front& front) = 0;
  // A part of the report with a heading of its own; `id` is unique on the page.
  virtual void begin_section(const std::string& title, const std::string& id) = 0;
  virtual void end_section() = 0;
  virtual void heading(const std::string& title) = 0;  // within a section
  virtual void paragraph(const Spans& words, Look look = Look::plain) = 0;
  virtual void list(const std::vector<Spans>& items) = 0;
  virtual void rows(const std::string& caption, const SpanRows& rows) = 0;
  virtual void table(const PageTable& table) = 0;

  virtual void journey(const diagnosis::Incident& incident) = 0;
  virtual void timeline(const diagnosis::Incident& incident, const Citation& cite) = 0;
  virtual void causes(const diagnosis::Incident& incident, const Citation& cite) = 0;
  virtual void checks(const diagnosis::Incident& incident) = 0;
  virtual void evidence(const diagnosis::Incident& incident, const Citation& cite) = 0;
  // The whole page; call once, at the end.
  virtual std::string finish() = 0;

  // "label words": a form's field.
  void field(const std::string& label, const Spans& words);
};

}  // namespace whydown::report
