// The capture's filter: the probe's own packets, the ICMP errors that quote them, and ARP and
// neighbour discovery of the hosts concerned.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"

namespace whydown::probe {

// As pcap-filter(7) has it. `neighbours` are hosts on the way whose ARP or ND alone matters.
// `echo_id` is that of the probe's own echo requests; their answers come from the hosts.
std::string capture_filter(const std::vector<base::IpAddress>& hosts,
                           const std::vector<base::IpAddress>& neighbours, std::uint16_t first_port,
                           std::uint16_t last_port, std::uint16_t echo_id);

}  // namespace whydown::probe
