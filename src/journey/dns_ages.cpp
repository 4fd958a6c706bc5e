// How questions age, leave the table, and what is said of the unanswered.
#include "journey/dns_tracker.h"
#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;
using std::chrono::milliseconds;

DnsTracker::DnsTracker(Context& context, Healing& healing, Probes& probes)
    : context_(context), healing_(healing), probes_(probes) {}

Slot DnsTracker::open(const View& view) {
  if (queries_.full()) make_room();
  const Slot slot = queries_.take();
  Query& query = queries_[slot];
  query.client = view.client;
  query.server = view.server;
  query.client_port = view.client_port;
  query.server_port = view.server_port;
  query.id = view.packet.dns.id;
  query.type = view.packet.dns.question_type;
  query.name_hash = view.packet.dns.name_hash;
  const std::string_view name = view.packet.dns.question_name.view();
  const std::size_t known = context_.names.size();
  query.name = context_.names.add(name, query.name_hash);
  // Of a full table nobody knows; who asks for so many names is worth counting.
  const bool is_new = context_.names.size() != known || (query.name == 0 && !name.empty());
  if (is_new && !view.packet.dns.response) {
    query.own = watch_.new_name(name, view.client, view.server);
  }
  query.transport = view.transport;
  query.last_seen = base::ns_of(view.packet.place.time);
  query.exact_hash = static_cast<std::uint32_t>(view.exact);
  query.socket_list = static_cast<std::uint32_t>(view.socket & (limits::kDnsQueries - 1));
  by_exact_.add(view.exact, slot);
  if (indexes_sockets_) by_socket_.append(query.socket_list, slot);
  by_age_.append(young, slot);
  return slot;
}

void DnsTracker::move_to(Slot slot, Age age) {
  Query& query = queries_[slot];
  by_age_.remove(query.age, slot);
  query.age = age;
  by_age_.append(age, slot);
}

void DnsTracker::leave_pairs(Slot slot) {
  Query& query = queries_[slot];
  if (!query.in_pairs) return;
  by_pair_.remove(pair_hash(query.client, query.server) & (limits::kDnsQueries / 8 - 1), slot);
  query.in_pairs = false;
}

void DnsTracker::settle(Slot slot, State state) {
  leave_pairs(slot);
  Query& query = queries_[slot];
  query.state = state;
  if (query.transport == Transport::udp) {
    ++context_.totals.udp_flows;
    if (state == State::given_up || query.tries == 0) ++context_.totals.udp_flows_one_way;
  }
  move_to(slot, settled);
  if (++settled_count_ <= limits::kDnsSettled) return;
  forget_here(by_age_.front(settled));
  // The next ones to go have not been touched for long.
  const Slot next = by_age_.front(settled);
  by_exact_.prefetch(queries_[next].exact_hash);
  queries_.prefetch(by_age_.next(next));
}

void DnsTracker::index_sockets() {
  indexes_sockets_ = true;
  for (const Age age : {settled, delivering, old, young}) {
    for (Slot slot = by_age_.front(age); slot != kNoSlot; slot = by_age_.next(slot)) {
      by_socket_.append(queries_[slot].socket_list, slot);
    }
  }
}

void DnsTracker::forget(Slot slot) { forget_here(slot); }

[[gnu::always_inline]] inline void DnsTracker::forget_here(Slot slot) {
  leave_pairs(slot);
  const Query& query = queries_[slot];
  if (query.age == settled) --settled_count_;
  by_age_.remove(query.age, slot);
  by_exact_.remove(query.exact_hash, slot);
  if (indexes_sockets_) by_socket_.remove(query.socket_list, slot);
  queries_.give_back(slot);
}

void DnsTracker::make_room() {
  for (const Age age : {settled, delivering, old, young}) {
    const Slot slot = by_age_.front(age);
    if (slot == kNoSlot) continue;
    evict(slot);
    return;
  }
}

void DnsTracker::evict(Slot slot) {
  const Query& query = queries_[slot];
  if (query.state == State::asked && !silent_by_now(query)) ++context_.totals.evicted;
  close(slot);
  forget(slot);
}

