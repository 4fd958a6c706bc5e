// What becomes of an established connection's data, told once: when it is reset, or when it leaves
// the table.
//
// A reset by the server is an end like any other when nothing was under way. It cuts when a request
// was waiting for its answer or the server had more to say. A reset by the client is the client's
// own affair, unless the client itself goes on as if it knew nothing of it.
#include <algorithm>

#include "journey/tcp_tracker.h"
#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;
namespace flag = packet::tcp_flag;

namespace {

std::int64_t ns(base::Duration span) { return span.count(); }

}  // namespace

void TcpTracker::open_transfer(Slot slot) {
  if (transfers_.full()) {
    const Slot oldest = transfers_by_age_.front(0);
    const Slot owner = transfers_[oldest].flow;
    end_transfer(owner);
    flows_[owner].sequel().marks.record = kNoSlot;
    transfers_by_age_.remove(0, oldest);
    transfers_.give_back(oldest);
  }
  const Slot record = transfers_.take();
  transfers_[record].flow = slot;
  transfers_[record].opened = flows_[slot].last_seen;
  transfers_[record].is_after_client = flows_[slot].sequel().marks.client_ended;
  transfers_by_age_.append(0, record);
  flows_[slot].sequel().marks.record = record;
}

void TcpTracker::watch_closely(Slot slot, const View& view, bool is_exact) {
  Flow& flow = flows_[slot];
  if (view.has(flag::rst)) {
    cut(slot, view, is_exact);
    return;
  }
  if (flow.sequel().marks.is_reset()) {
    after_reset(flow, view);
    return;
  }
  if (!is_exact || flow.sequel().marks.is_told || !flow.timed) return;
  if (flow.sequel().marks.record == kNoSlot) open_transfer(slot);
  const Packet& packet = view.packet;
  const Sequence& sent = flow.sequel().bytes_of(view.from_client);
  const Segment segment{.sequence = packet.tcp.sequence,
                        .length = packet.payload_length + (view.has(flag::fin) ? 1U : 0U),
                        .acknowledgment = packet.tcp.acknowledgment,
                        .next = sent.next(),
                        .window = packet.tcp.window,
                        .ip_id = static_cast<std::uint16_t>(
                            packet.known.has(packet::Field::ip_id) ? packet.ip.id : 0),
                        .has_ack = view.has(flag::ack),
                        .time = flow.last_seen,
                        .before = view.before};
  Transfer& record = transfers_[flow.sequel().marks.record];
  // Waiting is no pause: for an answer, with the same data again and again, or, in the middle of
  // what there is to say, for room in the other side's window.
  const std::int64_t pause = base::ns_between(segment.before, segment.time);
  const bool is_new = static_cast<std::int32_t>(segment.end() - segment.next) > 0;
  const TransferMarks& marks = flow.sequel().marks;
  const bool is_done = marks.pushed || (marks.largest[0] == 0 && marks.largest[1] == 0);
  if (view.from_client && packet.payload_length != 0 && pause >= ns(limits::kLongPause) && is_new &&
      is_done && !segment.is_probe()) {
    record.pause = pause;
    record.after_pause = trace_of(packet);
  } else if (!view.from_client) {
    record.pause = 0;  // it is answered: the connection has outlived its pause
  }
  record.see(segment, view.from_client, packet);
}

// Whoever goes on after its own reset did not send it. Where the other side goes on as well, it did
// no harm.
void TcpTracker::after_reset(Flow& flow, const View& view) {
  if (flow.sequel().marks.record == kNoSlot) return;
  Transfer& record = transfers_[flow.sequel().marks.record];
  const bool by_client = flow.sequel().marks.reset_by_client;
  const Packet& packet = view.packet;
  if (view.from_client != by_client) {
    if (packet.payload_length != 0) record.is_carried_on = true;
    if (record.is_ignored && view.has(flag::ack)) record.is_carried_on = true;
    return;
  }
  const bool is_beyond =
      packet.payload_length != 0 &&
      static_cast<std::int32_t>(packet.tcp.sequence - record.reset_sequence) >= 0;
  if (!is_beyond || record.is_ignored || view.has(flag::fin)) return;
  record.is_ignored = true;
  observe_transfer(Sign::reset_ignored, flow, trace_of(packet), view.from_client);
}

