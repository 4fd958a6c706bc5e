// Clients that are sent to one other host whatever they ask for, as a login page does that stands
// before the internet (a captive portal, RFC 8952).
//
// Example: http://news.example, http://weather.example.org and http://shop.example.com are all
// answered "302, http://login.hotel.example/". From the third site on each further one is diverted.
//
// Of each client it is remembered to which host it was sent last, and from how many sites in a row.
// One answer from any other host starts anew: then it does not stand before everything. Left out:
// redirects for good (301, 308), which move one site to its other name; those between hosts of one
// owner, as far as their names tell; and sites of inner networks, which share one login.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "journey/limits.h"
#include "journey/table.h"

namespace whydown::journey {

class Diversions {
 public:
  // `client` asked `host` (in small letters) for something and was sent on to `target` at `now`.
  // True when that host stands before all that it asks for.
  bool sent_on(const base::IpAddress& client, std::string_view host, std::string_view target,
               base::Time now);
  // `host` gave it what it asked for.
  void arrived(const base::IpAddress& client, std::string_view host);
  static std::size_t memory_bytes() { return Memory<Held>::bytes(limits::kDiversions); }

 private:
  struct Held {
    std::uint64_t key;
    std::uint64_t target;  // hash of the host
    std::int64_t last;
    std::array<std::uint32_t, limits::kDivertedSites> sites;
    std::uint32_t count;
  };
  static std::uint64_t key_of(const base::IpAddress& client) { return hash_of(client, 25); }

  Memory<Held> held_{limits::kDiversions};
  bool is_used_ = false;  // nearly always false, and then nothing is looked up
};

}  // namespace whydown::journey
