#include "journey/udp_tracker.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "journey/verdict.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;
using packet::Transport;

namespace {

constexpr std::uint16_t kReserved = 1024;
// Said to nobody in particular: NetBIOS 137-138, SSDP 1900, mDNS 5353, LLMNR 5355.
constexpr std::array<std::uint16_t, 5> kDiscovery{137, 138, 1900, 5353, 5355};
// Services whose clients close their sockets early: DNS, NTP, SNMP, syslog, QUIC, RADIUS, SIP.
constexpr std::array<std::uint16_t, 7> kAnswering{53, 123, 161, 443, 514, 1812, 5060};
constexpr std::size_t kPairMask = limits::kUdpFlows / 8 - 1;

// "initial, dcid 8394c8f03e515708" of tcpdump, "Initial, DCID=8394c8f03e515708" of Wireshark.
bool says_initial(std::string_view said) {
  return said.starts_with("initial") || said.starts_with("Initial");
}

bool is_discovery(const Packet& packet) {
  const auto is = [](std::uint16_t port) {
    return std::ranges::find(kDiscovery, port) != kDiscovery.end();
  };
  return is(packet.source_port) || is(packet.destination_port) ||
         packet.ip.destination.is_multicast() || packet.ip.destination.is_broadcast();
}

}  // namespace

UdpTracker::UdpTracker(Context& context, Healing& healing, Probes& probes, QuicTracker& quic)
    : context_(context), healing_(healing), probes_(probes), quic_(quic) {}

Slot UdpTracker::lookup(const Packet& packet, std::uint64_t hash, bool& from_client,
                        bool& crowded) {
  const auto fits = [&](Slot slot) {
    const Flow& flow = flows_[slot];
    const auto ends = [&](const base::IpAddress& a, std::uint16_t a_port, const base::IpAddress& b,
                          std::uint16_t b_port) {
      return packet.source_port == a_port && packet.destination_port == b_port &&
             packet.ip.source == a && packet.ip.destination == b;
    };
    from_client = ends(flow.client, flow.client_port, flow.server, flow.server_port);
    return from_client || ends(flow.server, flow.server_port, flow.client, flow.client_port);
  };
  return by_ends_.find(hash, fits, &crowded);
}

void UdpTracker::expect(std::uint64_t ends) const { by_ends_.prefetch(ends); }

void UdpTracker::packet(const Packet& packet) {
  // Rows of tables show no ports of QUIC: one flow stands for all of a client and a server.
  const bool has_ports = packet.source_port != 0 || packet.destination_port != 0 ||
                         packet.application == packet::Application::quic;
  if (is_discovery(packet) || !has_ports) return;
  const std::uint64_t hash = context_.ends;
  bool is_client = true;
  bool crowded = false;
  const Slot slot = lookup(packet, hash, is_client, crowded);
  if (slot == kNoSlot) {
    if (crowded) evict(by_ends_.in_the_way(hash));
    open(packet, hash);
    return;
  }
  flows_[slot].in_use = true;
  flows_[slot].last_seen = base::ns_of(packet.place.time);
  if (is_client) {
    from_client(slot, packet);
  } else {
    from_server(slot, packet);
  }
}

void UdpTracker::open(const Packet& packet, std::uint64_t hash) {
  if (flows_.full()) make_room();
  const Slot slot = flows_.take();
  Flow& flow = flows_[slot];
  // The first to speak is the client, unless it speaks from a service's port to a client's.
  const bool answer = packet.source_port < kReserved && packet.destination_port >= kReserved;
  flow.client = answer ? packet.ip.destination : packet.ip.source;
  flow.server = answer ? packet.ip.source : packet.ip.destination;
  flow.client_port = answer ? packet.destination_port : packet.source_port;
  flow.server_port = answer ? packet.source_port : packet.destination_port;
  flow.hash = static_cast<std::uint32_t>(hash);
  flow.last_seen = base::ns_of(packet.place.time);
  flow.first = trace_of(packet);
  flow.timed = packet.has_time;
  flow.order = context_.order;
  (answer ? flow.server_spoke : flow.client_spoke) = true;
  flow.state = answer ? State::unasked : State::asked;
  flow.tries = answer ? 0 : 1;
  flow.content = answer ? 0 : content_of(packet);
  by_ends_.add(hash, slot);
  by_age_.append(undecided, slot);
  if (!answer) enter_pairs(slot);
  ++context_.totals.udp_flows;
  const bool may_be_quic = packet.payload.empty() ? packet.application == packet::Application::quic
                                                  : packet::quic::may_be_long(packet.payload);
  if (may_be_quic) [[unlikely]]
    open_quic(flow, packet, answer);
}

