// Memory that costs nothing until it is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

#include <sys/mman.h>

namespace whydown::base {

inline constexpr std::size_t kCacheLine = 64;

// Zeroed memory for trivially destructible things, from the beginning of a cache line on.
template <typename T>
class ZeroedArray {
  static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kCacheLine);

 public:
  explicit ZeroedArray(std::size_t size)
      // NOLINTBEGIN(bugprone-sizeof-expression): of pointers, too, an array of them is meant
      : memory_(std::calloc(size * sizeof(T) + kCacheLine, 1)), data_(aligned(memory_.get())) {
    if (memory_ == nullptr) throw std::bad_alloc{};
    ask_for_huge_pages(size * sizeof(T));
    // NOLINTEND(bugprone-sizeof-expression)
  }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  // calloc() aligns less; its memory, unlike that of others, is untouched.
  static T* aligned(void* memory) {
    const std::size_t past = reinterpret_cast<std::uintptr_t>(memory) % kCacheLine;
    return reinterpret_cast<T*>(static_cast<char*>(memory) + (kCacheLine - past));
  }
  // Of a large one a busy capture touches every part: in pages of 4 KiB that is a fault for each of
  // them, and an address translation that is seldom still known. Nothing is lost where the system
  // does not give them.
  void ask_for_huge_pages(std::size_t bytes) {
#ifdef MADV_HUGEPAGE
    constexpr std::size_t kPage = 4096;
    constexpr std::size_t kLarge = std::size_t{4} << 20U;
    if (bytes < kLarge) return;
    const std::size_t past = reinterpret_cast<std::uintptr_t>(memory_.get()) % kPage;
    (void)::madvise(static_cast<char*>(memory_.get()) + (kPage - past), bytes - kPage,
                    MADV_HUGEPAGE);
#else
    (void)bytes;
#endif
  }
  std::unique_ptr<void, Free> memory_;
  T* data_;
};

}  // namespace whydown::base
