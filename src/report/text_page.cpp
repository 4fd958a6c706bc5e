#include "report/text_page.h"

#include <algorithm>

namespace whydown::report {
namespace {

constexpr std::size_t kNarrowest = 40;
// What is left for text beside a hanging indent, however narrow the page.
constexpr std::size_t kNarrowestText = 16;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

// The bytes of the first `count` characters.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t i = 0;
  while (i < text.size() && count > 0) {
    ++i;
    while (i < text.size() && continues(text[i])) ++i;
    --count;
  }
  return i;
}

// Cuts off one line of at most `room` columns, at a blank where there is one.
std::string_view cut_line(std::string_view& text, std::size_t room) {
  const std::size_t fits = bytes_of(text, room);
  if (fits == text.size()) {
    const std::string_view line = text;
    text = {};
    return line;
  }
  std::size_t end = text.rfind(' ', fits);
  if (end == std::string_view::npos || end == 0) end = fits;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end);
  while (text.starts_with(' ')) text.remove_prefix(1);
  return line;
}

}  // namespace

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

TextPage::TextPage(std::size_t width, bool colour)
    : width_(std::max(width, kNarrowest)), colour_(colour) {}

std::string TextPage::styled(std::string_view text, Style style) const {
  if (!colour_ || style == Style::plain || text.empty()) return std::string(text);
  const char* code = style == Style::bold    ? "\x1b[1m"
                     : style == Style::alarm ? "\x1b[1;31m"
                     : style == Style::good  ? "\x1b[1;32m"
                                             : "\x1b[2m";
  return code + std::string(text) + "\x1b[0m";
}

void TextPage::blank() {
  if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void TextPage::heading(std::string_view text) {
  blank();
  paragraph(text, 0, Style::bold);
}

void TextPage::paragraph(std::string_view text, std::size_t indent, Style style) {
  const std::size_t room = std::max(width_ - std::min(indent, width_), kNarrowestText);
  while (!text.empty()) {
    out_ += std::string(indent, ' ') + styled(cut_line(text, room), style) + '\n';
  }
}

void TextPage::item(std::string_view label, std::string_view text, std::size_t indent,
                    std::size_t hang, Style label_style) {
  out_ += std::string(indent, ' ') + styled(label, label_style);
  std::size_t column = indent + columns(label);
  // A narrow page has no room for two columns: the text goes below its label.
  const bool below = hang + kNarrowestText > width_;
  if (below) hang = std::min(indent + 2, width_ - kNarrowestText);
  if (below || column + kNarrowestText > width_) {
    out_ += '\n' + std::string(hang, ' ');
    column = hang;
  } else if (column < hang) {
    out_.append(hang - column, ' ');
    column = hang;
  } else {
    out_ += ' ';
    ++column;
  }
  while (!text.empty()) {
    out_ += cut_line(text, width_ - column);
    if (text.empty()) break;
    out_ += '\n' + std::string(hang, ' ');
    column = hang;
  }
  while (out_.ends_with(' ')) out_.pop_back();
  out_ += '\n';
}

}  // namespace whydown::report
