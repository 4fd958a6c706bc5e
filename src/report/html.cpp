// One self-contained page: no script, no network, one style sheet admitted by its hash.
#include <fmt/format.h>

#include "report/escape.h"
#include "report/html_css.h"
#include "report/html_incident.h"
#include "report/html_page.h"
#include "report/incident_words.h"
#include "report/method.h"
#include "report/renderers.h"

namespace whydown::report {
namespace {

std::string verdict_class(diagnosis::Verdict verdict) {
  switch (verdict) {
    case diagnosis::Verdict::incident:
      return "verdict-incident";
    case diagnosis::Verdict::healthy:
      return "verdict-healthy";
    case diagnosis::Verdict::inconclusive:
      break;
  }
  return "verdict-inconclusive";
}

std::string page_title(const diagnosis::Diagnosis& diagnosis) {
  if (diagnosis.incidents.size() == 1) return diagnosis.incidents[0].title;
  return verdict_words(diagnosis);
}

void write_head(HtmlPage& page, const diagnosis::Diagnosis& diagnosis) {
  page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  page.raw(
      fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src '{}'; base-uri 'none'; form-action 'none'\">\n",
                  kHtmlCssHash));
  page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n");
  page.element("title", "Incident report: " + page_title(diagnosis));
  page.raw(fmt::format("<style>{}</style>\n</head>\n<body>\n", kHtmlCss));
}

void write_contents(HtmlPage& page, const diagnosis::Diagnosis& diagnosis) {
  if (diagnosis.incidents.size() < 2) return;
  page.raw("<nav aria-label=\"Incidents\"><ol>\n");
  for (const diagnosis::Incident& incident : diagnosis.incidents) {
    page.raw(fmt::format("<li><a href=\"#incident-{}\">{}</a></li>\n", incident.id,
                         html_escaped(incident.title)));
  }
  page.raw("</ol></nav>\n");
}

void write_header(HtmlPage& page, const diagnosis::Diagnosis& diagnosis, const Options& options) {
  page.raw("<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header>\n");
  page.element("p", "Why is it down? Incident report by " + tool_words(options),
               "class=\"kicker\"");
  const std::string title = page_title(diagnosis);
  const std::string verdict = fmt::format("class=\"verdict {}\"", verdict_class(diagnosis.verdict));
  if (title == verdict_words(diagnosis)) {
    page.raw(fmt::format("<h1><span {}>{}</span></h1>\n", verdict, title));
  } else {
    page.element("h1", title);
    page.element("p", verdict_words(diagnosis), verdict);
  }
  const std::string reason = verdict_reason(diagnosis);
  if (without_stop(reason) != without_stop(title)) page.element("p", reason, "class=\"lead\"");
  write_contents(page, diagnosis);
  page.raw("</header>\n");
}

void write_quality(HtmlPage& page, const diagnosis::Diagnosis& diagnosis, const Citation& cite) {
  const std::vector<base::QualityRemark>& remarks = diagnosis.data_quality;
  page.raw("<section class=\"card\" aria-labelledby=\"quality\">\n");
  page.element("h2", "Data quality", "id=\"quality\"");
  if (remarks.empty()) page.element("p", "Nothing about the data stands out.");
  std::vector<std::string> lines;
  lines.reserve(remarks.size());
  for (const base::QualityRemark& remark : remarks) {
    lines.push_back((remark.severity == base::Severity::warning ? "Warning: " : "Note: ") +
                    remark.text + cite.bracketed(remark.packets));
  }
  page.list(lines);
  page.raw("</section>\n");
}

void write_inputs(HtmlPage& page, const diagnosis::Diagnosis& diagnosis, const Citation& cite) {
  page.raw("<section class=\"card\" aria-labelledby=\"inputs\">\n");
  page.element("h2", "Inputs", "id=\"inputs\"");
  page.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of "
      "inputs\"><table>\n");
  page.table_head("What was read, with the checksum that proves which file it was",
                  {"Number", "File", "What it is", "SHA-256"});
  page.raw("<tbody>\n");
  std::size_t number = 0;
  for (const base::InputInfo& input : diagnosis.inputs) {
    page.raw(fmt::format("<tr><td class=\"number\">{}</td>", ++number));
    page.raw("<th scope=\"row\">" +
             html_escaped(input.path == "-" ? "standard input" : input.path) + "</th>");
    page.raw("<td class=\"words\">" + html_escaped(input_words(input, cite)) + "</td>");
    page.raw("<td class=\"hash\">" +
             html_escaped(input.sha256.empty() ? "not computed" : input.sha256) + "</td></tr>\n");
  }
  page.raw("</tbody></table></div>\n</section>\n");
}

void write_method(HtmlPage& page, const Options& options, const Citation& cite) {
  page.raw("<section class=\"card\" aria-labelledby=\"method\">\n");
  page.element("h2", "Method", "id=\"method\"");
  page.list(method_words(options, cite));
  const std::string command = command_line(options);
  if (!command.empty()) page.raw("<p>Command: <code>" + html_escaped(command) + "</code></p>\n");
  page.raw("</section>\n");
}

}  // namespace

std::string render_html(const diagnosis::Diagnosis& diagnosis, const Options& options) {
  HtmlPage page;
  const Citation cite(diagnosis);
  write_head(page, diagnosis);
  write_header(page, diagnosis, options);
  page.raw("<main id=\"main\">\n");
  for (const diagnosis::Incident& incident : diagnosis.incidents) {
    write_html_incident(page, incident, cite, diagnosis.incidents.size() == 1);
  }
  if (!diagnosis.not_attempted.empty()) {
    page.raw("<section class=\"card\" aria-labelledby=\"not-attempted\">\n");
    page.element("h2", "Not attempted", "id=\"not-attempted\"");
    page.element("p", not_attempted_words(diagnosis));
    page.raw("</section>\n");
  }
  write_quality(page, diagnosis, cite);
  write_inputs(page, diagnosis, cite);
  write_method(page, options, cite);
  page.raw("</main>\n<footer>\n");
  page.element(
      "p", "Written by " + tool_words(options) + ". This page loads nothing and sends nothing.");
  page.raw("</footer>\n</body>\n</html>\n");
  return page.text();
}

}  // namespace whydown::report
