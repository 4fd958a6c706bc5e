// Boundary of report/: a diagnosis laid out in one of the output formats.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/kept_frame.h"
#include "diagnosis/diagnosis.h"
#include "explain/explain.h"
#include "report/case.h"
#include "report/probe_part.h"

namespace whydown::report {

// Of PDF and DOCX render() gives the HTML page that they are made of.
enum class Format : std::uint8_t { text, json, markdown, html, pdf, docx, pcapng, ecs };
enum class Template : std::uint8_t { worksheet, incident };
enum class Reader : std::uint8_t { supervisor, analyst, student };

struct FormatInfo {
  Format format = Format::text;
  std::string_view name;      // of -f
  std::string_view file;      // in a bundle; its ending chooses the format of -o
  bool needs_frames = false;  // Options::evidence
};
// Every format there is, in the order in which they are named: the one list of them.
std::span<const FormatInfo> formats();
std::optional<Format> format_from(std::string_view name);  // "text" "json" ...
std::optional<Template> template_from(std::string_view name);
std::optional<Reader> reader_from(std::string_view name);

// The bytes of the packets that the diagnosis cites (see report/cited.h).
struct EvidenceBytes {
  std::span<const base::KeptFrame> frames;
  std::uint64_t without_bytes = 0;  // cited from text logs
  std::uint64_t beyond_limit = 0;   // left out for size
};

struct Options {
  Format format = Format::text;
  std::optional<Template> form;      // none: of text the terminal's own, else the incident report
  Reader reader = Reader::analyst;   // a supervisor's page is no form: it goes before `form`
  std::optional<Case> supplied;      // what people add to the packets
  std::optional<ProbePart> probe;    // what `whydown probe` did and saw itself
  bool colour = false;               // text only
  std::size_t width = 80;            // text only, columns
  std::vector<std::string> command;  // as typed, for the JSON and the method section
  std::string version;               // of this program; left out of the report when empty
  EvidenceBytes evidence;            // pcapng only
};

std::string render(const diagnosis::Diagnosis& diagnosis, const Options& options);
// `whydown explain`, piece by piece as packets come: text or Markdown.
std::string render_explanation(const explain::Explanation& explanation, const Options& options);
std::string render_closing(const std::vector<std::string>& sentences, const Options& options);
// `whydown faults` and `whydown faults ID`.
std::string render_fault_list(const diagnosis::Catalogue& catalogue);
std::string render_fault(const diagnosis::Fault& fault);

}  // namespace whydown::report
