#include "report/escape.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "report/fixtures_test.h"
#include "report/text_page.h"

namespace whydown::report {
namespace {

using namespace std::string_view_literals;

TEST(Escape, CleanLine) {
  struct Row {
    std::string_view in;
    std::string_view out;
  };
  const Row rows[] = {
      {"plain.example", "plain.example"},
      {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\x8d", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8c\x8d"},
      {"\x1b[31mred", "\\x1b[31mred"},
      {"a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"},
      {"\0\x7f"sv, "\\x00\\x7f"},
      {"\xc2\x9b"
       "31m",
       "\\u{9b}31m"},                      // C1 control sequence introducer
      {"\xe2\x80\xae", "\\u{202e}"},       // right-to-left override
      {"\xe2\x80\xa8", "\\u{2028}"},       // line separator
      {"\xf3\xa0\x81\x81", "\\u{e0041}"},  // tag character
      {"\xff", "\\xff"},
      {"\xc0\xaf", "\\xc0\\xaf"},                    // overlong "/"
      {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},           // overlong
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // surrogate
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // past U+10FFFF
      {"\xe2\x82", "\\xe2\\x82"},                    // cut short
      {"\xc3(", "\\xc3("},
      {"", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(clean_line(row.in), row.out) << row.in;
}

TEST(Escape, CleanParagraphFlattensLines) {
  EXPECT_EQ(clean_paragraph("one\n  two\t three \n"), "one two three");
  EXPECT_EQ(clean_paragraph("a\x1b"), "a\\x1b");
}

TEST(Escape, Markdown) {
  struct Row {
    std::string_view in;
    std::string_view out;
  };
  const Row rows[] = {
      {"plain, with. dots - and dashes", "plain, with. dots - and dashes"},
      {"snake_case stays", "snake_case stays"},
      {"_dmarc.example", "\\_dmarc.example"},
      {"*bold* `code` [x](y)", "\\*bold\\* \\`code\\` \\[x\\](y)"},
      {"<b>", "\\<b>"},
      {"a|b", "a\\|b"},
      {"# heading", "\\# heading"},
      {"> quote", "\\> quote"},
      {"1. item", "1\\. item"},
      {"- item", "\\- item"},
      {"&lt; & c", "\\&lt; & c"},
      {"http://x", "http\\://x"},
      {"back\\slash", "back\\\\slash"},
  };
  for (const Row& row : rows) EXPECT_EQ(markdown_escaped(row.in), row.out) << row.in;
}

TEST(Escape, MarkdownCode) {
  EXPECT_EQ(markdown_code("ss -lunp"), "`ss -lunp`");
  EXPECT_EQ(markdown_code("a`b"), "``a`b``");
  EXPECT_EQ(markdown_code("`a"), "`` `a ``");
}

TEST(Escape, Html) {
  EXPECT_EQ(html_escaped("<a href='x'>&\""), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Hostile, NoFormatLetsControlCharactersThrough) {
  for (const std::string& text : {as_text(hostile()), as_json(hostile()), as_worksheet(hostile()),
                                  as_incident_form(hostile()), as_html(hostile())}) {
    for (const char c : text) {
      EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
      EXPECT_NE(c, '\x7f');
    }
    EXPECT_FALSE(has(text, "\xe2\x80\xae"));
    EXPECT_FALSE(has(text, "\xc2\x9b"));
    EXPECT_FALSE(has(text, "\xff"));
    // A line end in a name or title starts no line of its own.
    EXPECT_FALSE(has(text, "\nNo incident found"));
  }
}

TEST(Hostile, MarkupIsText) {
  const std::string html = as_html(hostile());
  for (const std::string_view tag : {"<script", "<img", "<svg/", "<b>a</b>"}) {
    EXPECT_FALSE(has(html, tag)) << tag;
  }
  EXPECT_TRUE(has(html, "&lt;script&gt;alert(1)"));
  for (const std::string& markdown : {as_worksheet(hostile()), as_incident_form(hostile())}) {
    for (std::size_t at = 0; (at = markdown.find('<', at)) != std::string::npos; ++at) {
      EXPECT_TRUE(at > 0 && markdown[at - 1] == '\\') << markdown.substr(at, 20);
    }
    EXPECT_TRUE(has(markdown, "a\\|b\\`c\\*\\[x\\](http\\://evil"));
  }
}

TEST(TextPage, WrapsWithinItsWidth) {
  for (const std::size_t width : {40U, 60U, 80U, 100U}) {
    Options options;
    options.width = width;
    const std::string text = render(dns_refused(), options);
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = text.find('\n', begin);
      EXPECT_LE(columns(std::string_view(text).substr(begin, end - begin)), width)
          << text.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(TextPage, ColourOnlyWhenAsked) {
  Options options;
  EXPECT_FALSE(has(render(dns_refused(), options), "\x1b"));
  options.colour = true;
  EXPECT_TRUE(has(render(dns_refused(), options), "\x1b[1;31m1 incident found"));
}

}  // namespace
}  // namespace whydown::report
