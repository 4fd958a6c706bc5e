// DNS messages in fragmented datagrams (RFC 791 3.2, RFC 8200 4.5).
//
// Pieces wait here until the datagram is whole, in any order; then the message goes to the DNS
// tracker as if it had come whole, under its first piece. The first piece alone goes to the DNS
// tracker too, marked as such: whether the rest came is what decides whether the client was
// answered, and filters that let only first pieces through are common.
//
// Example, an answer of 3,000 bytes: piece 0 to 1,480, the tracker is told of an answer in pieces;
// 1,480 to 2,960; 2,960 to 3,008, the last one: the tracker is told of the answer.
//
// Pieces that overlap are an attack or damage: the datagram is given up (RFC 5722) and noted. A
// datagram without its first piece is noted when it leaves. Left out: all protocols but DNS over
// UDP; of a datagram above limits::kPiecedBytes only the beginning is kept.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "journey/context.h"
#include "journey/dns_tracker.h"
#include "journey/limits.h"
#include "journey/table.h"

namespace whydown::journey {

class Fragments {
 public:
  Fragments(Context& context, DnsTracker& dns);
  static bool is_piece(const packet::Packet& packet) {
    return packet.ip.more_fragments || packet.ip.fragment_offset != 0;
  }
  // A piece of a datagram. False where it is none of a DNS message, as far as that is known.
  bool packet(const packet::Packet& packet);
  void advance();
  void finish();
  static std::size_t memory_bytes();

 private:
  // Bytes of the datagram that are there.
  struct Run {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  struct Datagram {
    base::IpAddress source;
    base::IpAddress destination;
    std::uint32_t id = 0;
    std::uint32_t hash = 0;
    std::uint32_t total = 0;  // bytes of the whole; 0 until its last piece came
    std::uint8_t run_count = 0;
    bool has_first = false;
    bool spoilt = false;          // its pieces overlap
    bool captured_to_end = true;  // no piece was cut by the snap length
    std::int64_t last_seen = 0;
    // Of the first piece:
    base::Place place;
    packet::Ip ip;
    packet::Link link;
    packet::Fields known;
    packet::Network network = packet::Network::none;
    bool has_time = true;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint32_t first_captured = 0;  // bytes
    std::uint64_t ends = 0;
    std::array<Run, limits::kPieceRuns> runs;
  };
  enum class Fit : std::uint8_t { added, known, overlaps, too_many };

  Slot find(const packet::Packet& packet, std::uint32_t hash) const;
  Slot open(const packet::Packet& packet, std::uint32_t hash);
  bool add(Slot slot, const packet::Packet& packet);
  Fit add_run(Datagram& datagram, std::uint32_t begin, std::uint32_t end);
  void keep_bytes(Slot slot, const packet::Packet& packet);
  void tell(Slot slot);
  void forget(Slot slot);
  void note(packet::Note note, const base::Place& place);
  std::uint8_t* bytes_of(Slot slot) { return &bytes_[slot * limits::kPiecedBytes]; }

  struct NotDns {
    std::uint64_t key;
    std::int64_t last;
  };
  Context& context_;
  DnsTracker& dns_;
  std::unique_ptr<packet::Packet> message_;
  Slab<Datagram> datagrams_{limits::kPieced};
  Chains by_hash_{limits::kPieced, limits::kPieced};
  Chains by_age_{1, limits::kPieced};
  Memory<NotDns> not_dns_{limits::kPiecedOthers};
  ZeroedArray<std::uint8_t> bytes_{(limits::kPieced + 1) * limits::kPiecedBytes};
};

}  // namespace whydown::journey