void UdpTracker::open_quic(Flow& flow, const Packet& packet, bool is_answer) {
  const bool is_text = packet.payload.empty();
  if (!is_answer && packet::quic::begins_connection(packet.payload, packet.payload_length)) {
    flow.quic = Quic::begun;
    flow.handshake = quic_.begin(packet);
  } else if (is_text || packet::quic::is_of_handshake(packet.payload)) {
    flow.quic = is_text && !is_answer && says_initial(packet.said) ? Quic::begun : Quic::part;
  }
}

// What a QUIC client sends at once is one try.
void UdpTracker::count_try(Flow& flow, const Packet& packet) {
  const Trace& before = flow.last.is_set() ? flow.last : flow.first;
  const bool is_same = flow.quic != Quic::no && flow.timed && packet.has_time &&
                       base::between(before.when(), packet.place.time) < limits::kQuicFlight;
  if (!is_same) count_up(flow.tries);
}

void UdpTracker::from_client(Slot slot, const Packet& packet) {
  Flow& flow = flows_[slot];
  flow.client_spoke = true;
  if (flow.quic == Quic::part && !packet.payload.empty()) [[unlikely]] {
    // The first Initial may come behind 0-RTT packets that were sent after it.
    open_quic(flow, packet, false);
  } else if (flow.handshake != 0) [[unlikely]] {
    quic_.from_client(flow.handshake, packet);
  }
  const Trace trace = trace_of(packet);
  if (flow.state == State::asked || flow.state == State::asked_again) {
    note_repeat(flow, packet);
    count_try(flow, packet);
    flow.last = trace;
    flow.timed = flow.timed && packet.has_time;
    return;
  }
  // Its first datagram after an answer: kept as the request, should an error come.
  flow.state = flow.state == State::unasked ? State::asked : State::asked_again;
  flow.first = trace;
  flow.last = Trace{};
  flow.timed = packet.has_time;
  flow.order = context_.order;
  flow.tries = 1;
  flow.repeats = true;
  flow.sent = 1;
  flow.content = content_of(packet);
  enter_pairs(slot);
}

void UdpTracker::from_server(Slot slot, const Packet& packet) {
  Flow& flow = flows_[slot];
  flow.server_spoke = true;
  const State before = flow.state;
  if (before == State::asked || before == State::asked_again) {
    leave_pairs(slot);
    flow.state = State::quiet;
  }
  if (before == State::asked) answered(slot, packet);
  if (flow.handshake != 0) [[unlikely]]
    quic_.from_server(flow.handshake, packet);
}

void UdpTracker::answered(Slot slot, const Packet& packet) {
  const Flow& flow = flows_[slot];
  const Kind kind = flow.quic == Quic::no ? Kind::udp_datagram : Kind::quic_answer;
  Attempt attempt = attempt_of(flow);
  attempt.outcome = Outcome::ok;
  attempt.answer = digest_of(packet, kind, 0);
  attempt.end = packet.place.time;
  attempt.latency = latency_of(flow.timed && packet.has_time, attempt.begin, packet.place.time);
  move_to(slot, decided);
  healing_.connect_served(flow.client, attempt.service, attempt.begin, flow.client_port);
  healing_.settle(attempt);
}

