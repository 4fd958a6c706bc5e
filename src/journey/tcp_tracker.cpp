// The packets of a flow. Its ages, evictions and verdicts are in tcp_ages.cpp.
#include "journey/tcp_tracker.h"

#include <algorithm>
#include <array>

#include "journey/verdict.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;
namespace flag = packet::tcp_flag;

namespace {

// Ports whose owner is the server whatever the other port is (IANA service names).
constexpr std::array<std::uint16_t, 44> kServices{
    21,   22,   23,   25,   53,   80,   88,   110,  123,  135,  139,  143,  161,   389,  443,
    445,  465,  514,  587,  636,  993,  995,  1433, 1521, 1883, 3306, 3389, 5060,  5061, 5222,
    5223, 5432, 5672, 5900, 6379, 6443, 8080, 8443, 8883, 9092, 9100, 9200, 11211, 27017};
constexpr std::uint16_t kSystemPorts = 1024;  // RFC 6335 6: below it, nobody asks from one
// A segment this far ahead of the SYN does not belong to its connection.
constexpr std::uint32_t kNearSyn = 1U << 20U;

bool is_service(std::uint16_t port) { return std::ranges::binary_search(kServices, port); }

}  // namespace

bool destination_is_server(std::uint16_t source_port, std::uint16_t destination_port) {
  const bool source = is_service(source_port);
  const bool destination = is_service(destination_port);
  if (source != destination) return destination;
  return destination_port <= source_port;
}

bool is_surely_server(std::uint16_t server_port, std::uint16_t client_port) {
  if (is_service(server_port)) return !is_service(client_port);
  return server_port < kSystemPorts && client_port >= kSystemPorts;
}

bool TcpTracker::knows_sequence(const Packet& packet) {
  return packet.known.has(Field::tcp_sequence) && packet.known.has(Field::bytes);
}

Slot TcpTracker::lookup(const Packet& packet, std::uint64_t hash, bool& from_client,
                        bool& crowded) {
  return by_ends_.find(
      hash,
      [&](Slot slot) {
        const Flow& flow = flows_[slot];
        const auto ends = [&](const base::IpAddress& a, std::uint16_t a_port,
                              const base::IpAddress& b, std::uint16_t b_port) {
          return packet.source_port == a_port && packet.destination_port == b_port &&
                 packet.ip.source == a && packet.ip.destination == b;
        };
        from_client = ends(flow.client, flow.client_port, flow.server, flow.server_port);
        return from_client || ends(flow.server, flow.server_port, flow.client, flow.client_port);
      },
      &crowded);
}

void TcpTracker::expect(const Packet& packet, std::uint64_t ends) const {
  by_ends_.prefetch(ends);
  if (packet.tcp.flags == flag::syn) healing_.expect_client(packet.ip.source);
}

void TcpTracker::packet(const Packet& packet) {
  // Some text shows no ports, and tables none where they show what is said: nothing can be paired
  // then.
  if (packet.source_port == 0 && packet.destination_port == 0) {
    hides_data_ = true;
    return;
  }
  const std::uint64_t hash = context_.ends;
  View view{.packet = packet, .flags = packet.tcp.flags, .before = {}};
  bool crowded = false;
  const Slot slot = lookup(packet, hash, view.from_client, crowded);
  if (slot == kNoSlot) {
    if (crowded) evict(by_ends_.in_the_way(hash));
    first_packet(view, hash);
    return;
  }
  Flow& flow = flows_[slot];
  view.before = flow.last_seen;
  flow.last_seen = base::ns_of(packet.place.time);
  flow.in_use = true;
  flow.again = true;
  (view.from_client ? flow.client_spoke : flow.server_spoke) = true;
  if (view.has(flag::ack) && !view.has(flag::rst)) flow.carried = true;
  if (!view.from_client && flow.age == settled && !view.has(flag::rst)) hear(flow, view);
  if (flow.state == State::established && !view.has(flag::syn)) {
    follow_bytes(slot, view);
    if (is_read(flow, view)) read(slot, view);
  } else if (flow.state == State::mid_stream && !view.has(flag::syn)) {
    follow_older(slot, view);
    if (is_read(flow, view)) read(slot, view);
  } else if (view.has(flag::rst)) {
    on_reset(slot, view);
  } else if (!view.has(flag::syn)) {
    on_segment(slot, view);
  } else if (view.has(flag::ack)) {
    on_syn_ack(slot, view, hash);
  } else {
    on_syn(slot, view, hash);
  }
}

