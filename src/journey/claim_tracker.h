// Who says that it has which address (ARP): two machines with one, or one with those of others.
//
// Claims are ARP packets by their sender. An address that goes from one machine to another for good
// was moved (failover, a new network card); one whose old owner goes on speaking for it, after the
// other did, in turns, is contested. A contested address is `spoofed` where one of the two sends
// replies that nobody asked for, again and again, and has another address of its own; else it is a
// `conflict`. Whoever told somebody unasked that it has an address, and then asks who has it, is
// found out by itself. A machine that asks whether an address is free (RFC 5227 probe), hears that
// it is not, and asks for it again, is in a conflict too.
//
// No contest: virtual MAC addresses of router redundancy (VRRP, HSRP, GLBP), and two neighbouring
// MAC addresses, which are two ports of one machine that answers on both.
//
// Of an attempt, `request` is what the owner said and `answer` what the other one did (of a probe
// that was answered: the probe and the answer; of a machine that asks for what it says it has: the
// question and what it said), whichever came first; the client is who was told.
#pragma once

#include <array>

#include "journey/context.h"
#include "journey/limits.h"
#include "journey/table.h"

namespace whydown::journey {

class ClaimTracker {
 public:
  explicit ClaimTracker(Context& context) : context_(context) {}
  // Any ARP packet.
  void arp(const packet::Packet& packet);
  static std::size_t memory_bytes();

 private:
  // What one machine said about the address.
  struct Claimant {
    base::MacAddress mac;
    std::uint16_t unasked = 0;  // replies that nobody asked for
    bool is_set = false;
    bool timed = true;
    base::Time last{};
    base::Time last_unasked{};
    Digest packet;    // the latest
    Digest pretence;  // the latest reply to one who had not asked
  };
  struct Claim {
    base::IpAddress address;
    std::uint32_t list = 0;
    std::uint32_t turns = 0;   // how often the two took turns, each soon after the other
    std::uint16_t probes = 0;  // of one machine that were answered by another
    std::uint8_t latest = 0;   // which of the two spoke last
    bool is_asked = false;
    bool is_probed = false;
    base::Time asked{};    // who-has for it, by anybody
    base::Time emitted{};  // the latest attempt
    base::MacAddress prober;
    Digest probe;
    std::array<Claimant, 2> by;
  };
  struct Asked {
    std::uint64_t key;
    std::int64_t last;
  };
  // The addresses of a machine, as far as needed.
  struct Owner {
    std::uint64_t key;
    std::int64_t last;
    std::uint64_t address;  // hash of one of them
    bool has_several;
  };

  void ask(const packet::Packet& packet);
  void probe(const packet::Packet& packet);
  void claim(const packet::Packet& packet, bool unasked);
  void defend(Claim& claim, const packet::Packet& packet);
  void take_turns(Claim& claim, Claimant& other, Claimant& speaker, const packet::Packet& packet);
  bool is_unasked(const packet::Packet& packet);
  bool has_answered(const packet::Packet& packet, base::Time asked);
  bool is_spoofer(const Claimant& claimant, const Claimant& rival);
  static bool is_young(const Claimant& claimant, const packet::Packet& packet);
  static base::IpAddress told(const Claimant& owner, const Claimant& rival);
  Claim& claim_of(const base::IpAddress& address);
  Slot find(const base::IpAddress& address) const;
  void emit(const Claim& claim, const Digest& owner, const Digest& rival,
            const base::IpAddress& client, Symptom symptom);

  Context& context_;
  Slab<Claim> claims_{limits::kClaims};
  Chains by_address_{limits::kClaims, limits::kClaims};
  Chains by_age_{1, limits::kClaims};
  Memory<Asked> asked_{limits::kAskers};
  Memory<Owner> owners_{limits::kAskers};
};

}  // namespace whydown::journey