UdpTracker::Found UdpTracker::find(const Complaint& complaint) const {
  // Where no port is shown, an error in the middle of a conversation may be about what the other
  // side sent last before it hung up.
  const bool is_portless = !complaint.has_client_port && complaint.server_port == 0;
  const auto open = [&](const Flow& flow) {
    return flow.state == State::asked || (flow.state == State::asked_again && !is_portless);
  };
  Slot slot = kNoSlot;
  if (complaint.has_client_port) {
    const std::uint64_t hash =
        flow_hash(complaint.client, complaint.client_port, complaint.server, complaint.server_port);
    slot = by_ends_.find(hash, [&](Slot s) {
      const Flow& flow = flows_[s];
      const auto ends = [&](const base::IpAddress& a, std::uint16_t a_port,
                            const base::IpAddress& b, std::uint16_t b_port) {
        return complaint.client_port == a_port && complaint.server_port == b_port &&
               complaint.client == a && complaint.server == b;
      };
      return ends(flow.client, flow.client_port, flow.server, flow.server_port) ||
             ends(flow.server, flow.server_port, flow.client, flow.client_port);
    });
  } else {
    const std::uint64_t pair = pair_hash(complaint.client, complaint.server);
    slot = find_in(by_pair_, pair & kPairMask, [&](Slot s) {
      const Flow& flow = flows_[s];
      return flow.client == complaint.client && flow.server == complaint.server &&
             (complaint.server_port == 0 || service_of(flow).port == complaint.server_port);
    });
  }
  if (slot == kNoSlot) return {};
  const Flow& flow = flows_[slot];
  const bool ours = flow.client == complaint.client &&
                    (!complaint.has_client_port || flow.client_port == complaint.client_port);
  return {.match = ours && open(flow) ? Match::pending : Match::settled,
          .slot = slot,
          .age = context_.since(flow.order)};
}

Slot UdpTracker::oldest_of(Suspects& suspects) const {
  Slot oldest = kNoSlot;
  std::size_t steps = 0;
  for (Slot slot = by_age_.back(undecided); slot != kNoSlot && steps < limits::kChainWalk;
       slot = by_age_.previous(slot), ++steps) {
    const Flow& flow = flows_[slot];
    if (flow.state != State::asked) continue;
    const Trace& request = flow.last.is_set() ? flow.last : flow.first;
    if (suspects.add(service_of(flow), flow.client, request, flow.order)) oldest = slot;
  }
  return oldest;
}

bool UdpTracker::is_rejected_answer(const Complaint& complaint) {
  const Packet& packet = complaint.packet;
  if (complaint.symptom != Symptom::port_unreachable || complaint.has_client_port ||
      packet.ip.source != complaint.server) {
    return false;
  }
  const auto is_client = [&](Slot slot) {
    const Flow& flow = flows_[slot];
    return flow.client == complaint.server && flow.client_port == complaint.server_port &&
           flow.server == complaint.client && flow.server_spoke;
  };
  for (const std::uint16_t port : kAnswering) {
    const std::uint64_t hash =
        flow_hash(complaint.server, complaint.server_port, complaint.client, port);
    const Slot slot = by_ends_.find(hash, is_client);
    if (slot == kNoSlot) continue;
    const Flow& flow = flows_[slot];
    if (port != kDnsPort) return true;
    Observation observation;
    observation.sign = Sign::late_answer_rejected;
    observation.service = service_of(flow);
    observation.client = flow.client;
    observation.packet = digest_of(packet, Kind::icmp_error, 0);
    observation.latency =
        latency_of(flow.timed && packet.has_time, flow.first.when(), packet.place.time);
    context_.sink.observation(observation);
    return true;
  }
  return false;
}

