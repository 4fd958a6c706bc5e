// Answers that may not have reached who asked.
//
// An answer met a closed socket (the client's own ICMP port unreachable quotes it), or of two
// inputs only the one far from the client shows it: then it served nobody, and its question was met
// with silence. Such answers wait a second before they are believed; all others never come here.
#include "journey/dns_tracker.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;

namespace {

// The sender's link, where no router has touched the packet, or where nothing tells.
bool may_be_first_hop(const Trace& trace) {
  if (!packet::Fields{trace.known}.has(Field::ttl)) return true;
  return trace.ttl == 64 || trace.ttl == 128 || trace.ttl == 255;
}

}  // namespace

void DnsTracker::copy(const Packet& packet, std::uint64_t ends) {
  Matches matches;
  find_exact(view_of(packet, ends), matches);
  const bool any = packet.dns.response && matches.asked == kNoSlot;
  const Slot slot = any ? matches.decided : matches.asked;
  if (slot == kNoSlot) return;
  Query& query = queries_[slot];
  const std::uint16_t input = packet.place.input;
  if (packet.dns.response) {
    query.arrived = query.arrived || input == query.near;
  } else if (query.tries == 1 && input != query.near && may_be_first_hop(query.first)) {
    query.two_inputs = true;
    query.far = input;
  }
}

bool DnsTracker::is_next(const Packet& packet, std::uint64_t ends) const {
  Matches matches;
  find_exact(view_of(packet, ends), matches);
  const bool asked = matches.asked != kNoSlot;
  if (packet.dns.response) return asked;
  return !asked && matches.decided != kNoSlot;
}

bool DnsTracker::may_be_lost(const Query& query, const Outline& attempt, const Packet& packet) {
  const bool served = attempt.outcome == Outcome::ok || attempt.outcome == Outcome::slow;
  if (!served || query.tries == 0) return false;
  const bool far_only = query.two_inputs && packet.place.input == query.far;
  return far_only || attempt.latency >= limits::kPatience;
}

void DnsTracker::deliver_later(Slot slot, const Outline& attempt, const View& view) {
  if (deliveries_.full()) deliver(by_age_.front(delivering));
  Query& query = queries_[slot];
  query.delivery = deliveries_.take();
  Delivery& delivery = deliveries_[query.delivery];
  static_cast<Outline&>(delivery.attempt) = attempt;
  Told{query, &view.packet, Kind::dns_answer}.show(delivery.attempt);
  delivery.served = learn_from(view, query);
  delivery.served.answered = view.packet.place.time;
  query.arrived = view.packet.place.input == query.near;
  query.state = State::delivering;
  leave_pairs(slot);
  move_to(slot, delivering);
}

bool DnsTracker::is_delivered(const Query& query, base::Time answered) const {
  if (query.rejected >= query.answers) return false;
  if (!query.two_inputs || query.arrived) return true;
  // The near input must show that it was still listening.
  const bool listened = context_.heard_at(query.near) > base::add(answered, limits::kOtherVantage);
  return !listened && !query.astray;
}

void DnsTracker::deliver(Slot slot) {
  Query& query = queries_[slot];
  Delivery& delivery = deliveries_[query.delivery];
  Attempt& attempt = delivery.attempt;
  const bool delivered = is_delivered(query, delivery.served.answered);
  if (!delivered) {
    attempt.outcome = Outcome::silent;
    attempt.symptom = Symptom::no_response;
    attempt.end = query.last.is_set() ? query.last.when() : attempt.begin;
    attempt.latency = base::Duration{-1};
    attempt.answer = {};
    attempt.healed = query.healed;
    attempt.answered_by_other_server = query.healed_by_other;
    query.astray = true;
  }
  healing_.settle(attempt);
  if (delivered) healing_.name_served(delivery.served);
  deliveries_.give_back(query.delivery);
  query.delivery = kNoSlot;
  settle(slot, State::answered);
}

// The client repeats its query: the answer did not reach it.
void DnsTracker::ask_again(Slot slot) {
  Query& query = queries_[slot];
  deliveries_.give_back(query.delivery);
  query.delivery = kNoSlot;
  query.astray = true;
  query.rejected = 0;
  query.state = State::asked;
  move_to(slot, young);
}

}  // namespace whydown::journey
