// DHCP for IPv4: the fixed part of BOOTP (RFC 951), the options of RFC 2132 that tell what a
// message wants, and where they continue in `file` and `sname` (option 52, RFC 2131 4.1).
#pragma once

#include <cstdint>

#include "packet/layer.h"

namespace whydown::packet::dhcp {

// Anything on these ports that is no BOOTP stays a plain datagram. What a short snaplen cut off is
// missing: a message of 96 captured bytes shows its client, but not its type.
[[gnu::cold, gnu::noinline]] Next decode(Layer& layer);

}  // namespace whydown::packet::dhcp
