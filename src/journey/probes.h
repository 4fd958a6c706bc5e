// Traceroutes, whose errors are what they asked for.
//
// Told by the ports that traceroute uses, by requests with a hop limit no host starts with, or by
// "time exceeded" coming from router after router as the hop limit of the requests to one address
// rises. A routing loop looks different: its errors answer requests of one and the same hop limit.
#pragma once

#include "journey/context.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/table.h"

namespace whydown::journey {

class Probes {
 public:
  Probes(Context& context, Healing& healing) : context_(context), healing_(healing) {}
  // For an attempt that this ICMP error has just decided.
  bool is_probe(const Attempt& attempt);
  static bool is_traceroute_port(const Service& service);
  static std::size_t memory_bytes();

 private:
  struct Path {
    std::uint64_t key;
    std::int64_t last;
    std::uint64_t router;  // the last two, because a loop alternates
    std::uint64_t router_before;
    std::uint8_t ttl;
    std::uint8_t routers;
    std::uint8_t traced;  // the hop limit that rose last: three probes have it, of one router
  };
  bool is_next_hop(const Attempt& attempt);

  Context& context_;
  Healing& healing_;
  Memory<Path> paths_{limits::kProbePaths};
};

}  // namespace whydown::journey