void UdpTracker::fail(Slot slot, const Complaint& complaint) {
  Flow& flow = flows_[slot];
  const Packet& packet = complaint.packet;
  leave_pairs(slot);
  Attempt attempt = attempt_of(flow);
  attempt.symptom = complaint.symptom;
  attempt.outcome = outcome_of(attempt.symptom);
  attempt.answer = digest_of(packet, Kind::icmp_error, 0);
  attempt.server_spoke = packet.ip.source == flow.server;
  attempt.end = packet.place.time;
  attempt.timed = flow.timed && packet.has_time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, packet.place.time);
  attempt.is_probe = probes_.is_probe(attempt);
  // The flow goes on: its next datagram is the next attempt, answered or not.
  flow.state = flow.state == State::asked ? State::unasked : State::quiet;
  move_to(slot, decided);
  healing_.settle(attempt);
}

Service UdpTracker::service_of(const Flow& flow) {
  constexpr std::uint16_t quic_port = 443;  // where it is not shown
  const bool is_shown = flow.server_port != 0 || flow.quic == Quic::no;
  return {.server = flow.server,
          .port = is_shown ? flow.server_port : quic_port,
          .transport = Transport::udp,
          .protocol = flow.quic != Quic::no          ? Protocol::quic
                      : flow.server_port == kDnsPort ? Protocol::dns
                                                     : Protocol::udp};
}

Attempt UdpTracker::attempt_of(const Flow& flow) const {
  Attempt attempt;
  attempt.service = service_of(flow);
  attempt.client = flow.client;
  attempt.step = attempt.service.protocol == Protocol::dns ? Step::name : Step::connect;
  attempt.client_spoke = flow.client_spoke;
  attempt.server_spoke = flow.server_spoke;
  attempt.tries = flow.tries;
  attempt.timed = flow.timed;
  attempt.request_seen = flow.tries != 0;
  attempt.is_probe = Probes::is_traceroute_port(attempt.service);
  const Ends ends{flow.client, flow.server, flow.client_port, flow.server_port};
  const Kind kind = flow.quic == Quic::no ? Kind::udp_datagram : Kind::quic_initial;
  if (flow.quic != Quic::no) [[unlikely]] {
    attempt.question.name = quic_.name_of(flow.handshake);
  }
  if (attempt.request_seen) {
    attempt.request = expand(flow.first, kind, Transport::udp, ends);
    attempt.request.name = attempt.question.name;
    attempt.last_request = expand(flow.last, kind, Transport::udp, ends);
  }
  attempt.begin = flow.first.when();
  attempt.end = flow.last.is_set() ? flow.last.when() : attempt.begin;
  return attempt;
}

void UdpTracker::enter_pairs(Slot slot) {
  Flow& flow = flows_[slot];
  const packet::Fields known{flow.first.known};
  if (known.has(Field::bytes) || flow.in_pairs) return;
  by_pair_.append(pair_hash(flow.client, flow.server) & kPairMask, slot);
  flow.in_pairs = true;
}

void UdpTracker::leave_pairs(Slot slot) {
  Flow& flow = flows_[slot];
  if (!flow.in_pairs) return;
  by_pair_.remove(pair_hash(flow.client, flow.server) & kPairMask, slot);
  flow.in_pairs = false;
}

void UdpTracker::move_to(Slot slot, Age age) {
  Flow& flow = flows_[slot];
  by_age_.remove(flow.age, slot);
  flow.age = age;
  by_age_.append(age, slot);
}

// Unlike other services, a name server owes one, and a QUIC server to who begins a connection.
bool UdpTracker::is_owed_answer(const Flow& flow) {
  return flow.quic == Quic::begun || (flow.quic == Quic::no && flow.server_port == kDnsPort);
}

