#include "report/report.h"

#include <algorithm>
#include <array>
#include <utility>

#include "report/escape.h"
#include "report/html_page.h"
#include "report/layouts.h"
#include "report/markdown_page.h"
#include "report/renderers.h"
#include "report/sanitised.h"
#include "report/text_layout.h"

namespace whydown::report {

std::span<const FormatInfo> formats() {
  static constexpr std::array<FormatInfo, 8> kFormats{
      {{Format::text, "text", "report.txt"},
       {Format::json, "json", "report.json"},
       {Format::markdown, "md", "report.md"},
       {Format::html, "html", "report.html"},
       {Format::pdf, "pdf", "report.pdf"},
       {Format::docx, "docx", "report.docx"},
       {Format::pcapng, "pcapng", "evidence.pcapng", true},
       {Format::ecs, "ecs", "events.ndjson"}}};
  return kFormats;
}

std::optional<Format> format_from(std::string_view name) {
  const auto found = std::ranges::find(formats(), name, &FormatInfo::name);
  return found == formats().end() ? std::nullopt : std::optional(found->format);
}

std::optional<Template> template_from(std::string_view name) {
  if (name == "worksheet") return Template::worksheet;
  if (name == "incident") return Template::incident;
  return std::nullopt;
}

std::optional<Reader> reader_from(std::string_view name) {
  if (name == "supervisor") return Reader::supervisor;
  if (name == "analyst") return Reader::analyst;
  if (name == "student") return Reader::student;
  return std::nullopt;
}

namespace {

std::string laid_out(Page& page, const Material& material) {
  if (material.options.reader == Reader::supervisor) {
    lay_out_supervisor(page, material);
  } else if (material.options.form == Template::worksheet) {
    lay_out_worksheet(page, material);
  } else {
    lay_out_incident(page, material);
  }
  return page.finish();
}

std::string rendered(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  if (options.format == Format::json) return render_json(diagnosis, options);
  if (options.format == Format::ecs) return render_ecs(diagnosis, options);
  if (options.format == Format::pcapng) return render_pcapng(diagnosis, options);
  const Material material(diagnosis, options);
  if (options.format == Format::markdown) {
    MarkdownPage page;
    return laid_out(page, material);
  }
  const bool on_paper = options.format == Format::pdf || options.format == Format::docx;
  if (options.format == Format::html || on_paper) {
    HtmlPage page(on_paper);
    return laid_out(page, material);
  }
  if (!options.form && options.reader != Reader::supervisor) return render_text(diagnosis, options);
  TextLayout page(options.width, options.colour);
  return laid_out(page, material);
}

}  // namespace

std::string render(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  const diagnosis::Diagnosis safe = sanitised(diagnosis);
  Options clean = options;
  for (std::string& word : clean.command) word = clean_line(word);
  if (clean.supplied) clean.supplied = sanitised(std::move(*clean.supplied));
  if (clean.probe) clean.probe = sanitised(std::move(*clean.probe));
  return rendered(safe, clean);
}

}  // namespace whydown::report