void TcpTracker::cut(Slot slot, const View& view, bool is_exact) {
  Flow& flow = flows_[slot];
  TransferMarks& marks = flow.sequel().marks;
  if (marks.is_reset() || flow.sequel().ended) return;
  if (view.from_client) {
    marks.reset_by_client = true;
  } else {
    marks.reset_by_server = true;
  }
  if (marks.is_told) return;
  if (is_exact && flow.timed) {
    if (marks.record == kNoSlot) open_transfer(slot);
    Transfer& record = transfers_[marks.record];
    record.reset = trace_of(view.packet);
    record.reset_sequence = view.packet.tcp.sequence;
    record.before_reset = view.before;
  }
  if (view.from_client) return;
  if (hides_data_ && !view.packet.known.has(packet::Field::bytes)) return;
  // A request without its answer; or the server in the middle of something.
  const bool is_waiting = marks.client_last && !marks.goodbye;
  const bool is_speaking = flow.sequel().server_sent && !marks.client_last && !marks.pushed &&
                           base::ns_between(view.before, flow.last_seen) < ns(limits::kLongPause);
  if (is_waiting || is_speaking) tell_cut(flow, trace_of(view.packet), view.before, false);
}

void TcpTracker::tell_cut(Flow& flow, const Trace& reset, std::int64_t before, bool by_client) {
  Attempt attempt = transfer_of(flow);
  attempt.symptom = Symptom::cut_off;
  attempt.answer = digest_of_flow(flow, reset, by_client);
  attempt.begin = base::time_from_ns(before);
  attempt.end = reset.when();
  const Slot record = flow.sequel().marks.record;
  const bool is_after_pause =
      record != kNoSlot && transfers_[record].pause != 0 && flow.sequel().marks.client_last;
  if (is_after_pause) {
    const Trace& asked = transfers_[record].after_pause;
    attempt.last_request = digest_of_flow(flow, asked, true);
    attempt.latency = base::Duration{transfers_[record].pause};
    observe_transfer(Sign::after_pause, flow, asked, true);
  }
  tell_transfer(flow, attempt);
}

// Before the flow or its record is forgotten.
void TcpTracker::end_transfer(Slot slot) {
  Flow& flow = flows_[slot];
  if (flow.sequel().marks.is_told) return;
  const Slot record = flow.sequel().marks.record;
  if (record != kNoSlot && !flow.told_unseen && tell_trouble(flow, transfers_[record])) return;
  if (record != kNoSlot && transfers_[record].is_ignored && !transfers_[record].is_carried_on) {
    const Transfer& held = transfers_[record];
    tell_cut(flow, held.reset, held.before_reset, flow.sequel().marks.reset_by_client);
    return;
  }
  const bool is_known = flow.state != State::mid_stream &&
                        flow.sequel().from_client_bytes.known() &&
                        flow.sequel().client_sent != Sent::nothing;
  if (!is_known || flow.sequel().marks.is_reset()) return;
  const std::uint32_t up = flow.sequel().from_client_bytes.next() - flow.first_sequence;
  const std::uint32_t down = flow.sequel().from_server_bytes.next() - flow.server_sequence;
  const bool is_bulk = std::max(up, down) >= limits::kBulk;
  if (!flow.sequel().server_sent || (!is_bulk && !troubled_.may_hold(flow.server))) return;
  if (std::max(flow.sequel().marks.passed[0], flow.sequel().marks.passed[1]) >=
      limits::kLargeSegment) {
    observe_transfer(Sign::large_passed, flow, flow.sequel().answer, false);
  }
  Attempt attempt = transfer_of(flow);
  attempt.outcome = Outcome::ok;
  attempt.begin = base::time_from_ns(flow.sequel().answer.time);
  attempt.end = std::max(attempt.begin, base::time_from_ns(flow.last_seen));
  flow.sequel().marks.is_told = true;
  context_.sink.attempt(attempt);
}

