#include "packet/dns/name.h"

#include <algorithm>
#include <array>
#include <bit>
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

// --- Eight bytes of a label at a time --------------------------------------------------------

constexpr std::uint64_t in_each(std::uint8_t byte) { return byte * 0x0101010101010101ULL; }
constexpr std::uint64_t kTops = in_each(0x80);

// Whether any of the bytes, all below 0x80, is `byte`.
constexpr bool holds(std::uint64_t word, std::uint8_t byte) {
  const std::uint64_t x = word ^ in_each(byte);
  return ((x - in_each(1)) & ~x & kTops) != 0;
}

// As kSpelling: no byte needs an escape.
constexpr bool is_plain(std::uint64_t word) {
  const bool seven_bits = (word & kTops) == 0;
  const bool visible = (((word | kTops) - in_each('!')) & kTops) == kTops &&
                       ((word + in_each(0x7f - '~')) & kTops) == 0;
  return seven_bits && visible && !holds(word, '.') && !holds(word, '\\');
}

// Of plain bytes.
constexpr std::uint64_t lower_case(std::uint64_t word) {
  const std::uint64_t from_a = word + in_each(0x80 - 'A');
  const std::uint64_t beyond_z = word + in_each(0x80 - 'Z' - 1);
  return word | (from_a & ~beyond_z & kTops) >> 2U;
}

// Copies a label of `length` bytes in lower case; false when one needs an escape. May read up to
// `readable` bytes, and write up to seven bytes past the label.
bool copy_plain(const std::uint8_t* label, std::size_t length, std::size_t readable, char* out) {
  for (std::size_t done = 0; done < length; done += 8) {
    std::uint64_t word = 0;
    const std::size_t wanted = std::min<std::size_t>(length - done, 8);
    if (readable - done >= 8) [[likely]] {
      std::memcpy(&word, label + done, 8);
    } else {
      std::memcpy(&word, label + done, wanted);
    }
    if (wanted < 8) {
      const std::uint64_t beyond = ~std::uint64_t{0} << wanted * 8;
      word = (word & ~beyond) | (in_each('a') & beyond);
    }
    if (!is_plain(word)) return false;
    word = lower_case(word);
    std::memcpy(out + done, &word, 8);
  }
  return true;
}
static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");

// Nearly every name: labels without escapes and without pointers. Such a name always fits, for it
// is spelt in fewer bytes than it takes on the wire. 0 when this one is another kind of name.
std::size_t spell_plain(std::span<const std::uint8_t> message, std::size_t offset,
                        base::ShortText& name) {
  std::array<char, kMaxNameBytes + 8> text;
  std::size_t size = 0;
  std::size_t at = offset;
  while (at < message.size()) {
    const std::uint8_t length = message[at];
    if (length == 0) {
      if (size == 0) return 0;
      name.assign({text.data(), size - 1});  // without the final dot
      return at + 1;
    }
    const std::size_t readable = message.size() - at - 1;
    if (length > kMaxLabel || readable < length || size + length + 2 > kMaxNameBytes) return 0;
    if (!copy_plain(message.data() + at + 1, length, readable, text.data() + size)) return 0;
    size += length;
    text[size++] = '.';
    at += length + std::size_t{1};
  }
  return 0;
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
