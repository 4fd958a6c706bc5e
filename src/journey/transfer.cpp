#include "journey/transfer.h"

#include <algorithm>
#include <limits>

#include "journey/context.h"

namespace whydown::journey {

namespace {

// Differences of sequence numbers: behind when "negative" (RFC 9293 3.4).
bool is_before(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) < 0; }

std::int64_t ns(base::Duration span) { return span.count(); }

// Late, and not sent again: its IP id comes before that of the packet that overtook it. Without an
// id, what comes before anybody could have missed it.
bool is_late_only(const Segment& segment, const Way& way) {
  if (segment.ip_id != 0 && way.hole_id != 0) {
    return static_cast<std::int16_t>(segment.ip_id - way.hole_id) < 0;
  }
  return way.hole_acks < limits::kDuplicateAcks &&
         base::ns_between(way.hole_since, segment.time) < ns(limits::kReordered);
}

// A FIN sent again, and nothing else: whoever does not answer it has left, and misses nothing.
bool is_late_goodbye(const Segment& segment, const packet::Packet& packet) {
  return packet.payload_length == 0 && is_before(segment.sequence, segment.next);
}

}  // namespace

std::int64_t Way::shut_for(std::int64_t now) const {
  return shut_since == 0 ? shut_longest : std::max(shut_longest, base::ns_between(shut_since, now));
}

void Transfer::see(const Segment& segment, bool from_client, const packet::Packet& packet) {
  Way& way = of(from_client);
  Way& other = of(!from_client);
  if (way.last_data == 0) way.last_data = segment.before;
  if (segment.is_probe()) {
    count_up(way.probes);
  } else if (segment.length != 0 && !is_late_goodbye(segment, packet)) {
    see_data(segment, way, packet);
  }
  if (!segment.has_ack) return;
  see_ack(segment, other);
  see_window(segment, other, packet);
}

void Transfer::see_data(const Segment& segment, Way& way, const packet::Packet& packet) {
  count_up(way.segments);
  if (is_before(segment.sequence, segment.next)) {
    see_old(segment, way, packet);
  } else if (segment.sequence != segment.next && !way.has_hole()) {
    way.hole_begin = segment.next;
    way.hole_end = segment.sequence;
    way.hole_opened = segment.sequence - segment.next;
    way.hole_since = segment.time;
    way.hole_id = segment.ip_id;
    way.hole_acks = 0;
    way.behind_hole = trace_of(packet);
    way.reopen_unseen();
  }
  way.last_data = segment.time;
}

void Transfer::see_old(const Segment& segment, Way& way, const packet::Packet& packet) {
  const std::int64_t paused = base::ns_between(way.last_data, segment.time);
  const bool fills = way.has_hole() && is_before(segment.sequence, way.hole_end) &&
                     is_before(way.hole_begin, segment.end());
  // Without an IP id, the same packet seen twice looks like this.
  const bool is_copy =
      segment.ip_id == 0 && segment.end() == segment.next && paused < ns(limits::kDuplicateFrame);
  if (is_copy) return;
  const bool is_late = fills && is_late_only(segment, way);
  if (fills) {
    if (!is_before(way.hole_begin, segment.sequence)) way.hole_begin = segment.end();
    if (!is_before(way.hole_begin, way.hole_end)) way.hole_begin = way.hole_end;
  }
  if (is_late) return;
  count_up(fills ? way.filled : way.again);
  if (paused >= ns(limits::kLossPause)) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    way.waited = std::min(way.waited, most - paused) + paused;
  }
  const Trace trace = trace_of(packet);
  if (!way.first_again.is_set()) way.first_again = trace;
  way.last_again = trace;
  if (fills || (way.has_acked && way.acked != segment.sequence)) return;
  if (way.stuck_tries == 0 || way.stuck_at != segment.sequence) {
    way.stuck_tries = 0;
    way.stuck_at = segment.sequence;
    way.stuck_since = way.last_data;
    way.stuck_first = trace;
  }
  way.stuck_length = static_cast<std::uint16_t>(std::min<std::uint32_t>(segment.length, 0xffff));
  count_up(way.stuck_tries);
}

void Transfer::see_ack(const Segment& segment, Way& way) {
  if (way.has_acked && !is_before(way.acked, segment.acknowledgment)) {
    if (way.has_hole() && segment.acknowledgment == way.acked && segment.length == 0) {
      count_up(way.hole_acks);
    }
    return;
  }
  way.acked = segment.acknowledgment;
  way.has_acked = true;
  if (is_before(way.stuck_at, way.acked)) way.stuck_tries = 0;
}

// RFC 9293 3.8.6: a window of zero stops the other side.
void Transfer::see_window(const Segment& segment, Way& way, const packet::Packet& packet) {
  if (segment.window == 0) {
    if (way.shut_since != 0) return;
    way.shut_since = segment.time;
    if (!way.shut_first.is_set()) way.shut_first = trace_of(packet);
  } else if (way.shut_since != 0) {
    way.shut_longest = way.shut_for(segment.time);
    way.shut_since = 0;
  }
}

}  // namespace whydown::journey
