// What lines of text tell of a connection's bytes.
//
// tcpdump counts from the handshake on, and shows no number of what has no data:
//
//   Flags [S], seq 3401075273      Flags [S.], seq 4070133267, ack 3401075274
//   Flags [P.], seq 1:275, ack 1   is, in the header, 3401075274 and 4070133268
//   Flags [.], ack 275
//
// A row of Wireshark's table shows numbers that count from the handshake as well, its SYNs' own
// among them; but a row that shows what is said shows no numbers. So only what Wireshark itself
// remarks upon is taken for data that was lost or sent again.
#include <algorithm>
#include <cstdlib>

#include "journey/tcp_tracker.h"

namespace whydown::journey {

using packet::Field;
namespace flag = packet::tcp_flag;

namespace {

// More than a window can hold: such numbers are another connection's, or wrong.
constexpr std::uint32_t kFarOff = 1U << 24U;

std::uint32_t distance(std::uint32_t a, std::uint32_t b) { return std::min(a - b, b - a); }

// With -S tcpdump does not count from the handshake: whichever is nearer to what is expected.
std::uint32_t as_in_header(std::uint32_t told, std::uint32_t first, std::uint32_t expected) {
  return distance(told, expected) < distance(first + told, expected) ? told : first + told;
}

}  // namespace

// While the other side takes nothing, who says nothing new asks whether it still does not (RFC 9293
// 3.8.6.1), with an old number.
bool TcpTracker::asks_for_room(const Flow& flow, bool from_client, const packet::Tcp& tcp) const {
  const Slot record = flow.sequel().marks.record;
  if (record == kNoSlot) return false;
  const Way& heard = transfers_[record].of(!from_client);
  return transfers_[record].of(from_client).shut_since != 0 && heard.has_acked &&
         heard.acked == tcp.acknowledgment;
}

// The numbers of numbered_, a line of tcpdump, as in the header. False where they cannot be.
bool TcpTracker::number_line(const Flow& flow, const View& view) {
  packet::Tcp& tcp = numbered_.tcp;
  const Sequel& sequel = flow.sequel();
  const bool by_client = view.from_client;
  const Sequence& sent = sequel.bytes_of(by_client);
  const Sequence& received = sequel.bytes_of(!by_client);
  const std::uint32_t mine = by_client ? flow.first_sequence : flow.server_sequence;
  const std::uint32_t theirs = by_client ? flow.server_sequence : flow.first_sequence;
  if (view.has(flag::ack)) {
    tcp.acknowledgment = as_in_header(tcp.acknowledgment, theirs, received.next());
  }
  if (numbered_.payload_length == 0 && !view.has(flag::fin) && !view.has(flag::rst)) {
    tcp.sequence = sent.next() - (asks_for_room(flow, by_client, tcp) ? 1U : 0U);
    return true;
  }
  tcp.sequence = as_in_header(tcp.sequence, mine, sent.next());
  return distance(tcp.sequence, sent.next()) < kFarOff;
}

// To the row at hand, over what rows before it hide.
void TcpTracker::catch_up(Flow& flow, const View& view) {
  Sequence& sent = flow.sequel().bytes_of(view.from_client);
  const std::uint32_t sequence = view.packet.tcp.sequence;
  const Slot record = flow.sequel().marks.record;
  const bool is_ahead = static_cast<std::int32_t>(sequence - sent.next()) > 0;
  if (is_ahead && record != kNoSlot) transfers_[record].of(view.from_client).reopen_unseen();
  sent.start(sequence);
}

void TcpTracker::follow_words(Slot slot, const View& view) {
  Flow& flow = flows_[slot];
  const Sequence& sent = flow.sequel().bytes_of(view.from_client);
  const bool is_row = view.packet.known.has(Field::tcp_sequence);
  const bool is_whole = view.packet.known.has(Field::tcp_told);
  const bool is_known = sent.known() && view.packet.known.has(Field::payload_length);
  if (flow.told_unseen || !is_known || !(is_row || is_whole)) {
    follow(slot, view, false);
    return;
  }
  numbered_ = view.packet;
  if (is_row) {
    if (!numbered_.tcp.is_remarked) catch_up(flow, view);
    if (!is_whole) numbered_.tcp.window = 0xffff;  // it says something, and shows no window
  } else {
    flow.told_unseen = !number_line(flow, view);
  }
  const View numbered{.packet = numbered_,
                      .from_client = view.from_client,
                      .flags = view.flags,
                      .before = view.before};
  follow(slot, numbered, !flow.told_unseen);
}

}  // namespace whydown::journey
