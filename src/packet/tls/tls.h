// TLS as it stands in clear: records, the handshake's messages, alerts (RFC 8446, RFC 5246).
//
// A record is five bytes of header and a fragment; handshake messages come one or several to a
// record. From the change of keys on the fragments are noise: of those only type and length speak.
// Parsing never fails: what did not fit is simply not set. Left out: messages that span records are
// read as far as the first one goes; SSL 2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bounded.h"

namespace whydown::packet::tls {

using Bytes = std::span<const std::uint8_t>;

// https://www.iana.org/assignments/tls-parameters, "TLS ContentType"; unknown values are kept.
enum class Content : std::uint8_t {
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23,
};

// ... "TLS HandshakeType"
enum class Message : std::uint8_t {
  client_hello = 1,
  server_hello = 2,
  certificate = 11,
  certificate_request = 13,
  server_hello_done = 14,
  client_key_exchange = 16,
  finished = 20,
};

// ... "TLS Alerts"
namespace alert {
inline constexpr std::uint8_t close_notify = 0;
inline constexpr std::uint8_t handshake_failure = 40;
inline constexpr std::uint8_t bad_certificate = 42;
inline constexpr std::uint8_t unsupported_certificate = 43;
inline constexpr std::uint8_t certificate_revoked = 44;
inline constexpr std::uint8_t certificate_expired = 45;
inline constexpr std::uint8_t certificate_unknown = 46;
inline constexpr std::uint8_t illegal_parameter = 47;
inline constexpr std::uint8_t unknown_ca = 48;
inline constexpr std::uint8_t access_denied = 49;
inline constexpr std::uint8_t protocol_version = 70;
inline constexpr std::uint8_t insufficient_security = 71;
inline constexpr std::uint8_t internal_error = 80;
inline constexpr std::uint8_t inappropriate_fallback = 86;
inline constexpr std::uint8_t user_canceled = 90;
inline constexpr std::uint8_t missing_extension = 109;
inline constexpr std::uint8_t unsupported_extension = 110;
inline constexpr std::uint8_t unrecognized_name = 112;
inline constexpr std::uint8_t certificate_required = 116;
inline constexpr std::uint8_t no_application_protocol = 120;
}  // namespace alert

inline constexpr std::uint16_t kTls10 = 0x0301;
inline constexpr std::uint16_t kTls12 = 0x0303;
inline constexpr std::uint16_t kTls13 = 0x0304;
inline constexpr std::size_t kRecordHeader = 5;
inline constexpr std::size_t kMessageHeader = 4;
// RFC 8446 5.2, RFC 5246 6.2.3: 2^14 bytes and what encryption may add.
inline constexpr std::size_t kMaxFragment = (std::size_t{1} << 14U) + 2048;
inline constexpr std::size_t kMaxChain = 10;

struct Record {
  Content type{};
  std::uint16_t version = 0;
  std::uint16_t length = 0;  // as the header claims
  Bytes fragment;            // as much of it as is there
};

// False where the bytes are no record of TLS: an unknown type, version or impossible length.
bool read_record(Bytes bytes, Record& record);
// Whether a conversation, or one side's part of one, may begin with these bytes.
bool looks_like_handshake(Bytes bytes);

struct Piece {
  Message type{};
  std::uint32_t length = 0;  // as its header claims
  Bytes body;                // as much of it as is there
};
// The next message of a handshake fragment, which moves behind it; false at its end.
bool next_message(Bytes& fragment, Piece& piece);

struct ClientHello {
  std::uint16_t newest = 0;   // version offered: of supported_versions, else the hello's own
  std::uint16_t oldest = 0;   // the same where no list is sent
  std::uint16_t ciphers = 0;  // how many are offered
  bool has_ticket = false;  // wants to resume: a ticket, a session id of TLS 1.2, a pre-shared key
  base::ShortText server_name;  // SNI (RFC 6066 3), lower case; empty where none was sent
  base::ShortText first_alpn;   // RFC 7301
  base::BoundedVector<std::uint16_t, 8> key_shares;  // groups (RFC 8446 4.2.8)
};
void read_client_hello(Bytes body, ClientHello& hello);

struct ServerHello {
  std::uint16_t version = 0;  // 0: cut before it
  std::uint16_t cipher = 0;
  bool is_retry = false;  // HelloRetryRequest
};
void read_server_hello(Bytes body, ServerHello& hello);

struct Alert {
  std::uint8_t level = 0;  // 1 warning, 2 fatal
  std::uint8_t description = 0;
};
// False where it is encrypted or cut.
bool read_alert(const Record& record, Alert& alert);

// Certificates as DER, the server's own first (RFC 5246 7.4.2: TLS 1.2 and older; 1.3 encrypts).
struct Chain {
  base::BoundedVector<Bytes, kMaxChain> certificates;
  bool is_whole = false;
};
void read_chain(Bytes body, Chain& chain);

std::string_view alert_name(std::uint8_t description);  // "handshake_failure", else "unknown"
std::string_view version_name(std::uint16_t version);   // "TLS 1.2"

}  // namespace whydown::packet::tls
