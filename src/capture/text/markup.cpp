#include "capture/text/markup.h"

#include <utility>

#include "capture/text/scan.h"

namespace whydown::capture::text {
namespace {

constexpr std::string_view kTags[] = {"br",  "p",      "pre",   "code", "li",    "ul",
                                      "ol",  "td",     "tr",    "th",   "b",     "i",
                                      "em",  "strong", "tt",    "div",  "a",     "span",
                                      "o:p", "table",  "tbody", "font", "thead", "blockquote"};

bool take_scheme(std::string_view& text) {
  return take(text, "http://") || take(text, "https://") || take(text, "mailto:");
}

// Up to `end`, which is taken as well; absent when a blank comes first.
std::string_view take_until(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  if (at == npos || text.find(' ') < at) return {};
  const std::string_view found = text.substr(0, at);
  text.remove_prefix(at + 1);
  return found;
}

// "<http://example.com|label>", "<http://example.com/>"; the label of the second is its host where
// no word stands before it.
bool take_angle(std::string_view& text, bool after_word, std::string_view& label) {
  std::string_view rest = text;
  if (!take(rest, "<") || !take_scheme(rest)) return false;
  const std::string_view link = take_until(rest, '>');
  if (link.empty()) return false;
  const std::size_t bar = link.find('|');
  label = bar != npos  ? link.substr(bar + 1)
          : after_word ? std::string_view()
                       : link.substr(0, link.find('/'));
  text = rest;
  return true;
}

// "[label](http://example.com)", "[label|http://example.com]".
bool take_bracket(std::string_view& text, std::string_view& label) {
  std::string_view rest = text;
  if (!take(rest, "[")) return false;
  const std::string_view inner = take_until(rest, ']');
  if (inner.empty()) return false;
  if (const std::size_t bar = inner.find('|'); bar != npos) {
    std::string_view link = inner.substr(bar + 1);
    if (!take_scheme(link)) return false;
    label = inner.substr(0, bar);
    text = rest;
    return true;
  }
  if (!take(rest, "(") || !take_scheme(rest) || take_until(rest, ')').empty()) return false;
  label = inner;
  text = rest;
  return true;
}

}  // namespace

bool undo_links(std::string_view text, std::string& out) {
  if (text.find("://") == npos && text.find("mailto:") == npos) return false;
  std::string plain;
  bool any = false;
  while (!text.empty()) {
    const bool after_word = !plain.empty() && plain.back() != ' ';
    std::string_view label;
    if (take_angle(text, after_word, label) || take_bracket(text, label)) {
      plain += label;
      any = true;
      continue;
    }
    plain.push_back(text[0]);
    text.remove_prefix(1);
  }
  if (any) out = std::move(plain);
  return any;
}

bool take_tag(std::string_view& text) {
  std::string_view rest = text;
  if (!take(rest, "<")) return false;
  (void)take(rest, "/");
  const std::size_t end = rest.find_first_of(" />");
  if (end == std::string_view::npos) return false;
  const std::string_view name = rest.substr(0, end);
  for (const std::string_view tag : kTags) {
    if (!equal_ignoring_case(name, tag)) continue;
    const std::size_t close = rest.find('>', end);
    if (close == std::string_view::npos) return false;
    // "<a lot of traffic>" is no anchor: attributes have their "=".
    const std::string_view attributes = trimmed(rest.substr(end, close - end));
    if (attributes.size() > 1 && attributes.find('=') == std::string_view::npos) return false;
    text = rest.substr(close + 1);
    return true;
  }
  return false;
}

bool is_escaped(std::string_view text) {
  constexpr std::string_view marks = "><[]()_*.+-#";
  return text.size() > 1 && text[0] == '\\' && marks.find(text[1]) != std::string_view::npos;
}

}  // namespace whydown::capture::text
