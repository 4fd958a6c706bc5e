#include "packet/wireless/wireless.h"

#include <cstring>

#include "base/cursor.h"
#include "packet/link/link.h"

namespace whydown::packet::wireless {
namespace {

using Bytes = std::span<const std::uint8_t>;

// IEEE 802.11-2020 9.2.4.1: the frame control field, its first byte ...
constexpr unsigned kManagement = 0;
constexpr unsigned kData = 2;
constexpr unsigned kDisassociation = 10;
constexpr unsigned kDeauthentication = 12;
constexpr unsigned kNoData = 4;  // bits of a data frame's subtype
constexpr unsigned kQos = 8;
// ... and its second.
constexpr unsigned kToSystem = 0x01;
constexpr unsigned kFromSystem = 0x02;
constexpr unsigned kRetry = 0x08;
constexpr unsigned kProtected = 0x40;
constexpr unsigned kOrder = 0x80;

constexpr std::size_t kHeader = 24;
constexpr std::size_t kAddress = 6;
constexpr std::uint8_t kAggregated = 0x80;  // of the QoS control field: A-MSDU (9.2.4.5.9)
// LLC aa aa 03 and the organisation code 00 00 00, then an ethertype (RFC 1042).
constexpr std::uint8_t kSnap[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00};

std::uint16_t load_le16(const std::uint8_t* p) {
  return static_cast<std::uint16_t>(p[0] | p[1] << 8U);
}
std::uint32_t load_le32(const std::uint8_t* p) {
  return load_le16(p) | static_cast<std::uint32_t>(load_le16(p + 2)) << 16U;
}

// What radiotap says of the frame behind it: 0x10 a checksum of four bytes at its end, 0x20 a
// header that is filled up to a multiple of four.
constexpr std::uint8_t kHasChecksum = 0x10;
constexpr std::uint8_t kIsPadded = 0x20;
constexpr std::size_t kChecksum = 4;

std::uint8_t radiotap_flags(Bytes header) {
  constexpr std::size_t fixed = 8;
  constexpr std::size_t most_words = 8;
  constexpr std::uint32_t has_more_words = 1U << 31U;
  constexpr std::uint32_t has_timer = 1U;
  constexpr std::uint32_t has_flags = 2U;
  const std::uint32_t present = load_le32(header.data() + 4);
  std::size_t at = fixed;
  std::uint32_t word = present;
  for (std::size_t i = 0; (word & has_more_words) != 0 && i < most_words; ++i) {
    if (header.size() < at + 4) return 0;
    word = load_le32(header.data() + at);
    at += 4;
  }
  if ((present & has_flags) == 0) return 0;
  if ((present & has_timer) != 0) at = (at + 7) / 8 * 8 + 8;  // fields are aligned to their size
  return at < header.size() ? header[at] : std::uint8_t{0};
}

// Who sends to whom, by the four combinations of where the frame is on its way (table 9-30).
void read_addresses(const std::uint8_t* p, unsigned flags, Packet& packet) {
  const std::uint8_t* destination = (flags & kToSystem) != 0 ? p + 16 : p + 4;
  const std::uint8_t* source = p + 10;
  if ((flags & kFromSystem) != 0) source = (flags & kToSystem) != 0 ? p + kHeader : p + 16;
  std::memcpy(packet.link.destination.bytes.data(), destination, kAddress);
  std::memcpy(packet.link.source.bytes.data(), source, kAddress);
  packet.known.set(Field::mac);
}

Next data(Layer& layer, unsigned subtype, unsigned flags, bool is_padded) {
  std::size_t size = kHeader;
  if ((flags & kToSystem) != 0 && (flags & kFromSystem) != 0) size += kAddress;
  const std::size_t qos_at = size;
  if ((subtype & kQos) != 0) size += (flags & kOrder) != 0 ? 6 : 2;
  if (is_padded) size = (size + 3) / 4 * 4;
  if (layer.rest.size() < size) return layer.stop_short(Note::truncated_link);
  const std::uint8_t* p = layer.rest.data();
  read_addresses(p, flags, layer.packet);
  if ((flags & kProtected) != 0) {
    layer.note(Note::wireless_protected);
    return kStop;
  }
  const bool is_first_part = (load_le16(p + 22) & 0x0fU) == 0;
  const bool is_aggregated = (subtype & kQos) != 0 && (p[qos_at] & kAggregated) != 0;
  if ((subtype & kNoData) != 0 || !is_first_part || is_aggregated) return kStop;
  layer.advance(size);
  if (layer.rest.size() < sizeof kSnap + 2) return layer.stop_short(Note::truncated_link);
  if (std::memcmp(layer.rest.data(), kSnap, sizeof kSnap) != 0) {
    layer.note(Note::unknown_ethertype);
    return kStop;
  }
  const std::uint16_t ethertype = base::load_be16(layer.rest.data() + sizeof kSnap);
  layer.advance(sizeof kSnap + 2);
  return link::follow(layer, ethertype);
}

Next read_frame(Layer& layer, bool is_padded) {
  if (layer.rest.size() < 2) return layer.stop_short(Note::truncated_link);
  const unsigned control = layer.rest[0];
  const unsigned flags = layer.rest[1];
  if ((control & 3U) != 0) return kStop;  // another version of the protocol
  const unsigned type = control >> 2U & 3U;
  const unsigned subtype = control >> 4U;
  if ((flags & kRetry) != 0 && type != 1) layer.note(Note::wireless_retry);
  if (type == kData) return data(layer, subtype, flags, is_padded);
  if (type == kManagement && (subtype == kDeauthentication || subtype == kDisassociation)) {
    layer.note(Note::wireless_leave);
  }
  return kStop;
}

}  // namespace

Next frame(Layer& layer) { return read_frame(layer, false); }

Next radiotap(Layer& layer) {
  constexpr std::size_t fixed = 8;
  if (layer.rest.size() < fixed) return layer.stop_short(Note::truncated_link);
  const std::size_t size = load_le16(layer.rest.data() + 2);
  if (size < fixed || layer.rest.size() < size) return layer.stop_short(Note::truncated_link);
  const std::uint8_t flags = radiotap_flags(layer.rest.first(size));
  layer.advance(size);
  if ((flags & kHasChecksum) != 0 && layer.claimed >= kChecksum) {
    layer.clip(layer.claimed - kChecksum);
  }
  return read_frame(layer, (flags & kIsPadded) != 0);
}

}  // namespace whydown::packet::wireless
