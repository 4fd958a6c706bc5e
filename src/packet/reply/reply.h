// Protocols that speak in lines and answer with codes: SMTP (RFC 5321), FTP (RFC 959), POP3 (RFC
// 1939), IMAP (RFC 9051), and the SSH banner (RFC 4253 4.2). Pure functions over the bytes of one
// direction of a connection.
//
// Of commands only the verb is read: what follows may be a password.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace whydown::packet::reply {

enum class Dialect : std::uint8_t {
  none,
  digits,  // "220 ...": SMTP or FTP, which the first line alone does not always tell
  smtp,
  ftp,
  pop,
  imap,
  ssh,
};

// The longest line that is read: RFC 5321 4.5.3.1.5 allows 512 bytes, RFC 4253 255, RFC 9051 has no
// limit; what is longer is passed over up to its end.
inline constexpr std::size_t kMaxLine = 1024;

// Which dialect a server's first bytes speak. `none` where they are of none of these; false in
// `is_certain` where more bytes are needed.
struct Guess {
  Dialect dialect = Dialect::none;
  bool is_certain = true;
};
Guess dialect_of(std::span<const std::uint8_t> first_bytes);

// The first line of the bytes, without its end. False where its end is not there; a line longer
// than kMaxLine is cut to that.
struct Line {
  std::string_view text;
  std::size_t taken = 0;  // bytes, the line's end included
};
bool read_line(std::span<const std::uint8_t> bytes, Line& line);

enum class Mood : std::uint8_t {
  none,          // no reply: text in between, an IMAP response that is not tagged
  preliminary,   // 1yz
  positive,      // 2yz, +OK, OK
  intermediate,  // 3yz, "+ ...": go on
  refused_once,  // 4yz: a later try may do
  refused,       // 5yz, -ERR, NO, BAD
  bye,           // IMAP BYE, SSH disconnects
};

struct Reply {
  Mood mood = Mood::none;
  std::uint16_t code = 0;           // SMTP, FTP: three digits
  bool is_continued = false;        // "250-...": more lines follow
  bool is_tagged = false;           // IMAP: it ends a command
  std::uint8_t enhanced_class = 0;  // RFC 3463: "5.7.1"; 0 where there is none
  std::uint16_t enhanced_subject = 0;
  std::uint16_t enhanced_detail = 0;
  std::string_view text;  // behind the codes
};
Reply read_reply(Dialect dialect, std::string_view line);

// What a client's line asks for, as far as it matters to how the session ends.
enum class Verb : std::uint8_t {
  none,       // unknown, or data
  hello,      // EHLO, HELO, LHLO
  mail,       // MAIL FROM
  recipient,  // RCPT TO
  data,       // DATA, BDAT
  start_tls,  // STARTTLS, STLS, AUTH TLS
  login,      // AUTH, LOGIN, AUTHENTICATE, APOP, PASS
  user,       // USER
  fetch,      // RETR, LIST, NLST, STOR, APPE, STOU, MLSD, SELECT, FETCH ...
  quit,       // QUIT, LOGOUT
  other,
};
Verb read_verb(Dialect dialect, std::string_view line);

// SMTP or FTP, by a verb that only one of them has; `digits` where both have it.
Dialect dialect_of_command(std::string_view line);
// ... by words of the greeting ("ESMTP", "FTP"); `digits` where it has none of them.
Dialect dialect_of_greeting(std::string_view line);

}  // namespace whydown::packet::reply
