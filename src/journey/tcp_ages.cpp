// How flows age, leave the table, and what is said of those that nothing decided.
#include "journey/tcp_tracker.h"
#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;

TcpTracker::TcpTracker(Context& context, Healing& healing, Probes& probes, Streams& streams)
    : context_(context), healing_(healing), probes_(probes), streams_(streams) {}

Slot TcpTracker::open(const Packet& packet, std::uint64_t hash, bool sender_is_client) {
  if (flows_.full()) make_room();
  const Slot slot = flows_.take();
  Flow& flow = flows_[slot];
  flow.client = sender_is_client ? packet.ip.source : packet.ip.destination;
  flow.server = sender_is_client ? packet.ip.destination : packet.ip.source;
  flow.client_port = sender_is_client ? packet.source_port : packet.destination_port;
  flow.server_port = sender_is_client ? packet.destination_port : packet.source_port;
  flow.hash = static_cast<std::uint32_t>(hash);
  flow.last_seen = base::ns_of(packet.place.time);
  by_ends_.add(hash, slot);
  by_age_.append(young, slot);
  ++context_.totals.tcp_flows;
  return slot;
}

void TcpTracker::move_to(Slot slot, Age age) {
  Flow& flow = flows_[slot];
  if (flow.age == settled) --settled_count_;
  by_age_.remove(flow.age, slot);
  flow.age = age;
  by_age_.append(age, slot);
  if (age == settled) ++settled_count_;
}

void TcpTracker::leave_pairs(Slot slot) {
  Flow& flow = flows_[slot];
  if (!flow.in_pairs) return;
  by_pair_.remove(pair_hash(flow.client, flow.server) & (limits::kTcpFlows / 8 - 1), slot);
  flow.in_pairs = false;
}

void TcpTracker::settle(Slot slot, State state) {
  leave_pairs(slot);
  flows_[slot].state = state;
  if (Flow& flow = flows_[slot]; flow.has_sequel) {
    flow.sequel().last = {};
    flow.sequel().heard_beat = 0;
  }
  move_to(slot, settled);
}

void TcpTracker::forget(Slot slot) { forget_here(slot); }

[[gnu::always_inline]] inline void TcpTracker::forget_here(Slot slot) {
  leave_pairs(slot);
  const Flow& flow = flows_[slot];
  if (flow.sequel().stream != kNoSlot) streams_.end(flow.sequel().stream, slot, End::pushed);
  if (const Slot record = flow.sequel().marks.record; record != kNoSlot) {
    transfers_by_age_.remove(0, record);
    transfers_.give_back(record);
  }
  if (flow.age == settled) --settled_count_;
  by_age_.remove(flow.age, slot);
  by_ends_.remove(flow.hash, slot);
  flows_.give_back(slot);
}

// A flood of handshakes must not push out connections in use, nor many connections the handshakes.
void TcpTracker::make_room() {
  if (settled_count_ > limits::kTcpFlows / 2) {
    for (std::size_t i = 0; i < limits::kSecondChances; ++i) {
      const Slot slot = by_age_.front(settled);
      if (!flows_[slot].in_use) break;
      flows_[slot].in_use = false;
      move_to(slot, settled);
    }
    evict(by_age_.front(settled));
    return;
  }
  Slot oldest = kNoSlot;
  for (const Age age : {old, half_open, young}) {
    const Slot slot = by_age_.front(age);
    if (slot == kNoSlot) continue;
    if (oldest == kNoSlot || flows_[slot].last_seen < flows_[oldest].last_seen) oldest = slot;
  }
  evict(oldest);
}

// In a flood every SYN evicts a flow, in the order of their age: what the next ones touch is
// fetched while this one is told.
void TcpTracker::fetch_behind(Slot slot) {
  const Slot next = by_age_.next(slot);
  const Slot second = by_age_.next(next);
  const Slot third = by_age_.next(second);
  flows_.prefetch(by_age_.next(third), kWithoutSequel);
  const Flow& soon = flows_[second];  // slot 0, which holds nothing, where there is none
  by_ends_.prefetch(soon.hash);
  healing_.expect_client(soon.client);
}

void TcpTracker::evict(Slot slot) {
  const Flow& flow = flows_[slot];
  fetch_behind(slot);
  if (flow.state == State::asked && !silent_by_now(flow)) ++context_.totals.evicted;
  close(slot, limits::kHalfOpenEvicted, true);
  forget_here(slot);
}

void TcpTracker::close(Slot slot, base::Duration patience, bool now) {
  const Flow& flow = flows_[slot];
  switch (flow.state) {
    case State::asked:
      if (silent_by_now(flow)) {
        decide_silence(slot, now);
      } else {
        emit_open(slot);
      }
      break;
    case State::answered: {
      const bool waited = flow.timed
                              ? base::between(flow.sequel().answer.when(), context_.now) >= patience
                              : context_.since(flow.order) > limits::kSilenceLaterPackets;
      emit_ok(slot, flow.client_spoke && (flow.answers > 1 || waited));
      break;
    }
    case State::mid_stream:
      emit_mid_stream(slot);
      end_transfer(slot);
      tell_of_server(flow);
      break;
    case State::established:
      end_transfer(slot);
      tell_of_server(flow);
      break;
    case State::refused:
    case State::given_up:
      tell_of_server(flow);
      break;
  }
  count_one_way(flow);
}

