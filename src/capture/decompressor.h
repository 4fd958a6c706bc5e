// Inside capture/: gzip (RFC 1952) and zstd (RFC 8878) streams, of one or several parts each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "capture/stored.h"

namespace whydown::capture {

class Decompressor {
 public:
  Decompressor() = default;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  virtual ~Decompressor() = default;

  // Fills from the front of `room` (not empty), possibly less of it; 0 at the end or at damage.
  std::size_t read(StoredBytes& stored, std::span<std::uint8_t> room);
  // In words, once read() has returned 0.
  const std::optional<std::string>& damage() const { return damage_; }
  virtual const std::string& name() const = 0;

  // By the first bytes of the input; null when they are of neither format. `head` becomes the
  // first of the compressed bytes.
  static std::unique_ptr<Decompressor> for_magic(std::span<const std::uint8_t> head);

 protected:
  enum class Step : std::uint8_t { more, part_ended, damaged };
  // Takes from the front of `in` and fills the front of `out`, both shortened by what was used.
  virtual Step step(std::span<const std::uint8_t>& in, std::span<std::uint8_t>& out) = 0;
  // Another part may follow the one that ended.
  virtual bool restart(std::span<const std::uint8_t> in) = 0;
  void set_damage(const std::string& what);

 private:
  static constexpr std::size_t kMagicSize = 4;
  bool refill(StoredBytes& stored);
  bool next_part(StoredBytes& stored);

  std::unique_ptr<std::uint8_t[]> buffer_;
  std::span<const std::uint8_t> in_;  // stored bytes not yet used, within buffer_
  std::uint64_t taken_ = 0;           // stored bytes used
  bool between_parts_ = false;
  bool ended_ = false;
  std::optional<std::string> damage_;
};

}  // namespace whydown::capture
