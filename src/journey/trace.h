// What a tracker keeps of a packet until its attempt is decided: 32 bytes from which the Digest is
// rebuilt, so that millions of spoofed SYNs stay small.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "journey/digest.h"
#include "packet/packet.h"

namespace whydown::journey {

struct Trace {
  std::int64_t time = 0;  // ns since 1970
  std::uint64_t number = 0;
  std::uint32_t line = 0;
  std::uint16_t input = 0;
  std::uint16_t known = 0;  // packet::Fields, whose bits are below 16
  std::uint16_t ip_id = 0;
  std::uint16_t payload_length = 0;
  std::uint8_t ttl = 0;
  std::uint8_t tos = 0;
  std::uint8_t tcp_flags = 0;
  std::uint8_t bits = 0;

  bool is_set() const { return (bits & kSet) != 0; }
  bool has_time() const { return (bits & kTime) != 0; }
  bool dont_fragment() const { return (bits & kDontFragment) != 0; }
  bool v6() const { return (bits & kV6) != 0; }
  base::Time when() const { return base::time_from_ns(time); }

  static constexpr std::uint8_t kSet = 1;
  static constexpr std::uint8_t kTime = 2;
  static constexpr std::uint8_t kDontFragment = 4;
  static constexpr std::uint8_t kV6 = 8;
};
static_assert(sizeof(Trace) == 40 || sizeof(Trace) == 32);

Trace trace_of(const packet::Packet& packet);
// The same where the trace is to be: copying what was written field by field just now stalls.
void set_trace(Trace& trace, const packet::Packet& packet);
// Whether a trace holds all that a digest would.
bool fits_trace(const packet::Packet& packet);

struct Ends {
  base::IpAddress source;
  base::IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
};

// The packets of an attempt in short: with its outline, all that their digests are rebuilt from.
struct Traces {
  Trace request;
  Trace last_request;
  Trace answer;
  std::uint16_t client_port = 0;
  Kind request_kind = Kind::none;
  Kind answer_kind = Kind::none;
  // Of DNS messages.
  std::uint16_t dns_id = 0;
  std::uint16_t dns_rcode = 0;
  std::uint16_t dns_answers = 0;
  std::uint16_t answer_type = 0;
  std::uint16_t extended_error = 0;  // as Digest::extended_error
  bool authoritative = false;
  bool truncated = false;
  bool has_soa = false;
  bool query_checking_disabled = false;
  bool answer_checking_disabled = false;
};

// Not set when the trace is not.
Digest expand(const Trace& trace, Kind kind, packet::Transport transport, const Ends& ends);
void expand(const Trace& trace, Kind kind, packet::Transport transport, const Ends& ends,
            Digest& digest);

}  // namespace whydown::journey
