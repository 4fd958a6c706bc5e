#include "journey/dhcp_tracker.h"

#include "journey/verdict.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;
using packet::dhcp::Message;
using packet::dhcp::Type;

namespace {

constexpr std::size_t kClientMask = limits::kDhcpClients - 1;

std::uint32_t clients_of(const base::IpAddress& client) {
  return static_cast<std::uint32_t>(hash_of(client, 21) & kClientMask);
}

// Who asks or is answered. Tables of text show no MAC address: then the address from which it asks,
// or to which the answer goes.
base::IpAddress client_of(const Packet& packet) {
  const Message& message = packet.dhcp;
  if (message.client.is_known()) return base::IpAddress::mac(message.client);
  return message.is_reply ? packet.ip.destination : packet.ip.source;
}

bool asks_for_address(Type type) {
  return type == Type::discover || type == Type::request || type == Type::unknown;
}

}  // namespace

DhcpTracker::DhcpTracker(Context& context, Healing& healing)
    : context_(context), healing_(healing) {}

void DhcpTracker::packet(const Packet& packet) {
  if (packet.dhcp.is_reply) {
    reply(packet);
  } else if (packet.dhcp.type == Type::decline) {
    decline(packet);
  } else if (asks_for_address(packet.dhcp.type)) {
    request(packet);
  }
}

// Where no MAC address is shown, many clients ask from 0.0.0.0, and their ids tell them apart.
Slot DhcpTracker::find(const base::IpAddress& client, const Message& message) const {
  const bool is_by_id = !message.client.is_known() && message.has_id;
  return find_in(by_client_, clients_of(client), [&](Slot slot) {
    const Exchange& exchange = exchanges_[slot];
    return exchange.client == client && exchange.is_v6 == message.is_v6 &&
           (!is_by_id || exchange.id == message.id);
  });
}

// An answer in text may show neither the client nor the id: it is the only open exchange's, or
// nobody's.
Slot DhcpTracker::find_for_reply(const Packet& packet, const base::IpAddress& client) const {
  if (const Slot slot = find(client, packet.dhcp); slot != kNoSlot) return slot;
  if (packet.dhcp.client.is_known()) return kNoSlot;
  if (packet.dhcp.has_id) {
    std::size_t steps = 0;
    for (Slot slot = by_age_.back(heard); slot != kNoSlot && steps < limits::kChainWalk;
         slot = by_age_.previous(slot), ++steps) {
      if (exchanges_[slot].id == packet.dhcp.id) return slot;
    }
    return kNoSlot;
  }
  return exchanges_.size() == 1 ? by_age_.front(heard) : kNoSlot;
}

Slot DhcpTracker::begin(const Packet& packet, const base::IpAddress& client) {
  if (exchanges_.full()) {
    const Slot oldest = by_age_.front(heard);
    if (!is_silent(exchanges_[oldest])) ++context_.totals.evicted;
    close(oldest);
    forget(oldest);
  }
  const Slot slot = exchanges_.take();
  Exchange& exchange = exchanges_[slot];
  exchange.client = client;
  exchange.list = clients_of(client);
  exchange.service = {
      .server = packet.dhcp.is_reply ? packet.ip.source : packet.ip.destination,
      .port = packet.dhcp.is_v6 ? packet::dhcp::kServerPort6 : packet::dhcp::kServerPort,
      .transport = packet::Transport::udp,
      .protocol = Protocol::dhcp};
  exchange.is_v6 = packet.dhcp.is_v6;
  if (exchange.is_v6) ++asking6_;
  exchange.timed = packet.has_time;
  exchange.id = packet.dhcp.id;
  exchange.latest = packet.place.time;
  by_client_.append(exchange.list, slot);
  by_age_.append(heard, slot);
  return slot;
}

void DhcpTracker::touch(Slot slot, const Packet& packet) {
  Exchange& exchange = exchanges_[slot];
  exchange.latest = packet.place.time;
  exchange.timed = exchange.timed && packet.has_time;
  if (packet.dhcp.has_id) exchange.id = packet.dhcp.id;
  by_age_.remove(heard, slot);
  by_age_.append(heard, slot);
}

// Begins a new attempt; what was refused stays in mind.
void DhcpTracker::restart(Exchange& exchange) const {
  exchange.tries = exchange.vain = exchange.unheard = 0;
  exchange.has_asked = exchange.is_offered = exchange.is_given = exchange.takes_up = false;
  exchange.first = exchange.last = exchange.answer = {};
}

