#include "journey/fragments.h"

#include <algorithm>
#include <cstring>

#include "packet/dns/dns.h"
#include "packet/ip/ip.h"

namespace whydown::journey {

using packet::Field;
using packet::Note;
using packet::Packet;
using packet::Transport;

namespace {

constexpr std::size_t kUdpHeader = 8;
constexpr std::uint32_t kMostBytes = 65535;  // of a datagram (RFC 791 3.1)

// What all pieces of a datagram have in common.
std::uint64_t key_of(const Packet& packet) {
  return fold(pair_hash(packet.ip.source, packet.ip.destination), packet.ip.id);
}

}  // namespace

Fragments::Fragments(Context& context, DnsTracker& dns)
    : context_(context), dns_(dns), message_(std::make_unique<Packet>()) {}

bool Fragments::packet(const Packet& packet) {
  const bool is_udp = packet.ip.protocol == packet::ip::protocol::udp;
  if (!is_udp || !packet.known.has(Field::bytes) || !packet.known.has(Field::ip_id)) return false;
  const std::uint64_t key = key_of(packet);
  const auto hash = static_cast<std::uint32_t>(key);
  Slot slot = find(packet, hash);
  const bool is_first = packet.ip.fragment_offset == 0;
  if (is_first && packet.application != packet::Application::dns) {
    if (slot != kNoSlot) forget(slot);
    not_dns_.get(key).last = base::ns_of(packet.place.time);
    return false;
  }
  if (slot == kNoSlot && !is_first) {
    const NotDns* other = not_dns_.find(key);
    const bool is_other = other != nullptr && base::between(base::time_from_ns(other->last),
                                                            packet.place.time) < limits::kPieceWait;
    if (is_other) return false;
  }
  if (slot == kNoSlot) slot = open(packet, hash);
  if (add(slot, packet)) {
    tell(slot);
    forget(slot);
  } else if (is_first && !datagrams_[slot].spoilt) {
    dns_.packet(packet);
  }
  return true;
}

Slot Fragments::find(const Packet& packet, std::uint32_t hash) const {
  return find_in(by_hash_, hash % limits::kPieced, [&](Slot slot) {
    const Datagram& datagram = datagrams_[slot];
    return datagram.id == packet.ip.id && datagram.source == packet.ip.source &&
           datagram.destination == packet.ip.destination;
  });
}

Slot Fragments::open(const Packet& packet, std::uint32_t hash) {
  if (datagrams_.full()) {
    ++context_.totals.evicted;
    forget(by_age_.front(0));
  }
  const Slot slot = datagrams_.take();
  Datagram& datagram = datagrams_[slot];
  datagram.source = packet.ip.source;
  datagram.destination = packet.ip.destination;
  datagram.id = packet.ip.id;
  datagram.hash = hash;
  datagram.last_seen = base::ns_of(packet.place.time);
  datagram.place = packet.place;
  by_hash_.append(hash % limits::kPieced, slot);
  by_age_.append(0, slot);
  return slot;
}

// True when the datagram is whole now.
bool Fragments::add(Slot slot, const Packet& packet) {
  Datagram& datagram = datagrams_[slot];
  const std::uint32_t begin = packet.ip.fragment_offset;
  const std::uint32_t end = begin + packet.fragment_length;
  const bool is_last = !packet.ip.more_fragments;
  if (datagram.spoilt) return false;
  const bool is_sane =
      end > begin && end <= kMostBytes &&
      (datagram.total == 0 || (end <= datagram.total && (!is_last || end == datagram.total)));
  const Fit fit = is_sane ? add_run(datagram, begin, end) : Fit::overlaps;
  if (fit == Fit::overlaps || fit == Fit::too_many) {
    datagram.spoilt = true;
    note(Note::fragments_overlap, packet.place);
    return false;
  }
  if (fit == Fit::known) return false;
  if (is_last) datagram.total = end;
  keep_bytes(slot, packet);
  if (begin == 0) {
    datagram.has_first = true;
    datagram.place = packet.place;
    datagram.ip = packet.ip;
    datagram.link = packet.link;
    datagram.known = packet.known;
    datagram.network = packet.network;
    datagram.has_time = packet.has_time;
    datagram.source_port = packet.source_port;
    datagram.destination_port = packet.destination_port;
    datagram.first_captured = static_cast<std::uint32_t>(packet.fragment.size());
    datagram.ends = context_.ends;
  }
  const Run& first = datagram.runs[0];
  return datagram.total != 0 && datagram.run_count == 1 && first.begin == 0 &&
         first.end >= datagram.total;
}

// In order, those that touch joined.
Fragments::Fit Fragments::add_run(Datagram& datagram, std::uint32_t begin, std::uint32_t end) {
  std::array<Run, limits::kPieceRuns + 1> runs;
  std::uint8_t count = 0;
  bool is_placed = false;
  const auto put = [&](Run run) {
    if (count != 0 && runs[count - 1U].end == run.begin) {
      runs[count - 1U].end = run.end;
    } else {
      runs[count++] = run;
    }
  };
  for (std::uint8_t i = 0; i < datagram.run_count; ++i) {
    const Run& run = datagram.runs[i];
    if (begin < run.end && run.begin < end) {
      return run.begin <= begin && end <= run.end ? Fit::known : Fit::overlaps;
    }
    if (!is_placed && end <= run.begin) {
      put({.begin = begin, .end = end});
      is_placed = true;
    }
    put(run);
  }
  if (!is_placed) put({.begin = begin, .end = end});
  if (count > limits::kPieceRuns) return Fit::too_many;
  std::copy_n(runs.begin(), count, datagram.runs.begin());
  datagram.run_count = count;
  return Fit::added;
}

// What the snap length or the buffer leaves out stays zero; tell() says that the message is cut.
void Fragments::keep_bytes(Slot slot, const Packet& packet) {
  const std::size_t begin = packet.ip.fragment_offset;
  if (begin >= limits::kPiecedBytes) return;
  std::uint8_t* to = bytes_of(slot) + begin;
  const std::size_t room =
      std::min<std::size_t>(limits::kPiecedBytes - begin, packet.fragment_length);
  const std::size_t count = std::min(room, packet.fragment.size());
  if (count != 0) std::memcpy(to, packet.fragment.data(), count);
  std::memset(to + count, 0, room - count);
  datagrams_[slot].captured_to_end = datagrams_[slot].captured_to_end && count == room;
}

void Fragments::tell(Slot slot) {
  const Datagram& datagram = datagrams_[slot];
  if (datagram.total < kUdpHeader) return;
  Packet& message = *message_;
  message.place = datagram.place;
  message.known = datagram.known;
  message.has_time = datagram.has_time;
  message.network = datagram.network;
  message.transport = Transport::udp;
  message.application = packet::Application::dns;
  message.link = datagram.link;
  message.ip = datagram.ip;
  message.ip.more_fragments = false;
  message.source_port = datagram.source_port;
  message.destination_port = datagram.destination_port;
  message.payload_length = datagram.total - static_cast<std::uint32_t>(kUdpHeader);
  const std::size_t kept = std::min<std::size_t>(
      datagram.captured_to_end ? datagram.total : datagram.first_captured, limits::kPiecedBytes);
  message.payload = {bytes_of(slot) + kUdpHeader, kept < kUdpHeader ? 0 : kept - kUdpHeader};
  const auto parsed = packet::dns::parse(message.payload, message.payload_length, message.dns);
  if (!parsed.has_header) return;
  message.known.set(Field::payload_length);
  message.known.set(Field::dns_id);
  message.known.clear(Field::dns_sections);
  if (message.dns.completeness == packet::dns::Completeness::whole) {
    message.known.set(Field::dns_sections);
  }
  const std::uint64_t ends = context_.ends;
  context_.ends = datagram.ends;
  dns_.packet(message);
  context_.ends = ends;
}

void Fragments::forget(Slot slot) {
  const Datagram& datagram = datagrams_[slot];
  if (!datagram.has_first && !datagram.spoilt) note(Note::fragments_without_first, datagram.place);
  by_hash_.remove(datagram.hash % limits::kPieced, slot);
  by_age_.remove(0, slot);
  datagrams_.give_back(slot);
}

void Fragments::note(Note note, const base::Place& place) {
  const auto index = static_cast<std::size_t>(note);
  if (context_.totals.notes[index]++ == 0) context_.totals.note_first[index] = place;
}

void Fragments::advance() {
  for (Slot slot = by_age_.front(0); slot != kNoSlot; slot = by_age_.front(0)) {
    const base::Time seen = base::time_from_ns(datagrams_[slot].last_seen);
    if (base::between(seen, context_.now) < limits::kPieceWait) break;
    forget(slot);
  }
}

void Fragments::finish() {
  while (by_age_.front(0) != kNoSlot) forget(by_age_.front(0));
}

std::size_t Fragments::memory_bytes() {
  return sizeof(Packet) + Slab<Datagram>::bytes(limits::kPieced) +
         Chains::bytes(limits::kPieced, limits::kPieced) + Chains::bytes(1, limits::kPieced) +
         Memory<NotDns>::bytes(limits::kPiecedOthers) +
         (limits::kPieced + 1) * limits::kPiecedBytes;
}

}  // namespace whydown::journey
