// Mixing of integers for hash tables. Seeded per process run with a constant: results must be the
// same byte for byte, and tables are bounded, so an attacker who forces collisions gains only
// evictions, which are counted.
#pragma once

#include <cstdint>
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

// FNV-1a, mixed at the end.
constexpr std::uint64_t hash_bytes(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return mix(hash);
}

}  // namespace whydown::base
