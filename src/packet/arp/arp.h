// ARP for IPv4 (RFC 826).
#pragma once

#include "packet/layer.h"

namespace whydown::packet::arp {

// Addresses of other families stay unknown; hardware addresses that are no MACs stay zero.
Next decode(Layer& layer);

}  // namespace whydown::packet::arp
