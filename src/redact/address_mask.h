// Stand-ins for addresses: prefix-preserving, so that two addresses of one network stay two of one
// network (Xu, Fan, Ammar, Moon: "Prefix-preserving IP address anonymization", ICNP 2002, known as
// Crypto-PAn).
//
// What an address is *for* stays visible, because diagnoses speak of it: private, loopback,
// link-local and multicast ones stay so, and well-known ones (0.0.0.0, 255.255.255.255, 127.0.0.1,
// 224.0.0.1, ff02::1 ...) stay themselves. A public address never gets a stand-in of another kind:
// where Crypto-PAn gives one, it is applied again, which keeps common prefixes of 16 bits and more.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "redact/cipher.h"

namespace whydown::redact {

class AddressMask {
 public:
  explicit AddressMask(const Key& key);

  base::IpAddress address(const base::IpAddress& original) const;
  // Locally administered, without the maker's prefix (OUI). Group addresses stay groups; those
  // derived from IP groups stay derived from their stand-ins where that is possible.
  base::MacAddress mac(const base::MacAddress& original) const;

  // Crypto-PAn itself, nothing kept.
  std::uint32_t plain_v4(std::uint32_t address) const;

 private:
  std::uint32_t v4(std::uint32_t address) const;
  base::IpAddress v6(const base::IpAddress& original) const;

  Aes v4_cipher_;
  Block v4_pad_;
  Aes v6_cipher_;
  Block v6_pad_;
  Key mac_key_;
};

}  // namespace whydown::redact
