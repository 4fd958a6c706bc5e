#include "base/address.h"

#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/interner.h"
#include "base/mask.h"

namespace whydown::base {

IpAddress IpAddress::v6(std::span<const std::uint8_t, 16> bytes) {
  return IpAddress{load_be64(bytes.data()), load_be64(bytes.data() + 8)};
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN] = {};
  if (text.empty() || text.size() >= sizeof terminated) return std::nullopt;
  std::memcpy(terminated, text.data(), text.size());
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, terminated, bytes.data()) == 1) return v4(load_be32(bytes.data()));
  if (inet_pton(AF_INET6, terminated, bytes.data()) == 1) return v6(bytes);
  return std::nullopt;
}

bool IpAddress::is_loopback() const {
  if (kind() == AddressKind::v4) return v4_value() >> 24U == 127;
  return high_ == 0 && low_ == 1;
}

bool IpAddress::is_link_local() const {
  if (kind() == AddressKind::v4) return v4_value() >> 16U == 0xa9fe;
  return kind() == AddressKind::v6 && high_ >> 54U == 0x3fa;
}

bool IpAddress::is_private() const {
  if (kind() == AddressKind::v6) return high_ >> 57U == 0x7e;
  if (kind() != AddressKind::v4) return false;
  const std::uint32_t value = v4_value();
  return value >> 24U == 10 || value >> 20U == 0xac1 || value >> 16U == 0xc0a8;
}

std::string IpAddress::to_string() const {
  switch (kind()) {
    case AddressKind::none:
      return "::";
    case AddressKind::host:
      return fmt::format("host#{}", host_id());
    case AddressKind::v4: {
      const std::uint32_t value = v4_value();
      return fmt::format("{}.{}.{}.{}", value >> 24U, value >> 16U & 255U, value >> 8U & 255U,
                         value & 255U);
    }
    case AddressKind::mac:
      return mac_value().to_string();
    case AddressKind::v6:
      break;
  }
  std::array<std::uint8_t, 16> bytes{};
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(high_ >> (56U - 8U * i));
    bytes[i + 8] = static_cast<std::uint8_t>(low_ >> (56U - 8U * i));
  }
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
  MacAddress mac;
  std::size_t byte = 0;
  unsigned value = 0;
  unsigned digits = 0;
  const auto finish = [&] {
    if (digits == 0 || byte == mac.bytes.size()) return false;
    mac.bytes[byte++] = static_cast<std::uint8_t>(value);
    value = digits = 0;
    return true;
  };
  for (const char c : text) {
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A') + 10;
    } else if ((c == ':' || c == '-') && finish()) {
      continue;
    } else {
      return std::nullopt;
    }
    if (++digits > 2) return std::nullopt;
    value = value << 4U | digit;
  }
  if (!finish() || byte != mac.bytes.size()) return std::nullopt;
  return mac;
}

std::string MacAddress::to_string() const {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", bytes[0], bytes[1], bytes[2],
                     bytes[3], bytes[4], bytes[5]);
}

std::string AddressBook::text(const IpAddress& address) const {
  if (address.kind() == AddressKind::host) {
    const std::string name = names_->shown(address.host_id());
    return name.empty() ? address.to_string() : name;
  }
  const Mask* mask = names_->mask();
  return mask == nullptr ? address.to_string() : mask->address(address).to_string();
}

std::string AddressBook::endpoint(const IpAddress& address, std::uint16_t port) const {
  if (address.kind() == AddressKind::v6) return fmt::format("[{}]:{}", text(address), port);
  return fmt::format("{}:{}", text(address), port);
}

}  // namespace whydown::base

std::size_t std::hash<whydown::base::IpAddress>::operator()(
    const whydown::base::IpAddress& address) const noexcept {
  return whydown::base::combine(address.high(), address.low());
}
