// Inside capture/: a pcapng file as a sequence of whole blocks in the byte order of their section.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include "capture/input.h"
#include "capture/tally.h"

namespace whydown::capture {

// Section 11.1 of the draft.
enum class BlockType : std::uint32_t {
  interface_description = 1,
  packet = 2,  // obsolete
  simple_packet = 3,
  name_resolution = 4,
  interface_statistics = 5,
  enhanced_packet = 6,
  journal = 9,
  secrets = 10,
  custom = 0x00000bad,
  custom_private = 0x40000bad,
  section_header = 0x0a0d0d0a,  // the same in both byte orders
};

class PcapngBlocks {
 public:
  static constexpr std::size_t kHeaderSize = 8;   // type and length
  static constexpr std::size_t kTrailerSize = 4;  // length again
  static constexpr std::size_t kSmallest = kHeaderSize + kTrailerSize;

  struct Block {
    BlockType type{};
    // The whole block with both lengths, valid until the next call. Empty for a block that is too
    // large to be held (more than 512 KiB); such a one has been skipped.
    std::span<const std::uint8_t> bytes;
  };

  // Damage that ends the sequence is reported to `tally`, which must outlive this.
  PcapngBlocks(std::unique_ptr<Input> input, Tally& tally)
      : input_(std::move(input)), tally_(&tally) {}

  // False at the end, and at damage behind which no block can be found.
  bool next(Block& block);
  // Ends the sequence: nothing after the block last read can be understood.
  void stop(const std::string& why);
  const std::string& why_stopped() const { return why_stopped_; }
  // Blocks whose two lengths differ although another block follows where the first one says.
  const Sightings& lengths_differ() const { return lengths_differ_; }

  std::uint16_t u16(const std::uint8_t* p) const {
    std::uint16_t value = 0;
    std::memcpy(&value, p, sizeof value);
    return swapped_ ? __builtin_bswap16(value) : value;
  }
  std::uint32_t u32(const std::uint8_t* p) const {
    std::uint32_t value = 0;
    std::memcpy(&value, p, sizeof value);
    return swapped_ ? __builtin_bswap32(value) : value;
  }
  std::uint64_t u64(const std::uint8_t* p) const {
    std::uint64_t value = 0;
    std::memcpy(&value, p, sizeof value);
    return swapped_ ? __builtin_bswap64(value) : value;
  }

 private:
  bool read_header(BlockType& type, std::uint32_t& length);
  bool set_byte_order(const std::uint8_t* header);
  bool skip_large(std::uint32_t length);
  bool accept_trailer(std::uint32_t length, std::uint32_t trailer);
  bool stop_at_cut(std::uint64_t have, std::uint64_t need);
  bool stop_at_damage(const std::string& what);

  std::unique_ptr<Input> input_;
  Tally* tally_;
  std::uint64_t start_ = 0;  // of the block that is being read
  bool swapped_ = false;
  bool stopped_ = false;
  std::string why_stopped_;
  Sightings lengths_differ_;
};

}  // namespace whydown::capture
