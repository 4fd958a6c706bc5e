// The two keyed functions that all stand-ins come from: AES-128 of one block, and HMAC-SHA256.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace whydown::redact {

inline constexpr std::size_t kKeyBytes = 32;
using Key = std::array<std::uint8_t, kKeyBytes>;
using Block = std::array<std::uint8_t, 16>;
using Digest = std::array<std::uint8_t, 32>;

// One 16-byte block at a time (FIPS 197).
class Aes {
 public:
  explicit Aes(std::span<const std::uint8_t, 16> key);
  ~Aes();
  Aes(const Aes&) = delete;
  Aes& operator=(const Aes&) = delete;
  Block encrypt(const Block& block) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// RFC 2104 with SHA-256.
Digest hmac(std::span<const std::uint8_t> key, std::string_view text);
// A key of its own for one purpose, so that no stand-in tells anything about one of another kind.
Key key_for(const Key& key, std::string_view purpose);

}  // namespace whydown::redact
