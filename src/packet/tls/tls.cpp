#include "packet/tls/tls.h"

#include <algorithm>

#include "base/cursor.h"

namespace whydown::packet::tls {

namespace {

using base::Cursor;

// https://www.iana.org/assignments/tls-extensiontype-values
namespace extension {
constexpr std::uint16_t server_name = 0;
constexpr std::uint16_t alpn = 16;
constexpr std::uint16_t session_ticket = 35;
constexpr std::uint16_t pre_shared_key = 41;
constexpr std::uint16_t supported_versions = 43;
constexpr std::uint16_t key_share = 51;
}  // namespace extension

constexpr std::size_t kMaxExtensions = 64;

// SHA-256 of "HelloRetryRequest" stands for the server's random (RFC 8446 4.1.3): its first bytes.
constexpr std::uint64_t kRetryRandom = 0xcf21ad74e59a6111ULL;

// Values of GREASE, which mean nothing (RFC 8701): 0x?a?a with both bytes alike.
bool is_grease(std::uint16_t value) {
  return (value & 0x0f0fU) == 0x0a0aU && (value >> 8U) == (value & 0xffU);
}

void set_name(Bytes bytes, base::ShortText& text) {
  text.clear();
  for (const std::uint8_t byte : bytes) {
    const bool upper = byte >= 'A' && byte <= 'Z';
    // Whatever no host name can hold is shown as what it is not.
    const bool plain = byte > 0x20 && byte < 0x7f;
    const char c = !plain ? '?' : static_cast<char>(upper ? byte + ('a' - 'A') : byte);
    if (!text.append({&c, 1})) return;
  }
}

void read_server_name(Bytes data, base::ShortText& name) {
  Cursor cursor{data};
  cursor.skip(2);  // of the list
  const std::uint8_t type = cursor.u8();
  const Bytes host = cursor.take(cursor.u16());
  constexpr std::uint8_t host_name = 0;
  if (!cursor.failed() && type == host_name) set_name(host, name);
}

void read_versions(Bytes data, ClientHello& hello) {
  Cursor cursor{data};
  Cursor list{cursor.take(cursor.u8())};
  std::uint16_t newest = 0;
  std::uint16_t oldest = 0xffff;
  while (list.remaining() >= 2) {
    const std::uint16_t version = list.u16();
    if (is_grease(version)) continue;
    newest = std::max(newest, version);
    oldest = std::min(oldest, version);
  }
  if (newest == 0) return;
  hello.newest = newest;
  hello.oldest = oldest;
}

void read_key_shares(Bytes data, ClientHello& hello) {
  Cursor cursor{data};
  Cursor list{cursor.take(cursor.u16())};
  while (list.remaining() >= 4) {
    const std::uint16_t group = list.u16();
    list.skip(list.u16());
    if (!is_grease(group)) hello.key_shares.push_back(group);
  }
}

void read_alpn(Bytes data, ClientHello& hello) {
  Cursor cursor{data};
  cursor.skip(2);  // of the list
  const Bytes first = cursor.take(cursor.u8());
  if (!cursor.failed()) set_name(first, hello.first_alpn);
}

void read_client_extension(std::uint16_t type, Bytes data, ClientHello& hello) {
  switch (type) {
    case extension::server_name:
      read_server_name(data, hello.server_name);
      break;
    case extension::alpn:
      read_alpn(data, hello);
      break;
    case extension::session_ticket:
      hello.has_ticket = hello.has_ticket || !data.empty();
      break;
    case extension::pre_shared_key:
      hello.has_ticket = true;
      break;
    case extension::supported_versions:
      read_versions(data, hello);
      break;
    case extension::key_share:
      read_key_shares(data, hello);
      break;
    default:
      break;
  }
}

template <typename Each>
void each_extension(Cursor& cursor, Each each) {
  cursor.skip(2);  // of all of them
  for (std::size_t i = 0; i < kMaxExtensions && cursor.remaining() >= 4; ++i) {
    const std::uint16_t type = cursor.u16();
    const Bytes data = cursor.take(cursor.u16());
    if (cursor.failed()) return;
    each(type, data);
  }
}

bool is_version(std::uint16_t version) { return version >= 0x0300 && version <= 0x0304; }

}  // namespace

bool read_record(Bytes bytes, Record& record) {
  if (bytes.size() < kRecordHeader) return false;
  record.type = static_cast<Content>(bytes[0]);
  record.version = base::load_be16(&bytes[1]);
  record.length = base::load_be16(&bytes[3]);
  const bool known = bytes[0] >= 20 && bytes[0] <= 24;
  if (!known || !is_version(record.version) || record.length > kMaxFragment) return false;
  record.fragment = bytes.subspan(
      kRecordHeader, std::min<std::size_t>(record.length, bytes.size() - kRecordHeader));
  return true;
}

bool looks_like_handshake(Bytes bytes) {
  Record record;
  if (!read_record(bytes, record) || record.type != Content::handshake) return false;
  if (record.length < kMessageHeader || record.fragment.size() < kMessageHeader) return false;
  const std::uint8_t type = record.fragment[0];
  const std::uint32_t length = base::load_be32(record.fragment.data()) & 0xffffffU;
  return (type == 1 || type == 2) && length >= 34 && length <= kMaxFragment;
}

bool next_message(Bytes& fragment, Piece& piece) {
  if (fragment.size() < kMessageHeader) return false;
  piece.type = static_cast<Message>(fragment[0]);
  piece.length = base::load_be32(fragment.data()) & 0xffffffU;
  fragment = fragment.subspan(kMessageHeader);
  piece.body = fragment.first(std::min<std::size_t>(piece.length, fragment.size()));
  fragment = fragment.subspan(piece.body.size());
  return true;
}

void read_client_hello(Bytes body, ClientHello& hello) {
  hello = {};
  Cursor cursor{body};
  const std::uint16_t version = cursor.u16();
  cursor.skip(32);  // random
  const Bytes session = cursor.take(cursor.u8());
  const std::uint16_t ciphers = cursor.u16();
  if (body.size() >= 2) hello.newest = hello.oldest = version;
  if (cursor.failed()) return;
  hello.ciphers = static_cast<std::uint16_t>(ciphers / 2);
  cursor.skip(ciphers);
  cursor.skip(cursor.u8());  // compression methods
  each_extension(cursor,
                 [&](std::uint16_t type, Bytes data) { read_client_extension(type, data, hello); });
  // TLS 1.3 fills the session id with noise, for the sake of middleboxes.
  if (!session.empty() && hello.newest < kTls13) hello.has_ticket = true;
}

void read_server_hello(Bytes body, ServerHello& hello) {
  hello = {};
  Cursor cursor{body};
  const std::uint16_t version = cursor.u16();
  const std::uint64_t random = cursor.u64();
  cursor.skip(24);
  cursor.skip(cursor.u8());  // session id
  const std::uint16_t cipher = cursor.u16();
  if (body.size() >= 2) hello.version = version;
  if (cursor.failed()) return;
  hello.cipher = cipher;
  hello.is_retry = random == kRetryRandom;
  cursor.skip(1);  // compression method
  each_extension(cursor, [&](std::uint16_t type, Bytes data) {
    if (type == extension::supported_versions && data.size() == 2) {
      hello.version = base::load_be16(data.data());
    }
  });
}

bool read_alert(const Record& record, Alert& alert) {
  if (record.type != Content::alert || record.length != 2 || record.fragment.size() != 2) {
    return false;
  }
  alert = {.level = record.fragment[0], .description = record.fragment[1]};
  return alert.level == 1 || alert.level == 2;
}

void read_chain(Bytes body, Chain& chain) {
  chain.certificates.clear();
  Cursor cursor{body};
  const std::uint32_t length = cursor.u24();
  chain.is_whole = !cursor.failed() && length <= cursor.remaining();
  while (cursor.remaining() > 3) {
    const Bytes certificate = cursor.take(cursor.u24());
    if (cursor.failed() || certificate.empty()) break;
    if (!chain.certificates.push_back(certificate)) break;
  }
}

std::string_view alert_name(std::uint8_t description) {
  struct Name {
    std::uint8_t description;
    std::string_view name;
  };
  static constexpr Name kNames[] = {{0, "close_notify"},
                                    {10, "unexpected_message"},
                                    {20, "bad_record_mac"},
                                    {22, "record_overflow"},
                                    {40, "handshake_failure"},
                                    {41, "no_certificate"},
                                    {42, "bad_certificate"},
                                    {43, "unsupported_certificate"},
                                    {44, "certificate_revoked"},
                                    {45, "certificate_expired"},
                                    {46, "certificate_unknown"},
                                    {47, "illegal_parameter"},
                                    {48, "unknown_ca"},
                                    {49, "access_denied"},
                                    {50, "decode_error"},
                                    {51, "decrypt_error"},
                                    {70, "protocol_version"},
                                    {71, "insufficient_security"},
                                    {80, "internal_error"},
                                    {86, "inappropriate_fallback"},
                                    {90, "user_canceled"},
                                    {100, "no_renegotiation"},
                                    {109, "missing_extension"},
                                    {110, "unsupported_extension"},
                                    {112, "unrecognized_name"},
                                    {113, "bad_certificate_status_response"},
                                    {115, "unknown_psk_identity"},
                                    {116, "certificate_required"},
                                    {120, "no_application_protocol"}};
  const auto* found = std::ranges::find(kNames, description, &Name::description);
  return found == std::end(kNames) ? "unknown" : found->name;
}

std::string_view version_name(std::uint16_t version) {
  switch (version) {
    case 0x0300:
      return "SSL 3.0";
    case 0x0301:
      return "TLS 1.0";
    case 0x0302:
      return "TLS 1.1";
    case 0x0303:
      return "TLS 1.2";
    case 0x0304:
      return "TLS 1.3";
    default:
      return "an unknown version of TLS";
  }
}

}  // namespace whydown::packet::tls
