#include "journey/neighbour_tracker.h"

#include <limits>

#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;

namespace {

constexpr std::uint16_t kArpRequest = 1;
constexpr std::uint16_t kArpReply = 2;
constexpr std::uint8_t kNeighbourSolicitation = 135;
constexpr std::uint8_t kNeighbourAdvertisement = 136;
constexpr std::size_t kNeighbourMask = limits::kNeighbours - 1;

std::size_t neighbours_of(const base::IpAddress& target) {
  return hash_of(target, 15) & kNeighbourMask;
}

}  // namespace

NeighbourTracker::NeighbourTracker(Context& context, Healing& healing)
    : context_(context), healing_(healing), claims_(context) {}

bool NeighbourTracker::is_discovery(const Packet& packet) {
  return packet.transport == Transport::icmp6 && (packet.icmp.type == kNeighbourSolicitation ||
                                                  packet.icmp.type == kNeighbourAdvertisement);
}

void NeighbourTracker::arp(const Packet& packet) {
  const packet::Arp& arp = packet.arp;
  claims_.arp(packet);
  // 0.0.0.0 has kind v4: RFC 5227 probes.
  const bool probe = !arp.sender.is_known() || arp.sender == base::IpAddress::v4(0);
  if (probe || arp.sender == arp.target) return;
  if (arp.operation == kArpRequest) {
    if (arp.target.is_known()) ask(packet, arp.sender, arp.target, true);
  } else if (arp.operation == kArpReply) {
    answer(packet, arp.target, arp.sender, true);
  }
}

void NeighbourTracker::discovery(const Packet& packet) {
  const base::IpAddress& target = packet.icmp.target;
  if (!target.is_known() || !packet.ip.source.is_known()) return;  // "::": one's own address
  if (packet.icmp.type == kNeighbourSolicitation) {
    if (packet.ip.source != target) ask(packet, packet.ip.source, target, false);
  } else {
    answer(packet, packet.ip.destination, target, false);
  }
}

Slot NeighbourTracker::lookup(const base::IpAddress& asker, const base::IpAddress& target,
                              bool is_arp) const {
  return find_in(by_target_, neighbours_of(target), [&](Slot slot) {
    const Question& question = questions_[slot];
    return question.asker == asker && question.target == target && question.is_arp == is_arp;
  });
}

// Text shows a reply without whom it is for: who asked last, as replies come at once. Of others the
// request alone may be seen, which goes to all, and not the reply, which does not.
Slot NeighbourTracker::latest_of(const base::IpAddress& target, bool is_arp) const {
  Slot latest = kNoSlot;
  std::uint32_t age = 0;
  std::size_t steps = 0;
  for (Slot slot = by_target_.front(neighbours_of(target));
       slot != kNoSlot && steps < limits::kChainWalk; slot = by_target_.next(slot), ++steps) {
    const Question& question = questions_[slot];
    if (question.target != target || question.is_arp != is_arp) continue;
    if (latest != kNoSlot && context_.since(question.order) >= age) continue;
    latest = slot;
    age = context_.since(question.order);
  }
  return latest;
}

// Of who asks, no reply was ever seen, and the target just replied to somebody else: so it is
// there, and what it says to this one is not captured.
bool NeighbourTracker::is_heard_by_others(const Question& question) {
  if (question.shows_replies) return false;
  const Asker* heard = heard_targets_.find(hash_of(question.target, 21));
  return heard != nullptr && question.timed &&
         base::between(base::time_from_ns(heard->last), question.first.place.time) <=
             limits::kNeighbourGap;
}

void NeighbourTracker::ask(const Packet& packet, const base::IpAddress& asker,
                           const base::IpAddress& target, bool is_arp) {
  Slot slot = lookup(asker, target, is_arp);
  const Digest digest = digest_of(packet, is_arp ? Kind::arp_request : Kind::nd_solicitation, 0);
  if (slot != kNoSlot) {
    Question& question = questions_[slot];
    const Digest& latest = question.last.is_set() ? question.last : question.first;
    const bool soon = !question.timed || !packet.has_time ||
                      base::between(latest.place.time, packet.place.time) <= limits::kNeighbourGap;
    // Who sent traffic since the last request was found then, even if no reply was captured.
    if (soon && !question.alive) {
      question.last = digest;
      question.order = context_.order;
      question.timed = question.timed && packet.has_time;
      if (question.tries != std::numeric_limits<std::uint16_t>::max()) ++question.tries;
      return;
    }
    close(slot);
    forget(slot);
  }
  if (questions_.full()) evict(by_age_.front(asked));
  slot = questions_.take();
  Question& question = questions_[slot];
  question.asker = asker;
  question.target = target;
  question.is_arp = is_arp;
  question.target_list = static_cast<std::uint32_t>(neighbours_of(target));
  question.order = context_.order;
  question.timed = packet.has_time;
  question.tries = 1;
  question.may_be_check =
      is_arp && context_.has_discovered &&
      base::between(context_.discovered, packet.place.time) <=
          (packet.known.has(packet::Field::bytes) ? limits::kFreeCheck : limits::kFreeCheckText);
  question.first = digest;
  question.shows_replies = answered_askers_.find(hash_of(asker, 20)) != nullptr;
  by_target_.append(question.target_list, slot);
  by_age_.append(asked, slot);
  ++open_;
}

