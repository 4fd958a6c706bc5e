// By what keys healing remembers wishes, and what kind of wish an attempt is. Internal to
// healing*.cpp.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.h"
#include "journey/journey.h"
#include "journey/table.h"

namespace whydown::journey::healing_keys {

namespace type = packet::dns::type;

// Beside the types of the registry: the answer held an address of that type.
inline constexpr std::uint32_t kAnyAddress = 0x10000;
inline constexpr std::uint32_t kUnchecked = 0x20000;  // of a query with CD
inline constexpr std::uint16_t kQuicPort = 443;

// QUIC, be it known as such or by its port alone.
inline bool is_quic(const Service& service) {
  const bool is_web = service.protocol == Protocol::udp && service.port == kQuicPort;
  return service.transport == packet::Transport::udp &&
         (is_web || service.protocol == Protocol::quic || service.protocol == Protocol::tls);
}

inline std::uint32_t server_tag(const base::IpAddress& server) {
  return static_cast<std::uint32_t>(hash_of(server, 9));
}

// What the attempt asked for, where it is a name.
inline const Question* question_of(const Outline& attempt) {
  return attempt.question.is_set ? &attempt.question : nullptr;
}

inline bool is_address_type(std::uint32_t t) { return t == type::a || t == type::aaaa; }
// Failing alone, these leave the client with its IPv4 address.
inline bool is_second_to_a(std::uint32_t t) {
  return t == type::aaaa || t == type::https || t == type::svcb;
}

inline std::uint64_t name_key(std::uint64_t client, std::uint32_t name, std::uint32_t t) {
  return fold(client + 3, std::uint64_t{name} << 32U | t);
}

// TCP and UDP share keys, because HTTP over QUIC that fails is healed by TCP; so do the handshakes
// of TLS on both. DNS does not: a TCP handshake on port 53 serves nobody who asked over UDP.
inline std::uint64_t connect_key(std::uint64_t client, const Service& service) {
  const bool shared = service.protocol == Protocol::tcp || is_datagrams(service.protocol);
  const packet::Transport transport =
      service.protocol == Protocol::tls ? packet::Transport::tcp : service.transport;
  const std::uint64_t salt = shared ? 1
                                    : 2 + (static_cast<std::uint64_t>(service.protocol) << 8U |
                                           static_cast<std::uint64_t>(transport));
  return fold(client + hash_of(service.server, 2), salt << 16U | service.port);
}

// Connections over QUIC are remembered apart: one that came about before serves no later one, as an
// older one over TCP does.
inline std::uint64_t by_quic(std::uint64_t key) { return fold(key, 21); }
inline bool is_by_quic(const Service& service) {
  return service.protocol == Protocol::quic ||
         (service.protocol == Protocol::tls && service.transport == packet::Transport::udp);
}

inline std::uint64_t named_connect_key(std::uint64_t client, std::uint32_t name,
                                       std::uint16_t port) {
  return fold(client + 4, std::uint64_t{name} << 16U | port);
}

inline std::uint64_t set_connect_key(std::uint64_t client, std::uint32_t set, std::uint16_t port) {
  return fold(client + 9, std::uint64_t{set} << 16U | port);
}

inline std::uint64_t family_key(std::uint64_t client, std::uint16_t port,
                                base::AddressKind family) {
  return fold(client + 5, std::uint64_t{port} << 8U | static_cast<std::uint64_t>(family));
}

inline base::AddressKind other_family(base::AddressKind family) {
  return family == base::AddressKind::v6 ? base::AddressKind::v4 : base::AddressKind::v6;
}

inline std::uint64_t label_key(std::uint64_t client, std::string_view label) {
  return fold(client + 7, base::hash_bytes(label));
}
inline std::uint64_t port_key(std::uint64_t client, std::uint16_t port) {
  return fold(client + 8, port);
}

}  // namespace whydown::journey::healing_keys
