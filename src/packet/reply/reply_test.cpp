#include "packet/reply/reply.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace whydown::packet::reply {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Reply, DialectOfFirstBytes) {
  struct Row {
    std::string_view text;
    Dialect dialect;
    bool certain;
  };
  static constexpr Row kRows[] = {
      {"220 mail.example.com ESMTP", Dialect::digits, true},
      {"220-welcome", Dialect::digits, true},
      {"421 too many", Dialect::digits, true},
      {"554 no", Dialect::digits, true},
      {"220", Dialect::digits, false},
      {"2", Dialect::digits, false},
      {"2200", Dialect::none, true},
      {"221 bye", Dialect::none, true},
      {"+OK ready", Dialect::pop, true},
      {"-ERR busy", Dialect::pop, true},
      {"+", Dialect::pop, false},
      {"* OK IMAP4rev1", Dialect::imap, true},
      {"* BYE overloaded", Dialect::imap, true},
      {"SSH-2.0-OpenSSH_9.2p1 Debian", Dialect::ssh, true},
      {"SS", Dialect::ssh, false},
      {"HTTP/1.1 200 OK", Dialect::none, true},
      {"\x16\x03\x01", Dialect::none, true},
      {"", Dialect::none, false},
  };
  for (const Row& row : kRows) {
    const Guess guess = dialect_of(bytes_of(row.text));
    EXPECT_EQ(guess.dialect, row.dialect) << row.text;
    EXPECT_EQ(guess.is_certain, row.certain) << row.text;
  }
}

TEST(Reply, Lines) {
  Line line;
  ASSERT_TRUE(read_line(bytes_of("220 hi\r\n250 x\r\n"), line));
  EXPECT_EQ(line.text, "220 hi");
  EXPECT_EQ(line.taken, 8U);
  ASSERT_TRUE(read_line(bytes_of("\n"), line));
  EXPECT_EQ(line.text, "");
  EXPECT_FALSE(read_line(bytes_of("220 hi"), line));
  const std::string lengthy = std::string(kMaxLine + 9, 'a') + "\r\n";
  ASSERT_TRUE(read_line(bytes_of(lengthy), line));
  EXPECT_EQ(line.text.size(), kMaxLine);
  EXPECT_EQ(line.taken, lengthy.size());
}

std::string show(Dialect dialect, std::string_view line) {
  const Reply reply = read_reply(dialect, line);
  static constexpr std::string_view kMoods[] = {
      "none", "preliminary", "positive", "intermediate", "refused once", "refused", "bye"};
  std::string out(kMoods[static_cast<std::size_t>(reply.mood)]);
  if (reply.code != 0) out += fmt::format(" {}", reply.code);
  if (reply.enhanced_class != 0) {
    out += fmt::format(" {}.{}.{}", reply.enhanced_class, reply.enhanced_subject,
                       reply.enhanced_detail);
  }
  if (reply.is_continued) out += " continued";
  if (reply.is_tagged) out += " tagged";
  return out + fmt::format(" '{}'", reply.text);
}