// It took an offer up, and a while later looks for servers under another id. One that was given no
// address repeats what it asked for first (RFC 2131 4.4.1), so the answer passed by who captured,
// as the offer did.
bool DhcpTracker::begins_anew(const Exchange& exchange, const Packet& packet) {
  constexpr base::Duration a_while = std::chrono::seconds{2};
  return exchange.takes_up && !exchange.is_offered && exchange.vain == 1 && exchange.timed &&
         packet.has_time && packet.dhcp.type == Type::discover && packet.dhcp.has_id &&
         packet.dhcp.id != exchange.id &&
         base::between(exchange.latest, packet.place.time) >= a_while;
}

// A client that begins anew does so under another id, but some take another for each try.
bool DhcpTracker::is_continued(const Exchange& exchange, const Packet& packet) const {
  if (!exchange.timed || !packet.has_time) return true;
  const base::Duration gap = base::between(exchange.latest, packet.place.time);
  if (!packet.dhcp.has_id || exchange.id == packet.dhcp.id) return gap <= limits::kPending;
  // Without types, the next attempt of a client that was served looks like another try.
  return packet.dhcp.type != Type::unknown && gap <= limits::kDhcpGap;
}

// Who has an address discovers nothing for itself (RFC 2131 4.1): routers look for other servers in
// this way. Short log lines do not say what a request to everybody asks for.
bool DhcpTracker::discovers_for_others(const Packet& packet) {
  constexpr base::IpAddress kNobody = base::IpAddress::v4(0);
  const packet::dhcp::Message& message = packet.dhcp;
  const bool may_discover = message.type == Type::discover ||
                            (message.type == Type::unknown && packet.ip.destination.is_broadcast());
  return !message.is_v6 && may_discover && !message.relay.is_known() &&
         packet.ip.source.is_known() && packet.ip.source != kNobody;
}

void DhcpTracker::request(const Packet& packet) {
  if (discovers_for_others(packet)) return;
  if (!packet.dhcp.is_v6) {
    context_.discovered = packet.place.time;
    context_.has_discovered = true;
  }
  const base::IpAddress client = client_of(packet);
  Slot slot = find(client, packet.dhcp);
  if (slot != kNoSlot) exchanges_[slot].is_taken = begins_anew(exchanges_[slot], packet);
  if (slot != kNoSlot && (exchanges_[slot].is_taken || !is_continued(exchanges_[slot], packet))) {
    close(slot);
    forget(slot);
    slot = kNoSlot;
  }
  if (slot == kNoSlot) slot = begin(packet, client);
  asked(exchanges_[slot], packet);
  touch(slot, packet);
}

void DhcpTracker::asked(Exchange& exchange, const Packet& packet) {
  const bool is_first = !exchange.has_asked;
  if (is_first) exchange.service.server = packet.ip.destination;
  const Digest digest = digest_of(packet, Kind::dhcp_request, 0);
  // One request is seen several times where relays pass it on, or on several interfaces.
  const Digest& before = exchange.last.is_set() ? exchange.last : exchange.first;
  const bool is_copy = !is_first && exchange.vain != 0 && packet.has_time && exchange.timed &&
                       before.dhcp_type == digest.dhcp_type &&
                       base::between(before.place.time, packet.place.time) < limits::kDhcpCopy;
  if (is_copy) return;
  // A client that takes an offer up names its server (RFC 2131 4.3.2): it had an offer, even where
  // that went to it alone and passed by who captured.
  const bool takes_up =
      digest.dhcp_type == Type::request && (packet.dhcp.server.is_known() || packet.dhcp.is_v6);
  if (takes_up && before.dhcp_type != Type::request) exchange.vain = 0;
  exchange.takes_up = takes_up;
  if (digest.dhcp_type != Type::discover) exchange.unheard = 0;
  if (digest.dhcp_type == Type::discover && exchange.is_offered) count_up(exchange.unheard);
  exchange.has_asked = true;
  exchange.order = context_.order;
  count_up(exchange.tries);
  if (exchange.vain == 0) exchange.first_vain = packet.place.time;
  count_up(exchange.vain);
  (is_first ? exchange.first : exchange.last) = digest;
}

