// How a client comes to an address: DHCP for IPv4 (RFC 2131) and for IPv6 (RFC 8415).
//
// One attempt is what one client (its MAC address) asks until it is answered for good: DISCOVERs
// and REQUESTs, whatever their ids, up to the ACK. An OFFER alone is no success; a client that goes
// on asking after it did not hear it, or does not want it. A client that is refused (NAK), finds
// its address taken (DECLINE) or meets an ICMP error has to begin again: if it is given an address
// soon, the refusal is healed. INFORM and RELEASE want no address.
//
// Of IPv6, nearly every system asks, and on most networks nobody answers, which troubles nobody:
// routers announce prefixes, and IPv4 is there. Failing is no noise only where a router says that
// addresses come from DHCP alone, and the client was never seen with another address.
//
// Requests go to whoever serves the network: the service is where they are sent (255.255.255.255,
// or one server where a relay or a renewal names it); of refusals it is who refused.
#pragma once

#include "journey/context.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/table.h"

namespace whydown::journey {

class DhcpTracker {
 public:
  DhcpTracker(Context& context, Healing& healing);
  void packet(const packet::Packet& packet);
  // A router advertisement: whether addresses of IPv6 come from DHCP alone.
  void router(const packet::Packet& packet);
  // A client makes a request of its own, and has an address for that.
  void has_address(const packet::Packet& packet);
  bool is_asked6() const { return asking6_ != 0; }
  // An ICMP error about a request sent to one server; false where none is open.
  bool fail(const Complaint& complaint);
  void advance();
  void finish();
  static std::size_t memory_bytes();

 private:
  enum Age : std::uint8_t { heard, ages };

  struct Exchange {
    base::IpAddress client;
    Service service;
    std::uint32_t id = 0;
    std::uint32_t list = 0;
    std::uint32_t order = 0;  // of the last request
    std::uint16_t tries = 0;
    std::uint16_t vain = 0;     // requests since the last answer
    std::uint16_t unheard = 0;  // DISCOVERs after an OFFER
    bool is_v6 = false;
    bool has_address = false;  // another one, which it uses
    bool timed = true;
    bool has_asked = false;           // a request of this exchange was captured
    bool is_offered = false;          // an OFFER came
    bool is_given = false;            // an answer of unknown type that gives an address
    bool takes_up = false;            // the last request is for an offer
    bool is_taken = false;            // ... which was given, for the client began anew
    bool was_refused = false;         // `refused` and `refusal` are set
    Symptom symptom = Symptom::none;  // of the refusal
    base::Time latest{};              // packet of this client
    base::Time first_vain{};
    Digest first;
    Digest last;
    Digest answer;   // OFFER, or an answer of unknown type
    Digest refused;  // the request that was refused
    Digest refusal;
  };

  void request(const packet::Packet& packet);
  void reply(const packet::Packet& packet);
  void decline(const packet::Packet& packet);
  void asked(Exchange& exchange, const packet::Packet& packet);
  void answer_somebody(const packet::Packet& packet);
  void note_offer(const packet::Packet& packet);
  void refuse(Exchange& exchange, Symptom symptom, const Digest& refusal);
  void give(Slot slot, const packet::Packet& packet);
  void tell_portal(const Attempt& attempt, const packet::Packet& packet);
  Slot find(const base::IpAddress& client, const packet::dhcp::Message& message) const;
  Slot find_for_reply(const packet::Packet& packet, const base::IpAddress& client) const;
  Slot begin(const packet::Packet& packet, const base::IpAddress& client);
  void touch(Slot slot, const packet::Packet& packet);
  void restart(Exchange& exchange) const;
  static bool discovers_for_others(const packet::Packet& packet);
  static bool begins_anew(const Exchange& exchange, const packet::Packet& packet);
  bool is_continued(const Exchange& exchange, const packet::Packet& packet) const;
  bool is_silent(const Exchange& exchange) const;
  bool is_at_rest(const Exchange& exchange) const;
  void close(Slot slot);
  void close_refusal(const Exchange& exchange, bool healed);
  void forget(Slot slot);
  Attempt attempt_of(const Exchange& exchange) const;

  bool is_noise(const Exchange& exchange) const;

  Context& context_;
  Healing& healing_;
  std::size_t asking6_ = 0;  // exchanges of IPv6
  bool is_managed_ = false;  // by the last router advertisement
  Slab<Exchange> exchanges_{limits::kDhcpClients};
  Chains by_client_{limits::kDhcpClients, limits::kDhcpClients};
  Chains by_age_{ages, limits::kDhcpClients};
};

}  // namespace whydown::journey
