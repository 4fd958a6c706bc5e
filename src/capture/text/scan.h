// Small steps over text: each reads from the front of a view and takes what it read away. Nothing
// here depends on the locale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace whydown::capture::text {

inline constexpr std::size_t npos = std::string_view::npos;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_alpha(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
// 16 when `c` is no hex digit.
constexpr unsigned hex_value(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char low = to_lower(c);
  return low >= 'a' && low <= 'f' ? static_cast<unsigned>(low - 'a') + 10U : 16U;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}
constexpr bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

constexpr bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}
constexpr void skip_blanks(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}
constexpr std::string_view trimmed(std::string_view text) {
  skip_blanks(text);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}
// Decimal digits; absent, with nothing taken, when there are none or the value exceeds `limit`.
constexpr std::optional<std::uint64_t> take_number(std::string_view& text,
                                                   std::uint64_t limit = UINT64_MAX / 16) {
  std::uint64_t value = 0;
  std::size_t count = 0;
  for (; count < text.size() && is_digit(text[count]); ++count) {
    if (value > UINT64_MAX / 16) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(text[count] - '0');
  }
  if (count == 0 || value > limit) return std::nullopt;
  text.remove_prefix(count);
  return value;
}
// "0x1f" or bare hex digits, at most 16 of them.
constexpr std::optional<std::uint64_t> take_hex(std::string_view& text) {
  std::string_view rest = text;
  if (!take(rest, "0x")) (void)take(rest, "0X");
  std::uint64_t value = 0;
  std::size_t count = 0;
  for (; count < rest.size() && count < 16 && hex_value(rest[count]) < 16; ++count) {
    value = value << 4U | hex_value(rest[count]);
  }
  if (count == 0) return std::nullopt;
  text = rest.substr(count);
  return value;
}
// Up to the next blank, which is taken too.
constexpr std::string_view take_token(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view token = text.substr(0, end);
  text.remove_prefix(end == npos ? text.size() : end + 1);
  return token;
}
constexpr bool all_digits(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!is_digit(c)) return false;
  }
  return true;
}
constexpr bool digits_and_dots(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!is_digit(c) && c != '.') return false;
  }
  return true;
}
// 0 to 65535.
constexpr std::optional<std::uint16_t> port_number(std::string_view text) {
  const auto value = take_number(text, 65535);
  if (!value || !text.empty()) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

}  // namespace whydown::capture::text
