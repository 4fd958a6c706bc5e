#include "journey/claim_tracker.h"

#include <algorithm>
#include <utility>

namespace whydown::journey {

using packet::Packet;

namespace {

constexpr std::size_t kClaimMask = limits::kClaims - 1;
constexpr std::uint16_t kRequest = 1;
constexpr std::uint16_t kReply = 2;
constexpr std::uint16_t kUnaskedReplies = 3;  // fewer may be a failover's or a start-up's

std::uint32_t claims_of(const base::IpAddress& address) {
  return static_cast<std::uint32_t>(hash_of(address, 22) & kClaimMask);
}
std::uint64_t key_of(const base::MacAddress& mac) { return hash_of(base::IpAddress::mac(mac), 23); }

std::uint32_t number_of(const base::MacAddress& mac, std::size_t from) {
  return static_cast<std::uint32_t>(mac.bytes[from]) << 16U |
         static_cast<std::uint32_t>(mac.bytes[from + 1]) << 8U | mac.bytes[from + 2];
}

// RFC 9568 7.3 (VRRP); HSRP versions 1 and 2, GLBP.
bool is_virtual(const base::MacAddress& mac) {
  const std::uint32_t maker = number_of(mac, 0);
  const std::uint32_t rest = number_of(mac, 3);
  if (maker == 0x00005e) return rest >> 8U == 0x0001 || rest >> 8U == 0x0002;
  if (maker == 0x00000c) return rest >> 8U == 0x07ac || rest >> 12U == 0x9ff;
  return maker == 0x0007b4;
}

bool is_one_machine(const base::MacAddress& a, const base::MacAddress& b) {
  constexpr std::uint32_t kPorts = 4;
  const std::uint32_t x = number_of(a, 3);
  const std::uint32_t y = number_of(b, 3);
  return number_of(a, 0) == number_of(b, 0) && std::max(x, y) - std::min(x, y) < kPorts;
}

bool is_zero(const base::IpAddress& address) {
  return !address.is_known() || address == base::IpAddress::v4(0);
}

// To whom a reply goes: text shows no address of theirs, and a MAC address with tcpdump's -e.
base::IpAddress told_by(const Packet& packet) {
  const base::MacAddress& to = packet.link.destination;
  const bool is_shown = packet.known.has(packet::Field::mac) && !to.is_group();
  return is_zero(packet.arp.target) && is_shown ? base::IpAddress::mac(to) : packet.arp.target;
}

}  // namespace

void ClaimTracker::arp(const Packet& packet) {
  const packet::Arp& arp = packet.arp;
  if (arp.operation == kRequest && arp.target.is_known() && arp.sender != arp.target) {
    const std::uint64_t pair = pair_hash(arp.sender, arp.target);
    asked_.get(pair).last = base::ns_of(packet.place.time);
    if (!packet.known.has(packet::Field::bytes) && arp.sender_mac.is_known()) {
      const base::IpAddress mac = base::IpAddress::mac(arp.sender_mac);
      asked_.get(pair_hash(mac, arp.target)).last = base::ns_of(packet.place.time);
    }
    ask(packet);
  }
  const bool has_mac = arp.sender_mac.is_known() && !arp.sender_mac.is_group();
  if (!has_mac || (arp.operation != kRequest && arp.operation != kReply)) return;
  if (is_zero(arp.sender)) {
    if (arp.operation == kRequest && !is_zero(arp.target)) probe(packet);
  } else {
    claim(packet, is_unasked(packet));
  }
}

void ClaimTracker::ask(const Packet& packet) {
  const packet::Arp& arp = packet.arp;
  const Slot slot = find(arp.target);
  if (slot == kNoSlot) return;
  Claim& claim = claims_[slot];
  claim.asked = packet.place.time;
  claim.is_asked = true;
  if (is_zero(arp.sender) || !arp.sender_mac.is_known()) return;
  auto* poser = std::ranges::find_if(claim.by, [&](const Claimant& each) {
    return each.is_set && each.mac == arp.sender_mac && each.pretence.is_set();
  });
  if (poser == claim.by.end() || !poser->timed || !packet.has_time) return;
  const Digest said = std::exchange(poser->pretence, {});
  if (base::between(said.place.time, packet.place.time) > limits::kContest) return;
  emit(claim, digest_of(packet, Kind::arp_request, 0), said, said.destination, Symptom::spoofed);
}

// Where nobody is shown to whom a reply goes: whoever asked for the address.
bool ClaimTracker::is_unasked(const Packet& packet) {
  const packet::Arp& arp = packet.arp;
  if (arp.operation != kReply || !packet.has_time) return false;
  const auto is_recent = [&](base::Time asked) {
    return base::between(asked, packet.place.time) <= limits::kAnswerToArp;
  };
  const base::IpAddress asker = told_by(packet);
  if (is_zero(asker)) {
    const Slot slot = find(arp.sender);
    if (slot == kNoSlot) return false;
    const Claim& claim = claims_[slot];
    return !claim.is_asked || !is_recent(claim.asked) || has_answered(packet, claim.asked);
  }
  const Asked* asked = asked_.find(pair_hash(asker, arp.sender));
  if (asked == nullptr) return true;
  const base::Time when = base::time_from_ns(asked->last);
  return !is_recent(when) || has_answered(packet, when);
}

// One request asks for one reply of each machine.
bool ClaimTracker::has_answered(const Packet& packet, base::Time asked) {
  const Slot slot = find(packet.arp.sender);
  if (slot == kNoSlot) return false;
  return std::ranges::any_of(claims_[slot].by, [&](const Claimant& each) {
    return each.is_set && each.mac == packet.arp.sender_mac && each.last > asked &&
           each.packet.kind == Kind::arp_reply;
  });
}

Slot ClaimTracker::find(const base::IpAddress& address) const {
  return find_in(by_address_, claims_of(address),
                 [&](Slot slot) { return claims_[slot].address == address; });
}

ClaimTracker::Claim& ClaimTracker::claim_of(const base::IpAddress& address) {
  Slot slot = find(address);
  if (slot != kNoSlot) {
    by_age_.remove(0, slot);
    by_age_.append(0, slot);
    return claims_[slot];
  }
  if (claims_.full()) {
    const Slot oldest = by_age_.front(0);
    by_age_.remove(0, oldest);
    by_address_.remove(claims_[oldest].list, oldest);
    claims_.give_back(oldest);
  }
  slot = claims_.take();
  Claim& claim = claims_[slot];
  claim.address = address;
  claim.list = claims_of(address);
  by_address_.append(claim.list, slot);
  by_age_.append(0, slot);
  return claim;
}

void ClaimTracker::probe(const Packet& packet) {
  if (packet.arp.target.is_link_local()) return;  // drawn by chance, RFC 3927 2.1
  Claim& claim = claim_of(packet.arp.target);
  if (claim.is_probed && claim.prober != packet.arp.sender_mac) claim.probes = 0;
  claim.is_probed = true;
  claim.prober = packet.arp.sender_mac;
  claim.probe = digest_of(packet, Kind::arp_request, 0);
}

// The probe was answered, and the machine that probed asks again: it does not take another address.
void ClaimTracker::defend(Claim& claim, const Packet& packet) {
  const base::MacAddress& mac = packet.arp.sender_mac;
  if (!claim.is_probed || mac == claim.prober) return;
  claim.is_probed = false;
  const bool is_soon = !packet.has_time || base::between(claim.probe.place.time,
                                                         packet.place.time) <= limits::kAnswerToArp;
  if (!is_soon || is_virtual(mac) || is_one_machine(mac, claim.prober)) return;
  count_up(claim.probes);
  if (claim.probes < 2) return;
  emit(claim, claim.probe, digest_of(packet, Kind::arp_reply, 0),
       base::IpAddress::mac(claim.prober), Symptom::conflict);
}

void ClaimTracker::claim(const Packet& packet, bool unasked) {
  const packet::Arp& arp = packet.arp;
  Claim& claim = claim_of(arp.sender);
  defend(claim, packet);
  Owner& owner = owners_.get(key_of(arp.sender_mac));
  owner.last = base::ns_of(packet.place.time);
  const std::uint64_t address = hash_of(arp.sender, 24);
  if (owner.address == 0) owner.address = address;
  if (owner.address != address) owner.has_several = true;

  auto* speaker = std::ranges::find_if(
      claim.by, [&](const Claimant& each) { return each.is_set && each.mac == arp.sender_mac; });
  if (speaker == claim.by.end()) {
    // A third one takes the place of who spoke longest ago.
    speaker = std::ranges::find(claim.by, false, &Claimant::is_set);
    if (speaker == claim.by.end()) {
      speaker = &claim.by[1U - claim.latest];
      claim.turns = 0;
    }
    *speaker = Claimant{};
    speaker->is_set = true;
    speaker->mac = arp.sender_mac;
  }
  if (unasked) {
    count_up(speaker->unasked);
    speaker->last_unasked = packet.place.time;
  }
  const auto index = static_cast<std::uint8_t>(speaker - claim.by.begin());
  speaker->timed = packet.has_time;
  speaker->last = packet.place.time;
  speaker->packet =
      digest_of(packet, arp.operation == kReply ? Kind::arp_reply : Kind::arp_request, 0);
  if (arp.operation == kReply) speaker->packet.destination = told_by(packet);
  // An announcement names itself; a failover or a start makes one.
  if (unasked && !is_zero(arp.target) && arp.target != arp.sender) {
    speaker->pretence = speaker->packet;
  }
  Claimant& other = claim.by[1U - index];
  if (other.is_set && claim.latest != index) take_turns(claim, other, *speaker, packet);
  claim.latest = index;
}

// Where both announce the address again and again, each of them means it.
bool ClaimTracker::is_spoofer(const Claimant& claimant, const Claimant& rival) {
  const Owner* owner = owners_.find(key_of(claimant.mac));
  return claimant.unasked >= kUnaskedReplies && rival.unasked * 2 < claimant.unasked &&
         owner != nullptr && owner->has_several;
}

// One that only began to speak may be a move; the other, when it speaks again soon, contradicts it.
void ClaimTracker::take_turns(Claim& claim, Claimant& other, Claimant& speaker,
                              const Packet& packet) {
  if (is_virtual(other.mac) || is_virtual(speaker.mac) || is_one_machine(other.mac, speaker.mac)) {
    return;
  }
  const bool timed = packet.has_time && other.timed;
  if (timed && base::between(other.last, packet.place.time) > limits::kContest) {
    claim.turns = 0;
    return;
  }
  if (++claim.turns < 3) return;
  const bool is_rested = !timed || claim.turns == 3 ||
                         base::between(claim.emitted, packet.place.time) >= limits::kContestEvery;
  if (!is_rested) return;
  const bool other_spoofs = is_spoofer(other, speaker);
  const bool spoofed = other_spoofs || is_spoofer(speaker, other);
  // Of two that announce it against each other, none takes over from the other.
  const bool both = other.unasked > 1 && speaker.unasked > 1;
  if (!spoofed && !both && (is_young(other, packet) || is_young(speaker, packet))) return;
  claim.emitted = packet.place.time;
  // The rival is who poses as the other, or who came second.
  const bool other_is_rival = spoofed ? other_spoofs : &other == &claim.by[1];
  const Claimant& rival = other_is_rival ? other : speaker;
  const Claimant& owner = other_is_rival ? speaker : other;
  emit(claim, owner.packet, rival.packet, told(owner, rival),
       spoofed ? Symptom::spoofed : Symptom::conflict);
}

bool ClaimTracker::is_young(const Claimant& claimant, const Packet& packet) {
  return claimant.unasked > 0 &&
         base::between(claimant.last_unasked, packet.place.time) <= limits::kUnaskedYoung;
}

// Whom the rival told, or whom the owner did; else, of announcements to all, the rival itself.
base::IpAddress ClaimTracker::told(const Claimant& owner, const Claimant& rival) {
  for (const Claimant* by : {&rival, &owner}) {
    if (by->packet.kind == Kind::arp_reply && !is_zero(by->packet.destination)) {
      return by->packet.destination;
    }
  }
  return base::IpAddress::mac(rival.mac);
}

void ClaimTracker::emit(const Claim& claim, const Digest& owner, const Digest& rival,
                        const base::IpAddress& client, Symptom symptom) {
  Attempt attempt;
  attempt.service = {.server = claim.address, .protocol = Protocol::arp};
  attempt.client = client;
  attempt.step = Step::address;
  attempt.outcome = Outcome::failed;
  attempt.symptom = symptom;
  attempt.client_spoke = true;
  attempt.server_spoke = true;
  attempt.tries = 1;
  attempt.request = owner;
  attempt.answer = rival;
  attempt.begin = std::min(owner.place.time, rival.place.time);
  attempt.end = std::max(owner.place.time, rival.place.time);
  // Who is answered by one of the two is not helped: nothing heals it.
  context_.sink.attempt(attempt);
}

std::size_t ClaimTracker::memory_bytes() {
  return Slab<Claim>::bytes(limits::kClaims) + Chains::bytes(limits::kClaims, limits::kClaims) +
         Chains::bytes(1, limits::kClaims) + Memory<Asked>::bytes(limits::kAskers) +
         Memory<Owner>::bytes(limits::kAskers);
}

}  // namespace whydown::journey
