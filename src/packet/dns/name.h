// Names in DNS messages: stepping over them and spelling them out. Internal to dns/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bounded.h"
#include "packet/dns/dns.h"

namespace whydown::packet::dns {

enum class NameFault : std::uint8_t { none, cut, malformed, loop, too_long };

struct NameEnd {
  std::size_t end = 0;  // where the next field begins; meaningless after a fault
  NameFault fault = NameFault::none;
  bool is_shortened = false;  // spelt only as far as it fits
};

NameEnd skip_any_name(std::span<const std::uint8_t> message, std::size_t offset);

// Steps over the name at `offset`. A pointer must point back, before the name it stands in: so a
// chain of them always ends, and each byte of the message is looked at once.
inline NameEnd skip_name(std::span<const std::uint8_t> message, std::size_t offset) {
  // Nearly every owner is the name of the question, or another one in the first bytes.
  if (message.size() - offset >= 2 && message[offset] == 0xc0 && message[offset + 1] >= kHeader &&
      message[offset + 1] < offset) [[likely]] {
    return {offset + 2};
  }
  return skip_any_name(message, offset);
}

// Nearly every name: labels of up to 32 bytes without escapes and without pointers. Such a name
// always fits, for it is spelt in fewer bytes than it takes on the wire. Returns where the next
// field begins; 0 when this one is another kind of name, and then `name` is worth nothing.
std::size_t spell_plain(std::span<const std::uint8_t> message, std::size_t offset,
                        base::ShortText& name, std::uint64_t& hash);

// Names of every kind, one byte at a time.
[[gnu::cold]] NameEnd spell_any_name(std::span<const std::uint8_t> message, std::size_t offset,
                                     base::ShortText& name, std::uint64_t& hash);

// Spells the name at `offset`: lower case (RFC 4343), no final dot, the root as ".", and bytes that
// would mislead (dots within a label, backslashes, blanks, control characters, 8-bit bytes) as \DDD
// (RFC 1035 5.1). Too long for ShortText once escaped, it ends before the character that does not
// fit. `hash` becomes base::hash_bytes() of what is spelt.
inline NameEnd spell_name(std::span<const std::uint8_t> message, std::size_t offset,
                          base::ShortText& name, std::uint64_t& hash) {
  if (offset <= message.size()) [[likely]] {
    if (const std::size_t end = spell_plain(message, offset, name, hash)) return {end};
  }
  return spell_any_name(message, offset, name, hash);
}

}  // namespace whydown::packet::dns
