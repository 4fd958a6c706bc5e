#include "capture/text/lines.h"

#include <cstring>

#include "capture/text/limits.h"

namespace whydown::capture::text {
namespace {

constexpr bool is_high_surrogate(char32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
constexpr bool is_low_surrogate(char32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

void append_utf8(char32_t code, std::string& out) {
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = 0xfffd;
  const auto tail = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80U | ((code >> shift) & 0x3fU)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0U | (code >> 6U)));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0U | (code >> 12U)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0U | (code >> 18U)));
    tail(12);
    tail(6);
    tail(0);
  }
}

LineReader::LineReader(Input& input) : input_(&input) {
  buffer_.reserve(kMaxLine + 4);
  find_encoding();
}

void LineReader::find_encoding() {
  (void)refill();
  const auto head = [&](std::initializer_list<std::uint8_t> bytes) {
    return window_.size() >= bytes.size() &&
           std::memcmp(window_.data(), bytes.begin(), bytes.size()) == 0;
  };
  if (head({0xef, 0xbb, 0xbf})) {
    offset_ = 3;
    return;
  }
  const Utf16 utf16 = utf16_of(window_);
  offset_ = utf16.mark;
  wide_ = utf16.order;
}

// False when there is nothing more than what the window already held.
bool LineReader::refill() {
  const std::size_t kept = window_.size() - offset_;
  input_->consume(offset_);
  window_ = input_->window(kMaxLine + 2);
  offset_ = 0;
  return window_.size() > kept;
}

bool LineReader::next(Line& line) {
  line.number = ++number_;
  if (wide_ != Utf16::Order::none) {
    if (!next_wide()) return false;
    line.text = buffer_;
    return true;
  }
  for (bool refilled = false;; refilled = true) {
    const auto rest = window_.subspan(offset_);
    const auto* const begin = reinterpret_cast<const char*>(rest.data());
    const void* const end = rest.empty() ? nullptr : std::memchr(begin, '\n', rest.size());
    if (end == nullptr && !refilled) {
      (void)refill();
      continue;
    }
    std::size_t length = end == nullptr
                             ? rest.size()
                             : static_cast<std::size_t>(static_cast<const char*>(end) - begin);
    if (length > kMaxLine) {
      (void)next_cut();
      line.text = buffer_;
      return true;
    }
    if (end == nullptr && length == 0) return false;
    offset_ += length + (end == nullptr ? 0 : 1);
    while (length > 0 && begin[length - 1] == '\r') --length;
    line.text = {begin, length};
    return true;
  }
}

// The line does not fit: keeps its beginning and reads past the rest.
bool LineReader::next_cut() {
  ++cut_lines_;
  buffer_.assign(reinterpret_cast<const char*>(window_.data()) + offset_, kMaxLine);
  while (true) {
    const auto rest = window_.subspan(offset_);
    const void* const end = rest.empty() ? nullptr : std::memchr(rest.data(), '\n', rest.size());
    if (end != nullptr) {
      offset_ += static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - rest.data()) + 1;
      return true;
    }
    offset_ = window_.size();
    if (!refill()) return true;
  }
}

bool LineReader::take_unit(char32_t& unit) {
  if (window_.size() - offset_ < 2) (void)refill();
  if (window_.size() - offset_ < 2) return false;
  const char32_t first = window_[offset_];
  const char32_t second = window_[offset_ + 1];
  unit = wide_ == Utf16::Order::little ? (second << 8U | first) : (first << 8U | second);
  offset_ += 2;
  return true;
}

bool LineReader::next_wide() {
  buffer_.clear();
  bool any = false;
  bool cut = false;
  char32_t pending = 0;
  char32_t unit = 0;
  while (take_unit(unit)) {
    any = true;
    if (unit == '\n') break;
    if (is_high_surrogate(unit)) {
      pending = unit;
      continue;
    }
    if (is_low_surrogate(unit) && pending != 0) {
      unit = 0x10000 + ((pending - 0xd800) << 10U) + (unit - 0xdc00);
    }
    pending = 0;
    if (buffer_.size() >= kMaxLine) {
      cut = true;
    } else {
      append_utf8(unit, buffer_);
    }
  }
  if (cut) ++cut_lines_;
  while (!buffer_.empty() && buffer_.back() == '\r') buffer_.pop_back();
  return any;
}

}  // namespace whydown::capture::text