void DnsTracker::close(Slot slot) {
  const Query& query = queries_[slot];
  if (query.state == State::delivering) deliver(slot);
  if (query.state != State::asked) return;
  if (query.transport == Transport::udp) {
    ++context_.totals.udp_flows;
    ++context_.totals.udp_flows_one_way;
  }
  if (silent_by_now(query)) {
    decide_silence(slot);
    return;
  }
  Outline attempt = outline_of(query);
  attempt.open_at_end = true;
  if (query.own.is_told()) tell_usage(query, attempt, nullptr, Kind::none);
  healing_.settle(attempt, Told{query});
}

bool DnsTracker::silent_by_now(const Query& query) const {
  // RFC 8200 5: every link of IPv6 carries so much in one piece.
  constexpr std::uint16_t kWhole = 1280 - 40 - 8;
  const bool may_come_in_pieces = query.transport == Transport::udp && query.tries == 1 &&
                                  query.server.kind() == base::AddressKind::v6 &&
                                  query.payload_size > kWhole;
  if (may_come_in_pieces && hides_pieces(context_.totals)) return false;
  return is_silence({.has_time = query.timed,
                     .since_first = base::between(query.first.when(), context_.now),
                     .tries = query.tries,
                     .later_packets = context_.since(query.order)});
}

Service DnsTracker::service_of(const Query& query) {
  return {.server = query.server,
          .port = query.server_port,
          .transport = query.transport,
          .protocol = Protocol::dns};
}

Outline DnsTracker::outline_of(const Query& query) {
  Outline attempt;
  const bool asked = query.tries != 0;
  // One by one: read back as one word at once, small fields make the processor wait.
  attempt.service.server = query.server;
  attempt.service.port = query.server_port;
  attempt.service.transport = query.transport;
  attempt.service.protocol = Protocol::dns;
  attempt.client = query.client;
  attempt.step = Step::name;
  attempt.request_seen = asked;
  attempt.client_spoke = asked;
  attempt.is_noise = query.unusual;
  attempt.timed = query.timed;
  attempt.tries = query.tries;
  attempt.begin = asked ? query.first.when() : base::time_from_ns(query.last_seen);
  attempt.end = query.last.is_set() ? query.last.when() : attempt.begin;
  attempt.question.name = query.name;
  attempt.question.type = query.type;
  attempt.question.is_set = true;
  attempt.question.checking_disabled = query.checking_disabled;
  attempt.input = query.first.input;
  attempt.number = query.first.number;
  return attempt;
}

void DnsTracker::Told::show(Attempt& attempt) const {
  const auto show_query = [&](const Trace& trace, Digest& digest) {
    expand(trace, Kind::dns_query, query.transport,
           {query.client, query.server, query.client_port, query.server_port}, digest);
    if (!digest.is_set()) return;
    digest.name = query.name;
    digest.dns_id = query.id;
    digest.dns_type = query.type;
    digest.expected_length = query.expected_length;
    digest.checking_disabled = query.checking_disabled;
  };
  show_query(query.first, attempt.request);
  show_query(query.last, attempt.last_request);
  if (answer == nullptr) {
    if (attempt.answer.is_set()) attempt.answer = {};
    return;
  }
  digest_of(*answer, kind, query.name, attempt.answer);
  if (kind == Kind::dns_answer && attempt.answer.dns_type == 0)
    attempt.answer.dns_type = query.type;
}

bool DnsTracker::Told::shorten(Traces& traces) const {
  const bool bytes = packet::Fields{query.first.known}.has(packet::Field::bytes);
  if (!bytes || (answer != nullptr && (kind != Kind::dns_answer || !fits_trace(*answer)))) {
    return false;
  }
  traces.request = query.first;
  traces.last_request = query.last;
  traces.client_port = query.client_port;
  traces.request_kind = Kind::dns_query;
  traces.dns_id = query.id;
  traces.query_checking_disabled = query.checking_disabled;
  traces.answer_kind = kind;
  if (answer == nullptr) {
    traces.answer.bits = 0;
    return true;
  }
  const packet::dns::Message& message = answer->dns;
  set_trace(traces.answer, *answer);
  traces.dns_rcode = static_cast<std::uint16_t>(message.rcode);
  traces.dns_answers = message.answer_count;
  traces.answer_type = message.question_type;
  traces.extended_error = extended_error_of(message);
  traces.authoritative = message.authoritative;
  traces.truncated = message.truncated;
  traces.has_soa = has_soa(message);
  traces.answer_checking_disabled = message.checking_disabled;
  return true;
}

