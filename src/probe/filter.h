// The capture's filter: the probe's own packets, the ICMP errors that quote them, and ARP and
// neighbour discovery of the hosts concerned.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"

namespace whydown::probe {

// As pcap-filter(7) has it. `neighbours` are hosts on the way whose ARP or ND alone matters.
std::string capture_filter(const std::vector<base::IpAddress>& hosts,
                           const std::vector<base::IpAddress>& neighbours, std::uint16_t first_port,
                           std::uint16_t last_port);

}  // namespace whydown::probe
