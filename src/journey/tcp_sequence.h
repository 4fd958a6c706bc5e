// Whether TCP acknowledges bytes that were never captured: the sign of a capture that lost packets.
//
// For each direction it keeps the end of what was captured and the first gap in it. An ACK of the
// other side that covers the gap says that the receiver has those bytes. Packets may be captured
// out of order, so a gap counts only after several such ACKs without it being filled.
#pragma once

#include <cstdint>

#include "journey/limits.h"

namespace whydown::journey {

class Sequence {
 public:
  // The direction's first byte after the SYN.
  void start(std::uint32_t next) {
    next_ = next;
    known_ = true;
    gap_ = false;
  }
  bool known() const { return known_; }
  // What is to be sent next, as far as captured.
  std::uint32_t next() const { return next_; }
  // Whether bytes of a segment of this direction were sent before.
  bool was_sent(std::uint32_t sequence) const { return known_ && sequence - next_ >= kNear; }

  // A captured segment of this direction.
  void sent(std::uint32_t sequence, std::uint32_t length) {
    if (length == 0) return;
    const std::uint32_t end = sequence + length;
    const std::uint32_t ahead = sequence - next_;
    if (ahead != 0 && ahead < kNear) {
      open_gap(next_, sequence);
    } else if (gap_ &&
               (gap_begin_ - sequence < length || sequence - gap_begin_ < gap_end_ - gap_begin_)) {
      gap_ = false;  // late, repeated or out of order: the gap is being filled
    }
    if (end - next_ < kNear) next_ = end;
  }

  // The other side acknowledged bytes that may have passed before anybody looked. True when they
  // fill a gap between captured ones.
  bool catch_up(std::uint32_t upto) {
    if (!known_) return false;
    if (upto - next_ < kNear) next_ = upto;
    return gap_ && upto - gap_end_ < kNear;
  }
  // The other side acknowledged up to here. True once, when that proves a gap in the capture.
  bool acknowledged(std::uint32_t upto) {
    if (!known_) return false;
    if (upto != next_ && upto - next_ < kNear) {
      open_gap(next_, upto);
      next_ = upto;
    }
    if (!gap_ || upto - gap_end_ >= kNear) return false;
    return ++acks_ == limits::kUnseenAcks;
  }

 private:
  // Differences from here on are old or nonsense; no window is this large (RFC 7323 2.3).
  static constexpr std::uint32_t kNear = 1U << 30U;

  void open_gap(std::uint32_t begin, std::uint32_t end) {
    if (gap_) return;
    gap_ = true;
    gap_begin_ = begin;
    gap_end_ = end;
    acks_ = 0;
  }

  std::uint32_t next_ = 0;
  std::uint32_t gap_begin_ = 0;
  std::uint32_t gap_end_ = 0;
  std::uint8_t acks_ = 0;
  bool known_ = false;
  bool gap_ = false;
};

}  // namespace whydown::journey
