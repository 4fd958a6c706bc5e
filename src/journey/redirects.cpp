#include "journey/redirects.h"

#include "journey/context.h"

namespace whydown::journey {

// The hop of this key, as new where it was used last too long ago.
Redirects::Hop& Redirects::hop_of(std::uint64_t key, base::Time now) {
  Hop& hop = hops_.get(key);
  const base::Duration age = base::between(base::time_from_ns(hop.last), now);
  if (age > limits::kRedirectHop) hop.depth = hop.visits = hop.hasty = 0;
  return hop;
}

bool Redirects::sent_on(const base::IpAddress& client, std::uint64_t url, std::uint64_t target,
                        base::Time now) {
  Hop& hop = hop_of(key_of(client, url), now);
  const base::Duration age = base::between(base::time_from_ns(hop.last), now);
  count_up(hop.visits);
  if (age > limits::kBlindLoopHop) hop.hasty = 0;
  count_up(hop.hasty);
  hop.last = base::ns_of(now);
  const std::uint16_t depth = hop.depth;
  const bool is_loop = target == 0
                           ? hop.hasty >= limits::kBlindLoopVisits
                           : hop.visits >= limits::kLoopVisits && depth + 1 >= limits::kLoopHops;
  if (target != 0) {
    Hop& next = hop_of(key_of(client, target), now);  // `hop` may have made room for it
    next.depth = depth;
    count_up(next.depth);
    next.last = base::ns_of(now);
  }
  return is_loop;
}

void Redirects::arrived(const base::IpAddress& client, std::uint64_t url) {
  Hop* hop = hops_.find(key_of(client, url));
  if (hop != nullptr) hop->depth = hop->visits = hop->hasty = 0;
}

}  // namespace whydown::journey
