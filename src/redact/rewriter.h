// A frame and the one that takes its place: zeros, into which only what is understood is written.
// Inside redact/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/cursor.h"
#include "redact/redact.h"

namespace whydown::redact {

class Rewriter {
 public:
  Rewriter(std::span<const std::uint8_t> in, const Redactor& redactor)
      : in_(in), out_(in.size(), 0), redactor_(redactor) {}

  std::size_t size() const { return in_.size(); }
  bool has(std::size_t at, std::size_t count) const {
    return at <= in_.size() && count <= in_.size() - at;
  }
  // Reads of what has() said is there.
  std::uint8_t u8(std::size_t at) const { return in_[at]; }
  std::uint16_t u16(std::size_t at) const { return base::load_be16(in_.data() + at); }
  std::span<const std::uint8_t> in() const { return in_; }
  std::span<const std::uint8_t> out() const { return out_; }
  const Redactor& redactor() const { return redactor_; }

  // As it is, as far as it is there.
  void copy(std::size_t at, std::size_t count) {
    if (at >= in_.size()) return;
    count = std::min(count, in_.size() - at);
    std::copy_n(in_.begin() + static_cast<std::ptrdiff_t>(at), count,
                out_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  // By stand-ins; nothing where it is not all there.
  void v4(std::size_t at) {
    if (!has(at, 4)) return;
    const auto masked = redactor_.address(base::IpAddress::v4(base::load_be32(in_.data() + at)));
    put32(at, masked.v4_value());
  }
  void v6(std::size_t at) {
    if (!has(at, 16)) return;
    const auto masked = redactor_.address(base::IpAddress::v6(in_.subspan(at).first<16>()));
    put32(at, static_cast<std::uint32_t>(masked.high() >> 32U));
    put32(at + 4, static_cast<std::uint32_t>(masked.high()));
    put32(at + 8, static_cast<std::uint32_t>(masked.low() >> 32U));
    put32(at + 12, static_cast<std::uint32_t>(masked.low()));
  }
  void mac(std::size_t at) {
    if (!has(at, 6)) return;
    base::MacAddress original;
    std::copy_n(in_.begin() + static_cast<std::ptrdiff_t>(at), 6, original.bytes.begin());
    const base::MacAddress masked = redactor_.mac(original);
    std::ranges::copy(masked.bytes, out_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void put8(std::size_t at, std::uint8_t value) { out_[at] = value; }
  void put16(std::size_t at, std::uint16_t value) {
    out_[at] = static_cast<std::uint8_t>(value >> 8U);
    out_[at + 1] = static_cast<std::uint8_t>(value);
  }
  void put32(std::size_t at, std::uint32_t value) {
    put16(at, static_cast<std::uint16_t>(value >> 16U));
    put16(at + 2, static_cast<std::uint16_t>(value));
  }
  std::vector<std::uint8_t> take() { return std::move(out_); }

 private:
  std::span<const std::uint8_t> in_;
  std::vector<std::uint8_t> out_;
  const Redactor& redactor_;
};

// The DNS message from `at` to `end` (RFC 1035): header, names by stand-ins, the record data that
// is addresses and names. False, with nothing written, where it does not read like one.
bool rewrite_dns(Rewriter& frame, std::size_t at, std::size_t end);

// The DHCP message from `at` to `end` (RFC 2131). False, with nothing written, where it does not
// read like one.
bool rewrite_dhcp(Rewriter& frame, std::size_t at, std::size_t end);

// The IP packet at `at`; its payload as far as it is understood.
void rewrite_ipv4(Rewriter& frame, std::size_t at);
void rewrite_ipv6(Rewriter& frame, std::size_t at);
// The same within an ICMP error, where an error is not followed further.
void rewrite_quoted_ipv4(Rewriter& frame, std::size_t at);
void rewrite_quoted_ipv6(Rewriter& frame, std::size_t at);

// What IP says about the transport that it carries.
struct Datagram {
  std::size_t at = 0;   // of the transport header
  std::size_t end = 0;  // as the headers claim; may lie beyond the frame
  std::size_t ip = 0;   // of the IP header
  bool is_v6 = false;
  bool is_whole = true;    // no fragment, and nothing changed the addresses of the checksum
  bool is_quoted = false;  // within an ICMP error
};
void rewrite_transport(Rewriter& frame, const Datagram& datagram, std::uint8_t protocol);

// Writes the checksum at `field`, of the bytes from `begin` to `end` and, where `pseudo` says so,
// of the addresses before them: right where the original's was right, wrong where it was wrong,
// zero where that cannot be known. So neither tells anything of the bytes that are gone.
struct Covered {
  std::size_t field = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool has_pseudo_header = false;
};
void rewrite_checksum(Rewriter& frame, const Covered& covered, const Datagram& datagram,
                      std::uint8_t protocol);

}  // namespace whydown::redact
