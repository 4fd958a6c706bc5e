// The fields of a packet that the evidence keeps, each with its name and its value in words.
#pragma once

#include <vector>

#include "diagnosis/diagnosis.h"

namespace whydown::diagnosis {

// Only those that the input showed, in the order of the layers.
std::vector<PacketField> packet_fields(const evidence::Digest& digest, const base::Interner& names);

}  // namespace whydown::diagnosis
