// Whom a login names, as far as its line shows it in clear:
//
//   USER anna                          FTP, POP3; APOP anna 0f...
//   a1 LOGIN anna secret               IMAP, also "anna"
//   AUTH PLAIN AGFubmEAc2VjcmV0        SMTP, POP3, IMAP (RFC 4616), also on the next line
//   YW5uYQ==                           what follows AUTH LOGIN
//   anna:secret, in base64             HTTP (RFC 7617)
//
// The name is for counting how many there are. Whoever asks keeps a digest of it, and nothing else.
#pragma once

#include <array>
#include <string_view>

#include "packet/reply/reply.h"

namespace whydown::packet::reply {

// Room for what a login's base64 hides; longer ones are not looked at.
using LoginBuffer = std::array<char, 192>;

enum class Mechanism : std::uint8_t { none, plain, login };

// Of a USER, LOGIN, APOP or AUTH command; empty where it names nobody in clear.
std::string_view user_of(Dialect dialect, std::string_view line, LoginBuffer& buffer);
// What an AUTH command announces: what its next line is.
Mechanism mechanism_of(Dialect dialect, std::string_view line);
// Of that next line.
std::string_view user_of(Mechanism mechanism, std::string_view line, LoginBuffer& buffer);
// Of HTTP's credentials behind "Basic ".
std::string_view user_of_basic(std::string_view base64, LoginBuffer& buffer);

}  // namespace whydown::packet::reply
