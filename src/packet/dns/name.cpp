#include "packet/dns/name.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/cursor.h"
#include "base/hash.h"
#include "packet/limits.h"

namespace whydown::packet::dns {
namespace {

constexpr std::uint8_t kPointer = 0xc0;  // RFC 1035 4.1.4; 0x40 and 0x80 are not in use
constexpr std::uint8_t kMaxLabel = 63;

// The character to write for a byte, 0 for one that must be escaped.
constexpr std::array<char, 256> kSpelling = [] {
  std::array<char, 256> table{};
  for (unsigned c = '!'; c <= '~'; ++c) {
    table[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  }
  table[static_cast<unsigned char>('.')] = 0;
  table[static_cast<unsigned char>('\\')] = 0;
  return table;
}();

// Writes into a fixed buffer, whole characters only.
class Speller {
 public:
  void label(std::span<const std::uint8_t> bytes) {
    if (size_ != 0) put_plain('.');
    if (!label_as_it_is(bytes)) label_with_escapes(bytes);
  }
  std::string_view view() const { return size_ == 0 ? "." : std::string_view{text_.data(), size_}; }
  bool shortened() const { return shortened_; }

 private:
  // Nearly every label: no escapes, and room for all of it. False leaves things as they were.
  bool label_as_it_is(std::span<const std::uint8_t> bytes) {
    if (shortened_ || bytes.size() > text_.size() - size_) return false;
    char* out = text_.data() + size_;
    bool plain = true;
    for (const std::uint8_t byte : bytes) {
      const char c = kSpelling[byte];
      plain &= c != 0;
      *out++ = c;
    }
    if (plain) size_ += bytes.size();
    return plain;
  }
  void label_with_escapes(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) {
      if (kSpelling[byte] != 0) {
        put_plain(kSpelling[byte]);
      } else {
        put_escape(byte);
      }
    }
  }
  void put_plain(char c) {
    if (shortened_ || size_ == text_.size()) {
      shortened_ = true;
      return;
    }
    text_[size_++] = c;
  }
  void put_escape(std::uint8_t byte) {
    if (shortened_ || text_.size() - size_ < 4) {
      shortened_ = true;
      return;
    }
    text_[size_++] = '\\';
    text_[size_++] = static_cast<char>('0' + byte / 100);
    text_[size_++] = static_cast<char>('0' + byte / 10 % 10);
    text_[size_++] = static_cast<char>('0' + byte % 10);
  }

  std::array<char, 255> text_;  // as much as ShortText holds
  std::size_t size_ = 0;
  bool shortened_ = false;
};

// A pointer from a name that begins at `start`.
NameFault check_pointer(std::size_t target, std::size_t start) {
  if (target >= start) return NameFault::loop;
  return target < kHeader ? NameFault::malformed : NameFault::none;
}

// --- Sixteen bytes of a name at a time ------------------------------------------------------
//
// On the wire a name is its text with a label's length in the place of each dot, and one in front.
// A length up to 32 is no character that can stand for itself: so every byte below 33 becomes a
// dot, and is a length if there are just as many dots as there ought to be.

constexpr std::uint8_t kMaxPlainLabel = 32;

using Block = std::int8_t __attribute__((vector_size(16)));  // a mask: -1 where true
using Halves = std::uint64_t __attribute__((vector_size(16)));

Block load(const void* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

// 16 bytes of it from `n` on mask the last n of a block; from 32 - n on, the first n.
constexpr std::array<std::int8_t, 48> kEdges = [] {
  std::array<std::int8_t, 48> edges{};
  for (std::size_t i = 16; i < 32; ++i) edges[i] = -1;
  return edges;
}();

class PlainText {
 public:
  // Writes what a block spells, and returns it; of its bytes those in `counted` count.
  Block put(Block block, Block counted, char* out) {
    const Block low = block < static_cast<std::int8_t>(kMaxPlainLabel + 1);  // and 8-bit bytes
    // Moved up so that 'Z' is the highest byte there is.
    const Block upper = block + static_cast<std::int8_t>(0x7f - 'Z') > 0x7f - 26;
    const Block text = ((block | (upper & ('a' - 'A'))) & ~low) | (low & '.');
    seen_ -= ((text == '.') | (block == '\\') | (block == 0x7f)) & counted;
    std::memcpy(out, &text, sizeof text);
    return text;
  }
  // Whether all that was counted is so many dots.
  bool is_plain(std::size_t dots) const {
    const auto counts = reinterpret_cast<Halves>(seen_);
    // A name's 255 bytes cannot overflow a byte, neither of the counts nor of their sum.
    return (counts[0] + counts[1]) * 0x0101010101010101ULL >> 56U == dots;
  }

 private:
  Block seen_{};  // dots and bytes that need an escape, by their place in the blocks
};

}  // namespace

std::size_t spell_plain(std::span<const std::uint8_t> message, std::size_t offset,
                        base::ShortText& name, std::uint64_t& hash) {
  constexpr std::size_t block = sizeof(Block);
  const std::uint8_t* const begin = message.data() + offset;
  const std::uint8_t* const end = message.data() + message.size();
  const std::uint8_t* const limit = begin + std::min(message.size() - offset, kMaxNameBytes);
  const std::uint8_t* at = begin;
  std::size_t dots = 0;  // and one more
  while (true) {
    if (at >= limit) return 0;
    const std::size_t length = *at;
    if (length - 1 >= kMaxPlainLabel) break;
    at += length + 1;
    ++dots;
  }
  if (at == begin || *at != 0) return 0;
  const std::size_t size = static_cast<std::size_t>(at - begin) - 1;
  const std::uint8_t* const from = begin + 1;
  char* const out = name.data();
  PlainText text;
  // The hash takes the blocks as they are made: read back, words that lie in two of them would make
  // the processor wait.
  std::uint64_t folded = base::hash_seed(size);
  const auto fold_in = [&folded](Block spelt) {
    const auto halves = reinterpret_cast<Halves>(spelt);
    folded = base::fold(folded ^ halves[0], halves[1]);
  };
  if (size >= block) {
    const std::size_t last = size - block;
    std::size_t done = 0;
    for (; done < last; done += block) {
      fold_in(text.put(load(from + done), load(kEdges.data() + block), out + done));
    }
    // The last block ends with the name, and overlaps the one before.
    fold_in(text.put(load(from + last), load(kEdges.data() + size - done), out + last));
  } else if (static_cast<std::size_t>(end - from) >= block) {
    text.put(load(from), load(kEdges.data() + 2 * block - size), out);
  } else if (message.size() >= block) {
    // Nothing beyond the message may be touched: its last block, moved to the front.
    std::array<std::uint8_t, 2 * block> bytes{};
    std::memcpy(bytes.data(), end - block, block);
    text.put(load(bytes.data() + block - static_cast<std::size_t>(end - from)),
             load(kEdges.data() + 2 * block - size), out);
  } else {
    return 0;
  }
  if (!text.is_plain(dots - 1)) return 0;
  name.set_size(size);
  hash = size >= block ? folded : base::hash_bytes(name.view());
  return static_cast<std::size_t>(at - message.data()) + 1;
}

NameEnd skip_any_name(std::span<const std::uint8_t> message, std::size_t offset) {
  std::size_t at = offset;
  while (at < message.size()) {
    const std::uint8_t length = message[at];
    if (length == 0) return {at + 1};
    if (length >= kPointer) {
      if (message.size() - at < 2) break;
      return {at + 2, check_pointer(base::load_be16(message.data() + at) & 0x3fffU, offset)};
    }
    if (length > kMaxLabel) return {at, NameFault::malformed};
    at += length + std::size_t{1};
    if (at - offset >= kMaxNameBytes) return {at, NameFault::too_long};
  }
  return {at, NameFault::cut};
}

NameEnd spell_any_name(std::span<const std::uint8_t> message, std::size_t offset,
                       base::ShortText& name, std::uint64_t& hash) {
  Speller speller;
  std::size_t at = offset;
  std::size_t start = offset;  // of the piece being read
  std::size_t wire_bytes = 1;  // with the root's
  std::size_t hops = 0;
  std::size_t end = 0;  // past the first pointer, once there was one
  name.clear();
  hash = 0;
  while (at < message.size()) {
    const std::uint8_t length = message[at];
    if (length == 0) {
      name.assign(speller.view());
      hash = base::hash_bytes(name.view());
      return {.end = hops == 0 ? at + 1 : end, .is_shortened = speller.shortened()};
    }
    if (length >= kPointer) {
      if (message.size() - at < 2) break;
      const std::size_t target = base::load_be16(message.data() + at) & 0x3fffU;
      const NameFault fault = check_pointer(target, start);
      if (fault != NameFault::none) return {at, fault};
      if (hops == 0) end = at + 2;
      if (++hops > kMaxNameHops) return {at, NameFault::loop};
      at = start = target;
      continue;
    }
    if (length > kMaxLabel) return {at, NameFault::malformed};
    wire_bytes += length + std::size_t{1};
    if (wire_bytes > kMaxNameBytes) return {at, NameFault::too_long};
    if (message.size() - at <= length) break;
    speller.label(message.subspan(at + 1, length));
    at += length + std::size_t{1};
  }
  return {at, NameFault::cut};
}

}  // namespace whydown::packet::dns
