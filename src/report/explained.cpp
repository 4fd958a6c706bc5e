// Explanations as text and as Markdown.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "report/escape.h"
#include "report/report.h"
#include "report/text_page.h"
#include "report/words.h"

namespace whydown::report {
namespace {

using explain::Explanation;
using explain::Grade;

constexpr std::size_t kWidestItem = 24;

std::string_view grade_words(Grade grade) {
  switch (grade) {
    case Grade::normal:
      return "Yes";
    case Grade::notable:
      return "Not quite";
    case Grade::failure:
      return "No";
    case Grade::unknown:
      break;
  }
  return "Cannot be said";
}

Style grade_style(Grade grade) {
  switch (grade) {
    case Grade::normal:
      return Style::good;
    case Grade::failure:
      return Style::alarm;
    case Grade::notable:
    case Grade::unknown:
      break;
  }
  return Style::bold;
}

std::string heading_of(const Explanation& explanation) {
  std::string out = capitalised(explanation.where);
  if (!explanation.when.empty()) out += ", " + explanation.when;
  return out + ": " + explanation.title;
}

std::string verdict_of(const Explanation& explanation) {
  return fmt::format("{}: {}", grade_words(explanation.grade), explanation.normal);
}

Explanation clean(Explanation explanation) {
  for (std::string* text :
       {&explanation.where, &explanation.when, &explanation.title, &explanation.words}) {
    *text = clean_line(*text);
  }
  explanation.gist = clean_paragraph(explanation.gist);
  explanation.normal = clean_paragraph(explanation.normal);
  for (explain::Item& item : explanation.items) {
    item.shows = clean_line(item.shows);
    item.means = clean_paragraph(item.means);
  }
  for (std::string& text : explanation.before) text = clean_paragraph(text);
  return explanation;
}

std::string as_text(const Explanation& explanation, const Options& options) {
  TextPage page(options.width, options.colour);
  page.paragraph(heading_of(explanation), 0, Style::bold);
  if (!explanation.words.empty()) page.paragraph(explanation.words, 2 * kTextIndent, Style::dim);
  page.paragraph(explanation.gist, kTextIndent);
  page.blank();
  std::size_t widest = 0;
  for (const explain::Item& item : explanation.items) {
    widest = std::max(widest, std::min(columns(item.shows), kWidestItem));
  }
  const std::size_t hang = kTextIndent + widest + 2;
  for (const explain::Item& item : explanation.items) {
    if (columns(item.shows) <= widest) {
      page.item(item.shows, item.means, kTextIndent, hang, Style::bold);
    } else {
      page.paragraph(item.shows, kTextIndent, Style::bold);
      page.item("", item.means, kTextIndent, hang);
    }
  }
  page.blank();
  for (const std::string& text : explanation.before) {
    page.item("Before:", text, kTextIndent, kTextIndent + 9, Style::bold);
  }
  page.item("Normal?", verdict_of(explanation), kTextIndent, kTextIndent + 9,
            grade_style(explanation.grade));
  page.blank();
  return page.text();
}

std::string as_markdown(const Explanation& explanation) {
  std::string out = fmt::format("## {}\n\n", markdown_escaped(heading_of(explanation)));
  if (!explanation.words.empty()) {
    out += fmt::format("> {}\n\n", markdown_escaped(explanation.words));
  }
  out += markdown_escaped(explanation.gist) + "\n\n";
  if (!explanation.items.empty()) {
    out += "| it says | which means |\n| --- | --- |\n";
    for (const explain::Item& item : explanation.items) {
      out += fmt::format("| **{}** | {} |\n", markdown_escaped(item.shows),
                         markdown_escaped(item.means));
    }
    out += '\n';
  }
  for (const std::string& text : explanation.before) {
    out += fmt::format("- Before: {}\n", markdown_escaped(text));
  }
  return out + fmt::format("- Normal? {}\n\n", markdown_escaped(verdict_of(explanation)));
}

}  // namespace

std::string render_explanation(const Explanation& explanation, const Options& options) {
  const Explanation safe = clean(explanation);
  return options.format == Format::markdown ? as_markdown(safe) : as_text(safe, options);
}

std::string render_closing(const std::vector<std::string>& sentences, const Options& options) {
  constexpr std::string_view title = "All in all";
  if (options.format == Format::markdown) {
    std::string out = fmt::format("## {}\n\n", title);
    for (const std::string& text : sentences) {
      out += fmt::format("- {}\n", markdown_escaped(clean_paragraph(text)));
    }
    return out;
  }
  TextPage page(options.width, options.colour);
  page.paragraph(title, 0, Style::bold);
  for (const std::string& text : sentences) {
    page.item("-", clean_paragraph(text), kTextIndent, kTextIndent + 2);
  }
  return page.text();
}

}  // namespace whydown::report
