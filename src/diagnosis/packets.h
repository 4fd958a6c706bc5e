// The packets that an incident shows, in words and in order of time.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "diagnosis/subjects.h"

namespace whydown::diagnosis {

struct Shown {
  const evidence::Digest* digest;
  Role role;
};
using Candidates = std::map<base::Place, Shown>;

struct PacketList {
  std::vector<EvidencePacket> packets;  // at most limits::kEvidencePackets, none twice
  std::uint64_t left_out = 0;           // further packets of the same kinds
};

// Takes a packet into account, once.
void offer(Candidates& candidates, const evidence::Digest& digest, Role role);
// The first and last of the candidates, of `all` packets of these kinds.
PacketList list_packets(const Candidates& candidates, std::uint64_t all,
                        const base::Interner& names);

PacketList evidence_packets(const evidence::Store& store, const Case& found,
                            const base::Interner& names);

}  // namespace whydown::diagnosis
