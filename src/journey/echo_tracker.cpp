#include "journey/echo_tracker.h"

#include <limits>

#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;

namespace {

constexpr std::size_t kPairMask = limits::kEchoes - 1;

bool is_request(const Packet& packet) {
  return packet.icmp.type == (packet.transport == Transport::icmp ? 8 : 128);
}
bool is_reply(const Packet& packet) {
  return packet.icmp.type == (packet.transport == Transport::icmp ? 0 : 129);
}

std::uint64_t key_of(const Packet& packet, const base::IpAddress& client,
                     const base::IpAddress& server) {
  return fold(pair_hash(client, server),
              std::uint64_t{packet.icmp.identifier} << 16U | packet.icmp.sequence);
}

}  // namespace

EchoTracker::EchoTracker(Context& context, Healing& healing, Probes& probes)
    : context_(context), healing_(healing), probes_(probes) {}

bool EchoTracker::is_echo(const Packet& packet) { return is_request(packet) || is_reply(packet); }

void EchoTracker::packet(const Packet& packet) {
  if (packet.ip.destination.is_multicast() || packet.ip.destination.is_broadcast()) return;
  if (is_request(packet)) {
    on_request(packet);
  } else {
    on_reply(packet);
  }
}

Slot EchoTracker::lookup(const Packet& packet, const base::IpAddress& client,
                         const base::IpAddress& server, bool* crowded) const {
  const auto fits = [&](Slot slot) {
    const Echo& echo = echoes_[slot];
    return echo.identifier == packet.icmp.identifier && echo.sequence == packet.icmp.sequence &&
           echo.client == client && echo.server == server;
  };
  return by_key_.find(key_of(packet, client, server), fits, crowded);
}

void EchoTracker::on_request(const Packet& packet) {
  const base::IpAddress& client = packet.ip.source;
  const base::IpAddress& server = packet.ip.destination;
  // A traceroute whose first request came before the capture.
  if (packet.known.has(packet::Field::ttl) && packet.ip.ttl <= limits::kProbeTtl) {
    healing_.mark_probes(client, server);
  }
  bool crowded = false;
  Slot slot = lookup(packet, client, server, &crowded);
  if (slot != kNoSlot && echoes_[slot].age == asked) {
    Echo& echo = echoes_[slot];
    echo.last = trace_of(packet);
    echo.order = context_.order;
    echo.timed = echo.timed && packet.has_time;
    if (echo.tries != std::numeric_limits<std::uint16_t>::max()) ++echo.tries;
    return;
  }
  if (slot != kNoSlot) forget(slot);
  if (crowded) evict(by_key_.in_the_way(key_of(packet, client, server)));
  slot = open(packet, client, server);
  echoes_[slot].tries = 1;
}

Slot EchoTracker::open(const Packet& packet, const base::IpAddress& client,
                       const base::IpAddress& server) {
  if (echoes_.full()) {
    evict(by_age_.front(answered) != kNoSlot ? by_age_.front(answered) : by_age_.front(asked));
  }
  const Slot slot = echoes_.take();
  Echo& echo = echoes_[slot];
  echo.client = client;
  echo.server = server;
  echo.identifier = packet.icmp.identifier;
  echo.sequence = packet.icmp.sequence;
  echo.transport = packet.transport;
  echo.hash = static_cast<std::uint32_t>(key_of(packet, client, server));
  echo.order = context_.order;
  echo.timed = packet.has_time;
  echo.first = trace_of(packet);
  by_key_.add(echo.hash, slot);
  by_pair_.append(pair_hash(client, server) & kPairMask, slot);
  by_age_.append(asked, slot);
  return slot;
}

void EchoTracker::on_reply(const Packet& packet) {
  const base::IpAddress& client = packet.ip.destination;
  const base::IpAddress& server = packet.ip.source;
  Slot slot = lookup(packet, client, server, nullptr);
  if (slot != kNoSlot && echoes_[slot].age == answered) return;  // a second reply
  if (slot == kNoSlot) slot = open(packet, client, server);
  Attempt attempt = attempt_of(echoes_[slot]);
  attempt.outcome = attempt.tries > 1 ? Outcome::slow : Outcome::ok;
  attempt.server_spoke = true;
  attempt.answer = digest_of(packet, Kind::icmp_echo_reply, 0);
  healing_.connect_served(client, attempt.service, attempt.begin);
  finish_with(slot, attempt, packet);
}

void EchoTracker::finish_with(Slot slot, Attempt& attempt, const Packet& packet) {
  const Echo& echo = echoes_[slot];
  attempt.end = packet.place.time;
  attempt.timed = echo.timed && packet.has_time;
  if (attempt.request_seen) {
    attempt.latency = latency_of(attempt.timed, attempt.begin, packet.place.time);
  }
  settle(slot);
  healing_.settle(attempt);
}