void TcpTracker::doubt(const Packet& packet) {
  bool from_client = false;
  bool crowded = false;
  const Slot slot = lookup(packet, hash_of_ends(packet), from_client, crowded);
  if (slot == kNoSlot) return;
  const Slot stream = flows_[slot].sequel().stream;
  if (stream != kNoSlot) streams_.doubt(stream, slot);
}

void TcpTracker::first_packet(const View& view, std::uint64_t hash) {
  const Packet& packet = view.packet;
  const bool syn = view.has(flag::syn) && !view.has(flag::rst);
  const bool sender_is_client =
      syn ? !view.has(flag::ack)
          : destination_is_server(packet.source_port, packet.destination_port);
  const Slot slot = open(packet, hash, sender_is_client);
  Flow& flow = flows_[slot];
  flow.timed = packet.has_time;
  flow.carried = view.has(flag::ack) && !view.has(flag::rst);
  (sender_is_client ? flow.client_spoke : flow.server_spoke) = true;
  if (!syn) {
    set_trace(flow.first, packet);
    flow.from_server = !sender_is_client;
    settle(slot, State::mid_stream);
    if (flow.from_server && !view.has(flag::rst)) flow.sequel().last = flow.first;
    flow.sequel().looks = limits::kLooksMidStream;
    View first = view;
    first.from_client = sender_is_client;
    first.before = flow.last_seen;
    follow_older(slot, first);
    if (is_read(flow, first)) read(slot, first);
    return;
  }
  flow.has_sequence = knows_sequence(packet);
  if (sender_is_client) {
    set_trace(flow.first, packet);
    flow.tries = 1;
    healing_.note_host(packet);
    flow.first_sequence = packet.tcp.sequence;
    flow.order = context_.order;
    if (!packet.known.has(Field::bytes)) {
      by_pair_.append(pair_hash(flow.client, flow.server) & (limits::kTcpFlows / 8 - 1), slot);
      flow.in_pairs = true;
    }
    return;
  }
  View answer = view;
  answer.from_client = false;
  flow.first_sequence = packet.tcp.acknowledgment - 1;
  on_syn_ack(slot, answer, hash);
}

void TcpTracker::restart(Slot slot, const View& view, std::uint64_t hash) {
  close(slot);
  forget(slot);
  first_packet(view, hash);
}

// Nobody repeats a SYN so soon. Frames that come again are known by their bytes; lines of text, of
// a packet that circles or is mirrored, by this alone. Tables count from 0, which tells nothing.
bool TcpTracker::is_copy_in_text(const Flow& flow, const View& view) {
  const Packet& packet = view.packet;
  return !packet.known.has(packet::Field::bytes) && packet.known.has(packet::Field::tcp_sequence) &&
         packet.tcp.sequence > 1 && packet.tcp.sequence == flow.first_sequence &&
         flow.first.is_set() && flow.timed && packet.has_time &&
         base::ns_between(view.before, flow.last_seen) < limits::kDuplicateFrame.count();
}

