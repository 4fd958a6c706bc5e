// Segments in any order, cut, repeated and overlapping, with bytes that look like TLS or DNS:
// whatever the listeners are told must add up. Each packet takes a few bytes of the input, and its
// data after them.
#include <algorithm>
#include <cstdint>

#include "base/cursor.h"
#include "journey/fuzz_judge.h"

namespace {

using namespace whydown;
using journey::Outcome;
using journey::require;
using journey::Symptom;
using packet::Field;
using packet::Packet;
namespace flag = packet::tcp_flag;

class Judge final : public journey::FuzzJudge {
 public:
  using FuzzJudge::FuzzJudge;

 private:
  void judge(const journey::Attempt& attempt) override {
    if (attempt.step != journey::Step::secure) return;
    const bool failed = attempt.outcome == Outcome::failed || attempt.outcome == Outcome::silent ||
                        attempt.outcome == Outcome::cut;
    require(failed == (attempt.symptom != Symptom::none));
    require(failed || attempt.outcome == Outcome::ok || attempt.open_at_end);
    require(attempt.outcome != Outcome::failed || attempt.answer.is_set());
    require(attempt.outcome != Outcome::silent || attempt.decided_by != journey::Kind::tls_alert);
    require(attempt.request.is_set());
  }
};

// What the high bits of the first byte choose.
std::uint8_t flags_of(std::uint8_t kind) {
  constexpr std::uint8_t kFlags[] = {flag::ack, flag::ack,
                                     flag::ack, flag::ack | flag::fin,
                                     flag::rst, flag::rst | flag::ack,
                                     flag::syn, flag::syn | flag::ack};
  return kFlags[kind >> 5U];
}

// Side, connection and flags; how far the sequence number is off; the size of the data and how much
// of it was captured; the acknowledgment; the time.
Packet packet_from(base::Cursor& bytes, std::uint32_t (&next)[4][2]) {
  Packet packet;
  const std::uint8_t kind = bytes.u8();
  const std::size_t connection = kind & 3U;
  const std::size_t side = (kind >> 2U) & 1U;
  const std::uint8_t off = bytes.u8();
  const std::uint8_t size = bytes.u8();
  const std::uint8_t acknowledged = bytes.u8();
  const auto client = static_cast<std::uint16_t>(40000 + connection);
  packet.network = packet::Network::ipv4;
  packet.transport = packet::Transport::tcp;
  packet.ip.source = base::IpAddress::v4(side == 0 ? 0xc0000201U : 0xcb007102U);
  packet.ip.destination = base::IpAddress::v4(side == 0 ? 0xcb007102U : 0xc0000201U);
  const std::uint16_t server = connection == 3 ? 53 : 443;  // DNS is known by its port
  packet.source_port = side == 0 ? client : server;
  packet.destination_port = side == 0 ? server : client;
  packet.tcp.flags = flags_of(kind);
  for (const Field field : {Field::bytes, Field::tcp_sequence, Field::payload_length}) {
    packet.known.set(field);
  }
  std::uint32_t& mine = next[connection][side];
  const std::uint32_t theirs = next[connection][1 - side];
  packet.tcp.sequence = mine + (off < 0xc0 ? 0U : static_cast<std::uint32_t>(off) - 0xe0U);
  packet.tcp.acknowledgment = theirs + (acknowledged < 0xe0 ? 0U : acknowledged - 0xf0U);
  packet.payload = bytes.take(std::min<std::size_t>(size, bytes.remaining()));
  packet.payload_length = static_cast<std::uint32_t>(packet.payload.size());
  if ((kind & 0x18U) == 0x18U) packet.payload_length += 40;
  const bool counts = (packet.tcp.flags & (flag::syn | flag::fin)) != 0;
  if (off < 0xc0) mine += packet.payload_length + (counts ? 1U : 0U);
  return packet;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::Cursor bytes{{data, size}};
  base::Interner names{{.names = 16, .bytes = 4096}};
  Judge judge{names};
  journey::Tracker tracker{judge, names};
  std::uint32_t next[4][2] = {};
  std::uint64_t number = 0;
  std::int64_t time = 1'796'000'000'000'000'000;
  while (bytes.remaining() != 0 && number < 2000) {
    time += static_cast<std::int64_t>(bytes.u8() & 0x3fU) << 26U;  // up to four seconds
    Packet packet = packet_from(bytes, next);
    packet.place.number = ++number;
    packet.place.time = base::time_from_ns(time);
    tracker.packet(packet);
  }
  tracker.finish();
  require(tracker.totals().packets == number);
  return 0;
}
