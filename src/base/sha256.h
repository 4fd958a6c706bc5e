// SHA-256 (FIPS 180-4), as lower-case hex: how inputs and outputs are named for good.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace whydown::base {

class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) = delete;
  ~Sha256();

  void add(std::span<const std::uint8_t> bytes);
  // 64 digits; call it once, after the last add().
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

}  // namespace whydown::base