void DhcpTracker::reply(const Packet& packet) {
  const base::IpAddress client = client_of(packet);
  const Type type = packet.dhcp.type;
  // To INFORM, which asks for no address (RFC 2131 3.4).
  const bool is_about_options =
      type == Type::ack && !packet.dhcp.yours.is_known() && packet.known.has(packet::Field::bytes);
  Slot slot = find_for_reply(packet, client);
  note_offer(packet);
  if (slot == kNoSlot) {
    const bool is_anonymous = !packet.dhcp.client.is_known() && !packet.dhcp.has_id;
    if (is_anonymous) answer_somebody(packet);
    const bool is_decisive = (type == Type::ack && !is_about_options) || type == Type::nak;
    if (!is_decisive || !client.is_known()) return;
    slot = begin(packet, client);
  }
  Exchange& exchange = exchanges_[slot];
  switch (type) {
    case Type::ack:
      if (!is_about_options) give(slot, packet);
      return;
    case Type::nak:
      refuse(exchange, Symptom::nak, digest_of(packet, Kind::dhcp_reply, 0));
      break;
    case Type::offer:
      // Of IPv6, an answer to say that there is none (NoAddrsAvail).
      if (packet.dhcp.is_v6 && !packet.dhcp.yours.is_known()) {
        exchange.answer = digest_of(packet, Kind::dhcp_reply, 0);
        break;
      }
      [[fallthrough]];
    case Type::unknown:
      exchange.is_offered = exchange.is_offered || type == Type::offer;
      exchange.is_given = packet.dhcp.yours.is_known() && type == Type::unknown;
      exchange.vain = 0;
      exchange.answer = digest_of(packet, Kind::dhcp_reply, 0);
      break;
    default:
      return;
  }
  touch(slot, packet);
}

// Short lines of text do not say whose answer it is, and it may be that of any who waits: no
// open request was in vain for sure.
void DhcpTracker::answer_somebody(const Packet& packet) {
  std::size_t steps = 0;
  for (Slot slot = by_age_.back(heard); slot != kNoSlot && steps < limits::kChainWalk;
       slot = by_age_.previous(slot), ++steps) {
    Exchange& exchange = exchanges_[slot];
    const bool is_near = !exchange.timed || !packet.has_time ||
                         base::between(exchange.latest, packet.place.time) <= limits::kDhcpSilence;
    if (is_near) exchange.vain = 0;
  }
}

// For who looks for its owner by ARP: there is none yet. Short lines of text show no more of the
// address than that the answer goes to it.
void DhcpTracker::note_offer(const Packet& packet) {
  const bool is_short = packet.dhcp.type == Type::unknown && !packet.known.has(Field::bytes);
  const base::IpAddress& yours =
      packet.dhcp.yours.is_known() || !is_short ? packet.dhcp.yours : packet.ip.destination;
  if (!yours.is_known()) return;
  const bool is_given = packet.dhcp.type == Type::ack;
  context_.offered.get(hash_of(yours, 25)).last = is_given ? 0 : base::ns_of(packet.place.time);
}

void DhcpTracker::give(Slot slot, const Packet& packet) {
  const Exchange& exchange = exchanges_[slot];
  if (exchange.was_refused) {
    const bool is_soon =
        !exchange.timed ||
        base::between(exchange.refusal.place.time, packet.place.time) <= limits::kDhcpHealing;
    close_refusal(exchange, is_soon);
  }
  Attempt attempt = attempt_of(exchange);
  attempt.outcome = Outcome::ok;
  attempt.server_spoke = true;
  attempt.answer = digest_of(packet, Kind::dhcp_reply, 0);
  attempt.end = packet.place.time;
  if (!exchange.has_asked) attempt.begin = attempt.end;
  attempt.latency = latency_of(exchange.has_asked && exchange.timed && packet.has_time,
                               attempt.begin, packet.place.time);
  forget(slot);
  if (packet.dhcp.names_portal) tell_portal(attempt, packet);
  healing_.settle(attempt);
}

void DhcpTracker::tell_portal(const Attempt& attempt, const Packet& packet) {
  Observation observation;
  observation.sign = Sign::portal_announced;
  observation.service = attempt.service;
  observation.client = packet.dhcp.yours;
  observation.packet = attempt.answer;
  context_.sink.observation(observation);
}

// A second refusal shows that the first one was not made good, unless it is a copy: relays and
// captures on several interfaces show one several times.
void DhcpTracker::refuse(Exchange& exchange, Symptom symptom, const Digest& refusal) {
  const bool is_copy = exchange.was_refused && exchange.symptom == symptom && exchange.tries == 0 &&
                       exchange.refusal.dhcp_id == refusal.dhcp_id;
  if (is_copy) return;
  if (exchange.was_refused) close_refusal(exchange, false);
  exchange.was_refused = true;
  exchange.symptom = symptom;
  exchange.refused = exchange.last.is_set() ? exchange.last : exchange.first;
  exchange.refusal = refusal;
  restart(exchange);
}

