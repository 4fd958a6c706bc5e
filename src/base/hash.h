// Mixing of integers for hash tables. Seeded per process run with a constant: results must be the
// same byte for byte, and tables are bounded, so an attacker who forces collisions gains only
// evictions, which are counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace whydown::base {

// The finaliser of MurmurHash3 (public domain): every input bit reaches every output bit.
constexpr std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 33U;
  value *= 0xff51afd7ed558ccdULL;
  value ^= value >> 33U;
  value *= 0xc4ceb9fe1a85ec53ULL;
  value ^= value >> 33U;
  return value;
}

constexpr std::uint64_t combine(std::uint64_t seed, std::uint64_t value) {
  return mix(seed ^ (value + 0x9e3779b97f4a7c15ULL + (seed << 6U) + (seed >> 2U)));
}

// One wide multiplication: for tables whose keys come with every packet.
inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product =
      static_cast<Wide>(a ^ 0x9e3779b97f4a7c15ULL) * static_cast<Wide>(b ^ 0xd6e8feb86659fd93ULL);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

// hash_bytes() begins with this; what has 16 bytes and more goes on with a fold() for each 16.
constexpr std::uint64_t hash_seed(std::size_t size) { return size * 0x9fb21c651e98df25ULL; }

// Sixteen bytes at a time, the last ones overlapping those before, so that no length takes a loop
// over single bytes. The length keeps "a" and "a\0" apart; no text hashes to 0.
inline std::uint64_t hash_bytes(std::string_view text) {
  const auto load = [](const char* from, auto word) {
    std::memcpy(&word, from, sizeof word);
    return std::uint64_t{word};
  };
  const char* at = text.data();
  const char* const end = at + text.size();
  std::uint64_t hash = hash_seed(text.size());
  if (text.size() >= 16) {
    for (; end - at > 16; at += 16) {
      hash = fold(hash ^ load(at, std::uint64_t{}), load(at + 8, std::uint64_t{}));
    }
    return fold(hash ^ load(end - 16, std::uint64_t{}), load(end - 8, std::uint64_t{}));
  }
  if (text.size() >= 8) {
    return fold(hash ^ load(at, std::uint64_t{}), load(end - 8, std::uint64_t{}));
  }
  if (text.size() >= 4) {
    return fold(hash ^ load(at, std::uint32_t{}), load(end - 4, std::uint32_t{}));
  }
  if (text.empty()) return 0;
  const std::uint64_t first = load(at, std::uint8_t{});
  const std::uint64_t middle = load(at + text.size() / 2, std::uint8_t{});
  return fold(hash ^ first << 8U, middle << 8U | load(end - 1, std::uint8_t{}));
}

}  // namespace whydown::base
