// The seam between the decoders of one frame.
//
// A decoder reads its header off the front of `Layer::rest`, fills its part of the packet, and says
// what follows as a registry and a number: ethertype 0x0800, IP protocol 17, UDP port 53. It knows
// none of its children; decoder.cpp holds the one table that does.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "packet/note.h"
#include "packet/packet.h"

namespace whydown::packet {

enum class Space : std::uint8_t { none, link_type, ethertype, ip_protocol, udp_port, tcp_port };

// A registry in the upper half, the number in the lower: one integer, so that it can be switched
// on.
using Next = std::uint32_t;

constexpr Next next(Space space, std::uint16_t number) {
  return static_cast<Next>(space) << 16U | number;
}
constexpr Space space_of(Next next) { return static_cast<Space>(next >> 16U); }
constexpr std::uint16_t number_of(Next next) { return static_cast<std::uint16_t>(next); }

inline constexpr Next kStop = next(Space::none, 0);

struct Layer {
  Packet& packet;
  const std::uint8_t* frame;  // the frame's first byte
  // Bytes that `rest` had on the wire, as the enclosing headers claim; never less than captured.
  std::size_t claimed;
  std::span<const std::uint8_t> rest;  // captured bytes not yet decoded

  // Notes each kind once per packet. `ahead` is the offset of the oddity within `rest`.
  [[gnu::cold, gnu::noinline]] void note(Note kind, std::size_t ahead = 0) {
    for (const NoteAt& seen : packet.notes) {
      if (seen.note == kind) return;
    }
    const auto offset = static_cast<std::size_t>(rest.data() - frame) + ahead;
    packet.notes.push_back(
        {kind, static_cast<std::uint16_t>(std::min<std::size_t>(offset, 0xffff))});
  }

  // The header does not fit in `rest`: the snaplen's doing, or else `otherwise`.
  [[gnu::cold, gnu::noinline]] Next stop_short(Note otherwise) {
    const bool cut = rest.size() < claimed && packet.captured_length < packet.wire_length;
    note(cut ? Note::truncated_capture : otherwise, rest.size());
    return kStop;
  }

  // Steps over `header` bytes; the caller has checked that they are there.
  void advance(std::size_t header) {
    rest = rest.subspan(header);
    claimed -= header;
  }

  // What follows is `length` bytes, as a header says: the rest is padding, or was not captured.
  void clip(std::size_t length) {
    claimed = length;
    rest = rest.first(std::min(rest.size(), length));
  }
};

}  // namespace whydown::packet
