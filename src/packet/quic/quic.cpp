#include "packet/quic/quic.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/cursor.h"

namespace whydown::packet::quic {

namespace {

// draft-ietf-quic-transport-NN is 0xff0000NN; the first one with headers as in the RFC is 22.
constexpr std::uint32_t kDraft = 0xff000000;
constexpr std::uint32_t kFirstDraft = kDraft + 22;
constexpr std::uint32_t kLastDraft = kDraft + 34;
// Meta's mvfst, https://github.com/quicwg/base-drafts/wiki/QUIC-Versions
constexpr std::uint32_t kMeta = 0xfaceb000;
constexpr std::uint32_t kMeta22 = 0xfaceb001;
constexpr std::uint32_t kMeta27 = 0xfaceb002;

// Google's: a letter and a number of three digits. From 50 on the headers are those of RFC 8999.
bool is_google(std::uint32_t version) {
  const std::uint32_t letter = version >> 24U;
  const std::uint32_t hundreds = version >> 16U & 0xffU;
  const std::uint32_t tens = version >> 8U & 0xffU;
  const std::uint32_t ones = version & 0xffU;
  return (letter == 'Q' || letter == 'T') && hundreds == '0' && tens >= '5' && tens <= '9' &&
         ones >= '0' && ones <= '9';
}

Type type_of(std::uint8_t first, std::uint32_t version) {
  if (!is_known(version)) return Type::unknown;
  const unsigned bits = first >> 4U & 3U;
  // RFC 9369 3.2 moves all of them on by one.
  const unsigned type = version == kVersion2 ? (bits + 3U) & 3U : bits;
  return static_cast<Type>(type);
}

// What follows the connection ids. False where the header ends too soon.
bool read_rest(Bytes rest, std::size_t at, Header& header) {
  const std::size_t begin = at + rest.size();
  std::uint64_t length = 0;
  if (header.type == Type::initial) {
    if (!read_integer(rest, length) || length > rest.size()) return false;
    header.token = rest.first(static_cast<std::size_t>(length));
    rest = rest.subspan(header.token.size());
  }
  if (!read_integer(rest, header.length)) return false;
  header.number_at = begin - rest.size();
  header.is_whole = header.length <= rest.size();
  return true;
}

bool read_ids(Bytes datagram, Header& header) {
  base::Cursor cursor{datagram};
  cursor.skip(1);
  header.version = cursor.u32();
  header.destination = cursor.take(cursor.u8());
  header.source = cursor.take(cursor.u8());
  return !cursor.failed() && header.destination.size() <= kMaxConnectionId &&
         header.source.size() <= kMaxConnectionId;
}

}  // namespace

bool read_integer(Bytes& bytes, std::uint64_t& value) {
  if (bytes.empty()) return false;
  const std::size_t size = std::size_t{1} << (bytes[0] >> 6U);
  if (bytes.size() < size) return false;
  value = bytes[0] & 0x3fU;
  for (std::size_t i = 1; i < size; ++i) value = value << 8U | bytes[i];
  bytes = bytes.subspan(size);
  return true;
}

bool next_packet(Bytes& datagram, Header& header) {
  header = {};
  if (datagram.size() < kLeastHeader || (datagram[0] & 0x80U) == 0) return false;
  if (!read_ids(datagram, header)) return false;
  header.packet = datagram;
  const std::size_t at = kLeastHeader + header.destination.size() + header.source.size();
  const Bytes rest = datagram.subspan(at);
  if (header.version == 0) {
    header.type = Type::version_negotiation;
    header.versions = rest.first(rest.size() / 4 * 4);
    header.is_whole = true;
    datagram = {};
    return true;
  }
  header.type = type_of(datagram[0], header.version);
  if (header.type == Type::unknown || header.type == Type::retry) {
    header.is_whole = true;
    datagram = {};
    return true;
  }
  if (!read_rest(rest, at, header)) return false;
  if (header.is_whole) {
    header.packet = datagram.first(header.number_at + static_cast<std::size_t>(header.length));
  }
  datagram = datagram.subspan(header.packet.size());
  return true;
}

bool may_be_short(Bytes payload) {
  // A connection id or a packet number and a sealed payload follow: RFC 9000 17.3.1, RFC
  // 9001 5.4.2.
  constexpr std::size_t least = 21;
  constexpr std::size_t zeros = 8;
  if (payload.size() < least || (payload[0] & 0x80U) != 0) return false;
  return std::ranges::any_of(payload.first(zeros), [](std::uint8_t byte) { return byte != 0; });
}

bool is_known(std::uint32_t version) {
  return is_readable(version) || is_google(version) || (version & 0xfffff000U) == kMeta;
}

bool is_readable(std::uint32_t version) {
  return version == kVersion1 || version == kVersion2 || version == kMeta22 || version == kMeta27 ||
         (version >= kFirstDraft && version <= kLastDraft);
}

bool begins_connection(Bytes payload, std::uint32_t payload_length) {
  Header header;
  if (!may_be_long(payload) || payload_length < kLeastDatagram) return false;
  if (!next_packet(payload, header) || header.destination.size() < kLeastFirstId) return false;
  return header.type == Type::initial ||
         (header.type == Type::unknown && is_reserved(header.version));
}

bool is_of_handshake(Bytes payload) {
  Header header;
  return may_be_long(payload) && next_packet(payload, header) && header.type != Type::unknown &&
         header.type != Type::version_negotiation;
}

bool offers(const Header& negotiation, std::uint32_t version) {
  for (Bytes rest = negotiation.versions; rest.size() >= 4; rest = rest.subspan(4)) {
    if (base::load_be32(rest.data()) == version) return true;
  }
  return false;
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::initial:
      return "Initial";
    case Type::zero_rtt:
      return "0-RTT";
    case Type::handshake:
      return "Handshake";
    case Type::retry:
      return "Retry";
    case Type::version_negotiation:
      return "Version Negotiation";
    case Type::unknown:
      break;
  }
  return "of an unknown type";
}

std::string version_name(std::uint32_t version) {
  if (version == kVersion1) return "1";
  if (version == kVersion2) return "2";
  if (version >= kDraft && version <= kLastDraft) return fmt::format("draft {}", version - kDraft);
  if (is_google(version)) {
    const char letters[] = {static_cast<char>(version >> 24U), static_cast<char>(version >> 16U),
                            static_cast<char>(version >> 8U), static_cast<char>(version)};
    return {std::begin(letters), std::end(letters)};
  }
  return fmt::format("{:#010x}", version);
}

std::string_view error_name(std::uint64_t error) {
  static constexpr std::string_view kNames[] = {"NO_ERROR",
                                                "INTERNAL_ERROR",
                                                "CONNECTION_REFUSED",
                                                "FLOW_CONTROL_ERROR",
                                                "STREAM_LIMIT_ERROR",
                                                "STREAM_STATE_ERROR",
                                                "FINAL_SIZE_ERROR",
                                                "FRAME_ENCODING_ERROR",
                                                "TRANSPORT_PARAMETER_ERROR",
                                                "CONNECTION_ID_LIMIT_ERROR",
                                                "PROTOCOL_VIOLATION",
                                                "INVALID_TOKEN",
                                                "APPLICATION_ERROR",
                                                "CRYPTO_BUFFER_EXCEEDED",
                                                "KEY_UPDATE_ERROR",
                                                "AEAD_LIMIT_REACHED",
                                                "NO_VIABLE_PATH",
                                                "VERSION_NEGOTIATION_ERROR"};  // RFC 9368 8
  return error < std::size(kNames) ? kNames[error] : "unknown";
}

}  // namespace whydown::packet::quic