// What the facts about a silent server ask: was it heard, and did what it accepts get anything.
void TcpTracker::tell_of_server(const Flow& flow) {
  if (!flow.timed || !context_.silent.may_hold(flow.server)) return;
  if (flow.sequel().last.is_set()) observe(Sign::server_heard, flow, flow.sequel().last);
  if (flow.state == State::established && flow.sequel().answer.is_set()) tell_of_data(flow);
}

void TcpTracker::tell_of_data(const Flow& flow) {
  if (flow.sequel().server_sent) {
    const Sign sign = flow.sequel().client_first ? Sign::data_answered : Sign::data_unasked;
    observe(sign, flow, flow.sequel().answer);
    return;
  }
  // Bytes that were not captured may have been the answer; some text shows no lengths.
  const packet::Fields known{flow.sequel().answer.known};
  const bool is_whole = known.has(packet::Field::payload_length) && !flow.told_unseen;
  // A SYN-ACK that comes again, or a request, says that packets get lost.
  const bool is_heard =
      flow.sequel().last.is_set() && (flow.sequel().last.tcp_flags & packet::tcp_flag::syn) == 0;
  const bool is_lossy = flow.sequel().client_sent == Sent::data_again;
  if (!is_whole || !is_heard || is_lossy || watched(flow) < limits::kMute) return;
  const bool is_asked = flow.sequel().client_sent == Sent::data;
  const Sign sign = is_asked ? Sign::data_missing : Sign::nothing_sent;
  observe(sign, flow, flow.sequel().answer);
}

base::Duration TcpTracker::watched(const Flow& flow) const {
  const base::Time until = flow.sequel().ended ? base::time_from_ns(flow.last_seen) : context_.now;
  return base::between(flow.sequel().answer.when(), until);
}

void TcpTracker::observe(Sign sign, const Flow& flow, const Trace& trace) {
  const bool is_syn_ack = (trace.tcp_flags & packet::tcp_flag::syn) != 0;
  const Kind kind = is_syn_ack ? Kind::tcp_syn_ack : Kind::tcp_segment;
  Observation observation;
  observation.sign = sign;
  observation.service = outline_of(flow).service;
  observation.client = flow.client;
  observation.packet = expand(trace, kind, Transport::tcp,
                              {flow.server, flow.client, flow.server_port, flow.client_port});
  if (flow.sequel().answer.is_set()) observation.latency = watched(flow);
  context_.sink.observation(observation);
}

bool TcpTracker::silent_by_now(const Flow& flow) const {
  return is_silence({.has_time = flow.timed,
                     .since_first = base::between(flow.first.when(), context_.now),
                     .tries = flow.tries,
                     .later_packets = context_.since(flow.order)});
}

Slot TcpTracker::oldest_of(Suspects& suspects) const {
  Slot oldest = kNoSlot;
  std::size_t steps = 0;
  for (Slot slot = by_age_.back(young); slot != kNoSlot && steps < limits::kChainWalk;
       slot = by_age_.previous(slot), ++steps) {
    const Flow& flow = flows_[slot];
    if (flow.state != State::asked) continue;
    const Trace& request = flow.sequel().last.is_set() ? flow.sequel().last : flow.first;
    if (suspects.add(outline_of(flow).service, flow.client, request, flow.order)) oldest = slot;
  }
  return oldest;
}

// One by one: read back as one word at once, small fields make the processor wait.
void TcpTracker::set_service(Service& service, const Flow& flow) {
  service.server = flow.server;
  service.port = flow.server_port;
  service.transport = Transport::tcp;
  service.protocol = flow.server_port == kDnsPort ? Protocol::dns : Protocol::tcp;
}

Outline TcpTracker::outline_of(const Flow& flow) {
  Outline attempt;
  const bool dns = flow.server_port == kDnsPort;
  set_service(attempt.service, flow);
  attempt.client = flow.client;
  attempt.step = dns ? Step::name : Step::connect;
  attempt.client_spoke = flow.client_spoke;
  attempt.server_spoke = flow.server_spoke;
  attempt.tries = flow.tries;
  attempt.timed = flow.timed;
  attempt.request_seen = flow.tries != 0;
  const Trace& first = flow.first.is_set() ? flow.first : flow.sequel().answer;
  attempt.begin = first.when();
  attempt.end = flow.sequel().last.is_set() ? flow.sequel().last.when() : attempt.begin;
  attempt.input = first.input;
  attempt.number = first.number;
  return attempt;
}

