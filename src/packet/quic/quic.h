// QUIC as it stands in clear: long headers (RFC 8999, RFC 9000 17.2, RFC 9369), and the packets
// that share a datagram.
//
// Only the handshake has long headers. From then on there are short ones, of which nothing can be
// read and which look like anything else: they count on known flows alone. What an Initial packet
// holds is read by initial.h. Left out: Google's versions up to Q046, which have other headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace whydown::packet::quic {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::uint32_t kVersion1 = 0x00000001;  // RFC 9000 15
inline constexpr std::uint32_t kVersion2 = 0x6b3343cf;  // RFC 9369 3.1
inline constexpr std::size_t kMaxConnectionId = 20;     // RFC 9000 17.2
inline constexpr std::size_t kLeastFirstId = 8;         // RFC 9000 7.2, of a client's first packet
inline constexpr std::uint32_t kLeastDatagram = 1200;   // RFC 9000 14.1, with a client's Initial
// First byte, version, two lengths.
inline constexpr std::size_t kLeastHeader = 7;

// `unknown`: of a version that is not known, whose types may mean anything.
enum class Type : std::uint8_t {
  initial,
  zero_rtt,
  handshake,
  retry,
  version_negotiation,
  unknown
};

struct Header {
  Type type{};
  std::uint32_t version = 0;
  Bytes destination;  // connection ids
  Bytes source;
  Bytes token;     // of an Initial: what the server's Retry, or an older connection, gave
  Bytes versions;  // of a Version Negotiation: those that the server speaks, four bytes each
  Bytes packet;    // all of it that is there, from the first byte on
  // Of Initial, 0-RTT and Handshake: where the protected packet number begins in `packet`, and how
  // many bytes there are from there on, as the header claims.
  std::size_t number_at = 0;
  std::uint64_t length = 0;
  bool is_whole = false;  // all of them are there
};

// A cheap look at what might be the long header of a connection's first packet.
inline bool may_be_long(Bytes payload) {
  return payload.size() >= kLeastHeader && (payload[0] & 0xc0U) == 0xc0U;
}
// On a known flow: a short header, and not the zeros that some fill a datagram up with. The fixed
// bit may be anything once the two sides know each other (RFC 9287).
bool may_be_short(Bytes payload);

// The next packet with a long header; `datagram` moves behind it. False where there is none: at the
// end, at a short header, at padding, at damage.
bool next_packet(Bytes& datagram, Header& header);

// Versions of the IETF's, drafts included, of Meta's and of Google's, with headers as above.
bool is_known(std::uint32_t version);
// ... whose Initials can be read.
bool is_readable(std::uint32_t version);
// Asks for a Version Negotiation on purpose (RFC 9000 15).
constexpr bool is_reserved(std::uint32_t version) { return (version & 0x0f0f0f0fU) == 0x0a0a0a0aU; }

// Whether a connection may begin with this datagram of so many bytes, of which `payload` is there.
bool begins_connection(Bytes payload, std::uint32_t payload_length);
// Whether it is of a connection's handshake, by either side.
bool is_of_handshake(Bytes payload);
// Whether `version` is among those of a Version Negotiation.
bool offers(const Header& negotiation, std::uint32_t version);

std::string_view type_name(Type type);            // "Initial"
std::string version_name(std::uint32_t version);  // "1", "draft 29", "Q050", "0x1a2a3a4a"
// RFC 9000 20.1: "CONNECTION_REFUSED"; "unknown".
std::string_view error_name(std::uint64_t error);
// A TLS alert as an error of the transport is this and its number (RFC 9001 4.8).
inline constexpr std::uint64_t kCryptoError = 0x0100;
constexpr bool is_alert(std::uint64_t error) {
  return (error & ~std::uint64_t{0xff}) == kCryptoError;
}
inline constexpr std::uint64_t kNoError = 0;
inline constexpr std::uint64_t kApplicationError = 0x0c;

// A variable-length integer (RFC 9000 16); false where it is not all there. `bytes` moves behind
// it.
bool read_integer(Bytes& bytes, std::uint64_t& value);

}  // namespace whydown::packet::quic