EchoTracker::Found EchoTracker::find(const Complaint& complaint) const {
  const std::uint64_t pair = pair_hash(complaint.client, complaint.server);
  const Slot slot = find_in(by_pair_, pair & kPairMask, [&](Slot s) {
    return echoes_[s].client == complaint.client && echoes_[s].server == complaint.server;
  });
  if (slot == kNoSlot) return {};
  return {.slot = slot, .age = context_.since(echoes_[slot].order)};
}

void EchoTracker::fail(Slot slot, const Complaint& complaint) {
  const Packet& packet = complaint.packet;
  Attempt attempt = attempt_of(echoes_[slot]);
  attempt.symptom = complaint.symptom;
  attempt.outcome = outcome_of(attempt.symptom);
  attempt.answer = digest_of(packet, Kind::icmp_error, 0);
  attempt.server_spoke = packet.ip.source == attempt.service.server;
  attempt.is_probe = probes_.is_probe(attempt);
  finish_with(slot, attempt, packet);
}

Attempt EchoTracker::attempt_of(const Echo& echo) const {
  Attempt attempt;
  attempt.service = {
      .server = echo.server, .transport = echo.transport, .protocol = Protocol::icmp};
  attempt.client = echo.client;
  attempt.step = Step::route;
  attempt.tries = echo.tries;
  attempt.request_seen = echo.tries != 0;
  attempt.client_spoke = echo.tries != 0;
  attempt.begin = echo.first.when();
  attempt.end = echo.last.is_set() ? echo.last.when() : attempt.begin;
  if (!attempt.request_seen) return attempt;
  const auto digest = [&](const Trace& trace) {
    Digest result =
        expand(trace, Kind::icmp_echo_request, echo.transport, {echo.client, echo.server, 0, 0});
    if (!result.is_set()) return result;
    result.icmp_type = echo.transport == Transport::icmp ? 8 : 128;
    result.icmp_identifier = echo.identifier;
    result.icmp_sequence = echo.sequence;
    return result;
  };
  attempt.request = digest(echo.first);
  attempt.last_request = digest(echo.last);
  return attempt;
}

bool EchoTracker::silent_by_now(const Echo& echo) const {
  return is_silence({.has_time = echo.timed,
                     .since_first = base::between(echo.first.when(), context_.now),
                     .tries = echo.tries,
                     .later_packets = context_.since(echo.order)});
}

void EchoTracker::close(Slot slot) {
  const Echo& echo = echoes_[slot];
  if (echo.age != asked) return;
  Attempt attempt = attempt_of(echo);
  if (silent_by_now(echo)) {
    attempt.outcome = Outcome::silent;
    attempt.symptom = Symptom::no_response;
  } else {
    attempt.open_at_end = true;
  }
  healing_.settle(attempt);
}

void EchoTracker::settle(Slot slot) {
  Echo& echo = echoes_[slot];
  by_pair_.remove(pair_hash(echo.client, echo.server) & kPairMask, slot);
  by_age_.remove(asked, slot);
  echo.age = answered;
  by_age_.append(answered, slot);
}

void EchoTracker::evict(Slot slot) {
  const Echo& echo = echoes_[slot];
  if (echo.age == asked && !silent_by_now(echo)) ++context_.totals.evicted;
  close(slot);
  forget(slot);
}

void EchoTracker::forget(Slot slot) {
  const Echo& echo = echoes_[slot];
  if (echo.age == asked) by_pair_.remove(pair_hash(echo.client, echo.server) & kPairMask, slot);
  by_age_.remove(echo.age, slot);
  by_key_.remove(echo.hash, slot);
  echoes_.give_back(slot);
}

void EchoTracker::advance() {
  for (const Age age : {asked, answered}) {
    for (Slot slot = by_age_.front(age); slot != kNoSlot; slot = by_age_.front(age)) {
      const Echo& echo = echoes_[slot];
      const Trace& latest = echo.last.is_set() ? echo.last : echo.first;
      if (base::between(latest.when(), context_.now) < limits::kPending) break;
      close(slot);
      forget(slot);
    }
  }
}

void EchoTracker::finish() {
  for (Slot slot = by_age_.front(asked); slot != kNoSlot; slot = by_age_.next(slot)) close(slot);
}

std::size_t EchoTracker::memory_bytes() {
  return Slab<Echo>::bytes(limits::kEchoes) + Index::bytes(limits::kEchoes) +
         Chains::bytes(limits::kEchoes, limits::kEchoes) + Chains::bytes(ages, limits::kEchoes);
}

}  // namespace whydown::journey
