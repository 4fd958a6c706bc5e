#include "capture/text/repair.h"

#include <string>

#include <gtest/gtest.h>

#include "capture/text/limits.h"
#include "capture/text/lines.h"
#include "capture/text/records.h"
#include "capture/text/session.h"

namespace whydown::capture::text {
namespace {

TEST(CleanLine, TakesDecorationOff) {
  const struct {
    std::string raw;
    const char* text;
    unsigned quote_marks;
  } rows[] = {
      {"13:24:32.1 IP a > b: c", "13:24:32.1 IP a > b: c", 0},
      {"", "", 0},
      {"   ", "", 0},
      {">", "", 1},
      {"> > text", "text", 2},
      {">> text", "text", 2},
      {"- text", "text", 0},
      {"* `text`", "text", 0},
      {"- admin prohibited, length 36", "- admin prohibited, length 36", 0},
      {"+ A? example.com. (29)", "+ A? example.com. (29)", 0},
      {"1. 13:24:32", "13:24:32", 0},
      {"53: 7+ A? a. (19)", "53: 7+ A? a. (19)", 0},
      {"| 13:24:32.1 | IP a > b: c |", "13:24:32.1 IP a > b: c", 0},
      {"text \\", "text", 0},
      {"a > b: 45327|", "a > b: 45327|", 0},
      {"| a > b: 45327|", "a > b: 45327", 0},
      {"\"text (24)\",", "text (24)", 0},
      {"\"text (24)\";", "text (24)", 0},
      {"a &gt; b &amp;gt; c &amp; d &#62; e &#x3e; f", "a > b > c & d > e > f", 0},
      {"AT&T &bogus; &#9999999999; &", "AT&T &bogus; &#9999999999; &", 0},
      {"a\xc2\xa0\xe2\x80\x89\xe3\x80\x80"
       "b",
       "a b", 0},
      {"\xef\xbb\xbf"
       "a\xe2\x80\x8b"
       "b",
       "ab", 0},
      {"a \xe2\x80\x93 b \xe2\x80\xa6", "a - b ...", 0},
      {"\xe2\x80\xa2 text", "text", 0},
      {"\x93text\x94", "text", 0},
      {"a<br>b</p>", "a b", 0},
      {"a <b.c> d", "a <b.c> d", 0},
      {"<span style=\"x\">a</span> <A HREF='y'>b</A>", "a b", 0},
      {"...<a lot of it>...", "...<a lot of it>...", 0},
      {"\x1b[01;31m\x1b[KIP\x1b[m\x1b[K a > b", "IP a > b", 0},
      {"a -> b", "a > b", 0},
      {"a \xe2\x86\x92 b", "a > b", 0},
      {"a --> b", "a > b", 0},
      {"a => b", "a > b", 0},
      {"a->b x-> y", "a->b x-> y", 0},
      {"[bad udp cksum 0x1 -> 0x2!]", "[bad udp cksum 0x1 -> 0x2!]", 0},
      {"a > b: [bad udp cksum 0x8f81 ->", "a > b: [bad udp cksum 0x8f81 ->", 0},
      {"udp cksum 0x8f81 ->", "udp cksum 0x8f81 ->", 0},
      {"A? a.b<http://a.b/>. (9)", "A? a.b. (9)", 0},
      {"A? a.b&lt;http://a.b/&gt;. (9)", "A? a.b. (9)", 0},
      {"A? <http://a.b|a.b>. (9)", "A? a.b. (9)", 0},
      {"A? <http://a.b/>. (9)", "A? a.b. (9)", 0},
      {"A? [a.b](https://a.b). (9)", "A? a.b. (9)", 0},
      {"A? [a.b|http://a.b]. (9)", "A? a.b. (9)", 0},
      {"Flags [S], http://a.b (c)", "Flags [S], http://a.b (c)", 0},
      {"a \\> b\\_c\\.d \\032 \\\\", "a > b_c.d \\032", 0},
      {std::string("a\0b", 3), "a b", 0},
      {"\xff\xfe\xc3", "\xc3\xbf\xc3\xbe\xc3\x83", 0},
  };
  for (const auto& row : rows) {
    std::string buffer;
    const CleanLine line = clean_line(row.raw, buffer);
    EXPECT_EQ(line.text, row.text) << row.raw;
    EXPECT_EQ(line.quote_marks, row.quote_marks) << row.raw;
  }
}

TEST(CleanLine, SaysWhatItDid) {
  std::string buffer;
  EXPECT_TRUE(clean_line("13:24:32.1 IP a > b: c", buffer).repairs.empty());
  EXPECT_TRUE(clean_line("a &gt; b", buffer).repairs.has(Repair::entities));
  EXPECT_TRUE(clean_line("a\xc2\xa0"
                         "b",
                         buffer)
                  .repairs.has(Repair::blanks));
  EXPECT_TRUE(clean_line("\xe2\x80\x9c"
                         "a",
                         buffer)
                  .repairs.has(Repair::quotes));
  EXPECT_TRUE(clean_line("- a", buffer).repairs.has(Repair::decoration));
  RepairCounts counts;
  counts.add(clean_line("- a &gt; b", buffer).repairs);
  counts.add(clean_line("- a", buffer).repairs);
  EXPECT_EQ(counts.words(),
            "HTML entities (1 record), Markdown, bullets or table lines (2 records)");
}

TEST(ListNumber, InFrontOfALine) {
  const struct {
    std::string_view line;
    std::uint64_t value;  // 0: none
    std::string_view rest;
  } rows[] = {
      {"7. a", 7, " a"},
      {"7) a", 7, " a"},
      {"(7) a", 7, " a"},
      {"[7] a", 7, " a"},
      {"#7 a", 7, " a"},
      {"Line 7: a", 7, " a"},
      {"     7\ta", 7, "\ta"},
      {"> 7. a", 7, " a"},
      {"7 a", 0, "7 a"},
      {"7", 0, "7"},
      {"7.a", 0, "7.a"},
      {"35084+ A?", 0, "35084+ A?"},
      {"13:24:32.1 IP", 0, "13:24:32.1 IP"},
      {"", 0, ""},
  };
  for (const auto& row : rows) {
    std::string_view text = row.line;
    EXPECT_EQ(take_list_number(text).value, row.value) << row.line;
    EXPECT_EQ(text, row.rest) << row.line;
  }
}

TEST(Lines, Encodings) {
  const struct {
    const char* name;
    std::string bytes;
  } rows[] = {
      {"plain", "a\nb\xc3\xa4\n"},
      {"no end", "a\nb\xc3\xa4"},
      {"CRLF", "a\r\nb\xc3\xa4\r\n"},
      {"UTF-8 mark",
       "\xef\xbb\xbf"
       "a\nb\xc3\xa4\n"},
      {"UTF-16LE", std::string("\xff\xfe"
                               "a\0\r\0\n\0b\0\xe4\0\n\0",
                               14)},
      {"UTF-16BE", std::string("\xfe\xff\0a\0\n\0b\0\xe4", 10)},
      {"UTF-16LE without its mark", std::string("a\0\r\0\n\0b\0\xe4\0\n\0", 12)},
      {"UTF-16BE without its mark", std::string("\0a\0\r\0\n\0b\0\xe4\0\n", 12)},
      {"UTF-16LE cut in a character", std::string("\xff\xfe"
                                                  "a\0\n\0b\0\xe4\0x",
                                                  11)},
  };
  for (const auto& row : rows) {
    const auto input = Input::of_bytes(
        {reinterpret_cast<const std::uint8_t*>(row.bytes.data()), row.bytes.size()});
    LineReader reader(*input);
    Line line;
    ASSERT_TRUE(reader.next(line)) << row.name;
    EXPECT_EQ(line.text, "a") << row.name;
    EXPECT_EQ(line.number, 1U);
    ASSERT_TRUE(reader.next(line)) << row.name;
    EXPECT_EQ(line.text, "b\xc3\xa4") << row.name;
    EXPECT_EQ(line.number, 2U);
    EXPECT_FALSE(reader.next(line)) << row.name;
  }
}

TEST(Lines, AreCutAtTheLimit) {
  for (const std::size_t extra : {std::size_t{0}, std::size_t{1}, 2 * kMaxLine}) {
    const std::string bytes = std::string(kMaxLine + extra, 'x') + "\nnext";
    const auto input =
        Input::of_bytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    LineReader reader(*input);
    Line line;
    ASSERT_TRUE(reader.next(line));
    EXPECT_EQ(line.text.size(), kMaxLine);
    ASSERT_TRUE(reader.next(line));
    EXPECT_EQ(line.text, "next");
    EXPECT_EQ(reader.cut_lines(), extra == 0 ? 0U : 1U);
  }
}

TEST(Session, Commands) {
  const struct {
    const char* line;
    bool is_session;
    const char* filter;
  } rows[] = {
      {"$ tcpdump -n port 53", true, "port 53"},
      {"# tcpdump -nni eth0 'udp port 53 or icmp' -w x.pcap", true, "udp port 53 or icmp"},
      {"user@host:~$ sudo tcpdump -i any host 192.0.2.1 | tee log", true, "host 192.0.2.1"},
      {"tcpdump -c 5 -s0 -vv", true, ""},
      {"tcpdump --interface eth0 tcp", true, "tcp"},
      {"$ /usr/sbin/tcpdump icmp", true, "icmp"},
      {"We ran tcpdump -n port 53 on the host", false, ""},
      {"tcpdump shows that the port is closed", false, ""},
      {"13:24:32.1 IP a > b: c", false, ""},
      {"listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes",
       true, ""},
      {"6 packets captured, 6 packets received by filter, 0 packets dropped by kernel", true, ""},
      {"6 packages arrived", false, ""},
  };
  for (const auto& row : rows) {
    Session session;
    EXPECT_EQ(read_session_line(row.line, session), row.is_session) << row.line;
    if (row.is_session) {
      EXPECT_EQ(session.filter, row.filter) << row.line;
    }
    EXPECT_FALSE(session.snaplen.has_value());
  }
}

TEST(LeftOut, TheTextSaysSoItself) {
  for (const char* text : {"...", "...<a lot of traffic on the port 80>...", "[...]", "<snip>",
                           "... more of the same ...", "(...)"}) {
    EXPECT_TRUE(says_left_out(text)) << text;
  }
  for (const char* text : {"....E..C", "...5./H......yummy.", "", "a ... b"}) {
    EXPECT_FALSE(says_left_out(text)) << text;
  }
}

}  // namespace
}  // namespace whydown::capture::text