Attempt TcpTracker::attempt_of(const Flow& flow) {
  Attempt attempt;
  static_cast<Outline&>(attempt) = outline_of(flow);
  Told{flow}.show(attempt);
  return attempt;
}

bool TcpTracker::Told::shorten(Traces& traces) const {
  const bool mid_stream = flow.state == State::mid_stream;
  const bool asked = mid_stream ? !flow.from_server : flow.tries != 0;
  constexpr Trace kNothing;
  traces.client_port = flow.client_port;
  traces.request_kind = mid_stream ? Kind::tcp_segment : Kind::tcp_syn;
  traces.answer_kind = mid_stream ? Kind::tcp_segment : Kind::tcp_syn_ack;
  traces.request = asked ? flow.first : kNothing;
  traces.last_request = asked && !mid_stream ? flow.sequel().last : kNothing;
  traces.answer = flow.sequel().answer;
  if (mid_stream) traces.answer = asked ? kNothing : flow.first;
  return true;
}

void TcpTracker::Told::show(Attempt& attempt) const {
  Traces traces;
  shorten(traces);
  expand(traces, attempt);
}

void TcpTracker::decide_silence(Slot slot, bool now) {
  const Flow& flow = flows_[slot];
  Outline attempt = outline_of(flow);
  attempt.outcome = Outcome::silent;
  attempt.symptom = Symptom::no_response;
  attempt.healed = flow.healed;
  healing_.settle(attempt, Told{flow}, now);
}

void TcpTracker::emit_open(Slot slot) {
  const Flow& flow = flows_[slot];
  Outline attempt = outline_of(flow);
  attempt.open_at_end = true;
  healing_.settle(attempt, Told{flow});
}

void TcpTracker::emit_ok(Slot slot, bool is_half_open) {
  const Flow& flow = flows_[slot];
  Outline attempt = outline_of(flow);
  attempt.outcome = flow.tries > 1 ? Outcome::slow : Outcome::ok;
  attempt.half_open = is_half_open;
  attempt.end = context_.now;
  if (flow.sequel().answer.is_set()) {
    attempt.decided_by = Kind::tcp_syn_ack;
    attempt.end = flow.sequel().answer.when();
    if (attempt.request_seen) {
      attempt.latency = latency_of(flow.timed, attempt.begin, attempt.end);
    }
  }
  healing_.settle(attempt, Told{flow});
}

void TcpTracker::emit_mid_stream(Slot slot) {
  const Flow& flow = flows_[slot];
  Outline attempt = outline_of(flow);
  attempt.mid_stream = true;
  attempt.end = base::time_from_ns(flow.last_seen);
  if (flow.from_server) attempt.decided_by = Kind::tcp_segment;
  healing_.settle(attempt, Told{flow});
}

void TcpTracker::count_one_way(const Flow& flow) {
  // One lone packet at the edge of the capture shows nothing about its direction.
  const bool enough = flow.state != State::mid_stream || flow.again;
  if (enough && flow.carried && flow.client_spoke != flow.server_spoke) {
    ++context_.totals.tcp_flows_one_way;
  }
}

void TcpTracker::advance() {
  const auto older = [&](base::Time then, base::Duration limit) {
    return base::between(then, context_.now) >= limit;
  };
  for (Slot slot = by_age_.front(young); slot != kNoSlot; slot = by_age_.front(young)) {
    Flow& flow = flows_[slot];
    if (!older(flow.first.when(), limits::kConnectHealing)) break;
    // What served the client is remembered only for a while.
    flow.healed = healing_.check(outline_of(flow)).served;
    move_to(slot, old);
  }
  for (Slot slot = by_age_.front(old); slot != kNoSlot; slot = by_age_.front(old)) {
    const Flow& flow = flows_[slot];
    if (!older(flow.sequel().last.is_set() ? flow.sequel().last.when() : flow.first.when(),
               limits::kPending))
      break;
    decide_silence(slot);
    settle(slot, State::given_up);
  }
  for (Slot slot = by_age_.front(half_open); slot != kNoSlot; slot = by_age_.front(half_open)) {
    if (!older(flows_[slot].sequel().answer.when(), limits::kPending)) break;
    emit_ok(slot, flows_[slot].client_spoke);
    settle(slot, State::established);
  }
}

void TcpTracker::finish() {
  for (const Age age : {old, young, half_open, settled}) {
    for (Slot slot = by_age_.front(age); slot != kNoSlot; slot = by_age_.next(slot)) {
      fetch_behind(slot);
      close(slot, limits::kHalfOpen, true);
    }
  }
}

std::size_t TcpTracker::memory_bytes() {
  return Slab<Flow>::bytes(limits::kTcpFlows) + Index::bytes(limits::kTcpFlows) +
         Chains::bytes(limits::kTcpFlows / 8, limits::kTcpFlows) +
         Chains::bytes(ages, limits::kTcpFlows) + Slab<Transfer>::bytes(limits::kTransfers) +
         Chains::bytes(1, limits::kTransfers);
}

}  // namespace whydown::journey
