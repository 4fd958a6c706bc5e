// The pcapng format (draft-ietf-opsawg-pcapng): blocks in sections, each section with a byte order
// and interfaces of its own. make_pcapng_reader() is declared in capture/reader.h.
//
// Read are section headers, interface descriptions, the three kinds of packet blocks and interface
// statistics; names, secrets, custom and unknown blocks are skipped. Packets are counted as
// Wireshark counts them: every packet block is one. Where a block's two lengths differ, reading
// goes on only if a block of a known kind follows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"

namespace whydown::capture {

// True when the first bytes are a section header's type and byte-order magic (12 bytes).
bool is_pcapng(std::span<const std::uint8_t> head);

// How an interface counts time: if_tsresol and if_tsoffset.
class TimeScale {
 public:
  TimeScale() : TimeScale(6) {}
  // As the option's byte: a power of ten, or of two with the highest bit set. 6: microseconds.
  explicit TimeScale(std::uint8_t resolution);
  void set_offset(std::int64_t seconds) { offset_seconds_ = seconds; }

  // Absent when the time lies beyond what base::Time holds (1677 to 2262).
  std::optional<base::Time> time(std::uint64_t ticks) const {
    if (ticks <= plain_end_ && offset_seconds_ == 0) {
      return base::time_from_ns(static_cast<std::int64_t>(ticks * multiplier_));
    }
    return odd_time(ticks);
  }

 private:
  std::optional<base::Time> odd_time(std::uint64_t ticks) const;

  std::uint64_t multiplier_ = 0;  // ns per tick where that is whole, else 0
  std::uint64_t divisor_ = 0;     // ticks per ns (decimal), else 0
  std::uint64_t plain_end_ = 0;   // the last tick count that multiplies without overflow
  std::int64_t offset_seconds_ = 0;
  std::uint8_t binary_ = 0;  // else ticks of 2^-binary_ seconds
};

}  // namespace whydown::capture
