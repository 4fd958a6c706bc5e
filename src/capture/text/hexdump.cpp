#include "capture/text/hexdump.h"

#include <span>

#include "base/cursor.h"
#include "capture/text/limits.h"
#include "capture/text/scan.h"

namespace whydown::capture::text {
namespace {

// Bytes of a whole IP packet by its own header; 0 when it is none.
std::size_t ip_length(std::span<const std::uint8_t> bytes) {
  if (bytes.size() >= 20 && bytes[0] >> 4U == 4) return base::load_be16(&bytes[2]);
  if (bytes.size() >= 40 && bytes[0] >> 4U == 6) return 40U + base::load_be16(&bytes[4]);
  return 0;
}

// Ethernet pads to 60 bytes, 46 of them behind the header.
constexpr std::size_t kShortestPayload = 46;

bool is_whole_ip(std::span<const std::uint8_t> bytes) {
  const std::size_t length = ip_length(bytes);
  if (length < 20 || length > bytes.size()) return false;
  return length == bytes.size() || bytes.size() <= kShortestPayload;
}

bool is_whole_ethernet(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t header = 14;
  if (bytes.size() < header) return false;
  std::size_t at = header;
  std::uint16_t ethertype = base::load_be16(&bytes[12]);
  while ((ethertype == 0x8100 || ethertype == 0x88a8) && bytes.size() >= at + 4 && at < 22) {
    ethertype = base::load_be16(&bytes[at + 2]);
    at += 4;
  }
  if (ethertype == 0x0806) return bytes.size() >= at + 28;
  if (ethertype != 0x0800 && ethertype != 0x86dd) return false;
  return is_whole_ip(bytes.subspan(at));
}

}  // namespace

HexDump::HexDump() { bytes_.reserve(2048); }

void HexDump::clear() {
  bytes_.clear();
  broken_ = false;
}

void HexDump::swap(HexDump& other) noexcept {
  bytes_.swap(other.bytes_);
  std::swap(broken_, other.broken_);
}

bool HexDump::add(std::string_view line) {
  while (!line.empty() && (line[0] == ' ' || line[0] == '\t' || line[0] == '>')) {
    line.remove_prefix(1);
  }
  if (!line.starts_with("0x")) return false;
  const auto offset = take_hex(line);
  if (!offset || !take(line, ":")) return false;
  skip_blanks(line);
  // A dump of a part, which -v prints for what it cannot read, comes before the packet's own.
  if (*offset == 0) clear();
  if (*offset != bytes_.size() || bytes_.size() + 16 > kMaxHexBytes) broken_ = true;
  if (broken_) return true;
  for (unsigned count = 0; count < 16 && line.size() >= 2;) {
    const unsigned high = hex_value(line[0]);
    const unsigned low = hex_value(line[1]);
    if (high > 15 || low > 15) break;
    bytes_.push_back(static_cast<std::uint8_t>(high << 4U | low));
    line.remove_prefix(2);
    ++count;
    // One blank between groups; two begin the column of characters.
    if (line.starts_with(' ')) {
      line.remove_prefix(1);
      if (line.starts_with(' ')) break;
    }
  }
  return true;
}

std::optional<LinkType> HexDump::complete() const {
  if (broken_ || bytes_.empty()) return std::nullopt;
  // Ethernet first: a destination MAC may begin with 0x4 or 0x6, and its ethertype then decides.
  if (is_whole_ethernet(bytes_)) return LinkType::ethernet;
  if (is_whole_ip(bytes_)) return LinkType::raw;
  return std::nullopt;
}

}  // namespace whydown::capture::text
