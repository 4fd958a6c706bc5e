// The packets that an incident shows, in words and in order of time.
#pragma once

#include <cstdint>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "diagnosis/subjects.h"

namespace whydown::diagnosis {

struct PacketList {
  std::vector<EvidencePacket> packets;  // at most limits::kEvidencePackets, none twice
  std::uint64_t left_out = 0;           // further packets of the same kinds
};

PacketList evidence_packets(const evidence::Store& store, const Case& found,
                            const base::Interner& names);

}  // namespace whydown::diagnosis
