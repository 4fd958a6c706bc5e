#include "report/report.h"

#include <algorithm>
#include <array>

#include "report/escape.h"
#include "report/renderers.h"
#include "report/sanitised.h"

namespace whydown::report {

std::span<const FormatInfo> formats() {
  static constexpr std::array<FormatInfo, 6> kFormats{
      {{Format::text, "text", "report.txt"},
       {Format::json, "json", "report.json"},
       {Format::markdown, "md", "report.md"},
       {Format::html, "html", "report.html"},
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

std::string render(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  const diagnosis::Diagnosis safe = sanitised(diagnosis);
  Options clean = options;
  for (std::string& word : clean.command) word = clean_line(word);
  switch (clean.format) {
    case Format::text:
      break;
    case Format::json:
      return render_json(safe, clean);
    case Format::markdown:
      return clean.markdown_template == Template::worksheet ? render_worksheet(safe, clean)
                                                            : render_incident_form(safe, clean);
    case Format::html:
      return render_html(safe, clean);
    case Format::ecs:
      return render_ecs(safe, clean);
    case Format::pcapng:
      return render_pcapng(safe, clean);
  }
  return render_text(safe, clean);
}

}  // namespace whydown::report
