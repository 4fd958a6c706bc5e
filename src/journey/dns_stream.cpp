#include "journey/dns_stream.h"

#include <algorithm>

#include "base/cursor.h"
#include "packet/dns/dns.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;
namespace dns = packet::dns;

namespace {

constexpr std::size_t kLength = 2;
using Bytes = std::span<const std::uint8_t>;

std::size_t length_at(Bytes bytes) { return base::load_be16(bytes.data()); }

bool is_sane(const dns::Message& message) {
  // Answers after the first of a zone transfer may leave out the question (RFC 5936 2.2).
  if (message.question_count == 0) return message.response && message.answer_count != 0;
  // The snap length may leave no more than the header.
  const bool is_cut = message.completeness == dns::Completeness::cut;
  if (is_cut && message.response && message.question_name.empty()) {
    return message.question_count == 1 && message.opcode <= 6;
  }
  return dns::question_is_sane(message);
}

}  // namespace

DnsStream::DnsStream(DnsTracker& dns) : dns_(dns), message_(std::make_unique<Packet>()) {}

// The length alone proves little: it takes the port, and the beginning of the connection.
bool DnsStream::claims(const Conversation& conversation, Side /*side*/, Bytes bytes) const {
  if (conversation.server_port != dns::kPort) return false;
  if (!conversation.mid_stream) return bytes.size() < kLength || length_at(bytes) >= dns::kHeader;
  return dns::begins_message(bytes);
}

void DnsStream::on_begin(Conversation& conversation) {
  talks_[conversation.id].lost = {conversation.mid_stream, conversation.mid_stream};
}

Taken DnsStream::on_bytes(Conversation& conversation, Side side, Bytes bytes,
                          const Packet& packet) {
  bool& lost = talks_[conversation.id].lost[static_cast<std::size_t>(side)];
  const auto all = static_cast<std::uint32_t>(bytes.size());
  if (lost && !dns::begins_message(bytes)) return {.read = all};
  lost = false;
  const bool is_cut = conversation.is_cut(side);
  if (bytes.size() < kLength) return is_cut ? Taken{.read = all} : Taken{.wants = kLength};
  const std::size_t length = length_at(bytes);
  if (length < dns::kHeader) {  // not a message, so that nothing tells where the next one is
    lost = true;
    return {.read = all};
  }
  const auto size = static_cast<std::uint32_t>(kLength + length);
  const auto wanted = std::min<std::uint32_t>(size, limits::kDnsMessage);
  if (bytes.size() < wanted && !is_cut) return {.wants = wanted};
  const auto read = std::min(all, size);
  const dns::Parsed parsed =
      dns::parse(bytes.subspan(kLength, read - kLength), length, message_->dns);
  if (parsed.has_header && is_sane(message_->dns)) {
    message_->payload = bytes.first(read);
    tell(conversation, side, packet);
  } else if (parsed.has_header) {
    lost = true;
  }
  return {.read = read, .skip = size - read};
}

// The message as a packet: its ends are the connection's, because what completes it may be an
// acknowledgment of the other side.
void DnsStream::tell(const Conversation& about, Side side, const Packet& packet) {
  const bool by_client = side == Side::client;
  Packet& message = *message_;
  message.place = packet.place;
  message.known = packet.known;
  message.has_time = packet.has_time;
  message.network = packet.network;
  message.transport = packet::Transport::tcp;
  message.application = packet::Application::dns;
  message.link = packet.link;
  message.ip = packet.ip;
  message.tcp = packet.tcp;
  message.wire_length = packet.wire_length;
  message.captured_length = packet.captured_length;
  message.payload_length = packet.payload_length;
  message.source_port = by_client ? about.client_port : about.server_port;
  message.destination_port = by_client ? about.server_port : about.client_port;
  message.ip.source = by_client ? about.client : about.server;
  message.ip.destination = by_client ? about.server : about.client;
  if (message.ip.source != packet.ip.source || message.source_port != packet.source_port) {
    for (const Field field : {Field::mac, Field::ttl, Field::tos, Field::ip_id,
                              Field::dont_fragment, Field::payload_length}) {
      message.known.clear(field);
    }
  }
  message.known.set(Field::dns_id);
  message.known.clear(Field::dns_sections);
  if (message.dns.completeness == dns::Completeness::whole) message.known.set(Field::dns_sections);
  message.dns.over_tcp = true;
  message.dns.payload_offset = kLength;
  dns_.packet(message);
}

void DnsStream::on_gap(Conversation& conversation, Side side) {
  talks_[conversation.id].lost[static_cast<std::size_t>(side)] = true;
}

// What is still open is told by the DNS tracker.
bool DnsStream::on_close(Conversation& /*conversation*/, Side /*side*/, bool /*reset*/,
                         const Packet& /*packet*/) {
  return true;
}

std::size_t DnsStream::memory_bytes() {
  return sizeof(Packet) + (limits::kConversations + 1) * sizeof(Talk);
}

}  // namespace whydown::journey
