// Paragraphs of plain text, wrapped at a width, with hanging indents and optional colour.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace whydown::report {

// Columns by which what stands below a heading is set in.
inline constexpr std::size_t kTextIndent = 2;

enum class Style : std::uint8_t { plain, bold, alarm, good, dim };

class TextPage {
 public:
  TextPage(std::size_t width, bool colour);

  void blank();
  void heading(std::string_view text);
  void paragraph(std::string_view text, std::size_t indent = 0, Style style = Style::plain);
  // `label`, then `text` from column `hang` on; a longer label pushes its first line to the right.
  void item(std::string_view label, std::string_view text, std::size_t indent, std::size_t hang,
            Style label_style = Style::plain);
  const std::string& text() const { return out_; }

 private:
  std::string styled(std::string_view text, Style style) const;

  std::string out_;
  std::size_t width_;
  bool colour_;
};

// Columns that UTF-8 text takes, counted as one per character.
std::size_t columns(std::string_view text);

}  // namespace whydown::report