void NeighbourTracker::answer(const Packet& packet, const base::IpAddress& asker,
                              const base::IpAddress& target, bool is_arp) {
  const Slot slot = asker.is_known() ? lookup(asker, target, is_arp) : latest_of(target, is_arp);
  heard_targets_.get(hash_of(target, 21)).last = base::ns_of(packet.place.time);
  if (slot == kNoSlot) {
    note_alive(target, asker);
    return;
  }
  const Question& question = questions_[slot];
  Attempt attempt = attempt_of(question);
  const base::IpAddress client = question.asker;
  answered_askers_.get(hash_of(client, 20)).last = base::ns_of(packet.place.time);
  attempt.outcome = question.tries > 1 ? Outcome::slow : Outcome::ok;
  attempt.server_spoke = true;
  attempt.answer = digest_of(packet, is_arp ? Kind::arp_reply : Kind::nd_advertisement, 0);
  attempt.end = packet.place.time;
  attempt.latency = latency_of(question.timed && packet.has_time, attempt.begin, packet.place.time);
  forget(slot);
  note_alive(target, client);
  healing_.connect_served(client, attempt.service, attempt.begin);
  healing_.settle(attempt);
}

void NeighbourTracker::note_alive(const base::IpAddress& source,
                                  const base::IpAddress& destination) {
  std::size_t steps = 0;
  for (Slot slot = by_target_.front(neighbours_of(source));
       slot != kNoSlot && steps < limits::kChainWalk; slot = by_target_.next(slot), ++steps) {
    Question& question = questions_[slot];
    const bool found = !question.shows_replies || question.asker == destination;
    if (question.target == source && found) question.alive = true;
  }
}

Attempt NeighbourTracker::attempt_of(const Question& question) const {
  Attempt attempt;
  attempt.service = {.server = question.target,
                     .protocol = question.is_arp ? Protocol::arp : Protocol::nd};
  attempt.client = question.asker;
  attempt.step = Step::address;
  attempt.client_spoke = true;
  attempt.server_spoke = question.alive;
  attempt.tries = question.tries;
  attempt.request = question.first;
  attempt.last_request = question.last;
  attempt.begin = question.first.place.time;
  attempt.end = question.last.is_set() ? question.last.place.time : attempt.begin;
  return attempt;
}

bool NeighbourTracker::silent_by_now(const Question& question) const {
  if (question.tries >= limits::kNeighbourTries) return true;
  return question.timed && question.tries >= 2 &&
         base::between(question.first.place.time, context_.now) >= limits::kNeighbourSilence;
}

// Nobody has the address yet, and whoever asks does not expect anybody to.
bool NeighbourTracker::is_free(const Question& question) {
  if (question.is_check) return true;
  if (question.may_be_check && question.tries <= limits::kFreeCheckTries) return true;
  const OfferedAddress* offered = context_.offered.find(hash_of(question.target, 25));
  return question.is_arp && question.timed && offered != nullptr && offered->last != 0 &&
         base::between(base::time_from_ns(offered->last), question.first.place.time) <=
             limits::kOfferStands;
}

void NeighbourTracker::close(Slot slot) {
  const Question& question = questions_[slot];
  Attempt attempt = attempt_of(question);
  if (silent_by_now(question) && !is_free(question) && !is_heard_by_others(question)) {
    attempt.outcome = Outcome::silent;
    attempt.symptom = Symptom::no_response;
    attempt.healed = question.alive;
  } else {
    attempt.open_at_end = true;
  }
  healing_.settle(attempt);
}

void NeighbourTracker::offered(const Packet& packet) {
  const packet::dhcp::Message& message = packet.dhcp;
  const base::IpAddress& address = message.is_reply ? message.yours : message.requested;
  if (!address.is_known() || open_ == 0) return;
  std::size_t steps = 0;
  for (Slot slot = by_target_.front(neighbours_of(address));
       slot != kNoSlot && steps < limits::kChainWalk; slot = by_target_.next(slot), ++steps) {
    if (questions_[slot].target == address) questions_[slot].is_check = true;
  }
}

void NeighbourTracker::evict(Slot slot) {
  if (!silent_by_now(questions_[slot])) ++context_.totals.evicted;
  close(slot);
  forget(slot);
}

void NeighbourTracker::forget(Slot slot) {
  by_target_.remove(questions_[slot].target_list, slot);
  by_age_.remove(asked, slot);
  questions_.give_back(slot);
  --open_;
}

void NeighbourTracker::advance() {
  for (Slot slot = by_age_.front(asked); slot != kNoSlot; slot = by_age_.front(asked)) {
    const Question& question = questions_[slot];
    const Digest& latest = question.last.is_set() ? question.last : question.first;
    if (base::between(latest.place.time, context_.now) < limits::kNeighbourGap) break;
    close(slot);
    forget(slot);
  }
}

void NeighbourTracker::finish() {
  for (Slot slot = by_age_.front(asked); slot != kNoSlot; slot = by_age_.next(slot)) close(slot);
}

std::size_t NeighbourTracker::memory_bytes() {
  return ClaimTracker::memory_bytes() + Slab<Question>::bytes(limits::kNeighbours) +
         2 * Memory<Asker>::bytes(limits::kAskers) +
         Chains::bytes(limits::kNeighbours, limits::kNeighbours) +
         Chains::bytes(ages, limits::kNeighbours);
}

}  // namespace whydown::journey
