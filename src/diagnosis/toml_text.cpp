#include "diagnosis/toml_text.h"

namespace whydown::diagnosis {

namespace {

// Where the text that begins at `at` with the quote `mark` ends: behind its closing quotes, or at
// the end of the line or file where it is not closed (the parser reports that).
std::size_t end_of_text(std::string_view toml, std::size_t at, char mark) {
  const std::string_view long_mark = mark == '"' ? R"(""")" : "'''";
  const bool is_long = toml.substr(at, 3) == long_mark;
  const std::size_t quotes = is_long ? 3 : 1;
  at += quotes;
  while (at < toml.size()) {
    const char c = toml[at];
    if (c == mark && (!is_long || toml.substr(at, 3) == long_mark)) return at + quotes;
    if (c == '\n' && !is_long) return at;
    at += c == '\\' && mark == '"' ? 2 : 1;
  }
  return toml.size();
}

// A text begins a line (a quoted key), or stands behind one of these. Behind anything else the
// parser takes a quote for a mistake and what follows for no text.
bool may_begin_text(char last) {
  return std::string_view("\n=[]{,.").find(last) != std::string_view::npos;
}

}  // namespace

std::size_t line_of_stray_character(std::string_view toml) {
  // A byte order mark may open the file.
  if (toml.starts_with("\xef\xbb\xbf")) toml.remove_prefix(3);
  std::size_t line = 1;
  const auto count_lines = [&](std::string_view part) {
    for (const char c : part) line += c == '\n' ? 1U : 0U;
  };
  char last = '\n';  // the last character that was no blank
  for (std::size_t at = 0; at < toml.size();) {
    const char c = toml[at];
    std::size_t next = at + 1;
    if (c == '#') {
      next = toml.find('\n', at);
      if (next == std::string_view::npos) return 0;
    } else if ((c == '"' || c == '\'') && may_begin_text(last)) {
      next = end_of_text(toml, at, c);
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      return line;
    }
    if (c != ' ' && c != '\t' && c != '\r' && c != '#') last = c;
    next = next < toml.size() ? next : toml.size();
    count_lines(toml.substr(at, next - at));
    at = next;
  }
  return 0;
}

}  // namespace whydown::diagnosis
