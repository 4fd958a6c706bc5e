#include "report/report.h"

#include "report/escape.h"
#include "report/renderers.h"
#include "report/sanitised.h"

namespace whydown::report {

std::optional<Format> format_from(std::string_view name) {
  if (name == "text") return Format::text;
  if (name == "json") return Format::json;
  if (name == "md") return Format::markdown;
  if (name == "html") return Format::html;
  return std::nullopt;
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
  }
  return render_text(safe, clean);
}

}  // namespace whydown::report
