// IPv4, IPv6, host-name and MAC addresses as one 16-byte value, and MAC addresses alone.
//
// Text logs name hosts ("dns.google", "your.machine") where captures carry numbers. Such a name is
// interned (base/interner.h) and becomes an address of kind `host`, so that every stage after the
// packet treats it like any other address. A client that has no address yet (DHCP) is known by its
// MAC address: kind `mac`. AddressBook turns all kinds back into words.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace whydown::base {

class Interner;

enum class AddressKind : std::uint8_t { none, v4, v6, host, mac };

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};

  static std::optional<MacAddress> parse(std::string_view text);  // "02:00:5e:10:00:01"
  bool is_group() const { return (bytes[0] & 1U) != 0; }
  constexpr bool is_known() const {
    for (const std::uint8_t byte : bytes) {
      if (byte != 0) return true;
    }
    return false;
  }
  std::string to_string() const;
  friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;
};

class IpAddress {
 public:
  constexpr IpAddress() = default;

  static constexpr IpAddress v4(std::uint32_t host_order) {
    return IpAddress{0, kV4Prefix | host_order};
  }
  // `bytes` holds 16 bytes in network order.
  static IpAddress v6(std::span<const std::uint8_t, 16> bytes);
  // `id` is an Interner id.
  static constexpr IpAddress host(std::uint32_t id) { return IpAddress{kHostPrefix, id}; }
  static constexpr IpAddress mac(const MacAddress& mac) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : mac.bytes) value = value << 8U | byte;
    return IpAddress{kHostPrefix, kMacTag | value};
  }
  // Dotted quad or any RFC 4291 form, without brackets or zone.
  static std::optional<IpAddress> parse(std::string_view text);

  constexpr AddressKind kind() const {
    if (high_ == kHostPrefix) {
      return (low_ & kMacTag) != 0 ? AddressKind::mac : AddressKind::host;
    }
    if (high_ != 0) return AddressKind::v6;
    if (low_ == 0) return AddressKind::none;
    return (low_ >> 32U) == (kV4Prefix >> 32U) ? AddressKind::v4 : AddressKind::v6;
  }
  constexpr bool is_known() const { return (high_ | low_) != 0; }
  // Of kind v4 only, in host order.
  constexpr std::uint32_t v4_value() const { return static_cast<std::uint32_t>(low_); }
  // Of kind host only.
  constexpr std::uint32_t host_id() const { return static_cast<std::uint32_t>(low_); }
  // Of kind mac only.
  constexpr MacAddress mac_value() const {
    MacAddress mac;
    for (unsigned i = 0; i < 6; ++i) {
      mac.bytes[i] = static_cast<std::uint8_t>(low_ >> (40U - 8U * i));
    }
    return mac;
  }
  constexpr std::uint64_t high() const { return high_; }
  constexpr std::uint64_t low() const { return low_; }

  constexpr bool is_multicast() const {
    return high_ == 0 ? low_ >> 28U == (kV4Prefix >> 28U | 0xeU) : high_ >> 56U == 0xff;
  }
  // 255.255.255.255 only: netmasks are not in packets.
  constexpr bool is_broadcast() const { return high_ == 0 && low_ == (kV4Prefix | 0xffffffffU); }
  bool is_loopback() const;
  bool is_link_local() const;
  bool is_private() const;  // RFC 1918, RFC 4193

  // RFC 5952 for v6. A host prints as "host#ID"; AddressBook knows its name.
  std::string to_string() const;

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  constexpr IpAddress(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}

  // v4 is kept v4-mapped (::ffff:a.b.c.d). A host lies in 100::/64, the discard-only prefix of
  // RFC 6666, which no packet carries. So does a MAC address, with a bit above its 48.
  static constexpr std::uint64_t kV4Prefix = 0x0000ffff00000000ULL;
  static constexpr std::uint64_t kHostPrefix = 0x0100000000000000ULL;
  static constexpr std::uint64_t kMacTag = std::uint64_t{1} << 48U;

  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

// Turns addresses into words, behind the interner's mask if it has one; the interner must outlive
// it.
class AddressBook {
 public:
  explicit AddressBook(const Interner& names) : names_(&names) {}
  std::string text(const IpAddress& address) const;
  // "192.0.2.1:53", "[2001:db8::1]:53", "dns.google:53".
  std::string endpoint(const IpAddress& address, std::uint16_t port) const;

 private:
  const Interner* names_;
};

}  // namespace whydown::base

template <>
struct std::hash<whydown::base::IpAddress> {
  std::size_t operator()(const whydown::base::IpAddress& address) const noexcept;
};
