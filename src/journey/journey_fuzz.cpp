// Any packets in any order and at any time must keep the tracker's promises. The input's bytes
// choose small packets whose few addresses and ports meet often; each packet takes up to twelve
// bytes.
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
using packet::Transport;

class Judge final : public journey::FuzzJudge {
 public:
  using FuzzJudge::FuzzJudge;
  std::uint64_t tries() const { return tries_; }

 private:
  void judge(const journey::Attempt& attempt) override {
    const bool failed = attempt.outcome == Outcome::refused || attempt.outcome == Outcome::failed ||
                        attempt.outcome == Outcome::silent || attempt.outcome == Outcome::cut;
    const bool slow = attempt.outcome == Outcome::slow;
    require(slow || failed == (attempt.symptom != Symptom::none));
    require(!slow || attempt.symptom == Symptom::none || attempt.symptom == Symptom::slow_answer ||
            attempt.symptom == Symptom::lossy);
    require((attempt.outcome == Outcome::silent) ==
            (attempt.symptom == Symptom::no_response || attempt.symptom == Symptom::no_offer ||
             attempt.symptom == Symptom::stalled || attempt.symptom == Symptom::too_big));
    require(!attempt.open_at_end || attempt.outcome == Outcome::unknown);
    require(!attempt.healed || failed);
    require(!attempt.mid_stream || attempt.outcome == Outcome::unknown);
    require(attempt.request_seen == (attempt.tries != 0));
    // Of a transfer it is the data at which trouble began.
    require(!attempt.last_request.is_set() || attempt.tries > 1 ||
            attempt.step == journey::Step::transfer);
    // Who contradicts whom is told beside who asks whom, of the same packets.
    const bool is_contest =
        attempt.symptom == Symptom::conflict || attempt.symptom == Symptom::spoofed;
    tries_ += is_contest ? 0 : attempt.tries;
  }

  std::uint64_t tries_ = 0;
};

base::IpAddress address(std::uint8_t choice, bool v6) {
  if ((choice & 0x0fU) == 15) return base::IpAddress::v4(0xe00000fb);
  if ((choice & 0x0fU) == 14) return {};
  if (!v6) return base::IpAddress::v4(0xc0000200U + (choice & 3U));
  std::uint8_t bytes[16] = {0x20, 0x01, 0x0d, 0xb8};
  bytes[15] = choice & 3U;
  return base::IpAddress::v6(bytes);
}

std::uint16_t port(std::uint8_t choice) {
  constexpr std::uint16_t kPorts[] = {53, 80, 443, 33440, 40000, 40001, 5353, 0};
  return kPorts[choice & 7U];
}

void fill_dns(base::Cursor& bytes, Packet& packet) {
  constexpr const char* kNames[] = {"a.example", "a.example.lan", "wpad", ""};
  const std::uint8_t choice = bytes.u8();
  packet.application = packet::Application::dns;
  packet.known.set(Field::dns_id);
  packet.dns.response = (choice & 1U) != 0;
  packet.dns.id = (choice >> 1U) & 3U;
  packet.dns.question_type = (choice & 8U) != 0 ? packet::dns::type::aaaa : packet::dns::type::a;
  packet.dns.set_question_name(kNames[(choice >> 4U) & 3U]);
  packet.dns.truncated = (choice & 0x80U) != 0;
  const std::uint8_t answer = bytes.u8();
  packet.dns.rcode = static_cast<packet::dns::Rcode>(answer & 7U);
  if ((answer & 8U) == 0) return;
  packet.known.set(Field::dns_sections);
  packet::dns::Record record;
  record.type = packet.dns.question_type;
  record.address = address(answer >> 4U, record.type == packet::dns::type::aaaa);
  packet.dns.records.push_back(record);
  packet.dns.answer_count = 1;
}

void fill_icmp(base::Cursor& bytes, bool v6, Packet& packet) {
  constexpr std::uint8_t kTypes[] = {3, 11, 8, 0, 1, 128, 129, 135, 136, 5, 2, 12, 4, 3, 1, 3};
  const std::uint8_t choice = bytes.u8();
  const std::uint8_t quote = bytes.u8();
  packet.transport = v6 ? Transport::icmp6 : Transport::icmp;
  packet.icmp.type = kTypes[choice & 15U];
  packet.icmp.code = choice >> 4U;
  packet.icmp.identifier = quote & 1U;
  packet.icmp.sequence = (quote >> 1U) & 3U;
  packet.icmp.target = address(quote, v6);
  packet::Quoted& quoted = packet.icmp.quoted;
  quoted.transport = static_cast<Transport>((quote >> 2U) % 6U);
  quoted.ip.source = address(quote >> 5U, v6);
  quoted.ip.destination = address(bytes.u8(), v6);
  const std::uint8_t ports = bytes.u8();
  quoted.source_port = port(ports);
  quoted.destination_port = port(ports >> 3U);
  quoted.has_dns_id = (ports & 0x40U) != 0;
  quoted.dns_id = ports >> 7U;
  if ((quote & 1U) == 0) packet.known.set(Field::quote_source_port);
  // Some senders' quotes are not shown, of some the IP header is.
  const std::uint8_t sender = packet.ip.ttl;
  if ((sender & 0x20U) == 0) packet.known.set(Field::quote);
  if ((sender & 0x10U) == 0) return;
  packet.known.set(Field::quote_header);
  quoted.ip.id = sender >> 6U;
  quoted.ip.protocol = (sender & 8U) != 0 ? 6 : 17;
}