// The address was given, and somebody else has it (RFC 2131 3.1, 5).
void DhcpTracker::decline(const Packet& packet) {
  const base::IpAddress client = client_of(packet);
  Slot slot = find(client, packet.dhcp);
  if (slot == kNoSlot) slot = begin(packet, client);
  refuse(exchanges_[slot], Symptom::conflict, digest_of(packet, Kind::dhcp_request, 0));
  touch(slot, packet);
}

bool DhcpTracker::fail(const Complaint& complaint) {
  std::size_t steps = 0;
  for (Slot slot = by_age_.back(heard); slot != kNoSlot && steps < limits::kChainWalk;
       slot = by_age_.previous(slot), ++steps) {
    Exchange& exchange = exchanges_[slot];
    const Digest& last = exchange.last.is_set() ? exchange.last : exchange.first;
    const bool is_meant = exchange.vain != 0 && last.source == complaint.client &&
                          last.destination == complaint.server;
    if (!is_meant) continue;
    refuse(exchange, complaint.symptom, digest_of(complaint.packet, Kind::icmp_error, 0));
    return true;
  }
  return false;
}

Attempt DhcpTracker::attempt_of(const Exchange& exchange) const {
  Attempt attempt;
  attempt.service = exchange.service;
  attempt.client = exchange.client;
  attempt.step = Step::address;
  attempt.request_seen = exchange.has_asked;
  attempt.client_spoke = exchange.has_asked;
  attempt.server_spoke = exchange.answer.is_set();
  attempt.timed = exchange.timed;
  attempt.tries = exchange.tries;
  attempt.request = exchange.first;
  attempt.last_request = exchange.last;
  attempt.begin = exchange.has_asked ? exchange.first.place.time : exchange.latest;
  attempt.end = exchange.last.is_set() ? exchange.last.place.time : attempt.begin;
  return attempt;
}

// Two requests in vain at least: clients repeat the first after about four seconds (RFC 2131 4.1),
// and servers take up to three to see by a ping whether an address is free.
bool DhcpTracker::is_silent(const Exchange& exchange) const {
  const Digest& last = exchange.last.is_set() ? exchange.last : exchange.first;
  // Without types, a request that follows another may be what follows an offer that passed by.
  const bool is_typed = last.dhcp_type != Type::unknown;
  // Offers that arrived nowhere: the client calls on after each of them.
  const bool is_deaf = exchange.unheard >= 2;
  if (!is_deaf && exchange.vain < (is_typed ? 2 : limits::kDhcpUntypedTries)) return false;
  if (!exchange.timed) return context_.since(exchange.order) >= limits::kSilenceLaterPackets;
  const base::Time since = is_deaf ? exchange.first.place.time : exchange.first_vain;
  return base::between(since, context_.now) >= limits::kDhcpSilence;
}

void DhcpTracker::close(Slot slot) {
  const Exchange& exchange = exchanges_[slot];
  if (exchange.was_refused) close_refusal(exchange, false);
  if (!exchange.has_asked) return;
  Attempt attempt = attempt_of(exchange);
  const Digest& last = exchange.last.is_set() ? exchange.last : exchange.first;
  if (is_silent(exchange)) {
    const bool never = last.dhcp_type == Type::discover && !exchange.is_offered;
    attempt.symptom = never ? Symptom::no_offer : Symptom::no_response;
    attempt.outcome = Outcome::silent;
    if (exchange.is_offered || exchange.is_v6) attempt.answer = exchange.answer;
    attempt.is_noise = is_noise(exchange);
  } else if (exchange.is_given && exchange.vain == 0) {
    attempt.outcome = Outcome::ok;
    attempt.answer = exchange.answer;
    attempt.end = exchange.answer.place.time;
    attempt.latency = latency_of(exchange.timed, attempt.begin, attempt.end);
  } else if (exchange.takes_up && (exchange.is_taken || is_at_rest(exchange))) {
    attempt.outcome = Outcome::ok;
  } else {
    attempt.open_at_end = true;
  }
  healing_.settle(attempt);
}

// It took an offer up and asked no more: it was given the address, by an answer to it alone.
bool DhcpTracker::is_at_rest(const Exchange& exchange) const {
  return exchange.vain == 1 && exchange.timed &&
         base::between(exchange.latest, context_.now) >= limits::kDhcpRefused;
}