namespace {

struct Trouble {
  Symptom symptom = Symptom::none;
  bool from_client = false;  // whose data it is
};

// Where the server was never heard the capture may show one side only. But a client that sends
// nothing but the same data again and again gets no acknowledgment. A server that does so talks to
// somebody who has left.
bool is_stuck(const Way& way, bool from_client, bool has_other_spoken) {
  const auto sent_again = [&](std::uint16_t tries, base::Duration over) {
    return way.stuck_tries >= tries &&
           base::ns_between(way.stuck_since, way.last_again.time) >= ns(over);
  };
  if (!has_other_spoken) {
    return from_client && way.last_data == way.last_again.time &&
           sent_again(limits::kStuckTriesUnheard, limits::kStuckUnheard);
  }
  return sent_again(limits::kStuckTries, limits::kStuck) ||
         sent_again(limits::kStuckTriesSlow, limits::kStuckSlow);
}

// Segments as large never passed in this direction, while the other one's data is acknowledged.
bool is_too_big(const Way& way, const Way& other, std::uint16_t passed, std::uint32_t before) {
  return way.stuck_length >= limits::kLargeSegment && passed < way.stuck_length &&
         before < limits::kSurelyLarge * way.stuck_length && other.lost() == 0 &&
         way.lost() <= way.stuck_tries + limits::kProbesOfTail;
}

// The large ones were lost before they came here; what is seen is the gap before a smaller one.
bool is_hidden(const Way& way, std::int64_t until, std::uint16_t largest) {
  return way.has_hole() && way.hole_end - way.hole_begin == way.hole_opened &&
         way.hole_opened >= limits::kLargeSegment && largest < limits::kLargeSegment &&
         base::ns_between(way.hole_since, until) >= ns(limits::kStuck) && way.has_acked &&
         way.acked == way.hole_begin;
}

// What was lost and mended; what is stuck at the end is another matter.
bool is_lossy(const Way& way, std::int64_t seconds_ns) {
  return way.lost() >= limits::kLossySegments + way.stuck_tries &&
         way.lost() * limits::kLossyShare >= way.segments + way.lost() &&
         way.waited >= ns(limits::kLossyWait) && way.waited >= seconds_ns / limits::kLossyWaitShare;
}

}  // namespace

// The answer to the SYN, or what was seen first.
const Trace& TcpTracker::began(const Flow& flow) {
  return flow.state == State::mid_stream ? flow.first : flow.sequel().answer;
}

bool TcpTracker::tell_trouble(Flow& flow, const Transfer& record) {
  const std::int64_t now = base::ns_of(context_.now);
  const std::int64_t until = flow.sequel().ended ? flow.last_seen : now;
  const auto before = [&](bool from_client) {
    const std::uint32_t start = (from_client ? flow.first_sequence : flow.server_sequence) + 1;
    return record.of(from_client).stuck_at - start;
  };
  // Which sizes passed before the capture began, nobody knows.
  const bool is_whole = flow.state != State::mid_stream;
  Trouble trouble;
  for (const bool from_client : {true, false}) {
    const Way& way = record.of(from_client);
    const Way& other = record.of(!from_client);
    const std::size_t i = from_client ? 0 : 1;
    const base::Duration shut = from_client ? limits::kShutServer : limits::kShutClient;
    if (way.probes > 0 && way.shut_for(until) >= ns(shut)) {
      trouble = {Symptom::zero_window, from_client};
    } else if (!from_client && record.is_after_client) {
      continue;  // whoever has left misses nothing
    } else if (is_stuck(way, from_client, from_client ? flow.server_spoke : flow.client_spoke)) {
      const bool big =
          is_whole && is_too_big(way, other, flow.sequel().marks.passed[i], before(from_client));
      trouble = {big ? Symptom::too_big : Symptom::stalled, from_client};
    } else if (is_whole && is_hidden(way, flow.sequel().marks.client_ended ? flow.last_seen : now,
                                     flow.sequel().marks.largest[i])) {
      trouble = {Symptom::too_big, from_client};
      observe_transfer(Sign::hidden_hole, flow, way.behind_hole, from_client);
    } else if (is_lossy(way, base::ns_between(began(flow).time, flow.last_seen))) {
      trouble = {Symptom::lossy, from_client};
    }
    if (trouble.symptom != Symptom::none) break;
  }
  if (trouble.symptom == Symptom::none) return false;

  const bool from_client = trouble.from_client;
  const Way& way = record.of(from_client);
  Attempt attempt = transfer_of(flow);
  attempt.symptom = trouble.symptom;
  Trace first = way.first_again;
  Trace last = way.last_again;
  std::int64_t begin = first.time;
  std::int64_t end = last.time;
  switch (trouble.symptom) {
    case Symptom::zero_window:
      first = last = way.shut_first;
      begin = first.time;
      end = way.shut_since == 0
                ? base::ns_of(base::add(first.when(), base::Duration{way.shut_longest}))
                : until;
      observe_transfer(from_client ? Sign::server_shut : Sign::client_shut, flow, first,
                       !from_client);
      break;
    case Symptom::stalled:
      begin = way.stuck_since;
      first = way.stuck_first;
      if (!from_client) observe_transfer(Sign::server_stuck, flow, first, false);
      break;
    case Symptom::too_big:
      first = way.stuck_first.is_set() ? way.stuck_first : way.behind_hole;
      last = way.last_again.is_set() ? way.last_again : way.behind_hole;
      begin = way.stuck_first.is_set() ? way.stuck_since : way.hole_since;
      end = std::max(begin, last.time);
      break;
    default:
      tell_losses(flow, record);
      break;
  }
  const bool is_of_client = trouble.symptom == Symptom::zero_window ? !from_client : from_client;
  if (is_of_client) {
    attempt.last_request = digest_of_flow(flow, last, true);
    if (first.number != last.number) attempt.answer = {};
    attempt.request = digest_of_flow(flow, first, true);
  } else {
    attempt.answer = digest_of_flow(flow, first, false);
  }
  attempt.begin = base::time_from_ns(begin);
  attempt.end = base::time_from_ns(std::max(begin, end));
  attempt.tries = std::max<std::uint32_t>(1, way.lost());
  if (record.pause != 0 && trouble.symptom == Symptom::stalled && from_client) {
    attempt.latency = base::Duration{record.pause};
    observe_transfer(Sign::after_pause, flow, record.after_pause, true);
  }
  tell_transfer(flow, attempt);
  return true;
}

