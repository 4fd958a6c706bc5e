// Conversations: how they begin, close and leave. Their bytes are in stream_bytes.cpp.
#include "journey/streams.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;
namespace flag = packet::tcp_flag;

void Streams::add(Listener& listener) {
  if (listener_count_ < listeners_.size()) listeners_[listener_count_++] = &listener;
}

Listener* Streams::claimed(const Conversation& about, Side side, const Packet& packet,
                           std::span<const std::uint8_t> bytes) const {
  for (std::size_t i = 0; i < listener_count_; ++i) {
    const bool claims = bytes.empty() ? listeners_[i]->claims_words(about, side, packet.said)
                                      : listeners_[i]->claims(about, side, bytes);
    if (claims) return listeners_[i];
  }
  return nullptr;
}

Slot Streams::begin(const Connection& connection, Side side, const Packet& packet) {
  Conversation about;
  about.client = connection.client;
  about.server = connection.server;
  about.client_port = connection.client_port;
  about.server_port = connection.server_port;
  about.client_first = connection.client_first;
  about.mid_stream = connection.mid_stream;
  Listener* listener = claimed(about, side, packet, packet.payload);
  if (listener == nullptr) return kNoSlot;
  if (talks_.full()) make_room();
  const Slot slot = talks_.take();
  Talk& talk = talks_[slot];
  talk.about = about;
  talk.about.id = slot;
  talk.listener = listener;
  talk.flow = connection.flow;
  talk.begun = base::ns_of(packet.place.time);
  if (packet.known.has(Field::tcp_sequence)) {
    Half& mine = talk.half(side);
    mine.next = packet.tcp.sequence;
    mine.known = true;
    // What the sender has had of the other side so far ends here.
    Half& theirs = talk.half(other(side));
    theirs.next = packet.tcp.acknowledgment;
    theirs.known = (packet.tcp.flags & flag::ack) != 0;
  }
  by_age_.append(young, slot);
  note(talk, side, packet);
  context_.reader = listener;
  listener->on_begin(talk.about);
  return arrive({.slot = slot, .side = side, .packet = packet}) ? slot : kHeard;
}

bool Streams::packet(Slot slot, Slot flow, Side side, const Packet& packet) {
  Talk& talk = talks_[slot];
  if (talk.flow != flow) return false;
  context_.reader = talk.listener;
  note(talk, side, packet);
  return arrive({.slot = slot, .side = side, .packet = packet});
}

void Streams::note(Talk& talk, Side side, const Packet& packet) {
  talk.last_seen = base::ns_of(packet.place.time);
  talk.in_use = true;
  talk.about.timed = talk.about.timed && packet.has_time;
  Trace& first = talk.about.first[static_cast<std::size_t>(side)];
  const bool has_data = !packet.payload.empty() || !packet.said.empty();
  if (has_data && !first.is_set()) first = trace_of(packet);
}

bool Streams::arrive(const Arrival& arrival) {
  const Packet& packet = arrival.packet;
  const std::uint8_t flags = packet.tcp.flags;
  if ((flags & flag::rst) != 0) return close(arrival, true);
  if (!packet.said.empty() && !words(arrival)) return false;
  if (packet.payload.empty() && packet.payload_length != 0) pass_told(arrival);
  if (!packet.payload.empty() && !segment(arrival)) return false;
  if ((flags & flag::ack) != 0 && !heed_ack(arrival)) return false;
  if ((flags & flag::fin) != 0) {
    Half& half = half_of(arrival);
    if (half.closed || half.closing) return true;
    talks_[arrival.slot].about.closed[static_cast<std::size_t>(arrival.side)] = trace_of(packet);
    // Text shows no numbers that fit those of the handshake.
    half.close_at = half.known ? packet.tcp.sequence + packet.payload_length : half.next;
    half.closing = true;
  }
  talks_[arrival.slot].about.hole[static_cast<std::size_t>(arrival.side)] =
      half_of(arrival).island_count != 0;
  return finish_side(arrival);
}

bool Streams::words(const Arrival& arrival) {
  Talk& talk = talks_[arrival.slot];
  if (talk.over) hand_over(arrival, {});
  const Taken taken =
      talk.listener->on_words(talk.about, arrival.side, arrival.packet.said, arrival.packet);
  talk.over = talk.over || taken.over;
  if (taken.done) drop(arrival.slot);
  return !taken.done;
}

