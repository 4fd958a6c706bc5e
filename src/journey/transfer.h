// What happens to the data of an established connection, once something about it is not plain.
//
// Nearly every segment continues where the last one ended, with an open window and no long pause
// before it. Of such a connection only the marks in its flow are kept. The first segment that is
// not so (a gap, old data again, a closed window, a request after a long pause) gives the flow a
// Transfer, which then sees all of its packets:
//
//   1000 ..2448      plain
//        2448 .. gap .. 3896    a hole opens: lost before the capture point, or out of order
//        2448 ..3896  fills it: sent again, or late
//        2448 ..3896  again: the capture saw it before, so it was lost behind the capture point
//
// Left out: selective acknowledgments, and what is sent again without need.
#pragma once

#include <array>
#include <cstdint>

#include "journey/limits.h"
#include "journey/table.h"
#include "journey/trace.h"

namespace whydown::journey {

// One packet of an established connection.
struct Segment {
  std::uint32_t sequence = 0;
  std::uint32_t length = 0;  // with the FIN, which takes a number too
  std::uint32_t acknowledgment = 0;
  std::uint32_t next = 0;  // what its sender was to send next, before this packet
  std::uint16_t window = 0;
  std::uint16_t ip_id = 0;  // 0: none
  bool has_ack = false;
  std::int64_t time = 0;    // ns
  std::int64_t before = 0;  // of the connection's packet before it

  std::uint32_t end() const { return sequence + length; }
  // RFC 9293 3.8.4 and 3.8.6.1: a keep-alive or a window probe repeats the last byte, or none.
  bool is_probe() const { return length <= 1 && sequence - next == ~std::uint32_t{0}; }
};

// One direction. `again`: the capture had seen the data before.
struct Way {
  std::uint32_t acked = 0;  // by the other side
  std::uint32_t hole_begin = 0;
  std::uint32_t hole_end = 0;
  std::uint32_t hole_opened = 0;  // how many bytes it had at first
  std::uint32_t again = 0;
  std::uint32_t filled = 0;    // holes filled by what was sent again
  std::uint32_t segments = 0;  // with data
  std::uint32_t probes = 0;
  std::uint32_t stuck_at = 0;  // the oldest byte that is not acknowledged, sent `stuck_tries` times
  std::uint16_t stuck_tries = 0;  // again
  std::uint16_t stuck_length = 0;
  std::uint16_t hole_id = 0;  // IP id of the packet behind the hole
  std::uint8_t hole_acks = 0;
  bool has_acked = false;
  std::int64_t last_data = 0;    // ns
  std::int64_t stuck_since = 0;  // ns; when it was sent first, as far as known
  std::int64_t hole_since = 0;   // ns
  std::int64_t waited = 0;       // ns; pauses that a loss made
  std::int64_t shut_since = 0;   // ns; the other side takes nothing since; 0: it does
  std::int64_t shut_longest = 0;
  Trace first_again;
  Trace last_again;
  Trace behind_hole;
  Trace stuck_first;
  Trace shut_first;  // the packet that closes the window: of the other side

  bool has_hole() const { return hole_begin != hole_end; }
  // Data that is missing here was sent: if the other side took nothing, it said otherwise since.
  void reopen_unseen() { shut_since = 0; }
  // How long the other side took nothing at a stretch, up to `now`.
  std::int64_t shut_for(std::int64_t now) const;
  std::uint32_t lost() const { return again + filled; }
};

struct Transfer {
  std::array<Way, 2> ways{};  // from the client, from the server
  Slot flow = kNoSlot;
  Trace after_pause;  // the client's packet that ended the flow's last long pause
  Trace reset;        // the first one
  std::uint32_t reset_sequence = 0;
  bool is_ignored = false;       // whoever is said to have sent it goes on
  bool is_carried_on = false;    // and so does the other side
  bool is_after_client = false;  // all was well until the client had closed
  std::int64_t pause = 0;
  std::int64_t before_reset = 0;  // when the packet before it came, ns
  std::int64_t opened = 0;        // ns

  Way& of(bool from_client) { return ways[from_client ? 0 : 1]; }
  const Way& of(bool from_client) const { return ways[from_client ? 0 : 1]; }
  // A packet, before its sender's `next` moves on. `packet` is where its trace comes from.
  void see(const Segment& segment, bool from_client, const packet::Packet& packet);

 private:
  void see_data(const Segment& segment, Way& way, const packet::Packet& packet);
  void see_old(const Segment& segment, Way& way, const packet::Packet& packet);
  static void see_ack(const Segment& segment, Way& way);
  static void see_window(const Segment& segment, Way& way, const packet::Packet& packet);
};

// What is kept of every flow.
struct TransferMarks {
  std::uint32_t record = 0;                // slot of its Transfer; 0: none
  std::array<std::uint16_t, 2> largest{};  // segment so far, from the client, from the server
  std::array<std::uint16_t, 2> passed{};   // ... acknowledged
  bool client_last : 1 = false;            // the last data was the client's
  bool pushed : 1 = false;   // the last data ended what the sender had to say for now (PSH)
  bool goodbye : 1 = false;  // the last data was a TLS alert: close_notify
  bool is_told : 1 = false;  // its transfer was given to the sink
  bool reset_by_client : 1 = false;
  bool reset_by_server : 1 = false;
  bool client_ended : 1 = false;  // by FIN

  bool is_reset() const { return reset_by_client || reset_by_server; }
};
static_assert(sizeof(TransferMarks) == 16);

}  // namespace whydown::journey
