// What every part of the tracker shares.
#pragma once

#include <array>

#include "base/interner.h"
#include "base/time.h"
#include "journey/journey.h"

namespace whydown::journey {

struct Context {
  Sink& sink;
  base::Interner& names;
  Totals totals{};
  base::Time now{};         // of the packet at hand; at the end, of the last one
  std::uint32_t order = 0;  // packets so far; wraps
  // When each input was heard last, in nanoseconds; inputs beyond the size share.
  std::array<std::int64_t, 16> heard{};

  base::Time heard_at(std::uint16_t input) const {
    return base::time_from_ns(heard[input % heard.size()]);
  }
  // Packets after the one that had this `order`.
  std::uint32_t since(std::uint32_t then) const { return order - then; }
};

// One ICMP error as the trackers need it: whose datagram it complains of. What the quote does not
// show is zero.
struct Complaint {
  const packet::Packet& packet;
  Symptom symptom = Symptom::none;
  base::IpAddress client;  // who sent the quoted datagram
  base::IpAddress server;  // to whom
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  bool has_client_port = false;
  packet::Transport transport = packet::Transport::none;
};

// From the first packet to the second; negative when one of them carries no time.
inline base::Duration latency_of(bool both_timed, base::Time first, base::Time second) {
  if (!both_timed || second < first) return base::Duration{-1};
  return base::between(first, second);
}

}  // namespace whydown::journey
