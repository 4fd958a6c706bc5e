#include "packet/reply/reply.h"

#include <algorithm>
#include <array>
#include <utility>

namespace whydown::packet::reply {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool is_equal(std::string_view text, std::string_view upper_text) {
  return std::ranges::equal(text, upper_text, {}, upper);
}

bool holds(std::string_view text, std::string_view upper_word) {
  const auto found = std::ranges::search(text, upper_word, {}, upper);
  return !found.empty();
}

// The first word; `text` goes on behind the blanks after it.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return word;
}

// RFC 3463: "5.7.1 " before the words.
void take_enhanced(Reply& reply) {
  std::array<std::uint16_t, 3> part{};
  std::size_t at = 0;
  const std::string_view text = reply.text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    std::size_t digits = 0;
    while (at < text.size() && is_digit(text[at]) && digits < 3) {
      part.at(i) = static_cast<std::uint16_t>(part.at(i) * 10 + (text[at] - '0'));
      ++at;
      ++digits;
    }
    if (digits == 0) return;
    if (i < 2 && (at >= text.size() || text[at++] != '.')) return;
  }
  if (at < text.size() && text[at] != ' ') return;
  if (part[0] != 2 && part[0] != 4 && part[0] != 5) return;
  reply.enhanced_class = static_cast<std::uint8_t>(part[0]);
  reply.enhanced_subject = part[1];
  reply.enhanced_detail = part[2];
  reply.text.remove_prefix(std::min(at + 1, text.size()));
}

// RFC 5321 4.2, RFC 959 4.2.
Reply read_digits(std::string_view line) {
  Reply reply;
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), is_digit)) return reply;
  const bool is_bare = line.size() == 3;
  if (!is_bare && line[3] != ' ' && line[3] != '-') return reply;
  static constexpr std::array<Mood, 6> kMoods{Mood::none,         Mood::preliminary,
                                              Mood::positive,     Mood::intermediate,
                                              Mood::refused_once, Mood::refused};
  const auto kind = static_cast<std::size_t>(line[0] - '0');
  if (kind == 0 || kind >= kMoods.size()) return reply;
  reply.mood = kMoods.at(kind);
  reply.code =
      static_cast<std::uint16_t>(kind * 100 + static_cast<std::size_t>(line[1] - '0') * 10 +
                                 static_cast<std::size_t>(line[2] - '0'));
  reply.is_continued = !is_bare && line[3] == '-';
  reply.text = line.substr(std::min<std::size_t>(4, line.size()));
  take_enhanced(reply);
  return reply;
}

// RFC 1939 3.
Reply read_pop(std::string_view line) {
  Reply reply;
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  if (word == "+OK") reply.mood = Mood::positive;
  if (word == "-ERR") reply.mood = Mood::refused;
  if (word == "+") reply.mood = Mood::intermediate;
  if (reply.mood != Mood::none) reply.text = rest;
  return reply;
}

// RFC 9051 7.1: "* OK ...", "a1 NO ...", "* BYE ...", "+ ...".
Reply read_imap(std::string_view line) {
  Reply reply;
  std::string_view rest = line;
  const std::string_view tag = take_word(rest);
  if (tag == "+") {
    reply.mood = Mood::intermediate;
    reply.text = rest;
    return reply;
  }
  const std::string_view word = take_word(rest);
  if (is_equal(word, "OK") || is_equal(word, "PREAUTH")) reply.mood = Mood::positive;
  if (is_equal(word, "NO") || is_equal(word, "BAD")) reply.mood = Mood::refused;
  if (is_equal(word, "BYE")) reply.mood = Mood::bye;
  reply.is_tagged = reply.mood != Mood::none && tag != "*";
  if (reply.mood != Mood::none) reply.text = rest;
  return reply;
}

struct VerbName {
  std::string_view name;
  Verb verb;
};

constexpr std::array kSmtpVerbs = {
    VerbName{"EHLO", Verb::hello},     VerbName{"HELO", Verb::hello},
    VerbName{"LHLO", Verb::hello},     VerbName{"MAIL", Verb::mail},
    VerbName{"RCPT", Verb::recipient}, VerbName{"DATA", Verb::data},
    VerbName{"BDAT", Verb::data},      VerbName{"STARTTLS", Verb::start_tls},
    VerbName{"AUTH", Verb::login},     VerbName{"QUIT", Verb::quit},
    VerbName{"RSET", Verb::other},     VerbName{"NOOP", Verb::other},
    VerbName{"VRFY", Verb::other},
};
constexpr std::array kFtpVerbs = {
    VerbName{"USER", Verb::user},  VerbName{"PASS", Verb::login}, VerbName{"AUTH", Verb::start_tls},
    VerbName{"RETR", Verb::fetch}, VerbName{"STOR", Verb::fetch}, VerbName{"APPE", Verb::fetch},
    VerbName{"STOU", Verb::fetch}, VerbName{"LIST", Verb::fetch}, VerbName{"NLST", Verb::fetch},
    VerbName{"MLSD", Verb::fetch}, VerbName{"QUIT", Verb::quit},  VerbName{"TYPE", Verb::other},
    VerbName{"PASV", Verb::other}, VerbName{"EPSV", Verb::other}, VerbName{"PORT", Verb::other},
    VerbName{"CWD", Verb::other},  VerbName{"PWD", Verb::other},  VerbName{"SYST", Verb::other},
    VerbName{"FEAT", Verb::other}, VerbName{"SIZE", Verb::other},
};
constexpr std::array kPopVerbs = {
    VerbName{"USER", Verb::user},      VerbName{"PASS", Verb::login}, VerbName{"APOP", Verb::login},
    VerbName{"AUTH", Verb::login},     VerbName{"RETR", Verb::fetch}, VerbName{"LIST", Verb::fetch},
    VerbName{"STLS", Verb::start_tls}, VerbName{"QUIT", Verb::quit},  VerbName{"STAT", Verb::other},
    VerbName{"CAPA", Verb::other},     VerbName{"DELE", Verb::other},
};
constexpr std::array kImapVerbs = {
    VerbName{"LOGIN", Verb::login},        VerbName{"AUTHENTICATE", Verb::login},
    VerbName{"SELECT", Verb::fetch},       VerbName{"EXAMINE", Verb::fetch},
    VerbName{"FETCH", Verb::fetch},        VerbName{"APPEND", Verb::fetch},
    VerbName{"STARTTLS", Verb::start_tls}, VerbName{"LOGOUT", Verb::quit},
};