void DnsTracker::decide_silence(Slot slot) {
  const Query& query = queries_[slot];
  Outline attempt = outline_of(query);
  if (query.doubted) {
    attempt.open_at_end = true;
    healing_.settle(attempt, Told{query});
    return;
  }
  attempt.outcome = Outcome::silent;
  attempt.symptom = Symptom::no_response;
  attempt.healed = query.healed;
  attempt.answered_by_other_server = query.healed && query.healed_by_other;
  if (query.healed && query.waited >= 0) attempt.latency = milliseconds{query.waited};
  if (query.own.is_told()) tell_usage(query, attempt, nullptr, Kind::none);
  healing_.settle(attempt, Told{query});
}

void DnsTracker::observe(Sign sign, const Query& query, const Packet& packet, Kind kind) {
  Observation observation;
  observation.sign = sign;
  observation.service = service_of(query);
  observation.client = query.client;
  observation.packet = digest_of(packet, kind, query.name);
  if (query.first.is_set()) {
    observation.latency =
        latency_of(query.timed && packet.has_time, query.first.when(), packet.place.time);
  }
  context_.sink.observation(observation);
}

void DnsTracker::advance() {
  const auto older = [&](base::Time then, base::Duration limit) {
    return base::between(then, context_.now) >= limit;
  };
  for (Slot slot = by_age_.front(young); slot != kNoSlot; slot = by_age_.front(young)) {
    Query& query = queries_[slot];
    if (!older(query.first.when(), limits::kNameHealing)) break;
    // Good answers are remembered only for a while.
    const Healing::Verdict verdict = healing_.check(outline_of(query));
    query.healed = verdict.served;
    query.healed_by_other = verdict.by_other_server;
    if (verdict.wait.count() >= 0) {
      // Within limits::kNameHealing.
      query.waited =
          static_cast<std::int32_t>(std::chrono::duration_cast<milliseconds>(verdict.wait).count());
    }
    move_to(slot, old);
  }
  for (Slot slot = by_age_.front(old); slot != kNoSlot; slot = by_age_.front(old)) {
    if (!older(base::time_from_ns(queries_[slot].last_seen), limits::kPending)) break;
    decide_silence(slot);
    settle(slot, State::given_up);
  }
  for (Slot slot = by_age_.front(delivering); slot != kNoSlot; slot = by_age_.front(delivering)) {
    const Query& query = queries_[slot];
    const base::Time answered = deliveries_[query.delivery].served.answered;
    const bool far_only = query.two_inputs && !query.arrived;
    const base::Duration wait = query.in_pieces ? limits::kPieceWait
                                : far_only      ? limits::kDeliveryElsewhere
                                                : limits::kDelivery;
    if (!older(answered, wait)) break;
    deliver(slot);
  }
  for (Slot slot = by_age_.front(settled); slot != kNoSlot; slot = by_age_.front(settled)) {
    if (!older(base::time_from_ns(queries_[slot].last_seen), 2 * limits::kPending)) break;
    forget(slot);
  }
}

void DnsTracker::finish() {
  while (by_age_.front(delivering) != kNoSlot) deliver(by_age_.front(delivering));
  for (const Age age : {old, young}) {
    for (Slot slot = by_age_.front(age); slot != kNoSlot; slot = by_age_.next(slot)) close(slot);
  }
}

std::size_t DnsTracker::memory_bytes() {
  return SoleAddress::memory_bytes() + Memory<CutOff>::bytes(limits::kCutOff) +
         DnsWatch::memory_bytes() + Slab<Query>::bytes(limits::kDnsQueries) +
         Slab<Delivery>::bytes(limits::kDnsDeliveries) + Index::bytes(limits::kDnsQueries) +
         Chains::bytes(limits::kDnsQueries, limits::kDnsQueries) +
         Chains::bytes(limits::kDnsQueries / 8, limits::kDnsQueries) +
         Chains::bytes(ages, limits::kDnsQueries);
}

}  // namespace whydown::journey
