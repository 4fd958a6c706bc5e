#include "redact/address_mask.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/cursor.h"

namespace whydown::redact {
namespace {

using base::IpAddress;
using base::MacAddress;

std::span<const std::uint8_t, 16> cipher_half(const Key& key) { return std::span(key).first<16>(); }

Block pad_of(const Aes& cipher, const Key& key) {
  Block block{};
  std::copy_n(key.begin() + 16, block.size(), block.begin());
  return cipher.encrypt(block);
}

void copy_bit(const Block& from, Block& to, unsigned bit) {
  const auto mask = static_cast<std::uint8_t>(1U << (7 - bit % 8));
  to[bit / 8] = static_cast<std::uint8_t>((to[bit / 8] & ~mask) | (from[bit / 8] & mask));
}

// The bits of `original` from `begin` to `end`, each turned or not by what stands before it.
Block preserve_prefix(const Aes& cipher, const Block& pad, const Block& original, unsigned begin,
                      unsigned end) {
  Block out = original;
  Block seen = pad;  // the first bits of the original, then the pad
  for (unsigned bit = 0; bit < end; ++bit) {
    if (bit >= begin && (cipher.encrypt(seen)[0] & 0x80U) != 0) {
      out[bit / 8] ^= static_cast<std::uint8_t>(1U << (7 - bit % 8));
    }
    copy_bit(original, seen, bit);
  }
  return out;
}

Block block_of_v4(std::uint32_t address) {
  Block block{};
  for (unsigned i = 0; i < 4; ++i) block[i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
  return block;
}

constexpr unsigned kPublic = 0;
constexpr unsigned kAll = 32;

// The bits of a v4 address that stay, for they say what it is for.
unsigned kept_v4(std::uint32_t address) {
  struct Range {
    std::uint32_t base;
    unsigned length;
    unsigned kept;
  };
  // https://www.iana.org/assignments/iana-ipv4-special-registry; the narrower range first.
  constexpr std::array<Range, 11> ranges{{{0x00000000, 32, kAll},  // this host
                                          {0xffffffff, 32, kAll},  // everybody here
                                          {0xe0000000, 24, kAll},  // well-known groups
                                          {0x7f000000, 8, kAll},   // loopback
                                          {0x00000000, 8, 8},
                                          {0x0a000000, 8, 8},    // private, RFC 1918
                                          {0xac100000, 12, 12},  //
                                          {0xc0a80000, 16, 16},  //
                                          {0xa9fe0000, 16, 16},  // link-local, RFC 3927
                                          {0x64400000, 10, 10},  // shared, RFC 6598
                                          {0xe0000000, 3, 4}}};  // multicast, and beyond
  for (const Range& range : ranges) {
    if (((address ^ range.base) >> (32 - range.length)) == 0) return range.kept;
  }
  return kPublic;
}

}  // namespace

AddressMask::AddressMask(const Key& key)
    : v4_cipher_(cipher_half(key)),
      v4_pad_(pad_of(v4_cipher_, key)),
      v6_cipher_(cipher_half(key_for(key, "address v6"))),
      v6_pad_(pad_of(v6_cipher_, key_for(key, "address v6"))),
      mac_key_(key_for(key, "mac")) {}

std::uint32_t AddressMask::plain_v4(std::uint32_t address) const {
  const Block out = preserve_prefix(v4_cipher_, v4_pad_, block_of_v4(address), 0, 32);
  return base::load_be32(out.data());
}

std::uint32_t AddressMask::v4(std::uint32_t address) const {
  const unsigned kept = kept_v4(address);
  if (kept == kAll) return address;
  // A permutation's cycle comes back to where it began, an address of the same kind: this ends.
  do {
    const Block out = preserve_prefix(v4_cipher_, v4_pad_, block_of_v4(address), kept, kAll);
    address = base::load_be32(out.data());
  } while (kept_v4(address) != kept);
  return address;
}

namespace {

Block block_of_v6(const IpAddress& address) {
  Block block{};
  for (unsigned i = 0; i < 8; ++i) {
    block[i] = static_cast<std::uint8_t>(address.high() >> (56U - 8U * i));
    block[i + 8] = static_cast<std::uint8_t>(address.low() >> (56U - 8U * i));
  }
  return block;
}

constexpr std::uint64_t kNat64 = 0x0064ff9b00000000ULL;          // RFC 6052
constexpr std::uint64_t kNat64Local = 0x0064ff9b0001ULL;         // RFC 8215, a /48
constexpr std::uint64_t kSolicitedNode = 0x00000001ff000000ULL;  // RFC 4291 2.7.1, less its 24 bits

// https://www.iana.org/assignments/ipv6-multicast-addresses: the groups everybody knows have small
// numbers.
bool is_well_known_group(const IpAddress& address) {
  constexpr std::uint64_t scope_and_flags = 0x00ffULL << 48U;
  constexpr std::uint64_t beyond = 0x20000;
  return (address.high() & ~scope_and_flags) == 0xff00ULL << 48U && address.low() < beyond;
}

unsigned kept_v6(const IpAddress& address) {
  const std::uint64_t high = address.high();
  if (high == 0) return address.low() <= 1 ? 128 : 96;
  if (address.is_multicast()) {
    if (is_well_known_group(address)) return 128;
    const bool solicited = (address.low() & ~0xffffffULL) == kSolicitedNode;
    return solicited && (high & 0xff00ffffffffffffULL) == 0xff00000000000000ULL ? 104 : 16;
  }
  if (high >> 16U == kNat64Local) return 48;
  if (address.is_link_local()) return high == 0xfe80000000000000ULL ? 64 : 10;
  if (address.is_private()) return 8;
  return high >> 61U == 1 ? 3 : 8;  // 2000::/3: the internet
}

}  // namespace

IpAddress AddressMask::v6(const IpAddress& original) const {
  Block block = block_of_v6(original);
  if (original.high() == kNat64 && original.low() >> 32U == 0) {
    const Block inner = block_of_v4(v4(static_cast<std::uint32_t>(original.low())));
    std::copy_n(inner.begin(), 4, block.begin() + 12);
    return IpAddress::v6(block);
  }
  const unsigned kept = kept_v6(original);
  if (kept < 128) block = preserve_prefix(v6_cipher_, v6_pad_, block, kept, 128);
  return IpAddress::v6(block);
}

IpAddress AddressMask::address(const IpAddress& original) const {
  switch (original.kind()) {
    case base::AddressKind::v4:
      return IpAddress::v4(v4(original.v4_value()));
    case base::AddressKind::v6:
      return v6(original);
    case base::AddressKind::mac:
      return IpAddress::mac(mac(original.mac_value()));
    case base::AddressKind::none:
    case base::AddressKind::host:
      break;
  }
  return original;
}

namespace {

bool starts_with(const MacAddress& mac, std::initializer_list<std::uint8_t> bytes) {
  return std::equal(bytes.begin(), bytes.end(), mac.bytes.begin());
}

// Groups that stand for a protocol, not for a network: spanning tree, LLDP, 224.0.0.x, ff02::1.
bool is_well_known(const MacAddress& mac) {
  return starts_with(mac, {0x01, 0x80, 0xc2, 0x00, 0x00}) ||
         starts_with(mac, {0x01, 0x00, 0x5e, 0x00, 0x00}) ||
         starts_with(mac, {0x33, 0x33, 0x00, 0x00}) || mac == MacAddress{} ||
         starts_with(mac, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
}

}  // namespace

MacAddress AddressMask::mac(const MacAddress& original) const {
  if (is_well_known(original)) return original;
  MacAddress out = original;
  // RFC 2464 7: of a solicited-node group the last 32 bits are those of the IPv6 group.
  if (starts_with(original, {0x33, 0x33, 0xff})) {
    Block group{0xff, 0x02};
    group[11] = 1;
    std::copy_n(original.bytes.begin() + 2, 4, group.begin() + 12);
    const IpAddress masked = v6(IpAddress::v6(group));
    for (unsigned i = 3; i < 6; ++i) {
      out.bytes[i] = static_cast<std::uint8_t>(masked.low() >> (40U - 8U * i));
    }
    return out;
  }
  const std::string_view text(reinterpret_cast<const char*>(original.bytes.data()),
                              original.bytes.size());
  const Digest digest = hmac(mac_key_, text);
  const std::size_t kept = original.is_group() ? 2 : 0;
  std::copy_n(digest.begin(), out.bytes.size() - kept, out.bytes.begin() + kept);
  if (!original.is_group()) out.bytes[0] = 0x02;  // one machine, locally administered
  return out;
}

}  // namespace whydown::redact
