#include "packet/dhcp6/dhcp6.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/cursor.h"
#include "packet/ip/ip.h"

namespace whydown::packet::dhcp6 {
namespace {

using base::load_be16;
using base::load_be32;
using Bytes = std::span<const std::uint8_t>;
using dhcp::Reason;
using dhcp::Type;

// RFC 8415 7.3
enum Number : std::uint8_t {
  solicit = 1,
  advertise = 2,
  request = 3,
  confirm = 4,
  renew = 5,
  rebind = 6,
  reply = 7,
  release = 8,
  decline = 9,
  information_request = 11,
  relay_forward = 12,
  relay_reply = 13,
};

// RFC 8415 21
namespace option {
constexpr std::uint16_t client_id = 1;
constexpr std::uint16_t addresses = 3;
constexpr std::uint16_t temporary_addresses = 4;
constexpr std::uint16_t address = 5;
constexpr std::uint16_t relayed = 9;
constexpr std::uint16_t status_code = 13;
constexpr std::uint16_t prefixes = 25;
constexpr std::uint16_t prefix = 26;
constexpr std::uint16_t portal = 103;  // RFC 8910 2.2
}  // namespace option

constexpr std::size_t kHeader = 4;        // type and transaction id
constexpr std::size_t kRelayHeader = 34;  // type, hops, link and peer address (RFC 8415 9)
constexpr std::size_t kOptionHeader = 4;
constexpr std::size_t kMostRelays = 8;  // HOP_COUNT_LIMIT (RFC 8415 7.6)

// What of the options matters, in one pass over them and those inside.
struct Found {
  base::MacAddress client;
  base::IpAddress address;                 // the first one, or prefix, with a lifetime
  std::uint16_t status = status::success;  // the first that refuses
  bool has_identity = false;               // an IA: addresses or prefixes are asked for or given
  bool names_portal = false;
  bool is_broken = false;
};

// A DUID of the kinds that end with a hardware address (RFC 8415 11.2, 11.4).
base::MacAddress mac_of(Bytes duid) {
  constexpr std::uint16_t with_time = 1;
  constexpr std::uint16_t plain = 3;
  constexpr std::uint16_t ethernet = 1;
  base::MacAddress mac;
  if (duid.size() < 4) return mac;
  const std::uint16_t kind = load_be16(duid.data());
  const std::size_t at = kind == with_time ? 8 : 4;
  const bool has_mac = (kind == with_time || kind == plain) &&
                       load_be16(duid.data() + 2) == ethernet && duid.size() == at + 6;
  if (has_mac) std::memcpy(mac.bytes.data(), duid.data() + at, 6);
  return mac;
}

void note_status(Bytes value, Found& found) {
  if (value.size() < 2 || found.status != status::success) return;
  found.status = load_be16(value.data());
}

// One option without others inside.
void read_leaf(std::uint16_t code, Bytes value, Found& found) {
  switch (code) {
    case option::client_id:
      found.client = mac_of(value);
      break;
    case option::status_code:
      note_status(value, found);
      break;
    case option::portal:
      found.names_portal =
          dhcp::is_portal({reinterpret_cast<const char*>(value.data()), value.size()});
      break;
    case option::address:
      // The address, its preferred and its valid lifetime; 0 means that it is taken away.
      if (value.size() >= 24 && load_be32(value.data() + 20) != 0 && !found.address.is_known()) {
        found.address = ip::address6(value.data());
      }
      break;
    case option::prefix:
      // The lifetimes, the length of the prefix, the prefix.
      if (value.size() >= 25 && load_be32(value.data() + 4) != 0 && !found.address.is_known()) {
        found.address = ip::address6(value.data() + 9);
      }
      break;
    default:
      break;
  }
}

// Bytes before the options inside, of options that hold others; 0 of all others.
std::size_t inner_offset(std::uint16_t code) {
  switch (code) {
    case option::addresses:
    case option::prefixes:
      return 12;
    case option::temporary_addresses:
      return 4;
    case option::address:
      return 24;
    case option::prefix:
      return 25;
    default:
      return 0;
  }
}

// Options inside options lie in the bytes of the outer one, so that walking on from the head of an
// outer one instead of its end visits them all: no recursion, and each byte is passed once.
void read_options(Bytes bytes, Found& found) {
  std::size_t at = 0;
  while (bytes.size() - at >= kOptionHeader) {
    const std::uint16_t code = load_be16(bytes.data() + at);
    const std::size_t size = load_be16(bytes.data() + at + 2);
    at += kOptionHeader;
    if (size > bytes.size() - at) {
      found.is_broken = true;
      return;
    }
    read_leaf(code, bytes.subspan(at, size), found);
    const std::size_t inner = inner_offset(code);
    found.has_identity = found.has_identity || code == option::addresses ||
                         code == option::temporary_addresses || code == option::prefixes;
    at += inner != 0 && inner <= size ? inner : size;
  }
  found.is_broken = found.is_broken || at != bytes.size();
}

Reason reason_of(std::uint16_t status) {
  switch (status) {
    case status::no_addresses:
    case status::no_prefixes:
      return Reason::not_available;
    case status::not_on_link:
      return Reason::other_network;
    default:
      return Reason::other;
  }
}

Type type_of_reply(std::uint8_t number, const Found& found) {
  const bool gives = found.address.is_known();
  if (number == advertise) return Type::offer;  // perhaps of nothing
  if (gives) return Type::ack;
  const bool has_none = found.status == status::no_addresses || found.status == status::no_prefixes;
  if (has_none) return Type::offer;
  const bool refuses = found.status != status::success && found.status != status::use_multicast;
  return refuses ? Type::nak : Type::inform;
}

Type type_of(std::uint8_t number, const Found& found) {
  switch (number) {
    case solicit:
      return Type::discover;
    case request:
    case renew:
    case rebind:
      return Type::request;
    case release:
      return Type::release;
    case decline:
      return Type::decline;
    case advertise:
    case reply:
      return type_of_reply(number, found);
    default:
      return Type::inform;
  }
}

// The message inside of relays, and the first relay's address on the client's link.
bool unwrap(Bytes& bytes, base::IpAddress& relay) {
  for (std::size_t depth = 0; depth < kMostRelays; ++depth) {
    if (bytes.empty()) return false;
    if (bytes[0] != relay_forward && bytes[0] != relay_reply) return true;
    if (bytes.size() < kRelayHeader) return false;
    relay = ip::address6(bytes.data() + 2);
    Bytes rest = bytes.subspan(kRelayHeader);
    bytes = {};
    while (rest.size() >= kOptionHeader) {
      const std::size_t size = load_be16(rest.data() + 2);
      const Bytes value = rest.subspan(kOptionHeader);
      if (size > value.size()) {
        // The snap length may cut the message inside, which is read as far as it goes.
        if (load_be16(rest.data()) == option::relayed) bytes = value;
        break;
      }
      if (load_be16(rest.data()) == option::relayed) bytes = value.first(size);
      rest = value.subspan(size);
    }
  }
  return false;
}

bool is_known(std::uint8_t number) { return !type_name(number).empty(); }

void fill(const Found& found, std::uint8_t number, Packet& packet) {
  dhcp::Message& message = packet.dhcp;
  message.is_v6 = true;
  message.type6 = number;
  message.type = type_of(number, found);
  message.is_reply = number == advertise || number == reply;
  message.client = found.client;
  if (!message.client.is_known() && !message.relay.is_known() && packet.known.has(Field::mac)) {
    message.client = message.is_reply ? packet.link.destination : packet.link.source;
  }
  if (message.is_reply) {
    message.yours = found.address;
    message.server = packet.ip.source;
    message.status = found.status;
    message.names_portal = found.names_portal;
    const bool is_no = message.type == Type::nak || !found.address.is_known();
    if (is_no && found.status != status::success) message.reason = reason_of(found.status);
  } else {
    message.requested = found.address;
  }
}

}  // namespace

Next decode(Layer& layer) {
  Packet& packet = layer.packet;
  Bytes bytes = layer.rest;
  const bool is_cut = layer.rest.size() < layer.claimed;
  base::IpAddress relay;
  const bool is_whole = unwrap(bytes, relay);
  if (!is_whole || bytes.size() < kHeader || !is_known(bytes[0])) return kStop;
  Found found;
  read_options(bytes.subspan(kHeader), found);
  // Of words from the middle of something else hardly any look like options to the end.
  if (found.is_broken && !is_cut) {
    layer.note(Note::dhcp_malformed);
    return kStop;
  }
  if (found.is_broken) layer.note(Note::truncated_capture);
  packet.application = Application::dhcp;
  packet.dhcp = {};
  packet.dhcp.relay = relay;
  packet.dhcp.id = load_be32(bytes.data()) & 0xffffffU;
  packet.dhcp.has_id = true;
  fill(found, bytes[0], packet);
  // What a reply says stands behind what may be cut off.
  if (found.is_broken && packet.dhcp.is_reply && !found.address.is_known()) {
    packet.dhcp.type = bytes[0] == advertise ? Type::offer : Type::unknown;
    packet.dhcp.reason = Reason::none;
  }
  return kStop;
}

void set_told(const Told& told, Packet& packet) {
  Found found;
  found.client = told.client;
  found.address = told.address;
  found.status = told.status;
  packet.application = Application::dhcp;
  packet.dhcp = {};
  packet.dhcp.has_id = told.has_id;
  packet.dhcp.id = told.id;
  fill(found, told.number, packet);
  // Whether it gives an address is not shown.
  const bool is_open = !told.is_whole && !told.address.is_known() && told.status == status::success;
  if (packet.dhcp.is_reply && is_open) packet.dhcp.type = Type::unknown;
}

base::MacAddress mac_of_duid(std::string_view hex) {
  std::array<std::uint8_t, 32> bytes{};
  const auto value = [](char c) {
    const char lower = static_cast<char>(c | 0x20);
    return c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  if (hex.size() % 2 != 0 || hex.size() / 2 > bytes.size()) return {};
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = value(hex[i]);
    const int low = value(hex[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes.at(i / 2) = static_cast<std::uint8_t>(high << 4 | low);
  }
  return mac_of(Bytes(bytes).first(hex.size() / 2));
}

std::uint8_t number_of(std::string_view name) {
  const auto is_same = [&](std::string_view known) {
    return std::ranges::equal(name, known, [](char a, char b) {
      return (a == ' ' ? '-' : a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b;
    });
  };
  for (std::uint8_t number = solicit; number <= relay_reply; ++number) {
    if (!type_name(number).empty() && is_same(type_name(number))) return number;
  }
  // tcpdump's own.
  if (is_same("INF-REQ")) return information_request;
  return 0;
}

std::uint16_t status_of(std::string_view name) {
  for (std::uint16_t number = status::success; number <= status::no_prefixes; ++number) {
    if (status_name(number) == name) return number;
  }
  return status::unspecified;
}

std::string_view type_name(std::uint8_t type) {
  constexpr std::array<std::string_view, 14> kNames{
      "",           "SOLICIT",   "ADVERTISE", "REQUEST", "CONFIRM", "RENEW",
      "REBIND",     "REPLY",     "RELEASE",   "DECLINE", "",        "INFORMATION-REQUEST",
      "RELAY-FORW", "RELAY-REPL"};
  return type < kNames.size() ? kNames[type] : std::string_view{};
}

std::string_view status_name(std::uint16_t status) {
  constexpr std::array<std::string_view, 7> kNames{"Success",      "UnspecFail", "NoAddrsAvail",
                                                   "NoBinding",    "NotOnLink",  "UseMulticast",
                                                   "NoPrefixAvail"};
  return status < kNames.size() ? kNames[status] : std::string_view{};
}

}  // namespace whydown::packet::dhcp6
