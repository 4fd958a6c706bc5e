// Types of DNS questions, by name, for the stages behind this one.
#pragma once

#include <cstdint>
#include <string>

namespace whydown::journey {

std::string dns_type_id(std::uint16_t type);  // "AAAA", "TYPE65280"

}  // namespace whydown::journey
