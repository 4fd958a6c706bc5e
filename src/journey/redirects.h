// Redirects that lead nowhere: a client that is sent on from a URL back to that URL, again and
// again.
//
// Example: / sends to /login, /login to /, and so on. From the third time that the same client is
// sent on from the same URL, at the end of a chain of four hops or more, each further one is a hop
// of a loop. Chains of a sign-on visit many URLs, but each of them once or twice.
//
// Where a hop leads to https, what happens there is not seen. Only a client that comes back at once
// again and again is taken for one in a loop then.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/time.h"
#include "journey/limits.h"
#include "journey/table.h"

namespace whydown::journey {

class Redirects {
 public:
  // `client` was sent on from `url` at `now`; to `target`, 0 where that is https or not shown. Both
  // are hashes of host and path. True when this hop belongs to a loop.
  bool sent_on(const base::IpAddress& client, std::uint64_t url, std::uint64_t target,
               base::Time now);
  // It got something else from `url`.
  void arrived(const base::IpAddress& client, std::uint64_t url);
  static std::size_t memory_bytes() { return Memory<Hop>::bytes(limits::kRedirects); }

 private:
  struct Hop {
    std::uint64_t key;
    std::int64_t last;
    std::uint16_t depth;  // hops that led here
    std::uint16_t visits;
    std::uint16_t hasty;  // ... the last ones of them without a pause
  };
  static std::uint64_t key_of(const base::IpAddress& client, std::uint64_t url) {
    return fold(hash_of(client, 21), url);
  }
  Hop& hop_of(std::uint64_t key, base::Time now);
  Memory<Hop> hops_{limits::kRedirects};
};

}  // namespace whydown::journey