void TcpTracker::on_syn(Slot slot, const View& view, std::uint64_t hash) {
  Flow& flow = flows_[slot];
  const std::uint32_t sequence = view.packet.tcp.sequence;
  const bool same = !flow.has_sequence || sequence == flow.first_sequence;
  if (!view.from_client || (flow.state != State::asked && flow.state != State::answered)) {
    // A stray copy of the handshake's own SYN is no new connection.
    const bool copy =
        view.from_client && flow.state == State::established && same && flow.has_sequence;
    if (!copy) restart(slot, view, hash);
    return;
  }
  if (view.from_client && is_copy_in_text(flow, view)) {
    flow.told_unseen = true;  // each line of this connection comes twice
    return;
  }
  // A SYN well after a SYN-ACK whose SYN was not captured belongs to the next connection.
  const bool next = !flow.first.is_set() && base::between(flow.sequel().answer.when(),
                                                          context_.now) > limits::kOtherVantage;
  if (next || (!same && (flow.state == State::answered || silent_by_now(flow)))) {
    restart(slot, view, hash);
    return;
  }
  if (!flow.first.is_set()) {
    flow.first = trace_of(view.packet);
  } else {
    flow.sequel().last = trace_of(view.packet);
  }
  flow.first_sequence = sequence;
  flow.order = context_.order;
  flow.timed = flow.timed && view.packet.has_time;
  count_up(flow.tries);
}

void TcpTracker::on_syn_ack(Slot slot, const View& view, std::uint64_t hash) {
  Flow& flow = flows_[slot];
  if (view.from_client || flow.state == State::mid_stream) {
    restart(slot, view, hash);  // the roles were guessed wrong, or a new connection of old ends
    return;
  }
  if (flow.state == State::answered) {
    count_up(flow.answers);
    return;
  }
  if (flow.state != State::asked) return;
  // An answer to another SYN; where several were sent, any of them may be meant.
  const Packet& packet = view.packet;
  const bool sequences = flow.has_sequence && knows_sequence(packet);
  if (sequences && flow.tries == 1 && packet.tcp.acknowledgment != flow.first_sequence + 1) return;
  flow.sequel().answer = trace_of(packet);
  flow.answers = 1;
  flow.timed = flow.timed && packet.has_time;
  flow.state = State::answered;
  leave_pairs(slot);
  move_to(slot, half_open);
  constexpr auto told = static_cast<std::uint16_t>(Field::tcp_told);
  const bool are_told = packet.known.has(Field::tcp_told) &&
                        packet.known.has(Field::tcp_sequence) && (flow.first.known & told) != 0;
  if (sequences || are_told) {
    flow.server_sequence = packet.tcp.sequence;
    flow.sequel().from_client_bytes.start(packet.tcp.acknowledgment);
    flow.sequel().from_server_bytes.start(packet.tcp.sequence + 1);
  }
  healing_.connect_served(flow.client, outline_of(flow).service,
                          flow.first.is_set() ? flow.first.when() : packet.place.time);
}

void TcpTracker::on_reset(Slot slot, const View& view) {
  const Flow& flow = flows_[slot];
  const Packet& packet = view.packet;
  if (flow.state == State::answered) {
    emit_ok(slot, view.from_client);
    settle(slot, State::established);
    return;
  }
  if (flow.state != State::asked || view.from_client) return;
  const bool stray = flow.has_sequence && knows_sequence(packet) && view.has(flag::ack) &&
                     flow.tries == 1 && packet.tcp.acknowledgment - flow.first_sequence > kNearSyn;
  if (stray) return;
  Attempt attempt = attempt_of(flow);
  attempt.symptom = Symptom::reset;
  attempt.outcome = outcome_of(attempt.symptom);
  attempt.answer = digest_of(packet, Kind::tcp_reset, 0);
  attempt.end = packet.place.time;
  attempt.timed = flow.timed && packet.has_time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, packet.place.time);
  attempt.healed = flow.healed;
  settle(slot, State::refused);
  healing_.settle(attempt);
}

void TcpTracker::on_segment(Slot slot, const View& view) {
  const Flow& flow = flows_[slot];
  if (!view.has(flag::ack)) return;
  if (flow.state == State::answered) {
    proceed(slot, view);
  } else if (flow.state == State::asked) {
    // The SYN-ACK was not captured. Only what fits the SYN's numbers shows that there was one: a
    // server that still holds an older connection answers a SYN with an ACK of that one.
    if (flow.has_sequence && knows_sequence(view.packet)) {
      const std::uint32_t number =
          view.from_client ? view.packet.tcp.sequence : view.packet.tcp.acknowledgment;
      if (number - (flow.first_sequence + 1) >= kNearSyn) return;
    }
    proceed(slot, view);
  }
}

