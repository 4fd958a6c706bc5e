#include "report/html_page.h"

#include <fmt/format.h>

#include "report/escape.h"

namespace whydown::report {

void HtmlPage::element(std::string_view name, std::string_view text, std::string_view attributes) {
  if (text.empty()) return;
  out_ += fmt::format("<{}{}{}>{}</{}>\n", name, attributes.empty() ? "" : " ", attributes,
                      html_escaped(text), name);
}

void HtmlPage::list(const std::vector<std::string>& items) {
  if (items.empty()) return;
  out_ += "<ul class=\"steps\">\n";
  for (const std::string& item : items) element("li", item);
  out_ += "</ul>\n";
}

void HtmlPage::table_head(std::string_view caption, const std::vector<std::string>& cells) {
  element("caption", caption);
  out_ += "<thead><tr>";
  for (const std::string& cell : cells) out_ += "<th scope=\"col\">" + html_escaped(cell) + "</th>";
  out_ += "</tr></thead>\n";
}

}  // namespace whydown::report
