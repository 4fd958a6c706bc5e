#include "journey/probes.h"

#include <algorithm>

namespace whydown::journey {

namespace {

constexpr std::uint16_t kFirstPort = 33434;  // traceroute(8)
constexpr std::uint16_t kLastPort = 33534;
constexpr std::uint8_t kManyRouters = 255;

std::uint8_t request_ttl(const Attempt& attempt) {
  return attempt.request.is_set() && attempt.request.known.has(packet::Field::ttl)
             ? attempt.request.ttl
             : std::uint8_t{0};
}

}  // namespace

bool Probes::is_traceroute_port(const Service& service) {
  return service.transport == packet::Transport::udp && service.port >= kFirstPort &&
         service.port <= kLastPort;
}

bool Probes::is_probe(const Attempt& attempt) {
  if (is_traceroute_port(attempt.service)) return true;
  if (attempt.symptom != Symptom::ttl_exceeded) return false;
  const std::uint8_t ttl = request_ttl(attempt);
  const bool rising = is_next_hop(attempt);
  if (rising) healing_.mark_probes(attempt.client, attempt.service.server);
  return rising || (ttl != 0 && ttl <= limits::kProbeTtl);
}

bool Probes::is_next_hop(const Attempt& attempt) {
  Path& path = paths_.get(fold(pair_hash(attempt.client, attempt.service.server), 13));
  const std::uint64_t router = hash_of(attempt.answer.source, 14);
  const std::uint8_t ttl = request_ttl(attempt);
  const bool fresh = path.routers == 0 || base::between(base::time_from_ns(path.last),
                                                        context_.now) > limits::kProbeMemory;
  if (fresh) path.routers = path.traced = 0;
  const bool another = path.routers == 0 || (path.router != router && path.router_before != router);
  // Equal hop limits from several routers are a loop or a balanced path, not a rise.
  const bool rising = !fresh && another && ttl != 0 && path.ttl != 0 && ttl > path.ttl;
  if (rising) path.traced = ttl;
  const bool again = ttl != 0 && ttl == path.traced;
  const bool unseen = ttl == 0 && another;
  if (another && path.routers != kManyRouters) ++path.routers;
  if (path.router != router) path.router_before = path.router;
  path.router = router;
  path.last = base::ns_of(context_.now);
  path.ttl = ttl;
  return rising || again || (unseen && path.routers >= limits::kProbeRouters);
}

std::size_t Probes::memory_bytes() { return Memory<Path>::bytes(limits::kProbePaths); }

}  // namespace whydown::journey