TEST(Reply, Replies) {
  struct Row {
    Dialect dialect;
    std::string_view line;
    std::string_view shown;
  };
  static constexpr Row kRows[] = {
      {Dialect::smtp, "250 2.1.0 Ok", "positive 250 2.1.0 'Ok'"},
      {Dialect::smtp, "250-PIPELINING", "positive 250 continued 'PIPELINING'"},
      {Dialect::smtp, "550 5.7.1 Access denied", "refused 550 5.7.1 'Access denied'"},
      {Dialect::smtp, "450 4.2.0 <a@b>: Greylisted", "refused once 450 4.2.0 '<a@b>: Greylisted'"},
      {Dialect::smtp, "354 go", "intermediate 354 'go'"},
      {Dialect::smtp, "354", "intermediate 354 ''"},
      {Dialect::smtp, "550 5.7 no", "refused 550 '5.7 no'"},
      {Dialect::smtp, "550 5.7.1234 no", "refused 550 '5.7.1234 no'"},
      {Dialect::smtp, "550 192.0.2.1 no", "refused 550 '192.0.2.1 no'"},
      {Dialect::smtp, "650 x", "none ''"},
      {Dialect::smtp, "25 x", "none ''"},
      {Dialect::smtp, "2500 x", "none ''"},
      {Dialect::smtp, "", "none ''"},
      {Dialect::ftp, "150 here it comes", "preliminary 150 'here it comes'"},
      {Dialect::ftp, "530 Login incorrect.", "refused 530 'Login incorrect.'"},
      {Dialect::pop, "+OK ready", "positive 'ready'"},
      {Dialect::pop, "-ERR [AUTH] no", "refused '[AUTH] no'"},
      {Dialect::pop, "+ ", "intermediate ''"},
      {Dialect::pop, "text", "none ''"},
      {Dialect::imap, "* OK ready", "positive 'ready'"},
      {Dialect::imap, "a1 OK done", "positive tagged 'done'"},
      {Dialect::imap, "a1 NO [AUTHENTICATIONFAILED] no",
       "refused tagged '[AUTHENTICATIONFAILED] no'"},
      {Dialect::imap, "a1 bad what", "refused tagged 'what'"},
      {Dialect::imap, "* BYE overloaded", "bye 'overloaded'"},
      {Dialect::imap, "* 23 EXISTS", "none ''"},
      {Dialect::ssh, "SSH-2.0-x", "positive 'SSH-2.0-x'"},
      {Dialect::ssh, "Not allowed", "none 'Not allowed'"},
      {Dialect::none, "220 x", "none ''"},
  };
  for (const Row& row : kRows) EXPECT_EQ(show(row.dialect, row.line), row.shown) << row.line;
}

TEST(Reply, Verbs) {
  struct Row {
    Dialect dialect;
    std::string_view line;
    Verb verb;
  };
  static constexpr Row kRows[] = {
      {Dialect::smtp, "EHLO x", Verb::hello},
      {Dialect::smtp, "mail from:<a@b>", Verb::mail},
      {Dialect::smtp, "RCPT TO:<a@b>", Verb::recipient},
      {Dialect::smtp, "DATA", Verb::data},
      {Dialect::smtp, "AUTH PLAIN xxx", Verb::login},
      {Dialect::smtp, "QUIT", Verb::quit},
      {Dialect::smtp, "Dear reader", Verb::none},
      {Dialect::smtp, "", Verb::none},
      {Dialect::ftp, "PASS secret", Verb::login},
      {Dialect::ftp, "USER anonymous", Verb::user},
      {Dialect::ftp, "RETR file", Verb::fetch},
      {Dialect::pop, "PASS x", Verb::login},
      {Dialect::imap, "a1 LOGIN x y", Verb::login},
      {Dialect::imap, "a2 select INBOX", Verb::fetch},
      {Dialect::imap, "a3 LOGOUT", Verb::quit},
      {Dialect::digits, "USER x", Verb::user},
      {Dialect::digits, "EHLO x", Verb::hello},
      {Dialect::ssh, "SSH-2.0-x", Verb::none},
  };
  for (const Row& row : kRows) EXPECT_EQ(read_verb(row.dialect, row.line), row.verb) << row.line;
}

TEST(Reply, SmtpOrFtp) {
  EXPECT_EQ(dialect_of_command("EHLO x"), Dialect::smtp);
  EXPECT_EQ(dialect_of_command("USER x"), Dialect::ftp);
  EXPECT_EQ(dialect_of_command("QUIT"), Dialect::digits);
  EXPECT_EQ(dialect_of_command("whatever"), Dialect::digits);
  EXPECT_EQ(dialect_of_greeting("220 mail.example.com ESMTP Postfix"), Dialect::smtp);
  EXPECT_EQ(dialect_of_greeting("220 (vsFTPd 3.0.3)"), Dialect::ftp);
  EXPECT_EQ(dialect_of_greeting("220 hello"), Dialect::digits);
}

}  // namespace
}  // namespace whydown::packet::reply
