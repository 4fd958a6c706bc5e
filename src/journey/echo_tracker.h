// Pings: each echo request is an attempt, its reply or an ICMP error the answer (RFC 792, RFC
// 4443).
//
// Quotes of echo requests carry no ports, so an error belongs to the oldest open request of that
// client to that address.
#pragma once

#include "journey/context.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/probes.h"
#include "journey/table.h"
#include "journey/trace.h"

namespace whydown::journey {

class EchoTracker {
 public:
  EchoTracker(Context& context, Healing& healing, Probes& probes);
  void packet(const packet::Packet& packet);

  struct Found {
    Slot slot = kNoSlot;    // of an open request
    std::uint32_t age = 0;  // packets since the request
  };
  Found find(const Complaint& complaint) const;
  void fail(Slot slot, const Complaint& complaint);
  void advance();
  void finish();
  static std::size_t memory_bytes();
  static bool is_echo(const packet::Packet& packet);

 private:
  enum Age : std::uint8_t { asked, answered, ages };

  struct Echo {
    base::IpAddress client;
    base::IpAddress server;
    std::uint16_t identifier = 0;
    std::uint16_t sequence = 0;
    std::uint32_t hash = 0;
    std::uint32_t order = 0;
    std::uint16_t tries = 0;
    Age age = asked;
    bool timed = true;
    packet::Transport transport = packet::Transport::icmp;
    Trace first;
    Trace last;
  };

  void on_request(const packet::Packet& packet);
  void on_reply(const packet::Packet& packet);
  Slot lookup(const packet::Packet& packet, const base::IpAddress& client,
              const base::IpAddress& server, bool* crowded) const;
  Slot open(const packet::Packet& packet, const base::IpAddress& client,
            const base::IpAddress& server);
  void finish_with(Slot slot, Attempt& attempt, const packet::Packet& packet);
  void close(Slot slot);
  void evict(Slot slot);
  void forget(Slot slot);
  void settle(Slot slot);
  Attempt attempt_of(const Echo& echo) const;
  bool silent_by_now(const Echo& echo) const;

  Context& context_;
  Healing& healing_;
  Probes& probes_;
  Slab<Echo> echoes_{limits::kEchoes};
  Index by_key_{limits::kEchoes};
  Chains by_pair_{limits::kEchoes, limits::kEchoes};  // open ones
  Chains by_age_{ages, limits::kEchoes};
};

}  // namespace whydown::journey
