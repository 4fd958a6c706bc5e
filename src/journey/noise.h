// Questions whose failing is everyday life: search lists, service discovery, black lists.
#pragma once

#include <cstdint>
#include <string_view>

#include "journey/journey.h"

namespace whydown::journey {

// True when this question may end in this symptom without anything being wrong. Search lists are
// not judged here: that takes what else the client asked.
bool is_noise(std::string_view name, std::uint16_t type, Symptom symptom);

}  // namespace whydown::journey
