#include "journey/row_ends.h"

#include <algorithm>

namespace whydown::journey {

using packet::Field;
using packet::Packet;
namespace flag = packet::tcp_flag;

namespace {

bool is_hello_of_client(std::string_view words) {
  return words.starts_with("Client Hello") || words.starts_with("Magic") ||
         words.starts_with("[Packet size limited");
}
bool is_hello_of_server(std::string_view words) {
  return words.starts_with("Server Hello") || words.starts_with("Hello Retry Request");
}
bool is_greeting(std::string_view words) {
  return words.starts_with("220") || words.starts_with("SSH-") || words.starts_with("* OK") ||
         words.starts_with("+OK");
}

}  // namespace

RowEnds::Connection* RowEnds::set_of(const Packet& row) {
  const std::uint64_t hash =
      pair_hash(row.ip.source, row.ip.destination) + pair_hash(row.ip.destination, row.ip.source);
  return &connections_[(hash & (limits::kRowSets - 1)) * limits::kRowWays];
}

std::size_t RowEnds::direction_of(const Connection& connection, const Packet& row) {
  if (connection.used == 0) return 2;
  const auto& [a, b] = connection.halves;
  if (a.address == row.ip.source && b.address == row.ip.destination) return 0;
  return b.address == row.ip.source && a.address == row.ip.destination ? 1 : 2;
}

void RowEnds::note(const Packet& row) {
  ++rows_;
  Connection* set = set_of(row);
  Connection* found = nullptr;
  std::size_t from = 2;
  for (std::size_t i = 0; i < limits::kRowWays && found == nullptr; ++i) {
    const Connection& each = set[i];
    from = direction_of(each, row);
    // Both ends of a talk within one machine have one address.
    for (std::size_t way = from; way < 2 && found == nullptr; ++way) {
      const bool same_hosts = each.halves[0].address == each.halves[1].address;
      if (way != from && !same_hosts) break;
      if (each.halves.at(way).port == row.source_port &&
          each.halves.at(1 - way).port == row.destination_port) {
        found = &set[i];
        from = way;
      }
    }
  }
  const bool is_syn = (row.tcp.flags & (flag::syn | flag::ack)) == flag::syn;
  if (found == nullptr) {
    found = std::ranges::min_element(set, set + limits::kRowWays, {}, &Connection::used);
    from = 0;
    *found = {};
  }
  if (is_syn) *found = {};
  found->halves.at(from).address = row.ip.source;
  found->halves.at(from).port = row.source_port;
  found->halves.at(1 - from).address = row.ip.destination;
  found->halves.at(1 - from).port = row.destination_port;
  found->used = rows_;
  Half& mine = found->halves.at(from);
  Half& theirs = found->halves.at(1 - from);
  found->is_reset = found->is_reset || (row.tcp.flags & flag::rst) != 0;
  mine.closed = mine.closed || (row.tcp.flags & flag::fin) != 0;
  if (!row.known.has(Field::payload_length)) return;
  const bool has_options = (row.tcp.flags & flag::syn) != 0;  // more of them than later
  // The shortest frames of Ethernet are filled up to 60 bytes.
  const bool is_filled = row.payload_length == 0 && row.wire_length == 60;
  if (row.wire_length > row.payload_length && !has_options && !is_filled) {
    mine.headers = static_cast<std::uint16_t>(
        std::min<std::uint32_t>(row.wire_length - row.payload_length, 0xffff));
  }
  if (!row.known.has(Field::tcp_sequence) || (row.tcp.flags & flag::rst) != 0) return;
  const bool takes_one = (row.tcp.flags & (flag::syn | flag::fin)) != 0;
  const std::uint32_t end = row.tcp.sequence + row.payload_length + (takes_one ? 1 : 0);
  if (!mine.knows_next || static_cast<std::int32_t>(end - mine.next) > 0) mine.next = end;
  mine.knows_next = true;
  if ((row.tcp.flags & flag::ack) == 0) return;
  const auto ahead = static_cast<std::int32_t>(row.tcp.acknowledgment - theirs.next);
  if (!theirs.knows_next || ahead > 0) theirs.next = row.tcp.acknowledgment;
  theirs.knows_next = true;
}

bool RowEnds::is_open(const Connection& connection, std::size_t from) {
  return !connection.halves.at(from).closed && !connection.is_reset;
}

// What begins a conversation, or answers its beginning, is said once.
bool RowEnds::is_fit(const Connection& connection, std::size_t from, const Packet& row) {
  using packet::Tongue;
  const bool is_named = connection.tongue != Tongue::unknown && row.tongue != Tongue::unknown;
  if (is_named && connection.tongue != row.tongue) return false;
  const std::string_view words = row.said;
  const Half& mine = connection.halves.at(from);
  const Half& theirs = connection.halves.at(1 - from);
  if (is_hello_of_client(words)) return !mine.spoke;
  if (is_hello_of_server(words)) return theirs.spoke && !mine.spoke;
  return is_greeting(words) ? !mine.spoke && !theirs.spoke : mine.spoke || theirs.spoke;
}

void RowEnds::fill(Connection& connection, std::size_t from, Packet& row) {
  Half& mine = connection.halves.at(from);
  const Half& theirs = connection.halves.at(1 - from);
  row.source_port = mine.port;
  row.destination_port = theirs.port;
  row.tcp.flags = flag::ack | flag::psh;
  mine.spoke = mine.spoke || !row.said.empty();
  if (mine.headers == 0 || row.wire_length <= mine.headers) return;
  row.payload_length = row.wire_length - mine.headers;
  row.known.set(Field::payload_length);
  if (!mine.knows_next || !theirs.knows_next) return;
  row.tcp.sequence = mine.next;
  row.tcp.acknowledgment = theirs.next;
  row.known.set(Field::tcp_sequence);
  mine.next += row.payload_length;
}

bool RowEnds::resolve(Packet& row, Others& others, bool& was_tls) {
  ++rows_;
  others.clear();
  // Which of one machine's two ends speaks is not shown.
  if (row.ip.source == row.ip.destination) return false;
  Connection* set = set_of(row);
  Connection* best = nullptr;
  std::size_t best_from = 0;
  bool is_best_fit = false;
  for (std::size_t i = 0; i < limits::kRowWays; ++i) {
    const std::size_t from = direction_of(set[i], row);
    if (from == 2 || !is_open(set[i], from)) continue;
    const bool fits = is_fit(set[i], from, row);
    const bool is_better =
        best == nullptr || (fits != is_best_fit ? fits : set[i].used > best->used);
    if (!is_better) continue;
    best = &set[i];
    best_from = from;
    is_best_fit = fits;
  }
  if (best == nullptr) return false;
  for (std::size_t i = 0; i < limits::kRowWays; ++i) {
    const Connection& each = set[i];
    const std::size_t from = direction_of(each, row);
    const bool is_other =
        from != 2 && &each != best && is_open(each, from) && is_fit(each, from, row) == is_best_fit;
    // A connection that rests is not the one that speaks just now.
    if (!is_other || each.used + limits::kRowsAtRest < rows_) continue;
    others.push_back({each.halves.at(from).port, each.halves.at(1 - from).port});
  }
  best->used = rows_;
  was_tls = best->tongue == packet::Tongue::tls;
  if (!row.said.empty()) best->tongue = row.tongue;
  fill(*best, best_from, row);
  return true;
}

std::size_t RowEnds::memory_bytes() {
  return limits::kRowSets * limits::kRowWays * sizeof(Connection);
}

}  // namespace whydown::journey
