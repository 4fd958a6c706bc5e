// Who holds a name's records: from the nearest domain that the resolver knows servers of, down the
// referrals (RFC 1034 5.3.3), without a resolver in between.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/address.h"
#include "probe/clock.h"
#include "probe/dns_ask.h"
#include "probe/ports.h"
#include "probe/resolve.h"

namespace whydown::probe {

struct AuthorityAsked {
  std::vector<base::IpAddress> servers;  // that were asked for the record
  bool is_answered = false;              // by one of them, with authority
  std::string words;                     // "198.51.100.53 answers with authority"
};

// `resolver` tells where to begin. `admit` has the capture take in another host.
AuthorityAsked ask_authority(const Resolver& resolver, const std::string& name, std::uint16_t type,
                             const Clock& clock, OwnPorts& ports,
                             const std::function<void(const base::IpAddress&)>& admit);

}  // namespace whydown::probe
