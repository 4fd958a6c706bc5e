#include "report/html_page.h"

#include <fmt/format.h>

#include "report/escape.h"
#include "report/html_css.h"

namespace whydown::report {
namespace {

std::string_view verdict_class(diagnosis::Verdict verdict) {
  switch (verdict) {
    case diagnosis::Verdict::incident:
      return "verdict verdict-incident";
    case diagnosis::Verdict::healthy:
      return "verdict verdict-healthy";
    case diagnosis::Verdict::inconclusive:
      break;
  }
  return "verdict verdict-inconclusive";
}

std::string html_of(const Span& span) {
  const std::string text = html_escaped(span.text);
  switch (span.tone) {
    case Tone::strong:
      return "<strong>" + text + "</strong>";
    case Tone::soft:
      return "<em>" + text + "</em>";
    case Tone::code:
      return "<code>" + text + "</code>";
    case Tone::supplied:
      return "<span class=\"supplied\">" + text + " <small>(supplied)</small></span>";
    case Tone::missing:
      return "<em class=\"missing\">" + text + "</em>";
    case Tone::plain:
      break;
  }
  return text;
}

std::string html_of(const Spans& spans) {
  std::string out;
  for (const Span& span : spans) {
    if (!span.text.empty()) out += html_of(span);
  }
  return out;
}

}  // namespace

void HtmlPage::element(std::string_view name, std::string_view text, std::string_view attributes) {
  if (text.empty()) return;
  out_ += fmt::format("<{}{}{}>{}</{}>\n", name, attributes.empty() ? "" : " ", attributes,
                      html_escaped(text), name);
}

void HtmlPage::head(const Front& front) {
  raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  raw(
      fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src '{}'; base-uri 'none'; form-action 'none'\">\n",
                  kHtmlCssHash));
  raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
  element("title", "Incident report: " + front.title);
  raw(fmt::format("<style>{}</style>\n</head>\n<body>\n", kHtmlCss));
}

void HtmlPage::contents(const Front& front) {
  if (front.contents.empty()) return;
  raw("<nav aria-label=\"Incidents\"><ol>\n");
  for (const auto& [id, title] : front.contents) {
    raw(fmt::format("<li><a href=\"#incident-{}\">{}</a></li>\n", id, html_escaped(title)));
  }
  raw("</ol></nav>\n");
}

void HtmlPage::front(const Front& front) {
  head(front);
  if (!on_paper_) raw("<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
  raw("<header>\n");
  element("p", front.kicker, "class=\"kicker\"");
  element("h1", front.title);
  const std::string look = fmt::format("class=\"{}\"", verdict_class(front.kind));
  element("p", front.verdict, look);
  element("p", front.reason, "class=\"lead\"");
  contents(front);
  raw("</header>\n<main id=\"main\">\n");
}

void HtmlPage::begin_section(const std::string& title, const std::string& id) {
  raw(fmt::format("<section class=\"card\" id=\"{}\" aria-labelledby=\"{}-title\">\n", id, id));
  element("h2", title, fmt::format("id=\"{}-title\"", id));
}

void HtmlPage::end_section() { raw("</section>\n"); }

void HtmlPage::heading(const std::string& title) { element("h3", title); }

void HtmlPage::paragraph(const Spans& words, Look look) {
  if (is_empty(words)) return;
  const char* css = look == Look::lead   ? " class=\"lead\""
                    : look == Look::note ? " class=\"note\""
                    : look == Look::soft ? " class=\"tag\""
                                         : "";
  raw(fmt::format("<p{}>{}</p>\n", css, html_of(words)));
}

void HtmlPage::list(const std::vector<Spans>& items) {
  if (items.empty()) return;
  raw("<ul class=\"plain\">\n");
  for (const Spans& words : items) raw("<li>" + html_of(words) + "</li>\n");
  raw("</ul>\n");
}

void HtmlPage::rows(const std::string& caption, const SpanRows& rows) {
  if (rows.empty()) return;
  raw("<table class=\"facts\">\n");
  element("caption", caption);
  if (on_paper_) raw("<colgroup><col style=\"width: 22%\"><col style=\"width: 78%\"></colgroup>\n");
  raw("<tbody>\n");
  for (const auto& [label, words] : rows) {
    raw("<tr><th scope=\"row\">" + html_escaped(label) + "</th><td>" + html_of(words) +
        "</td></tr>\n");
  }
  raw("</tbody>\n</table>\n");
}

void HtmlPage::open_table(const std::string& caption, const std::vector<std::string>& columns,
                          const std::vector<int>& widths, std::string_view css) {
  ++tables_;
  // A table may be wider than a telephone: it scrolls for itself, by keyboard too.
  raw(fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table {}: "
      "{}\">\n<table{}>\n",
      tables_, html_escaped(caption), css.empty() ? "" : fmt::format(" class=\"{}\"", css)));
  element("caption", caption);
  if (on_paper_ && widths.size() == columns.size()) {
    raw("<colgroup>");
    for (const int width : widths) raw(fmt::format("<col style=\"width: {}%\">", width));
    raw("</colgroup>\n");
  }
  raw("<thead><tr>");
  for (const std::string& column : columns) {
    raw("<th scope=\"col\">" + html_escaped(column) + "</th>");
  }
  raw("</tr></thead>\n<tbody>\n");
}

void HtmlPage::close_table() { raw("</tbody>\n</table>\n</div>\n"); }

void HtmlPage::table(const PageTable& table) {
  if (table.rows.empty()) return;
  open_table(table.caption, table.columns, table.widths);
  for (const std::vector<Spans>& row : table.rows) {
    raw("<tr>");
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = html_of(row[i]);
      if (i == 0) {
        raw("<th scope=\"row\">" + cell + "</th>");
      } else if (row.size() > 2 && i < table.columns.size()) {
        // On a telephone each cell is a line of its own, behind its column's name.
        raw(fmt::format("<td data-column=\"{}: \">{}</td>", html_escaped(table.columns[i]), cell));
      } else {
        raw("<td>" + cell + "</td>");
      }
    }
    raw("</tr>\n");
  }
  close_table();
}

std::string HtmlPage::finish() {
  raw("</main>\n");
  if (!on_paper_) {
    raw("<footer>\n<p>This page loads nothing and sends nothing.</p>\n</footer>\n");
  }
  raw("</body>\n</html>\n");
  return std::move(out_);
}

}  // namespace whydown::report
