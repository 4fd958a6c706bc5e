// What the fuzzers of the text decoders have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/hash.h"
#include "base/interner.h"
#include "packet/dns/dns.h"
#include "packet/note.h"
#include "packet/packet.h"

namespace whydown::packet {

// Decodes one line; what is present must be consistent.
template <typename Decode>
int fuzz_text(const std::uint8_t* data, std::size_t size, Decode decode) {
  base::Interner names({.names = 64, .bytes = 4096});
  static Packet packet;
  packet = Packet{};
  packet.notes.clear();
  dns::reset(packet.dns);
  decode(std::string_view{reinterpret_cast<const char*>(data), size}, names, packet);
  const auto require = [](bool holds) {
    if (!holds) __builtin_trap();
  };
  require(packet.transport == Transport::none || packet.network != Network::none);
  require(packet.application != Application::dns || packet.transport == Transport::udp ||
          packet.transport == Transport::tcp);
  require(packet.dns.name_hash == base::hash_bytes(packet.dns.question_name.view()));
  const bool icmp = packet.transport == Transport::icmp || packet.transport == Transport::icmp6;
  require(!packet.known.has(Field::quote) || icmp);
  for (const NoteAt& note : packet.notes) require(!note_id(note.note).empty());
  return 0;
}

}  // namespace whydown::packet
