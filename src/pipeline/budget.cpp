#include "pipeline/budget.h"

#include "base/interner.h"
#include "capture/limits.h"
#include "evidence/evidence.h"
#include "journey/journey.h"
#include "packet/packet.h"

namespace whydown::pipeline {

std::vector<BudgetLine> memory_bill() {
  return {
      {"capture: buffers of one input", capture::capture_memory_bytes()},
      {"packet: those between decoder and tracker", kBeltPackets * sizeof(packet::Packet)},
      {"names: DNS names and host names", base::Interner().memory_bytes()},
      {"journey: tables of open attempts and flows", journey::Tracker::memory_bytes()},
      {"evidence: rows, clients and exemplars", evidence::Store::memory_bytes()},
  };
}

}  // namespace whydown::pipeline
