// Answers that may not have reached who asked.
//
// An answer met a closed socket (the client's own ICMP port unreachable quotes it), or of two
// inputs only the one far from the client shows it, or of its fragments only the first one came and
// the client asks again: then it served nobody, and its question was met with silence. Such answers
// wait a while before they are believed; all others never come here.
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
  if (query.in_pieces) {
    return hides_pieces(context_.totals) || (!query.asked_again && !query.astray);
  }
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
  leave_pieces(query, delivered);
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

// The rest of the fragments came.
void DnsTracker::complete(Slot slot, const View& view) {
  Query& query = queries_[slot];
  query.in_pieces = false;
  --pieces_waiting_;
  deliveries_.give_back(query.delivery);
  query.delivery = kNoSlot;
  query.state = State::asked;
  move_to(slot, young);
  observe(Sign::joined_answer, query, view.packet, Kind::dns_answer);
  decide_answer(slot, view);
}

// Who has the whole answer may ask for the same once more, too. Who lacks it asks with the same id,
// another server, over TCP, or for less at once (RFC 6891 6.2.5).
bool DnsTracker::note_asked_again(const View& view) {
  const std::uint64_t client = healing_.client_of(view.client);
  const packet::dns::Message& message = view.packet.dns;
  bool found = false;
  for (Slot slot = by_age_.front(delivering); slot != kNoSlot; slot = by_age_.next(slot)) {
    Query& query = queries_[slot];
    if (!query.in_pieces || query.client_key != client || query.name_hash != message.name_hash ||
        query.type != message.question_type) {
      continue;
    }
    const bool lacks_it = query.id == message.id || query.server != view.server ||
                          query.transport != view.transport ||
                          message.udp_payload_size < query.payload_size;
    query.asked_again = query.asked_again || lacks_it;
    found = found || lacks_it;
  }
  return found;
}

// An answer that stays in pieces; `delivered` as far as anybody can tell.
void DnsTracker::leave_pieces(Query& query, bool delivered) {
  if (!query.in_pieces) return;
  query.in_pieces = false;
  query.asked_again = false;
  --pieces_waiting_;
  if (delivered) return;
  Observation observation;
  observation.sign = Sign::first_piece_only;
  observation.service = service_of(query);
  observation.client = query.client;
  observation.packet = deliveries_[query.delivery].attempt.answer;
  context_.sink.observation(observation);
}

// The client repeats its query: the answer did not reach it.
void DnsTracker::ask_again(Slot slot) {
  Query& query = queries_[slot];
  leave_pieces(query, false);
  deliveries_.give_back(query.delivery);
  query.delivery = kNoSlot;
  query.astray = true;
  query.rejected = 0;
  query.state = State::asked;
  move_to(slot, young);
}

}  // namespace whydown::journey
