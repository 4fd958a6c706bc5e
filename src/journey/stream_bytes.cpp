// Bytes in order: what is read in place, what is kept, and what is given up.
#include <algorithm>
#include <cstring>

#include "journey/streams.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;

namespace {

// A segment this far ahead belongs to something else.
constexpr std::uint32_t kFarAhead = 1U << 24U;

std::uint32_t size_of(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(bytes.size());
}

}  // namespace

bool Streams::segment(const Arrival& arrival) {
  Half& half = half_of(arrival);
  const Packet& packet = arrival.packet;
  if (half.closed || !packet.known.has(Field::tcp_sequence)) return true;
  std::span<const std::uint8_t> bytes = packet.payload;
  std::uint32_t claimed = std::max(packet.payload_length, size_of(bytes));
  std::uint32_t sequence = packet.tcp.sequence;
  if (!half.known) {
    half.known = true;
    half.next = sequence;
  }
  if (static_cast<std::int32_t>(sequence - half.next) < 0) {
    const std::uint32_t repeated = half.next - sequence;
    if (repeated >= claimed) {
      count_up(talks_[arrival.slot].about.repeats[static_cast<std::size_t>(arrival.side)]);
      return true;
    }
    bytes = bytes.subspan(std::min<std::size_t>(repeated, bytes.size()));
    claimed -= repeated;
    sequence = half.next;
  }
  if (sequence - half.next > std::max<std::uint64_t>(kFarAhead, half.skip)) return true;
  // A hole in what nobody wants to see is none.
  const auto passed =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(half.skip, sequence - half.next));
  if (half.buffer == kNoSlot && passed != 0) {
    half.skip -= passed;
    advance_by(arrival, passed);
  }
  const std::uint32_t offset = sequence - half.next;
  if (offset == 0 && half.buffer == kNoSlot) return give(arrival, bytes, claimed - size_of(bytes));
  return keep(arrival, offset, bytes);
}

void Streams::advance_by(const Arrival& arrival, std::uint32_t count) {
  Talk& talk = talks_[arrival.slot];
  talk.half(arrival.side).next += count;
  talk.about.bytes[static_cast<std::size_t>(arrival.side)] += count;
}

// Asks the listener. `used`: bytes that it read or skips, of those offered.
bool Streams::offer(const Arrival& arrival, std::span<const std::uint8_t> bytes,
                    std::uint32_t& used) {
  Talk& talk = talks_[arrival.slot];
  Half& half = talk.half(arrival.side);
  if (talk.over) hand_over(arrival, bytes);
  const Taken taken = talk.listener->on_bytes(talk.about, arrival.side, bytes, arrival.packet);
  if (taken.done) {
    drop(arrival.slot);
    return false;
  }
  talk.over = talk.over || taken.over;
  const std::uint32_t read = std::min(taken.read, size_of(bytes));
  const auto skipped =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(taken.skip, size_of(bytes) - read));
  half.skip = taken.skip - skipped;
  half.wants = taken.wants;
  used = read + skipped;
  return true;
}

// Bytes that come next; `missing` ones behind them were not captured.
bool Streams::give(const Arrival& arrival, std::span<const std::uint8_t> bytes,
                   std::uint32_t missing) {
  Half& half = half_of(arrival);
  const auto pass = static_cast<std::uint32_t>(std::min<std::uint64_t>(half.skip, bytes.size()));
  half.skip -= pass;
  advance_by(arrival, pass);
  talks_[arrival.slot].about.acknowledged[static_cast<std::size_t>(arrival.side)] = false;
  bytes = bytes.subspan(pass);
  bool& is_cut = talks_[arrival.slot].about.cut[static_cast<std::size_t>(arrival.side)];
  is_cut = missing != 0;
  while (!bytes.empty()) {
    std::uint32_t used = 0;
    if (!offer(arrival, bytes, used)) return false;
    if (used == 0) break;
    advance_by(arrival, used);
    bytes = bytes.subspan(used);
  }
  if (missing == 0) return bytes.empty() || keep(arrival, 0, bytes);
  const auto unseen = static_cast<std::uint32_t>(std::min<std::uint64_t>(half.skip, missing));
  half.skip -= unseen;
  advance_by(arrival, size_of(bytes) + missing);
  if (!bytes.empty() || unseen < missing) gap(arrival);
  is_cut = false;
  return true;
}

void Streams::gap(const Arrival& arrival) {
  Talk& talk = talks_[arrival.slot];
  Half& half = talk.half(arrival.side);
  half.wants = 0;
  half.skip = 0;
  half.acks = 0;
  talk.listener->on_gap(talk.about, arrival.side);
}

// Bytes to wait with: those behind a hole, or of a message that is not whole.
bool Streams::keep(const Arrival& arrival, std::uint32_t offset,
                   std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return true;
  Half& half = half_of(arrival);
  const std::uint32_t end = offset + size_of(bytes);
  bool fits = end <= limits::kStreamBuffer;
  if (fits && half.buffer == kNoSlot) take_buffer(arrival);
  if (fits) fits = offset <= half.ready || add_island(half, offset, end);
  if (!fits) {
    drop_buffer(half);
    const bool is_next = offset == 0;
    advance_by(arrival, is_next ? end : offset);
    gap(arrival);
    return is_next || give(arrival, bytes, 0);
  }
  std::memcpy(bytes_of(half) + offset, bytes.data(), bytes.size());
  if (offset <= half.ready) {
    half.ready = static_cast<std::uint16_t>(std::max<std::uint32_t>(half.ready, end));
    consume(arrival, 0);
  }
  return offer_kept(arrival);
}

