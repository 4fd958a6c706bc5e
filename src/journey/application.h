// What Digest::code and Digest::detail say of an application's answer.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.h"
#include "packet/reply/reply.h"

namespace whydown::journey {

// Where a redirect leads, against the URL that was asked for: Digest::detail of an HTTP answer of
// 300 to 399.
enum class Leads : std::uint16_t {
  unknown,  // not shown
  same_url,
  same_on_https,  // the same host and path, with https
  same_host,      // another path of the same host
  other_host,
  other_on_https,  // another host, with https
};

// Digest::detail of a mail server's reply: its enhanced status (RFC 3463) without the class, so
// that 5.7.1 is 7001; 0 where there is none.
constexpr std::uint16_t enhanced_detail(std::uint16_t subject, std::uint16_t detail) {
  return static_cast<std::uint16_t>((subject < 60 ? subject : 60) * 1000 + detail % 1000);
}

// Digest::verb of a login.
inline constexpr auto kLoginVerb = static_cast<std::uint8_t>(packet::reply::Verb::login);

// Never 0. Sixteen bits say whether two secrets differ, and are too few to find either.
inline std::uint16_t short_digest(std::string_view text) {
  return static_cast<std::uint16_t>(base::hash_bytes(text) >> 48U | 1U);
}

// Digest::code of replies without digits: those of POP3, IMAP and SSH.
inline constexpr std::uint16_t kNoCode = 0;

// Digest::detail of an NTP answer.
enum class NtpSays : std::uint16_t {
  time,
  rate,    // kiss code RATE: asked too often
  denied,  // DENY, RSTR
  other_kiss,
  unsynchronised,  // its own clock is not set
};

}  // namespace whydown::journey