void fill_dhcp(base::Cursor& bytes, Packet& packet) {
  const std::uint8_t choice = bytes.u8();
  const std::uint8_t who = bytes.u8();
  packet.application = packet::Application::dhcp;
  packet::dhcp::Message& message = packet.dhcp;
  message.type = static_cast<packet::dhcp::Type>(choice & 0x0fU);
  message.is_reply = (choice & 0x10U) != 0;
  message.has_id = (choice & 0x20U) == 0;
  message.id = who & 3U;
  if ((choice & 0x40U) == 0)
    message.client = {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(who >> 4U)}};
  if ((choice & 0x80U) != 0) message.yours = address(who >> 2U, false);
  if ((who & 8U) != 0) message.server = address(who >> 3U, false);
}

Packet packet_from(base::Cursor& bytes) {
  Packet packet;
  const std::uint8_t kind = bytes.u8();
  const std::uint8_t ends = bytes.u8();
  const bool v6 = (kind & 0x10U) != 0;
  packet.has_time = (kind & 0xe0U) != 0x20U;
  if ((kind & 0x80U) != 0) packet.known.set(Field::bytes);
  packet.network = v6 ? packet::Network::ipv6 : packet::Network::ipv4;
  packet.ip.source = address(ends & 0x0fU, v6);
  packet.ip.destination = address(ends >> 4U, v6);
  packet.ip.ttl = bytes.u8();
  packet.ip.id = packet.ip.ttl & 7U;
  packet.known.set(Field::ttl);
  packet.known.set(Field::ip_id);
  packet.known.set(Field::payload_length);
  const std::uint8_t ports = bytes.u8();
  packet.source_port = port(ports);
  packet.destination_port = port(ports >> 3U);
  packet.place.input = ports >> 7U;
  switch (kind & 7U) {
    case 0:
      packet.network = packet::Network::arp;
      packet.arp.operation = 1U + (ports & 1U);
      packet.arp.sender = packet.ip.source;
      packet.arp.target = packet.ip.destination;
      packet.arp.sender_mac = {{2, 0, 0, static_cast<std::uint8_t>(ports >> 4U), 0, 1}};
      break;
    case 1:
      packet.transport = Transport::udp;
      if ((ports & 0x40U) != 0) fill_dhcp(bytes, packet);
      break;
    case 2:
      packet.transport = Transport::udp;
      fill_dns(bytes, packet);
      break;
    case 3:
      packet.transport = Transport::tcp;
      fill_dns(bytes, packet);
      break;
    case 4:
      fill_icmp(bytes, v6, packet);
      break;
    case 5:
      packet.ip.fragment_offset = ports;
      [[fallthrough]];
    default:
      packet.transport = Transport::tcp;
      packet.tcp.flags = bytes.u8();
      packet.payload_length = bytes.u8();
      packet.tcp.sequence = bytes.u8();
      packet.tcp.acknowledgment = bytes.u8();
      if ((kind & 8U) != 0) packet.known.set(Field::tcp_sequence);
      packet.tcp.window = (packet.ip.ttl & 8U) != 0 ? 0 : 500;
      packet.tcp.is_remarked = (packet.ip.ttl & 0x40U) != 0;
      if ((packet.ip.ttl & 0x80U) != 0) packet.known.set(Field::tcp_told);
      break;
  }
  return packet;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::Cursor bytes{{data, size}};
  base::Interner names{{.names = 16, .bytes = 512}};
  Judge judge{names};
  journey::Tracker tracker{judge, names};
  std::uint64_t number = 0;
  std::int64_t time = 0;
  while (bytes.remaining() != 0 && number < 2000) {
    Packet packet = packet_from(bytes);
    const std::uint8_t step = bytes.u8();
    // Mostly small steps, some long ones, some to the ends of what time can hold.
    if (step >= 0xfe) {
      time = step == 0xff ? INT64_MAX : INT64_MIN;
    } else if (__builtin_add_overflow(time, (step & 0x3fLL) << ((step >> 6U) * 10U + 14U), &time)) {
      time = 0;
    }
    packet.place.number = ++number;
    packet.place.time = base::time_from_ns(time);
    tracker.packet(packet);
  }
  tracker.finish();
  require(judge.tries() <= number);
  require(tracker.totals().packets == number);
  return 0;
}
