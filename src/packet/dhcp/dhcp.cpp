#include "packet/dhcp/dhcp.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "base/cursor.h"
#include "packet/dhcp6/dhcp6.h"

namespace whydown::packet::dhcp {
namespace {

using base::load_be16;
using base::load_be32;
using Bytes = std::span<const std::uint8_t>;

// RFC 2131 2, figure 1.
constexpr std::size_t kIdAt = 4;
constexpr std::size_t kSecondsAt = 8;
constexpr std::size_t kFlagsAt = 10;
constexpr std::size_t kClientIpAt = 12;
constexpr std::size_t kYoursAt = 16;
constexpr std::size_t kRelayAt = 24;
constexpr std::size_t kClientAt = 28;
constexpr std::size_t kSnameAt = 44;
constexpr std::size_t kFileAt = 108;
constexpr std::size_t kCookieAt = 236;
constexpr std::size_t kOptionsAt = 240;
constexpr std::size_t kLeast = kClientAt + 6;  // up to who asks
constexpr std::uint32_t kCookie = 0x63825363;  // RFC 2131 3
constexpr std::uint8_t kEthernet = 1;          // htype, as in ARP

// RFC 2132.
constexpr std::uint8_t kPad = 0;
constexpr std::uint8_t kRequestedIp = 50;
constexpr std::uint8_t kLeaseTime = 51;
constexpr std::uint8_t kOverload = 52;
constexpr std::uint8_t kType = 53;
constexpr std::uint8_t kServer = 54;
constexpr std::uint8_t kMessage = 56;
constexpr std::uint8_t kPortal = 114;     // RFC 8910 2.1
constexpr std::uint8_t kOldPortal = 160;  // RFC 7710 2.1
constexpr std::uint8_t kEnd = 255;

// 0.0.0.0 is how the fixed part says "none".
base::IpAddress address_at(const std::uint8_t* p) {
  const std::uint32_t value = load_be32(p);
  return value == 0 ? base::IpAddress{} : base::IpAddress::v4(value);
}

bool holds(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  };
  return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

// Returns the value of option 52: which of the two old fields hold options, too.
std::uint8_t read_option(std::uint8_t code, Bytes value, Message& message) {
  const std::size_t size = value.size();
  const std::uint8_t* p = value.data();
  if (code == kType && size == 1) message.type = static_cast<Type>(p[0]);
  if (code == kRequestedIp && size == 4) message.requested = address_at(p);
  if (code == kServer && size == 4) message.server = address_at(p);
  if (code == kLeaseTime && size == 4) message.lease_seconds = load_be32(p);
  if (code == kMessage && size > 0) {
    message.reason = reason_of({reinterpret_cast<const char*>(p), size});
  }
  if (code == kPortal || code == kOldPortal) {
    message.names_portal |= is_portal({reinterpret_cast<const char*>(p), size});
  }
  return code == kOverload && size == 1 ? p[0] : 0;
}

struct Read {
  std::uint8_t overload = 0;
  bool is_whole = false;  // up to the end option
};

Read read_options(Bytes bytes, Message& message) {
  Read read;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::uint8_t code = bytes[at];
    if (code == kPad) {
      ++at;
      continue;
    }
    if (code == kEnd) {
      read.is_whole = true;
      break;
    }
    if (bytes.size() - at < 2 || bytes.size() - at - 2 < bytes[at + 1]) break;
    const std::size_t size = bytes[at + 1];
    read.overload |= read_option(code, bytes.subspan(at + 2, size), message);
    at += 2 + size;
  }
  return read;
}

void read_fixed(const std::uint8_t* p, std::size_t size, Message& message) {
  message.is_reply = p[0] == 2;
  message.hops = p[3];
  message.id = load_be32(p + kIdAt);
  message.has_id = true;
  message.seconds = load_be16(p + kSecondsAt);
  message.wants_broadcast = (load_be16(p + kFlagsAt) & 0x8000U) != 0;
  message.client_ip = address_at(p + kClientIpAt);
  message.yours = address_at(p + kYoursAt);
  message.relay = address_at(p + kRelayAt);
  if (p[1] == kEthernet && p[2] == 6 && size >= kLeast) {
    std::memcpy(message.client.bytes.data(), p + kClientAt, 6);
  }
}

void read_all_options(Layer& layer, Message& message) {
  const Bytes bytes = layer.rest;
  const bool is_cut = layer.rest.size() < layer.claimed;
  if (bytes.size() < kOptionsAt) {
    // BOOTP of old ends here, with 64 bytes of the vendor's own.
    layer.note(is_cut ? Note::truncated_capture : Note::dhcp_malformed, bytes.size());
    return;
  }
  if (load_be32(bytes.data() + kCookieAt) != kCookie) return;
  const Read read = read_options(bytes.subspan(kOptionsAt), message);
  if ((read.overload & 1U) != 0) read_options(bytes.subspan(kFileAt, 128), message);
  if ((read.overload & 2U) != 0) read_options(bytes.subspan(kSnameAt, 64), message);
  if (!read.is_whole) layer.note(is_cut ? Note::truncated_capture : Note::dhcp_malformed);
}

}  // namespace

Next decode(Layer& layer) {
  Packet& packet = layer.packet;
  const Bytes bytes = layer.rest;
  if (bytes.size() < kLeast || (bytes[0] != 1 && bytes[0] != 2)) return kStop;
  packet.application = Application::dhcp;
  packet.dhcp = {};
  read_fixed(bytes.data(), bytes.size(), packet.dhcp);
  read_all_options(layer, packet.dhcp);
  return kStop;
}

// The words of ISC dhcpd, Kea, dnsmasq and Windows, by what they have in common.
Reason reason_of(std::string_view words) {
  constexpr std::array<std::string_view, 3> kNetwork{"wrong network", "wrong subnet", "not on"};
  constexpr std::array<std::string_view, 6> kTaken{"not available", "unavailable", "in use",
                                                   "reserved",      "no lease",    "lease not"};
  const auto any = [&](const auto& list) {
    return std::ranges::any_of(list, [&](std::string_view word) { return holds(words, word); });
  };
  if (any(kNetwork)) return Reason::other_network;
  return any(kTaken) ? Reason::not_available : Reason::other;
}

// Not so the name by which a network says that it has none; and of option 160 other uses are known.
bool is_portal(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::discover:
      return "DISCOVER";
    case Type::offer:
      return "OFFER";
    case Type::request:
      return "REQUEST";
    case Type::decline:
      return "DECLINE";
    case Type::ack:
      return "ACK";
    case Type::nak:
      return "NAK";
    case Type::release:
      return "RELEASE";
    case Type::inform:
      return "INFORM";
    case Type::unknown:
      break;
  }
  return "";
}

std::string_view type_name(const Message& message) {
  return message.is_v6 ? dhcp6::type_name(message.type6) : type_name(message.type);
}

}  // namespace whydown::packet::dhcp
