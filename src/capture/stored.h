// Inside capture/: the bytes of an input as they are stored, counted and hashed while they pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/sha256.h"

namespace whydown::capture {

class StoredBytes {
 public:
  // "-" is standard input.
  static std::expected<StoredBytes, base::Error> open(const std::string& path, bool hash);
  static StoredBytes of_bytes(std::span<const std::uint8_t> bytes, bool hash);
  StoredBytes(StoredBytes&& other) noexcept;
  StoredBytes& operator=(StoredBytes&&) = delete;
  StoredBytes(const StoredBytes&) = delete;
  StoredBytes& operator=(const StoredBytes&) = delete;
  ~StoredBytes();

  // Fills from the front of `room` (not empty), possibly less of it; 0 at the end or after an
  // error.
  std::size_t read(std::span<std::uint8_t> room);
  // Makes count() and sha256() those of the whole input. Reads only what must be read.
  void drain();

  std::uint64_t count() const { return count_; }
  std::string sha256() const { return digest_; }  // empty before the end, or without `hash`
  const std::optional<std::string>& error() const { return error_; }

 private:
  StoredBytes(int fd, bool owned, std::span<const std::uint8_t> memory, bool hash);
  std::size_t read_some(std::span<std::uint8_t> room);
  void finish();

  int fd_;
  bool owned_;
  bool at_end_ = false;
  std::span<const std::uint8_t> memory_;  // when fd_ is -1
  std::uint64_t count_ = 0;
  std::unique_ptr<base::Sha256> hash_;
  std::string digest_;
  std::optional<std::string> error_;
};

}  // namespace whydown::capture
