// UDP whose contents are not DNS, or cannot be read as DNS (on port 53 it is name service all the
// same): who answers, and whom ICMP refuses.
//
// UDP need not answer, so silence is a failure only where the client shows that it waits: it sends
// the same bytes again, a few times, a second or so apart. Logs, measurements and voice send
// others. A flow gives one attempt for its first exchange, and a new one for each ICMP error after
// that: the datagram that met it is a request.
//
// A flow that begins like a QUIC connection is one. Its first flight waits for an answer, and what
// is said in it is read by QuicTracker.
#pragma once

#include "journey/context.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/probes.h"
#include "journey/quic_tracker.h"
#include "journey/table.h"
#include "journey/trace.h"

namespace whydown::journey {

class UdpTracker {
 public:
  UdpTracker(Context& context, Healing& healing, Probes& probes, QuicTracker& quic);
  void packet(const packet::Packet& packet);
  // Fetch what packet() will touch, in two steps some packets apart; `ends` is hash_of_ends().
  void expect(std::uint64_t ends) const;

  enum class Match : std::uint8_t { none, settled, pending };
  struct Found {
    Match match = Match::none;
    Slot slot = kNoSlot;
    std::uint32_t age = 0;  // packets since the request
  };
  Found find(const Complaint& complaint) const;
  void fail(Slot slot, const Complaint& complaint);
  // True when the error is the client's, about an answer that met its closed socket; text shows
  // neither the quoted datagram's sender nor its port.
  bool is_rejected_answer(const Complaint& complaint);
  Slot oldest_of(Suspects& suspects) const;  // of errors without ports
  void advance();
  void finish();
  static std::size_t memory_bytes();

 private:
  // unasked: the client has not spoken, or not since an error. asked: its first exchange is open.
  // quiet: that was answered, and nothing is open since. asked_again: something is.
  enum class State : std::uint8_t { unasked, asked, quiet, asked_again };
  enum Age : std::uint8_t { undecided, decided, ages };
  // part: packets of a handshake whose beginning is not in view.
  enum class Quic : std::uint8_t { no, part, begun };

  struct Flow {
    base::IpAddress client;
    base::IpAddress server;
    std::uint16_t client_port = 0;
    std::uint16_t server_port = 0;
    std::uint32_t hash = 0;
    std::int64_t last_seen = 0;
    std::uint32_t order = 0;
    State state = State::asked;
    Age age = undecided;
    bool client_spoke = false;
    bool server_spoke = false;
    bool in_use = false;
    bool in_pairs = false;
    bool timed = true;
    Quic quic = Quic::no;
    std::uint16_t tries = 0;
    bool repeats = true;        // every datagram since the first of these held the same bytes ...
    std::uint8_t sent = 1;      // ... which was sent so often ...
    std::uint32_t content = 0;  // ... of this hash, at a pace of one who waits
    QuicTracker::Id handshake = 0;
    Trace first;
    Trace last;
  };

  Slot lookup(const packet::Packet& packet, std::uint64_t hash, bool& from_client, bool& crowded);
  void open(const packet::Packet& packet, std::uint64_t hash);
  void from_client(Slot slot, const packet::Packet& packet);
  void from_server(Slot slot, const packet::Packet& packet);
  void answered(Slot slot, const packet::Packet& packet);
  void make_room();
  void evict(Slot slot);
  void move_to(Slot slot, Age age);
  void enter_pairs(Slot slot);
  void leave_pairs(Slot slot);
  void close(Slot slot, bool evicted);
  void open_quic(Flow& flow, const packet::Packet& packet, bool is_answer);
  static void count_try(Flow& flow, const packet::Packet& packet);
  static bool is_owed_answer(const Flow& flow);
  static std::uint32_t content_of(const packet::Packet& packet);
  static void note_repeat(Flow& flow, const packet::Packet& packet);
  static bool waits(const Flow& flow);
  void forget(Slot slot);
  static Service service_of(const Flow& flow);
  Attempt attempt_of(const Flow& flow) const;

  Context& context_;
  Healing& healing_;
  Probes& probes_;
  QuicTracker& quic_;
  Slab<Flow> flows_{limits::kUdpFlows};
  Index by_ends_{limits::kUdpFlows};
  Chains by_pair_{limits::kUdpFlows / 8, limits::kUdpFlows};  // of text inputs only
  Chains by_age_{ages, limits::kUdpFlows};
};

}  // namespace whydown::journey
