#include "base/hash.h"
#include "packet/dns/dns.h"
#include "packet/note.h"
#include "packet/tcpdump_text/tcpdump_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace whydown;
  base::Interner names({.names = 64, .bytes = 4096});
  static packet::Packet packet;
  packet = packet::Packet{};
  packet.notes.clear();
  packet::dns::reset(packet.dns);
  packet::decode_tcpdump_text({reinterpret_cast<const char*>(data), size}, names, packet);
  // What is present must be consistent.
  if (packet.transport != packet::Transport::none && packet.network == packet::Network::none) {
    __builtin_trap();
  }
  if (packet.application == packet::Application::dns &&
      packet.transport != packet::Transport::udp && packet.transport != packet::Transport::tcp) {
    __builtin_trap();
  }
  if (packet.dns.name_hash != base::hash_bytes(packet.dns.question_name.view())) __builtin_trap();
  const bool icmp =
      packet.transport == packet::Transport::icmp || packet.transport == packet::Transport::icmp6;
  if (packet.known.has(packet::Field::quote) && !icmp) __builtin_trap();
  for (const packet::NoteAt& note : packet.notes) {
    if (packet::note_id(note.note).empty()) __builtin_trap();
  }
  return 0;
}