// Data that a row of a table tells of with its numbers, and does not show.
void Streams::pass_told(const Arrival& arrival) {
  const Packet& packet = arrival.packet;
  const bool is_told = packet.known.has(Field::tcp_sequence) &&
                       packet.known.has(Field::payload_length) && packet.payload_length != 0 &&
                       !packet.known.has(Field::bytes);
  if (!is_told) return;
  Talk& talk = talks_[arrival.slot];
  Half& half = half_of(arrival);
  if (!half.known) half.next = packet.tcp.sequence;
  half.known = true;
  const auto ahead =
      static_cast<std::int32_t>(packet.tcp.sequence + packet.payload_length - half.next);
  const auto side = static_cast<std::size_t>(arrival.side);
  if (ahead <= 0) {
    count_up(talk.about.repeats[side]);
    return;
  }
  talk.about.acknowledged[side] = false;
  advance_by(arrival, static_cast<std::uint32_t>(ahead));
}

void Streams::doubt(Slot slot, Slot flow) {
  Talk& talk = talks_[slot];
  if (talk.flow != flow) return;
  for (const Side side : {Side::client, Side::server}) talk.listener->on_gap(talk.about, side);
}

// A side is closed once everything before its FIN was given.
bool Streams::finish_side(const Arrival& arrival) {
  const Half& half = half_of(arrival);
  const bool all = half.island_count == 0 &&
                   static_cast<std::int32_t>(half.close_at - (half.next + half.ready)) <= 0;
  return !half.closing || half.closed || !all || close(arrival, false);
}

bool Streams::close(const Arrival& arrival, bool reset) {
  Talk& talk = talks_[arrival.slot];
  Half& half = half_of(arrival);
  half.closed = true;
  if (reset) {
    talk.about.closed[static_cast<std::size_t>(arrival.side)] = trace_of(arrival.packet);
  }
  if (!talk.listener->on_close(talk.about, arrival.side, reset, arrival.packet)) {
    drop(arrival.slot);
    return false;
  }
  if (!reset && !talk.half(other(arrival.side)).closed) return true;
  end_with(arrival.slot, End::closed);
  return false;
}

void Streams::hand_over(const Arrival& arrival, std::span<const std::uint8_t> bytes) {
  Talk& talk = talks_[arrival.slot];
  Listener* next = claimed(talk.about, arrival.side, arrival.packet, bytes);
  if (next == nullptr || next == talk.listener) return;
  talk.listener->on_end(talk.about, End::over);
  talk.over = false;
  talk.listener = next;
  talk.about.first = {};
  talk.about.bytes = {};
  note(talk, arrival.side, arrival.packet);
  next->on_begin(talk.about);
}

void Streams::end(Slot slot, Slot flow, End end) {
  if (talks_[slot].flow == flow) end_with(slot, end);
}

void Streams::end_with(Slot slot, End end) {
  Talk& talk = talks_[slot];
  talk.listener->on_end(talk.about, end);
  drop(slot);
}

void Streams::drop(Slot slot) {
  Talk& talk = talks_[slot];
  for (Half& half : talk.halves) drop_buffer(half);
  by_age_.remove(talk.age, slot);
  talk.flow = kNoSlot;
  talks_.give_back(slot);
}

// Those that were heard since the last look get another chance; young ones only go when there are
// no others.
void Streams::make_room() {
  Slot slot = by_age_.front(old);
  for (std::size_t i = 0; slot != kNoSlot && i < limits::kSecondChances; ++i) {
    if (!talks_[slot].in_use) break;
    talks_[slot].in_use = false;
    by_age_.remove(old, slot);
    by_age_.append(old, slot);
    slot = by_age_.front(old);
  }
  if (slot == kNoSlot) slot = by_age_.front(young);
  ++context_.totals.evicted;
  end_with(slot, End::pushed);
}

void Streams::advance() {
  const auto since = [&](std::int64_t then) {
    return base::between(base::time_from_ns(then), context_.now);
  };
  for (Slot slot = by_age_.front(young); slot != kNoSlot; slot = by_age_.front(young)) {
    Talk& talk = talks_[slot];
    if (since(talk.begun) < limits::kConnectHealing) break;
    by_age_.remove(young, slot);
    talk.age = old;
    talk.in_use = false;
    by_age_.append(old, slot);
    talk.listener->on_late(talk.about);
  }
  for (std::size_t i = 0; i < limits::kStreamSweep; ++i) {
    const Slot slot = by_age_.front(old);
    if (slot == kNoSlot) return;
    if (since(talks_[slot].last_seen) >= limits::kStreamIdle) {
      end_with(slot, End::idle);
    } else {
      by_age_.remove(old, slot);
      by_age_.append(old, slot);
    }
  }
}

void Streams::finish() {
  for (const Age age : {old, young}) {
    while (by_age_.front(age) != kNoSlot) end_with(by_age_.front(age), End::capture);
  }
}

std::size_t Streams::memory_bytes() {
  return Slab<Talk>::bytes(limits::kConversations) + Chains::bytes(ages, limits::kConversations) +
         Slab<Buffer>::bytes(limits::kStreamBuffers) + Chains::bytes(1, limits::kStreamBuffers) +
         (limits::kStreamBuffers + 1) * limits::kStreamBuffer;
}

}  // namespace whydown::journey