// One that nobody can have made good yet is open.
void DhcpTracker::close_refusal(const Exchange& exchange, bool healed) {
  Attempt attempt;
  attempt.service = exchange.service;
  const Digest& refusal = exchange.refusal;
  if (exchange.symptom == Symptom::nak) {
    attempt.service.server =
        refusal.quoted_source.is_known() ? refusal.quoted_source : refusal.source;
  } else if (exchange.symptom == Symptom::conflict && refusal.quoted_destination.is_known()) {
    attempt.service.server = refusal.quoted_destination;
  }
  attempt.client = exchange.client;
  attempt.step = Step::address;
  attempt.outcome = outcome_of(exchange.symptom);
  attempt.symptom = exchange.symptom;
  attempt.healed = healed;
  attempt.is_noise = is_noise(exchange);
  attempt.request_seen = exchange.refused.is_set();
  attempt.client_spoke = attempt.request_seen || exchange.symptom == Symptom::conflict;
  attempt.server_spoke = exchange.symptom == Symptom::nak;
  attempt.timed = exchange.timed;
  attempt.tries = attempt.request_seen ? 1 : 0;
  attempt.request = exchange.refused;
  attempt.answer = refusal;
  attempt.end = refusal.place.time;
  attempt.begin = attempt.request_seen ? exchange.refused.place.time : attempt.end;
  attempt.latency = latency_of(attempt.request_seen && exchange.timed, attempt.begin, attempt.end);
  const bool is_fresh = !healed && exchange.timed &&
                        base::between(refusal.place.time, context_.now) < limits::kDhcpRefused;
  if (is_fresh && exchange.tries == 0) {
    attempt.outcome = Outcome::unknown;
    attempt.symptom = Symptom::none;
    attempt.open_at_end = true;
  }
  healing_.settle(attempt);
}

bool DhcpTracker::is_noise(const Exchange& exchange) const {
  return exchange.is_v6 && (!is_managed_ || exchange.has_address);
}

void DhcpTracker::router(const Packet& packet) {
  constexpr std::uint16_t managed = 0x80;  // RFC 4861 4.2: M
  constexpr std::size_t options_at = 8;    // behind the timers
  constexpr std::uint8_t prefix = 3;
  constexpr std::uint8_t autonomous = 0x40;  // RFC 4861 4.6.2: A
  is_managed_ = (packet.icmp.identifier & managed) != 0;
  if (!packet.known.has(packet::Field::bytes)) return;  // the decoder looked at the prefixes
  const auto& bytes = packet.payload;
  for (std::size_t at = options_at; at + 4 <= bytes.size() && bytes[at + 1] != 0;
       at += std::size_t{bytes[at + 1]} * 8) {
    if (bytes[at] == prefix && (bytes[at + 3] & autonomous) != 0) is_managed_ = false;
  }
  if (bytes.size() < packet.payload_length) is_managed_ = false;  // cut: nobody knows
}

void DhcpTracker::has_address(const Packet& packet) {
  const base::IpAddress& source = packet.ip.source;
  constexpr std::uint64_t link_local = 0xfe80;
  const bool is_none = source.kind() == base::AddressKind::v6 &&
                       (source.high() >> 48U == link_local || (source.high() | source.low()) == 0);
  if (is_none || !packet.known.has(packet::Field::mac)) return;
  const base::IpAddress client = base::IpAddress::mac(packet.link.source);
  find_in(by_client_, clients_of(client), [&](Slot slot) {
    Exchange& exchange = exchanges_[slot];
    if (exchange.client == client && exchange.is_v6) exchange.has_address = true;
    return false;
  });
}

void DhcpTracker::forget(Slot slot) {
  if (exchanges_[slot].is_v6) --asking6_;
  by_client_.remove(exchanges_[slot].list, slot);
  by_age_.remove(heard, slot);
  exchanges_.give_back(slot);
}

void DhcpTracker::advance() {
  for (Slot slot = by_age_.front(heard); slot != kNoSlot; slot = by_age_.front(heard)) {
    if (base::between(exchanges_[slot].latest, context_.now) < limits::kPending) break;
    close(slot);
    forget(slot);
  }
}

void DhcpTracker::finish() {
  for (Slot slot = by_age_.front(heard); slot != kNoSlot; slot = by_age_.next(slot)) close(slot);
}

std::size_t DhcpTracker::memory_bytes() {
  return Slab<Exchange>::bytes(limits::kDhcpClients) +
         Chains::bytes(limits::kDhcpClients, limits::kDhcpClients) +
         Chains::bytes(ages, limits::kDhcpClients);
}

}  // namespace whydown::journey
