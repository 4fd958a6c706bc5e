#include "packet/dns/name.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/cursor.h"
#include "packet/dns/dns.h"
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

// --- Sixteen bytes of a label at a time -----------------------------------------------------

using Block = std::uint8_t __attribute__((vector_size(16)));
using Mask = std::int8_t __attribute__((vector_size(16)));  // -1 where true
using Halves = std::uint64_t __attribute__((vector_size(16)));

// As kSpelling: where a byte needs an escape.
Mask needs_escape(Block block) {
  return (block < '!') | (block > '~') | (block == '.') | (block == '\\');
}

// Of bytes that need no escape.
Block lower_case(Block block) {
  const Mask upper = (block >= 'A') & (block <= 'Z');
  return block | (reinterpret_cast<Block>(upper) & ('a' - 'A'));
}

bool any(Mask mask) {
  const auto halves = reinterpret_cast<Halves>(mask);
  return (halves[0] | halves[1]) != 0;
}

// Names of every kind, one byte at a time.
NameEnd spell_any_name(std::span<const std::uint8_t> message, std::size_t offset,
                       base::ShortText& name, bool& was_shortened) {
  Speller speller;
  std::size_t at = offset;
  std::size_t start = offset;  // of the piece being read
  std::size_t wire_bytes = 1;  // with the root's
  std::size_t hops = 0;
  std::size_t end = 0;  // past the first pointer, once there was one
  name.clear();
  was_shortened = false;
  while (at < message.size()) {
    const std::uint8_t length = message[at];
    if (length == 0) {
      name.assign(speller.view());
      was_shortened = speller.shortened();
      return {hops == 0 ? at + 1 : end};
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

// Nearly every name: labels without escapes and without pointers. Such a name always fits, for it
// is spelt in fewer bytes than it takes on the wire. 0 when this one is another kind of name.
std::size_t spell_plain(std::span<const std::uint8_t> message, std::size_t offset,
                        base::ShortText& name) {
  std::array<std::uint8_t, kMaxNameBytes> dots;  // where in the text the labels' lengths stand
  std::size_t labels = 0;
  std::size_t at = offset;
  while (true) {
    if (at >= message.size()) return 0;
    const std::uint8_t length = message[at];
    if (length == 0) break;
    if (length > kMaxLabel || at - offset + length >= kMaxNameBytes - 1) return 0;
    dots[labels++] = static_cast<std::uint8_t>(at - offset);
    at += length + std::size_t{1};
  }
  if (labels == 0) return 0;
  // The wire form is the text with a length in the place of each dot, and one in front.
  const std::size_t size = at - offset;
  std::array<char, kMaxNameBytes + sizeof(Block)> text;
  if (message.size() - offset >= 2 * sizeof(Block) && size <= 2 * sizeof(Block)) {
    std::memcpy(text.data(), message.data() + offset, 2 * sizeof(Block));
  } else {
    std::memcpy(text.data(), message.data() + offset, size);
  }
  std::memset(text.data() + size, '-', sizeof(Block));
  for (std::size_t i = 0; i < labels; ++i) text[dots[i]] = '-';
  for (std::size_t done = 0; done < size; done += sizeof(Block)) {
    Block block;
    std::memcpy(&block, text.data() + done, sizeof block);
    if (any(needs_escape(block))) return 0;
    block = lower_case(block);
    std::memcpy(text.data() + done, &block, sizeof block);
  }
  for (std::size_t i = 0; i < labels; ++i) text[dots[i]] = '.';
  name.assign({text.data() + 1, size - 1});
  return at + 1;
}

}  // namespace

NameEnd skip_name(std::span<const std::uint8_t> message, std::size_t offset) {
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

NameEnd spell_name(std::span<const std::uint8_t> message, std::size_t offset, base::ShortText& name,
                   bool& was_shortened) {
  was_shortened = false;
  if (const std::size_t end = spell_plain(message, offset, name)) return {end};
  return spell_any_name(message, offset, name, was_shortened);
}

}  // namespace whydown::packet::dns