// The client went on: the handshake is over.
void TcpTracker::proceed(Slot slot, const View& view) {
  emit_ok(slot, false);
  settle(slot, State::established);
  Flow& flow = flows_[slot];
  flow.sequel().looks = limits::kLooks;
  follow_bytes(slot, view);
  if (is_read(flow, view)) read(slot, view);
}

// Most connections have nobody who listens, or who listens any longer.
bool TcpTracker::is_read(const Flow& flow, const View& view) {
  if (flow.sequel().stream != kNoSlot) return true;
  const Packet& packet = view.packet;
  return flow.sequel().looks != 0 && !view.has(flag::rst) &&
         (!packet.payload.empty() || !packet.said.empty());
}

void TcpTracker::read(Slot slot, const View& view) {
  Flow& flow = flows_[slot];
  const Side side = view.from_client ? Side::client : Side::server;
  if (flow.sequel().stream != kNoSlot) {
    if (streams_.packet(flow.sequel().stream, slot, side, view.packet)) return;
    flow.sequel().stream = kNoSlot;
    flow.sequel().looks = 0;
    return;
  }
  --flow.sequel().looks;
  flow.sequel().stream = streams_.begin({.client = flow.client,
                                         .server = flow.server,
                                         .client_port = flow.client_port,
                                         .server_port = flow.server_port,
                                         .client_first = flow.sequel().client_first,
                                         .mid_stream = flow.state == State::mid_stream,
                                         .flow = slot},
                                        side, view.packet);
  if (flow.sequel().stream == Streams::kHeard) {
    flow.sequel().stream = kNoSlot;
    flow.sequel().looks = 0;
  }
}

TcpTracker::Found TcpTracker::find(const Complaint& complaint) const {
  if (complaint.has_client_port) {
    const std::uint64_t hash =
        flow_hash(complaint.client, complaint.client_port, complaint.server, complaint.server_port);
    const Slot slot = by_ends_.find(hash, [&](Slot s) {
      const Flow& flow = flows_[s];
      const auto ends = [&](const base::IpAddress& a, std::uint16_t a_port,
                            const base::IpAddress& b, std::uint16_t b_port) {
        return complaint.client_port == a_port && complaint.server_port == b_port &&
               complaint.client == a && complaint.server == b;
      };
      return ends(flow.client, flow.client_port, flow.server, flow.server_port) ||
             ends(flow.server, flow.server_port, flow.client, flow.client_port);
    });
    if (slot == kNoSlot) return {};
    const Flow& flow = flows_[slot];
    const bool ours = flow.client == complaint.client && flow.client_port == complaint.client_port;
    const bool pending = ours && flow.state == State::asked;
    return {.match = pending ? Match::pending : Match::settled,
            .slot = slot,
            .age = context_.since(flow.order)};
  }
  const std::uint64_t pair = pair_hash(complaint.client, complaint.server);
  const Slot slot = find_in(by_pair_, pair & (limits::kTcpFlows / 8 - 1), [&](Slot s) {
    const Flow& flow = flows_[s];
    return flow.client == complaint.client && flow.server == complaint.server &&
           (complaint.server_port == 0 || flow.server_port == complaint.server_port);
  });
  if (slot == kNoSlot) return {};
  return {.match = Match::pending, .slot = slot, .age = context_.since(flows_[slot].order)};
}

void TcpTracker::fail(Slot slot, const Complaint& complaint) {
  const Flow& flow = flows_[slot];
  const Packet& packet = complaint.packet;
  Attempt attempt = attempt_of(flow);
  attempt.symptom = complaint.symptom;
  attempt.outcome = outcome_of(attempt.symptom);
  attempt.answer = digest_of(packet, Kind::icmp_error, 0);
  attempt.server_spoke = attempt.server_spoke || packet.ip.source == flow.server;
  attempt.end = packet.place.time;
  attempt.timed = flow.timed && packet.has_time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, packet.place.time);
  attempt.healed = flow.healed;
  attempt.is_probe = probes_.is_probe(attempt);
  settle(slot, State::refused);
  healing_.settle(attempt);
}

}  // namespace whydown::journey
