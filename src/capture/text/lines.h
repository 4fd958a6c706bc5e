// Cuts an input into lines of UTF-8: with or without byte order mark, UTF-16 as Windows writes it
// when output is redirected, LF or CRLF, the last line with or without an end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "capture/input.h"
#include "capture/sniff.h"

namespace whydown::capture::text {

struct Line {
  std::string_view text;     // without its end; valid until the reader's next call
  std::uint32_t number = 0;  // counts from 1
};

class LineReader {
 public:
  // `input` stands at its first byte and must outlive the reader.
  explicit LineReader(Input& input);
  bool next(Line& line);
  // Lines longer than kMaxLine, of which only the beginning was given.
  std::uint64_t cut_lines() const { return cut_lines_; }
  bool is_utf16() const { return wide_ != Utf16::Order::none; }

 private:
  void find_encoding();
  bool refill();
  bool next_wide();
  bool next_cut();
  bool take_unit(char32_t& unit);

  Input* input_;
  std::span<const std::uint8_t> window_;
  std::size_t offset_ = 0;  // of the next unread byte in window_
  std::string buffer_;
  std::uint64_t cut_lines_ = 0;
  std::uint32_t number_ = 0;
  Utf16::Order wide_ = Utf16::Order::none;
};

// Appends the UTF-8 form of a code point; U+FFFD for what is none.
void append_utf8(char32_t code, std::string& out);

}  // namespace whydown::capture::text
