// Questions whose failing is everyday life: search lists, service discovery, black lists.
#pragma once

#include <cstdint>
#include <string_view>

#include "journey/journey.h"

namespace whydown::journey {

// True when this question may end in this symptom without anything being wrong. Search lists are
// not judged here: that takes what else the client asked.
bool is_noise(std::string_view name, std::uint16_t type, Symptom symptom);

// Of a service that is called into the network, for whoever is there: NetBIOS names, SSDP,
// WS-Discovery, mDNS, LLMNR. Who does not take part says so by ICMP, and nothing is wrong.
bool is_discovery(const Service& service);

}  // namespace whydown::journey
