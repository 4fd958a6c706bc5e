// Who asks for whose link-layer address: ARP (RFC 826) and Neighbour Discovery (RFC 4861).
//
// One attempt per (asker, target) and burst of requests. Probes for one's own address (sender
// 0.0.0.0, duplicate address detection) and announcements ask nobody. On a switch only the requests
// of others are seen, not the replies; so an address that sends traffic is there, whoever asks.
// Where replies to the asker are seen, only what is sent to the asker shows that it found the
// address: one with a wrong netmask asks its link for what others reach through the router.
#pragma once

#include "journey/claim_tracker.h"
#include "journey/context.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/table.h"
#include "journey/trace.h"

namespace whydown::journey {

class NeighbourTracker {
 public:
  NeighbourTracker(Context& context, Healing& healing);
  void arp(const packet::Packet& packet);
  void discovery(const packet::Packet& packet);
  static bool is_discovery(const packet::Packet& packet);
  // Any IP packet: its source is alive.
  void traffic(const packet::Packet& packet) {
    if (open_ != 0) note_alive(packet.ip.source, packet.ip.destination);
  }
  // A DHCP message that offers an address, or takes it up: who asked for it wanted to see it free.
  void offered(const packet::Packet& packet);
  void advance();
  void finish();
  static std::size_t memory_bytes();

 private:
  enum Age : std::uint8_t { asked, ages };

  struct Question {
    base::IpAddress asker;
    base::IpAddress target;
    std::uint32_t order = 0;
    std::uint32_t target_list = 0;
    std::uint16_t tries = 0;
    bool timed = true;
    bool alive = false;          // the target sent traffic meanwhile
    bool shows_replies = false;  // those to this asker are captured
    bool is_arp = true;
    bool may_be_check = false;  // whether the address is free to be offered (DHCP)
    bool is_check = false;      // ... and so it was
    Digest first;
    Digest last;
  };

  void ask(const packet::Packet& packet, const base::IpAddress& asker,
           const base::IpAddress& target, bool is_arp);
  void answer(const packet::Packet& packet, const base::IpAddress& asker,
              const base::IpAddress& target, bool is_arp);
  void note_alive(const base::IpAddress& source, const base::IpAddress& destination);
  Slot lookup(const base::IpAddress& asker, const base::IpAddress& target, bool is_arp) const;
  Slot latest_of(const base::IpAddress& target, bool is_arp) const;
  bool is_heard_by_others(const Question& question);
  void evict(Slot slot);
  void close(Slot slot);
  void forget(Slot slot);
  Attempt attempt_of(const Question& question) const;
  bool is_free(const Question& question);
  bool silent_by_now(const Question& question) const;

  struct Asker {
    std::uint64_t key;
    std::int64_t last;
  };

  Context& context_;
  Healing& healing_;
  ClaimTracker claims_;
  std::size_t open_ = 0;
  Memory<Asker> answered_askers_{limits::kAskers};
  Memory<Asker> heard_targets_{limits::kAskers};
  Slab<Question> questions_{limits::kNeighbours};
  Chains by_target_{limits::kNeighbours, limits::kNeighbours};
  Chains by_age_{ages, limits::kNeighbours};
};

}  // namespace whydown::journey
