// The bytes of a connection that stands: which were sent, acknowledged, sent again, and by whom it
// was heard last. What becomes of them is in tcp_transfers.cpp.
#include <algorithm>

#include "journey/tcp_tracker.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;
namespace flag = packet::tcp_flag;

namespace {

constexpr unsigned kBeatBits = 30;  // of nanoseconds: 1.07 s

// A content type of 21 and a version (RFC 8446 5.1; encrypted ones keep it in TLS 1.2).
bool is_tls_alert(const Packet& packet) {
  constexpr std::uint8_t alert = 21;
  return packet.payload.size() > 1 && packet.payload[0] == alert && packet.payload[1] == 3;
}

}  // namespace

// The first packet of each beat stands for all: to know about when the server was heard last, not
// every one need be written down. Resets may be a middlebox's.
void TcpTracker::hear(Flow& flow, const View& view) {
  const std::uint64_t beats = static_cast<std::uint64_t>(flow.last_seen) >> kBeatBits;
  const auto beat = static_cast<std::uint16_t>(beats | 1U << 15U);
  if (beat == flow.sequel().heard_beat) return;
  flow.sequel().heard_beat = beat;
  flow.sequel().last = trace_of(view.packet);
}

void TcpTracker::note_request(Flow& flow, const Packet& packet) {
  const bool again =
      knows_sequence(packet) && flow.sequel().from_client_bytes.was_sent(packet.tcp.sequence);
  if (flow.sequel().client_sent != Sent::data_again) {
    flow.sequel().client_sent = again ? Sent::data_again : Sent::data;
  }
}

void TcpTracker::note_data(Flow& flow, const View& view) {
  if (view.has(flag::fin) || view.has(flag::rst)) flow.sequel().ended = true;
  const bool has_data = view.packet.payload_length != 0;
  if (view.from_client) {
    if (has_data && !flow.sequel().server_sent) note_request(flow, view.packet);
  } else if (!flow.sequel().server_sent && (has_data || view.has(flag::fin))) {
    flow.sequel().server_sent = true;
    flow.sequel().client_first = flow.sequel().client_sent != Sent::nothing;
  }
}

// Of a connection that is older than the capture, each direction is followed from its first segment
// on.
void TcpTracker::follow_older(Slot slot, const View& view) {
  Flow& flow = flows_[slot];
  if (!is_surely_server(flow.server_port, flow.client_port)) return;
  Sequence& sent = flow.sequel().bytes_of(view.from_client);
  const packet::Tcp& tcp = view.packet.tcp;
  if (!sent.known() && knows_sequence(view.packet) && !view.has(flag::rst)) {
    sent.start(tcp.sequence);
    (view.from_client ? flow.first_sequence : flow.server_sequence) = tcp.sequence - 1;
  }
  follow_bytes(slot, view);
}

void TcpTracker::follow_bytes(Slot slot, const View& view) {
  const Packet& packet = view.packet;
  if (!packet.known.has(Field::bytes)) [[unlikely]] {
    follow_words(slot, view);
    return;
  }
  const Flow& flow = flows_[slot];
  const Sequence& sent = flow.sequel().bytes_of(view.from_client);
  follow(slot, view,
         !flow.told_unseen && sent.known() && knows_sequence(packet) &&
             packet.known.has(Field::payload_length));
}

void TcpTracker::follow(Slot slot, const View& view, bool is_exact) {
  Flow& flow = flows_[slot];
  const Packet& packet = view.packet;
  Sequence& sent = flow.sequel().bytes_of(view.from_client);
  Sequence& received = flow.sequel().bytes_of(!view.from_client);
  watch(slot, view, is_exact);
  note_data(flow, view);
  if (!is_exact || view.has(flag::rst)) return;
  sent.sent(packet.tcp.sequence, packet.payload_length + (view.has(flag::fin) ? 1U : 0U));
  if (!view.has(flag::ack)) return;
  if (packet.tcp.acknowledgment == received.next()) {
    const std::size_t other = view.from_client ? 1 : 0;
    flow.sequel().marks.passed[other] = flow.sequel().marks.largest[other];
  }
  const bool is_row = !packet.known.has(Field::bytes) && packet.known.has(Field::tcp_sequence);
  if (flow.state == State::mid_stream || is_row) {
    // What was under way when the capture began is no gap in it, nor is what rows hide. Of a
    // capture that has gaps, such as one that keeps certain messages only, nothing can be said.
    flow.told_unseen = received.catch_up(packet.tcp.acknowledgment);
    return;
  }
  if (!received.acknowledged(packet.tcp.acknowledgment)) return;
  flow.told_unseen = true;
  if (!packet.known.has(Field::bytes)) return;  // lines may have been lost since the capture
  Observation observation;
  observation.sign = Sign::acked_unseen_segment;
  observation.service = outline_of(flow).service;
  observation.client = flow.client;
  observation.packet = digest_of(packet, Kind::tcp_segment, 0);
  context_.sink.observation(observation);
}

// Nearly every segment is plain (transfer.h) and ends here.
void TcpTracker::watch(Slot slot, const View& view, bool is_exact) {
  TransferMarks& marks = flows_[slot].sequel().marks;
  const Packet& packet = view.packet;
  const std::uint32_t length = packet.payload_length;
  const bool is_fin = view.has(flag::fin);
  bool is_plain = marks.record == 0 && !view.has(flag::rst) && !marks.is_reset();
  if (is_exact && is_plain) {
    const Sequence& sent = flows_[slot].sequel().bytes_of(view.from_client);
    const bool is_next = (length == 0 && !is_fin) || packet.tcp.sequence == sent.next();
    const bool is_after_pause =
        length != 0 &&
        base::ns_between(view.before, flows_[slot].last_seen) >= limits::kLongPause.count();
    is_plain = is_next && !is_after_pause && packet.tcp.window != 0;
  }
  if (!is_plain) watch_closely(slot, view, is_exact);
  if (is_fin && view.from_client) marks.client_ended = true;
  if (length == 0) return;
  std::uint16_t& largest = marks.largest[view.from_client ? 0 : 1];
  if (length > largest) largest = static_cast<std::uint16_t>(std::min(length, 0xffffU));
  marks.client_last = view.from_client;
  marks.pushed = view.has(flag::psh);
  marks.goodbye = length < limits::kGoodbye && is_tls_alert(packet);
}

}  // namespace whydown::journey
