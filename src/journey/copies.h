// What copies of a packet are told as: captured twice, or going round in a loop.
#pragma once

#include "journey/duplicates.h"
#include "journey/journey.h"

namespace whydown::journey {

// What a packet is on the face of it.
Kind kind_of(const packet::Packet& packet);

// Whose packet it is, as well as one packet alone can tell.
Observation duplicate_of(const packet::Packet& packet);
// A copy that goes round; `verdict` is one of a loop.
Observation round_of(const packet::Packet& packet, Duplicates::Verdict verdict);
// The packet that came by so often that it is in a loop: an attempt to get somewhere. A frame for
// everybody that switches copy is nobody's request; its service is the broadcast address of the
// network.
Attempt loop_of(const packet::Packet& packet, Duplicates::Verdict verdict);

}  // namespace whydown::journey
