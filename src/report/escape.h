// Strings from packets are hostile: a DNS name may hold terminal escapes, markup or bidirectional
// overrides. clean_*() makes any bytes safe to show as one piece of text; the others additionally
// quote clean text for one output format.
#pragma once

#include <string>
#include <string_view>

namespace whydown::report {

// Valid UTF-8 without control, invisible or direction-changing characters. What was taken out stays
// visible as "\x1b" (byte) or "\u{202e}" (character).
std::string clean_line(std::string_view text);
// The same for sentences: tabs and line ends become blanks, runs of blanks become one.
std::string clean_paragraph(std::string_view text);

// For element content and quoted attribute values.
std::string html_escaped(std::string_view text);
// For running text and table cells (CommonMark and GitHub's tables).
std::string markdown_escaped(std::string_view text);
// As a code span, whatever backticks it holds. Not for table cells: a table splits at every "|".
std::string markdown_code(std::string_view text);

}  // namespace whydown::report
