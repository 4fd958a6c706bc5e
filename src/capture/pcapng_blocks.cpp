#include "capture/pcapng_blocks.h"

#include <fmt/format.h>

#include "capture/limits.h"
#include "capture/pcapng.h"

namespace whydown::capture {

namespace {

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;

bool is_known(BlockType type) {
  switch (type) {
    case BlockType::interface_description:
    case BlockType::packet:
    case BlockType::simple_packet:
    case BlockType::name_resolution:
    case BlockType::interface_statistics:
    case BlockType::enhanced_packet:
    case BlockType::journal:
    case BlockType::secrets:
    case BlockType::custom:
    case BlockType::custom_private:
    case BlockType::section_header:
      return true;
  }
  return false;
}

bool is_possible_length(std::uint32_t length) {
  return length >= PcapngBlocks::kSmallest && length <= kMaxBlock && length % 4 == 0;
}

std::string lengths_in_words(std::uint32_t first, std::uint32_t last) {
  return fmt::format("gives its length as {} where it begins and as {} where it ends", first, last);
}

}  // namespace

bool is_pcapng(std::span<const std::uint8_t> head) {
  if (head.size() < PcapngBlocks::kSmallest) return false;
  std::uint32_t type = 0;
  std::uint32_t order = 0;
  std::memcpy(&type, head.data(), sizeof type);
  std::memcpy(&order, head.data() + PcapngBlocks::kHeaderSize, sizeof order);
  return type == static_cast<std::uint32_t>(BlockType::section_header) &&
         (order == kByteOrderMagic || order == __builtin_bswap32(kByteOrderMagic));
}

void PcapngBlocks::stop(const std::string& why) {
  stopped_ = true;
  why_stopped_ = why;
  tally_->add_damage("capture.damaged", why);
}

bool PcapngBlocks::stop_at_damage(const std::string& what) {
  stop(
      fmt::format("The block that begins at byte {}, after packet {}, {}. The file is damaged "
                  "there and was not read further.",
                  start_, tally_->last().number, what));
  return false;
}

bool PcapngBlocks::stop_at_cut(std::uint64_t have, std::uint64_t need) {
  stopped_ = true;
  why_stopped_ = fmt::format(
      "The file ends within the block that begins at byte {}, after packet {}: {} of the {} bytes "
      "of its {} are missing. It may have been copied while it was written.",
      start_, tally_->last().number, need - have, need, need == kSmallest ? "header" : "block");
  // A damaged compressed stream ends early as well; then that is the news, not the cut.
  if (!input_->damage()) tally_->add_damage("capture.truncated_file", why_stopped_);
  return false;
}

// A section header's length can be read only in the byte order that it brings.
bool PcapngBlocks::set_byte_order(const std::uint8_t* header) {
  std::uint32_t order = 0;
  std::memcpy(&order, header + kHeaderSize, sizeof order);
  swapped_ = order == __builtin_bswap32(kByteOrderMagic);
  return swapped_ || order == kByteOrderMagic;
}

bool PcapngBlocks::read_header(BlockType& type, std::uint32_t& length) {
  start_ = input_->position();
  const auto window = input_->window(kSmallest);
  if (window.empty()) {
    stopped_ = true;
    return false;
  }
  if (window.size() < kSmallest) return stop_at_cut(window.size(), kSmallest);
  type = static_cast<BlockType>(u32(window.data()));
  if (type == BlockType::section_header && !set_byte_order(window.data())) {
    return stop_at_damage("is a section header without a byte-order magic");
  }
  length = u32(window.data() + 4);
  if (is_possible_length(length)) return true;
  return stop_at_damage(
      fmt::format("claims a length of {} bytes; expected a multiple of 4 from {} "
                  "to {}",
                  length, kSmallest, kMaxBlock));
}

// Passes over a block that does not fit a window, but for its last length.
bool PcapngBlocks::skip_large(std::uint32_t length) {
  input_->consume(length - kTrailerSize);
  const auto trailer = input_->window(kTrailerSize);
  if (trailer.size() < kTrailerSize) {
    return stop_at_cut(input_->position() - start_ + trailer.size(), length);
  }
  const std::uint32_t again = u32(trailer.data());
  if (again != length) return stop_at_damage(lengths_in_words(length, again));
  input_->consume(kTrailerSize);
  return true;
}

// The lengths of the block in the window differ. Reading goes on if the first one leads to the end
// of the file or to a block of a known kind.
bool PcapngBlocks::accept_trailer(std::uint32_t length, std::uint32_t trailer) {
  const auto window = input_->window(length + kHeaderSize);
  bool follows = window.size() == length;
  if (window.size() >= length + kHeaderSize) {
    const std::uint8_t* next = window.data() + length;
    follows = is_known(static_cast<BlockType>(u32(next))) && is_possible_length(u32(next + 4));
    // A section of the other byte order: its length cannot be judged here.
    follows = follows || u32(next) == static_cast<std::uint32_t>(BlockType::section_header);
  }
  if (!follows) return stop_at_damage(lengths_in_words(length, trailer));
  lengths_differ_.add(tally_->last());
  return true;
}

bool PcapngBlocks::next(Block& block) {
  std::uint32_t length = 0;
  if (stopped_ || !read_header(block.type, length)) return false;
  block.bytes = {};
  if (length > Input::kMaxWindow - kHeaderSize) return skip_large(length);
  auto window = input_->window(length);
  if (window.size() < length) return stop_at_cut(window.size(), length);
  const std::uint32_t trailer = u32(window.data() + length - kTrailerSize);
  if (trailer != length) [[unlikely]] {
    if (!accept_trailer(length, trailer)) return false;
    window = input_->window(length);
  }
  block.bytes = window.first(length);
  input_->consume(length);
  return true;
}

}  // namespace whydown::capture
