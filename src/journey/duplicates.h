// Packets captured twice: on a mirror port, or at two vantage points of one incident.
//
// Nothing may count them as retransmissions. A frame is a duplicate when addresses, ports, IP id,
// TCP sequence or DNS id, and length are those of a frame seen within 2 ms in the same input, or
// within 50 ms in another one. Hosts send IP id 0 with "don't fragment" for anything, so without an
// id only packets that no sender repeats that fast are judged: SYNs, DNS messages, ARP. Where an
// answer came in between, a DNS message without an id may be the next question.
//
// The same packet again and again is a loop. Routers that hand a packet to each other lower its TTL
// each time it comes by, on the same link from the same neighbour; switches copy a broadcast
// frame without end and change nothing:
//
//     TTL 60, 58, 56, 54, 52, 50       limits::kRounds falls: a routing loop
//     ARP who-has, 30 times in 30 ms   limits::kStormCopies: a loop of switches, or a mad sender
//
// Left out: loops in which every packet differs (an address that is translated each round), and
// unicast frames in a loop of switches, which a broadcast will soon betray.
#pragma once

#include <cstdint>

#include "journey/limits.h"
#include "journey/table.h"
#include "packet/packet.h"

namespace whydown::journey {

class Duplicates {
 public:
  // repeat: same_input, if nothing answered it in between.
  // routing_loop, switching_loop: the copy that proves it; ..._round: every further one.
  enum class Verdict : std::uint8_t {
    fresh,
    same_input,
    repeat,
    other_input,
    routing_loop,
    routing_round,
    switching_loop,
    switching_round,
  };
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
    std::uint16_t last_ms;   // from `time` to the latest copy
    std::uint8_t ttl;        // of the latest copy
    std::uint8_t neighbour;  // of whom the first copy came: a digest of the MAC address; of frames
                             // for everybody, of what they carry
    std::uint8_t rounds;     // copies with a lower TTL from the same neighbour; of lines of text
                             // without one, copies
    std::uint8_t copies;     // ... with the same TTL, of frames for everybody
  };
  static_assert(sizeof(Frame) == 24);
  static Verdict compare(Frame& frame, const packet::Packet& packet);
  static Verdict count_round(Frame& frame, const packet::Packet& packet);
  static Verdict count_copy(Frame& frame, const packet::Packet& packet);
  static bool is_copied_line(Frame& frame, const packet::Packet& packet);
  static Verdict vantage(const Frame& frame, const packet::Packet& packet);
  ZeroedArray<Frame> frames_{limits::kRecentFrames};
};

}  // namespace whydown::journey
