// Packets captured twice: on a mirror port, or at two vantage points of one incident.
//
// Nothing may count them as retransmissions. A frame is a duplicate when addresses, ports, IP id,
// TCP sequence or DNS id, and length are those of a frame seen within 2 ms in the same input, or
// within 50 ms in another one. Hosts send IP id 0 with "don't fragment" for anything, so without an
// id only packets that no sender repeats that fast are judged: SYNs, DNS messages, ARP. Where an
// answer came in between, a DNS message without an id may be the next question.
#pragma once

#include <cstdint>

#include "journey/limits.h"
#include "journey/table.h"
#include "packet/packet.h"

namespace whydown::journey {

class Duplicates {
 public:
  // repeat: same_input, if nothing answered it in between.
  enum class Verdict : std::uint8_t { fresh, same_input, repeat, other_input };
  // Of a packet whose hash_of_ends() is `ends`: equal for two copies of it.
  static std::uint64_t identity_of(const packet::Packet& packet, std::uint64_t ends);
  // Fetches what check() will touch.
  void expect(std::uint64_t identity) const {
    base::prefetch(&frames_[identity & (limits::kRecentFrames - 1)]);
  }
  Verdict check(const packet::Packet& packet, std::uint64_t identity);
  static std::size_t memory_bytes();

 private:
  struct Frame {
    std::uint64_t identity;
    std::int64_t time;
    std::uint16_t input;
  };
  static Verdict compare(const Frame& frame, const packet::Packet& packet);
  ZeroedArray<Frame> frames_{limits::kRecentFrames};
};

}  // namespace whydown::journey