bool Streams::offer_kept(const Arrival& arrival) {
  Half& half = half_of(arrival);
  while (half.buffer != kNoSlot && half.ready != 0) {
    const bool full = half.ready == limits::kStreamBuffer;
    if (half.wants > half.ready && !full) break;
    std::uint32_t used = 0;
    if (!offer(arrival, {bytes_of(half), half.ready}, used)) return false;
    if (used == 0 && full) {
      used = half.ready;
      gap(arrival);
    }
    if (used == 0) break;
    consume(arrival, used);
    if (half.skip != 0 && half.island_count != 0) {
      const std::uint32_t last = half.islands[half.island_count - 1U].end;
      const auto passed = static_cast<std::uint32_t>(std::min<std::uint64_t>(half.skip, last));
      half.skip -= passed;
      consume(arrival, passed);
    }
  }
  if (half.ready == 0 && half.island_count == 0) drop_buffer(half);
  return true;
}

// Moves what is left of the buffer to its beginning, and joins what became whole.
void Streams::consume(const Arrival& arrival, std::uint32_t count) {
  Half& half = half_of(arrival);
  std::uint8_t* bytes = bytes_of(half);
  const std::uint32_t filled =
      half.island_count != 0 ? half.islands[half.island_count - 1U].end : half.ready;
  if (count != 0 && count < filled) std::memmove(bytes, bytes + count, filled - count);
  advance_by(arrival, count);
  std::uint32_t ready = half.ready > count ? half.ready - count : 0;
  std::uint8_t left = 0;
  for (std::uint8_t i = 0; i < half.island_count; ++i) {
    const Island& island = half.islands[i];
    const std::uint32_t begin = island.begin > count ? island.begin - count : 0;
    const std::uint32_t end = island.end > count ? island.end - count : 0;
    if (end <= ready) continue;
    if (begin <= ready) {
      ready = end;
    } else {
      half.islands[left++] = {.begin = static_cast<std::uint16_t>(begin),
                              .end = static_cast<std::uint16_t>(end)};
    }
  }
  half.island_count = left;
  half.ready = static_cast<std::uint16_t>(ready);
  if (left == 0) half.acks = 0;
}

// In order, those that touch joined. False when there are too many.
bool Streams::add_island(Half& half, std::uint32_t begin, std::uint32_t end) {
  std::uint8_t count = 0;
  std::uint8_t at = 0;
  std::array<Island, limits::kIslands> islands;
  for (std::uint8_t i = 0; i < half.island_count; ++i) {
    const Island& island = half.islands[i];
    if (island.begin <= end && begin <= island.end) {
      begin = std::min<std::uint32_t>(begin, island.begin);
      end = std::max<std::uint32_t>(end, island.end);
      continue;
    }
    if (island.end < begin) at = static_cast<std::uint8_t>(count + 1);
    islands[count++] = island;
  }
  if (count == limits::kIslands) return false;
  for (std::uint8_t i = count; i > at; --i) islands[i] = islands[i - 1U];
  islands[at] = {.begin = static_cast<std::uint16_t>(begin),
                 .end = static_cast<std::uint16_t>(end)};
  half.islands = islands;
  half.island_count = static_cast<std::uint8_t>(count + 1);
  return true;
}

// The other side has bytes that were never captured.
bool Streams::heed_ack(const Arrival& arrival) {
  const Arrival theirs{.slot = arrival.slot, .side = other(arrival.side), .packet = arrival.packet};
  Half& half = half_of(theirs);
  if (!half.known || half.closed) return true;
  const std::uint32_t acknowledgment = arrival.packet.tcp.acknowledgment;
  const auto ahead = static_cast<std::int32_t>(acknowledgment - (half.next + half.ready));
  Conversation& about = talks_[arrival.slot].about;
  about.acknowledged[static_cast<std::size_t>(theirs.side)] = ahead >= 0;
  about.unseen[static_cast<std::size_t>(theirs.side)] = ahead > 0;
  if (half.island_count == 0 && !half.closing) return true;
  const std::uint32_t behind =
      half.island_count != 0 ? half.next + half.islands[0].begin : half.close_at;
  if (static_cast<std::int32_t>(acknowledgment - behind) < 0) return true;
  // A FIN is acknowledged once.
  if (half.island_count != 0 && ++half.acks < limits::kHoleAcks) return true;
  return give_up_hole(theirs) && finish_side(theirs);
}

bool Streams::give_up_hole(const Arrival& arrival) {
  Half& half = half_of(arrival);
  if (half.island_count == 0) {
    drop_buffer(half);
    advance_by(arrival, half.close_at - half.next);
    gap(arrival);
    return true;
  }
  consume(arrival, half.islands[0].begin);
  gap(arrival);
  return offer_kept(arrival);
}

void Streams::take_buffer(const Arrival& arrival) {
  if (buffers_.full()) {
    const Slot oldest = buffer_ages_.front(0);
    const Buffer& buffer = buffers_[oldest];
    const Arrival theirs{.slot = buffer.talk, .side = buffer.side, .packet = arrival.packet};
    Half& half = half_of(theirs);
    const std::uint32_t lost =
        half.island_count != 0 ? half.islands[half.island_count - 1U].end : half.ready;
    ++context_.totals.evicted;
    drop_buffer(half);
    advance_by(theirs, lost);
    gap(theirs);
  }
  const Slot slot = buffers_.take();
  buffers_[slot] = {.talk = arrival.slot, .side = arrival.side};
  buffer_ages_.append(0, slot);
  half_of(arrival).buffer = slot;
}

void Streams::drop_buffer(Half& half) {
  if (half.buffer != kNoSlot) {
    buffer_ages_.remove(0, half.buffer);
    buffers_.give_back(half.buffer);
  }
  half.buffer = kNoSlot;
  half.ready = 0;
  half.island_count = 0;
}

}  // namespace whydown::journey