// Says what is left to say of a flow that ends or leaves the table.
void UdpTracker::close(Slot slot, bool evicted) {
  const Flow& flow = flows_[slot];
  if (flow.client_spoke != flow.server_spoke && flow.age == undecided) {
    ++context_.totals.udp_flows_one_way;
  }
  if (flow.handshake != 0) quic_.end(flow.handshake, evicted);
  const bool mid_stream = flow.state == State::unasked && flow.age == undecided;
  const bool is_asked = flow.state == State::asked || flow.state == State::asked_again;
  const bool is_waiting = is_asked && !evicted && waits(flow);
  if (flow.state != State::asked && !mid_stream && !is_waiting) return;
  Attempt attempt = attempt_of(flow);
  attempt.open_at_end = evicted && !mid_stream;
  if (is_waiting && attempt.service.protocol == Protocol::udp) {
    const bool silent = base::between(attempt.end, context_.now) >= limits::kLastRepeat;
    attempt.open_at_end = !silent;
    if (silent) {
      attempt.outcome = Outcome::silent;
      attempt.symptom = Symptom::no_response;
    }
  }
  if (!mid_stream && is_owed_answer(flow)) {
    const bool silent = is_silence({.has_time = flow.timed,
                                    .since_first = base::between(attempt.begin, context_.now),
                                    .tries = flow.tries,
                                    .later_packets = context_.since(flow.order)});
    // Every QUIC client sends its first flight again, after a second at the latest (RFC
    // 9002 6.2.2). One that does not is gone, or the capture is a part of what there was.
    const bool is_waiting_client =
        flow.quic == Quic::no || (flow.tries > 1 && !quic_.is_answer_unseen(flow.handshake));
    attempt.open_at_end = !silent || !is_waiting_client;
    if (!attempt.open_at_end) {
      attempt.outcome = Outcome::silent;
      attempt.symptom = Symptom::no_response;
      attempt.healed = quic_.is_healed(flow.handshake);
    }
  }
  if (mid_stream) {
    attempt.mid_stream = true;
    attempt.answer = expand(flow.first, Kind::udp_datagram, Transport::udp,
                            {flow.server, flow.client, flow.server_port, flow.client_port});
    attempt.end = base::time_from_ns(flow.last_seen);
  }
  healing_.settle(attempt);
}

void UdpTracker::forget(Slot slot) {
  leave_pairs(slot);
  const Flow& flow = flows_[slot];
  by_age_.remove(flow.age, slot);
  by_ends_.remove(flow.hash, slot);
  flows_.give_back(slot);
}

void UdpTracker::make_room() {
  for (const Age age : {decided, undecided}) {
    for (std::size_t i = 0; i < limits::kSecondChances; ++i) {
      const Slot slot = by_age_.front(age);
      if (slot == kNoSlot || !flows_[slot].in_use) break;
      flows_[slot].in_use = false;
      move_to(slot, age);
    }
    const Slot slot = by_age_.front(age);
    if (slot == kNoSlot) continue;
    evict(slot);
    return;
  }
}

void UdpTracker::evict(Slot slot) {
  if (flows_[slot].state == State::asked) ++context_.totals.evicted;
  close(slot, true);
  forget(slot);
}

void UdpTracker::advance() {
  for (const Age age : {undecided, decided}) {
    for (Slot slot = by_age_.front(age); slot != kNoSlot; slot = by_age_.front(age)) {
      Flow& flow = flows_[slot];
      const auto idle = base::between(base::time_from_ns(flow.last_seen), context_.now);
      if (idle >= limits::kUdpIdle) {
        close(slot, false);
        forget(slot);
      } else if (flow.in_use) {
        flow.in_use = false;  // used since it came to the front: behind the ones that were not
        move_to(slot, age);
      } else {
        break;
      }
    }
  }
}

void UdpTracker::finish() {
  for (const Age age : {decided, undecided}) {
    for (Slot slot = by_age_.front(age); slot != kNoSlot; slot = by_age_.next(slot)) {
      close(slot, false);
    }
  }
}

std::size_t UdpTracker::memory_bytes() {
  return Slab<Flow>::bytes(limits::kUdpFlows) + Index::bytes(limits::kUdpFlows) +
         Chains::bytes(limits::kUdpFlows / 8, limits::kUdpFlows) +
         Chains::bytes(ages, limits::kUdpFlows);
}

}  // namespace whydown::journey
