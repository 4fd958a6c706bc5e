// One X.509 certificate (RFC 5280), as far as a client's verdict depends on it. OpenSSL reads it;
// signatures are not checked, so whether a client trusts it is not known from here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bounded.h"

namespace whydown::packet::tls {

struct Certificate {
  bool is_read = false;
  std::int64_t not_before = 0;  // seconds since 1970
  std::int64_t not_after = 0;
  base::ShortText name;         // the first DNS name it is for, else its common name
  bool is_self_signed = false;  // issuer and subject are the same
  // Whether it is for the name (RFC 9525: DNS names, with wildcards; an address for an address).
  bool covers = false;
};

// `wanted`: the name that the client asked for; empty where it is not known (covers stays false).
// Allocates: once per certificate, not per packet.
Certificate read_certificate(std::span<const std::uint8_t> der, std::string_view wanted);

}  // namespace whydown::packet::tls
