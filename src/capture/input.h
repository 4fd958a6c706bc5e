// One input as a stream of bytes: a file or standard input, decompressed on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"

namespace whydown::capture {

class Input {
 public:
  static constexpr std::size_t kMaxWindow = std::size_t{1} << 19U;  // largest count for window()

  // "-" is standard input. Fails for what cannot be read at all: absent, a folder, no permission.
  static std::expected<std::unique_ptr<Input>, base::Error> open(const std::string& path,
                                                                 bool hash);
  // For tests and fuzzers: bytes in memory, which must outlive the input.
  static std::unique_ptr<Input> of_bytes(std::span<const std::uint8_t> bytes, bool hash = false);
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input();

  // At least `count` (<= kMaxWindow) unread bytes, or all that are left before the end; more may be
  // returned. Valid until the next call of window(), consume() does not move bytes.
  std::span<const std::uint8_t> window(std::size_t count) {
    return count <= buffered() ? std::span{begin_, end_} : refill(count);
  }
  // Called before bytes that window() gave out are overwritten.
  void set_before_reuse(std::function<void()> call) { before_reuse_ = std::move(call); }
  // What window() can return without reading on.
  std::span<const std::uint8_t> held() const { return {begin_, end_}; }
  // `count` bytes of the last window are done with; may also skip past it, to the end at most.
  void consume(std::uint64_t count) {
    if (count <= buffered()) {
      begin_ += count;
    } else {
      skip(count);
    }
  }
  // As consume(), of bytes that are held.
  void consume_held(std::size_t count) { begin_ += count; }
  // Decompressed bytes consumed so far.
  std::uint64_t position() const { return produced_ - buffered(); }

  // Complete once window(1) came back empty (or after drain()).
  std::uint64_t stored_bytes() const;
  std::string sha256() const;  // of the stored bytes, lower-case hex; empty without `hash`
  const std::string& compression() const;  // "gzip", "zstd" or empty
  // Damage of the compressed stream or a read error, in words; such an input ends early.
  const std::optional<std::string>& damage() const;
  // Reads what is left without decompressing it, so that size and hash are complete.
  void drain();

 private:
  struct State;
  explicit Input(std::unique_ptr<State> state);
  std::size_t buffered() const { return static_cast<std::size_t>(end_ - begin_); }
  std::span<const std::uint8_t> refill(std::size_t count);
  void skip(std::uint64_t count);

  std::unique_ptr<State> state_;
  const std::uint8_t* begin_ = nullptr;  // unread bytes, in the state's buffer
  const std::uint8_t* end_ = nullptr;
  std::function<void()> before_reuse_;
  std::uint64_t produced_ = 0;  // decompressed bytes that ever lay in the buffer
};

}  // namespace whydown::capture
