// Containers of fixed capacity without allocation. Over capacity they keep what they hold, count
// what they refused, and say so; nothing aborts.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace whydown::base {

template <typename T, std::size_t Capacity>
class BoundedVector {
 public:
  // False when full; the refusal is counted.
  constexpr bool push_back(const T& value) {
    if (size_ == Capacity) {
      ++refused_;
      return false;
    }
    items_[size_++] = value;
    return true;
  }
  // A place at the end, to be written whole; nullptr when full, and the refusal is counted.
  constexpr T* append() {
    if (size_ == Capacity) {
      ++refused_;
      return nullptr;
    }
    return &items_[size_++];
  }
  constexpr void clear() {
    size_ = 0;
    refused_ = 0;
  }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr bool full() const { return size_ == Capacity; }
  constexpr std::uint64_t refused() const { return refused_; }
  static constexpr std::size_t capacity() { return Capacity; }
  constexpr T& operator[](std::size_t i) { return items_[i]; }
  constexpr const T& operator[](std::size_t i) const { return items_[i]; }
  constexpr T& back() { return items_[size_ - 1]; }
  constexpr const T& back() const { return items_[size_ - 1]; }
  constexpr T* begin() { return items_.data(); }
  constexpr T* end() { return items_.data() + size_; }
  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + size_; }

 private:
  // Not value-initialised: a packet holds several of these and is reused for every frame.
  std::array<T, Capacity> items_;
  std::size_t size_ = 0;
  std::uint64_t refused_ = 0;
};

// Text of at most 255 bytes (a DNS name, RFC 1035 3.1); longer input is cut.
class ShortText {
 public:
  constexpr ShortText() = default;
  explicit ShortText(std::string_view text) { assign(text); }
  void assign(std::string_view text) {
    size_ = 0;
    (void)append(text.substr(0, kCapacity));
  }
  // False when it does not fit; nothing is appended then.
  bool append(std::string_view text) {
    if (text.size() > kCapacity - size_) return false;
    if (text.empty()) return true;  // it may point nowhere
    std::memcpy(text_.data() + size_, text.data(), text.size());
    size_ = static_cast<std::uint8_t>(size_ + text.size());
    return true;
  }
  void clear() { size_ = 0; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {text_.data(), size_}; }

  static constexpr std::size_t kCapacity = 255;
  // For writers in place: kCapacity bytes, and kSlack more for who writes in blocks. What was
  // written counts from set_size() on, which takes at most kCapacity.
  static constexpr std::size_t kSlack = 16;
  char* data() { return text_.data(); }
  void set_size(std::size_t size) { size_ = static_cast<std::uint8_t>(size); }

 private:
  std::array<char, kCapacity + kSlack> text_;
  std::uint8_t size_ = 0;
};

}  // namespace whydown::base
