// Pieces of datagrams in any order, overlapping, repeated and cut, beside the queries they answer:
// the tracker must bear them, and tell of no answer more than once. Each packet takes a few bytes
// of the input, and its data after them.
#include <algorithm>
#include <cstdint>

#include "base/cursor.h"
#include "journey/fuzz_judge.h"
#include "packet/dns/dns.h"

namespace {

using namespace whydown;
using journey::Outcome;
using journey::require;
using packet::Field;
using packet::Packet;

class Judge final : public journey::FuzzJudge {
 public:
  using FuzzJudge::FuzzJudge;
  std::uint64_t attempts = 0;

 private:
  void judge(const journey::Attempt& attempt) override {
    ++attempts;
    require(attempt.outcome != Outcome::silent || !attempt.answer.is_set());
  }
  void judge(const journey::Observation& observation) override {
    const bool is_piece = observation.sign == journey::Sign::first_piece_only ||
                          observation.sign == journey::Sign::joined_answer;
    if (is_piece) require(observation.packet.kind == journey::Kind::dns_answer);
  }
};

// The kind, which datagram, where its bytes begin and how many it claims; then as many as there
// are.
Packet packet_from(base::Cursor& bytes) {
  Packet packet;
  const std::uint8_t kind = bytes.u8();
  const bool is_query = (kind & 1U) != 0;
  const auto port = static_cast<std::uint16_t>(5000 + (kind >> 1U & 3U));
  packet.network = packet::Network::ipv4;
  packet.transport = packet::Transport::udp;
  packet.ip.protocol = 17;
  packet.ip.source = base::IpAddress::v4(is_query ? 0xc0000201U : 0xcb007102U);
  packet.ip.destination = base::IpAddress::v4(is_query ? 0xcb007102U : 0xc0000201U);
  packet.ip.id = kind >> 3U & 3U;
  packet.source_port = is_query ? port : std::uint16_t{53};
  packet.destination_port = is_query ? std::uint16_t{53} : port;
  packet.known.set(Field::bytes);
  packet.known.set(Field::ip_id);
  packet.known.set(Field::payload_length);
  const std::uint8_t place = is_query ? std::uint8_t{0} : bytes.u8();
  const std::uint8_t claims = bytes.u8();
  const auto data = bytes.take(std::min<std::size_t>(claims, bytes.remaining()));
  packet.ip.fragment_offset = static_cast<std::uint16_t>((place & 0x7fU) * 8U);
  packet.ip.more_fragments = (place & 0x80U) != 0;
  packet.fragment = data;
  packet.fragment_length = std::max<std::uint32_t>(claims, static_cast<std::uint32_t>(data.size()));
  constexpr std::size_t header = 8;
  if (packet.ip.fragment_offset != 0) {
    packet.transport = packet::Transport::none;
  } else if (data.size() >= header || is_query) {
    packet.payload = is_query ? data : data.subspan(header);
    packet.payload_length = static_cast<std::uint32_t>(packet.payload.size());
    const auto parsed = packet::dns::parse(packet.payload, packet.payload_length, packet.dns);
    if (parsed.has_header && packet.dns.response != is_query) {
      packet.application = packet::Application::dns;
      packet.known.set(Field::dns_id);
    }
  }
  return packet;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::Cursor bytes{{data, size}};
  base::Interner names{{.names = 16, .bytes = 4096}};
  Judge judge{names};
  journey::Tracker tracker{judge, names};
  std::uint64_t number = 0;
  std::int64_t time = 1'796'000'000'000'000'000;
  while (bytes.remaining() != 0 && number < 2000) {
    time += static_cast<std::int64_t>(bytes.u8() & 0x3fU) << 26U;  // up to four seconds
    Packet packet = packet_from(bytes);
    packet.place.number = ++number;
    packet.place.time = base::time_from_ns(time);
    tracker.packet(packet);
  }
  tracker.finish();
  require(tracker.totals().packets == number);
  require(judge.attempts <= number);
  return 0;
}