// Which direction lost, and on which side of the capture point.
void TcpTracker::tell_losses(const Flow& flow, const Transfer& record) {
  std::uint32_t before = 0;
  std::uint32_t behind = 0;
  for (const bool from_client : {true, false}) {
    const Way& way = record.of(from_client);
    before += way.filled;
    behind += way.again;
    if (way.lost() >= limits::kLossySegments) {
      observe_transfer(from_client ? Sign::lost_upload : Sign::lost_download, flow, way.first_again,
                       from_client);
    }
  }
  constexpr std::uint32_t kMost = 4;
  const Way& up = record.of(true);
  const bool from_client = up.lost() >= record.of(false).lost();
  const Trace& trace = record.of(from_client).first_again;
  if (before >= kMost * behind) observe_transfer(Sign::lost_before, flow, trace, from_client);
  if (behind >= kMost * before) observe_transfer(Sign::lost_behind, flow, trace, from_client);
}

void TcpTracker::tell_transfer(Flow& flow, Attempt& attempt) {
  attempt.outcome = outcome_of(attempt.symptom);
  // Captures of several queues are not in order.
  attempt.end = std::max(attempt.begin, attempt.end);
  flow.sequel().marks.is_told = true;
  troubled_.add(flow.server);
  context_.sink.attempt(attempt);
}

Attempt TcpTracker::transfer_of(const Flow& flow) const {
  Attempt attempt;
  static_cast<Outline&>(attempt) = outline_of(flow);
  attempt.service.protocol = Protocol::tcp;
  attempt.step = Step::transfer;
  attempt.tries = 1;
  attempt.request_seen = true;
  const Trace& opening = flow.first.is_set() ? flow.first : flow.sequel().answer;
  attempt.request = digest_of_flow(flow, opening, flow.first.is_set() && !flow.from_server);
  return attempt;
}

Digest TcpTracker::digest_of_flow(const Flow& flow, const Trace& trace, bool from_client) const {
  const Ends sent{flow.client, flow.server, flow.client_port, flow.server_port};
  const Ends received{flow.server, flow.client, flow.server_port, flow.client_port};
  Kind kind = Kind::tcp_segment;
  if ((trace.tcp_flags & flag::rst) != 0) kind = Kind::tcp_reset;
  if ((trace.tcp_flags & flag::syn) != 0) kind = from_client ? Kind::tcp_syn : Kind::tcp_syn_ack;
  return expand(trace, kind, Transport::tcp, from_client ? sent : received);
}

void TcpTracker::observe_transfer(Sign sign, const Flow& flow, const Trace& trace,
                                  bool from_client) {
  Observation observation;
  observation.sign = sign;
  observation.service = transfer_of(flow).service;
  observation.client = flow.client;
  observation.packet = digest_of_flow(flow, trace, from_client);
  context_.sink.observation(observation);
}

}  // namespace whydown::journey
