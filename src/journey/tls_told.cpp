// Handshakes of which a table tells in words. They go the way of those that are read from bytes, as
// far as the words go: of certificates nothing is told but that they came, and of versions only
// what follows from the order of the records.
#include <algorithm>
#include <array>

#include "journey/tls_tracker.h"

namespace whydown::journey {

using packet::Packet;
namespace tls = packet::tls;

namespace {

// A record whose length the row does not tell is none of the short ones that are taken for alerts.
constexpr std::uint16_t kLong = 1024;

// The length of data that is told of alone, or behind a change of keys alone.
std::uint16_t length_of(std::string_view words, const Packet& packet) {
  constexpr std::string_view kKeys = "Change Cipher Spec, ";
  constexpr std::uint32_t kKeysBytes = tls::kRecordHeader + 1;
  std::uint32_t before = tls::kRecordHeader;
  if (words.starts_with(kKeys)) {
    words.remove_prefix(kKeys.size());
    before += kKeysBytes;
  }
  while (words.ends_with(' ')) words.remove_suffix(1);
  const bool is_alone = words == "Application Data";
  const bool is_known = packet.known.has(packet::Field::payload_length);
  if (!is_alone || !is_known || packet.payload_length <= before) return kLong;
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(packet.payload_length - before, kLong));
}

tls::Content content_of(tls::Told told) {
  switch (told) {
    case tls::Told::change_of_keys:
      return tls::Content::change_cipher_spec;
    case tls::Told::alert:
    case tls::Told::sealed_alert:
      return tls::Content::alert;
    case tls::Told::data:
      return tls::Content::application_data;
    default:
      return tls::Content::handshake;
  }
}

}  // namespace

bool TlsTracker::claims_words(const Conversation& /*conversation*/, Side side,
                              std::string_view words) const {
  tls::Item item;
  return side == Side::client && tls::next_item(words, item) &&
         (item.told == tls::Told::client_hello || item.told == tls::Told::cut);
}

Taken TlsTracker::on_words(Conversation& conversation, Side side, std::string_view words,
                           const Packet& packet) {
  Handshake& handshake = of(conversation);
  handshake.last_heard = packet.place.time;
  const bool is_foreign = words.starts_with("HTTP/1.");
  if (is_foreign) return {.done = on_foreign(conversation, handshake, side, packet)};
  std::array<std::uint8_t, 2> alert{};
  tls::Record record;
  const std::uint16_t length = length_of(words, packet);
  const Heard heard{conversation, handshake, side, record, packet};
  for (tls::Item item; tls::next_item(words, item);) {
    alert = {item.alert.level, item.alert.description};
    record.type = content_of(item.told);
    const bool is_alert = item.told == tls::Told::alert;
    record.fragment = is_alert ? tls::Bytes(alert) : tls::Bytes{};
    record.length = is_alert ? static_cast<std::uint16_t>(alert.size()) : length;
    if (on_item(heard, item)) return {.done = true};
  }
  return {};
}

bool TlsTracker::on_item(const Heard& heard, const tls::Item& item) {
  Handshake& handshake = heard.handshake;
  const bool by_server = heard.side == Side::server;
  switch (item.told) {
    case tls::Told::client_hello:
      if (!by_server) on_told_hello(heard, item.server_name);
      return false;
    case tls::Told::server_hello:
      if (!by_server || handshake.stage != Stage::asked) return false;
      handshake.stage = Stage::answered;
      handshake.seen.has_server_hello = true;
      handshake.answer = trace_of(heard.packet);
      return false;
    case tls::Told::certificate:
      // Its own it shows in clear up to TLS 1.2; a client shows one where it was asked.
      if (by_server && handshake.seen.version == 0) handshake.seen.version = tls::kTls12;
      if (!by_server) handshake.seen.asked_for_certificate = true;
      return false;
    case tls::Told::certificate_request:
      handshake.seen.asked_for_certificate = handshake.seen.asked_for_certificate || by_server;
      return false;
    case tls::Told::sealed:
    case tls::Told::sealed_alert:
      return on_sealed(heard);
    case tls::Told::alert:
      return on_alert(heard);
    case tls::Told::change_of_keys:
    case tls::Told::data:
      return on_record(heard);
    case tls::Told::cut:
      // What a client says first is its hello.
      if (!by_server && handshake.stage == Stage::begun) on_told_hello(heard, {});
      handshake.is_short = true;
      handshake.is_lost = handshake.is_lost || by_server;
      return false;
    case tls::Told::message:
    case tls::Told::other:
      break;
  }
  return false;
}

void TlsTracker::on_told_hello(const Heard& heard, std::string_view server_name) {
  Handshake& handshake = heard.handshake;
  if (handshake.stage != Stage::begun) return;
  handshake.stage = Stage::asked;
  handshake.hello = trace_of(heard.packet);
  handshake.seen.hello_bytes = heard.packet.known.has(packet::Field::payload_length)
                                   ? static_cast<std::uint16_t>(heard.packet.payload_length)
                                   : std::uint16_t{0};
  std::array<char, base::ShortText::kCapacity> lower{};
  const bool is_name = !server_name.empty() && server_name.size() <= lower.size();
  if (is_name) {
    std::ranges::transform(server_name, lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  }
  handshake.name = is_name ? context_.names.add({lower.data(), server_name.size()})
                           : healing_.name_of(heard.about.server);
}

}  // namespace whydown::journey