Verb find_in(std::span<const VerbName> names, std::string_view word) {
  const auto found = std::ranges::find_if(
      names, [&](const VerbName& entry) { return is_equal(word, entry.name); });
  return found == names.end() ? Verb::none : found->verb;
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Whether the bytes begin with the word, or are its beginning.
bool begins(std::string_view text, std::string_view word, bool& is_certain) {
  if (text.starts_with(word)) return true;
  if (!word.starts_with(text)) return false;
  is_certain = false;
  return true;
}

}  // namespace

Guess dialect_of(std::span<const std::uint8_t> first_bytes) {
  const std::string_view text =
      text_of(first_bytes.first(std::min<std::size_t>(first_bytes.size(), 16)));
  Guess guess;
  if (text.empty()) return {.is_certain = false};
  static constexpr std::array<std::pair<std::string_view, Dialect>, 6> kBeginnings{
      {{"SSH-", Dialect::ssh},
       {"+OK", Dialect::pop},
       {"-ERR", Dialect::pop},
       {"* OK", Dialect::imap},
       {"* PREAUTH", Dialect::imap},
       {"* BYE", Dialect::imap}}};
  for (const auto& [word, dialect] : kBeginnings) {
    if (begins(text, word, guess.is_certain)) {
      guess.dialect = dialect;
      return guess;
    }
  }
  // Greetings are 120, 220, 421, 530 or 554 (RFC 5321 4.2, RFC 959 5.4).
  for (const std::string_view code : {"120", "220", "421", "530", "554"}) {
    guess.is_certain = true;
    if (!begins(text, code, guess.is_certain)) continue;
    if (guess.is_certain && text.size() == 3) guess.is_certain = false;
    const bool fits = text.size() <= 3 || text[3] == ' ' || text[3] == '-' || text[3] == '\r';
    guess.dialect = fits ? Dialect::digits : Dialect::none;
    return guess;
  }
  return {};
}

bool read_line(std::span<const std::uint8_t> bytes, Line& line) {
  const std::string_view text = text_of(bytes);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return false;
  line.taken = end + 1;
  line.text = text.substr(0, end);
  if (!line.text.empty() && line.text.back() == '\r') line.text.remove_suffix(1);
  line.text = line.text.substr(0, kMaxLine);
  return true;
}

Reply read_reply(Dialect dialect, std::string_view line) {
  switch (dialect) {
    case Dialect::digits:
    case Dialect::smtp:
    case Dialect::ftp:
      return read_digits(line);
    case Dialect::pop:
      return read_pop(line);
    case Dialect::imap:
      return read_imap(line);
    case Dialect::ssh:
      return {.mood = line.starts_with("SSH-") ? Mood::positive : Mood::none, .text = line};
    case Dialect::none:
      break;
  }
  return {};
}

Verb read_verb(Dialect dialect, std::string_view line) {
  std::string_view rest = line;
  std::string_view word = take_word(rest);
  if (dialect == Dialect::imap) word = take_word(rest);  // the first one is the tag
  switch (dialect) {
    case Dialect::smtp:
      return find_in(kSmtpVerbs, word);
    case Dialect::ftp:
      return find_in(kFtpVerbs, word);
    case Dialect::pop:
      return find_in(kPopVerbs, word);
    case Dialect::imap:
      return find_in(kImapVerbs, word);
    case Dialect::digits: {
      const Verb verb = find_in(kSmtpVerbs, word);
      return verb != Verb::none ? verb : find_in(kFtpVerbs, word);
    }
    case Dialect::ssh:
    case Dialect::none:
      break;
  }
  return Verb::none;
}

Dialect dialect_of_command(std::string_view line) {
  std::string_view rest = line;
  const std::string_view word = take_word(rest);
  const bool smtp = find_in(kSmtpVerbs, word) != Verb::none;
  const bool ftp = find_in(kFtpVerbs, word) != Verb::none;
  if (smtp == ftp) return Dialect::digits;
  return smtp ? Dialect::smtp : Dialect::ftp;
}

Dialect dialect_of_greeting(std::string_view line) {
  if (holds(line, "SMTP") || holds(line, "MAIL SERVICE")) return Dialect::smtp;
  if (holds(line, "FTP")) return Dialect::ftp;
  return Dialect::digits;
}

}  // namespace whydown::packet::reply
