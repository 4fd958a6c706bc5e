#include "packet/reply/login.h"

#include <algorithm>

namespace whydown::packet::reply {

namespace {

std::string_view next_word(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

bool is_word(std::string_view text, std::string_view upper) {
  return std::ranges::equal(text, upper, [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
  });
}

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// RFC 4648 4. Empty where it is none, or too long.
std::string_view decoded(std::string_view base64, LoginBuffer& buffer) {
  while (base64.ends_with('=')) base64.remove_suffix(1);
  if (base64.size() / 4 * 3 + 2 > buffer.size()) return {};
  std::size_t size = 0;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : base64) {
    const int value = value_of(c);
    if (value < 0) return {};
    held = (held << 6U | static_cast<unsigned>(value)) & 0xfffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    buffer.at(size++) = static_cast<char>(held >> bits & 0xffU);
  }
  return {buffer.data(), size};
}

// Who acts (mostly nobody), who logs in, and the password, with zeros between.
std::string_view name_of_plain(std::string_view base64, LoginBuffer& buffer) {
  const std::string_view text = decoded(base64, buffer);
  const std::size_t first = text.find('\0');
  if (first == std::string_view::npos) return {};
  const std::string_view rest = text.substr(first + 1);
  const std::size_t second = rest.find('\0');
  return second == std::string_view::npos ? std::string_view{} : rest.substr(0, second);
}

}  // namespace

std::string_view user_of(Dialect dialect, std::string_view line, LoginBuffer& buffer) {
  if (dialect == Dialect::imap) (void)next_word(line);
  const std::string_view verb = next_word(line);
  if (is_word(verb, "USER") || is_word(verb, "APOP")) return next_word(line);
  if (is_word(verb, "LOGIN") && dialect == Dialect::imap) {
    std::string_view name = next_word(line);
    if (name.size() > 2 && name.starts_with('"') && name.ends_with('"')) {
      name = name.substr(1, name.size() - 2);
    }
    // "{4}" announces a literal (RFC 9051 4.3), which is a line of its own.
    return name.starts_with('{') ? std::string_view{} : name;
  }
  if (!is_word(verb, "AUTH") && !is_word(verb, "AUTHENTICATE")) return {};
  const std::string_view mechanism = next_word(line);
  const std::string_view first = next_word(line);
  if (first.empty()) return {};
  if (is_word(mechanism, "PLAIN")) return name_of_plain(first, buffer);
  return is_word(mechanism, "LOGIN") ? decoded(first, buffer) : std::string_view{};
}

Mechanism mechanism_of(Dialect dialect, std::string_view line) {
  if (dialect == Dialect::imap) (void)next_word(line);
  const std::string_view verb = next_word(line);
  if (!is_word(verb, "AUTH") && !is_word(verb, "AUTHENTICATE")) return Mechanism::none;
  const std::string_view mechanism = next_word(line);
  if (!next_word(line).empty()) return Mechanism::none;  // it is on this line
  if (is_word(mechanism, "PLAIN")) return Mechanism::plain;
  return is_word(mechanism, "LOGIN") ? Mechanism::login : Mechanism::none;
}

std::string_view user_of(Mechanism mechanism, std::string_view line, LoginBuffer& buffer) {
  // Wireshark says what it is: "User: YW5uYQ==".
  for (const std::string_view head : {"User: ", "Pass: "}) {
    if (line.starts_with(head)) line.remove_prefix(head.size());
  }
  switch (mechanism) {
    case Mechanism::plain:
      return name_of_plain(line, buffer);
    case Mechanism::login:
      return decoded(line, buffer);
    case Mechanism::none:
      break;
  }
  return {};
}

std::string_view user_of_basic(std::string_view base64, LoginBuffer& buffer) {
  const std::string_view text = decoded(base64, buffer);
  const std::size_t colon = text.find(':');
  return colon == std::string_view::npos ? std::string_view{} : text.substr(0, colon);
}

}  // namespace whydown::packet::reply
