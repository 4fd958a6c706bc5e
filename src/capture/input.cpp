#include "capture/input.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "capture/decompressor.h"
#include "capture/limits.h"
#include "capture/stored.h"

namespace whydown::capture {

static_assert(Input::kMaxWindow <= kWindowSize);

struct Input::State {
  explicit State(StoredBytes bytes) : stored(std::move(bytes)) {}

  StoredBytes stored;
  std::unique_ptr<Decompressor> decompressor;  // null for plain inputs
  std::unique_ptr<std::uint8_t[]> buffer =
      std::make_unique_for_overwrite<std::uint8_t[]>(kBufferSize);
  std::optional<std::string> damage;
  bool at_end = false;

  std::size_t read(std::span<std::uint8_t> room) {
    if (at_end) return 0;
    const std::size_t count = decompressor ? decompressor->read(stored, room) : stored.read(room);
    if (count == 0) {
      at_end = true;
      damage = stored.error();
      if (!damage && decompressor) damage = decompressor->damage();
    }
    return count;
  }
};

Input::Input(std::unique_ptr<State> state) : state_(std::move(state)) {
  begin_ = end_ = state_->buffer.get();
  // The magic of gzip and zstd; a longer look would keep a live pipe waiting.
  constexpr std::size_t magic_size = 4;
  const auto head = window(magic_size);
  state_->decompressor = Decompressor::for_magic(head);
  if (state_->decompressor) {
    begin_ = end_ = state_->buffer.get();
    produced_ = 0;
    state_->at_end = false;
    state_->damage.reset();
  }
}

Input::~Input() = default;

std::expected<std::unique_ptr<Input>, base::Error> Input::open(const std::string& path, bool hash) {
  auto stored = StoredBytes::open(path, hash);
  if (!stored) return std::unexpected(std::move(stored.error()));
  return std::unique_ptr<Input>(new Input(std::make_unique<State>(std::move(*stored))));
}

std::unique_ptr<Input> Input::of_bytes(std::span<const std::uint8_t> bytes, bool hash) {
  return std::unique_ptr<Input>(
      new Input(std::make_unique<State>(StoredBytes::of_bytes(bytes, hash))));
}

std::span<const std::uint8_t> Input::refill(std::size_t count) {
  if (before_reuse_) before_reuse_();
  count = std::min(count, kMaxWindow);
  std::uint8_t* const buffer = state_->buffer.get();
  std::size_t held = buffered();
  std::memmove(buffer, begin_, held);
  while (held < count) {
    const std::size_t room = std::min(std::max(kReadSize, count - held), kBufferSize - held);
    const std::size_t read = state_->read({buffer + held, room});
    if (read == 0) break;
    held += read;
    produced_ += read;
  }
  begin_ = buffer;
  end_ = buffer + held;
  return {begin_, end_};
}

void Input::skip(std::uint64_t count) {
  while (count > buffered()) {
    count -= buffered();
    begin_ = end_;
    if (refill(1).empty()) return;
  }
  begin_ += count;
}

std::uint64_t Input::stored_bytes() const { return state_->stored.count(); }

std::string Input::sha256() const { return state_->stored.sha256(); }

const std::string& Input::compression() const {
  static const std::string none;
  return state_->decompressor ? state_->decompressor->name() : none;
}

const std::optional<std::string>& Input::damage() const { return state_->damage; }

void Input::drain() {
  state_->stored.drain();
  state_->at_end = true;
  if (!state_->damage) state_->damage = state_->stored.error();
}

}  // namespace whydown::capture
