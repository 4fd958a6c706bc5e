// A reader over bytes in network order. Every read is checked; the first one that does not fit
// makes the cursor fail, and from then on every read yields zero or an empty span.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace whydown::base {

class Cursor {
 public:
  constexpr explicit Cursor(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  constexpr bool failed() const { return failed_; }
  // Bytes not yet read; 0 after a failure.
  constexpr std::size_t remaining() const { return failed_ ? 0 : bytes_.size() - position_; }
  // Offset of the next byte from the start; after a failure, where it happened.
  constexpr std::size_t position() const { return position_; }
  constexpr std::span<const std::uint8_t> rest() const { return bytes_.last(remaining()); }

  constexpr std::uint8_t u8() { return static_cast<std::uint8_t>(integer(1)); }
  constexpr std::uint16_t u16() { return static_cast<std::uint16_t>(integer(2)); }
  constexpr std::uint32_t u24() { return static_cast<std::uint32_t>(integer(3)); }
  constexpr std::uint32_t u32() { return static_cast<std::uint32_t>(integer(4)); }
  constexpr std::uint64_t u64() { return integer(8); }

  constexpr std::span<const std::uint8_t> take(std::size_t count) {
    if (failed_ || count > bytes_.size() - position_) {
      failed_ = true;
      return {};
    }
    const auto piece = bytes_.subspan(position_, count);
    position_ += count;
    return piece;
  }
  constexpr void skip(std::size_t count) { (void)take(count); }
  // Moves to an absolute offset, backwards too; past the end fails.
  constexpr void seek(std::size_t offset) {
    if (failed_ || offset > bytes_.size()) {
      failed_ = true;
    } else {
      position_ = offset;
    }
  }

 private:
  constexpr std::uint64_t integer(std::size_t width) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(width)) value = value << 8U | byte;
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

// Unchecked big-endian loads for the hot path; the caller has checked the length.
constexpr std::uint16_t load_be16(const std::uint8_t* p) {
  return static_cast<std::uint16_t>(p[0] << 8U | p[1]);
}
constexpr std::uint32_t load_be32(const std::uint8_t* p) {
  return static_cast<std::uint32_t>(load_be16(p)) << 16U | load_be16(p + 2);
}
constexpr std::uint64_t load_be64(const std::uint8_t* p) {
  return static_cast<std::uint64_t>(load_be32(p)) << 32U | load_be32(p + 4);
}

}  // namespace whydown::base
