// What the probe's own sockets say, where the packets name no fault.
#pragma once

#include <optional>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "probe/target.h"
#include "report/probe_part.h"

namespace whydown::probe {

struct Judged {
  // The phase that ended the journey; none where nothing is known to have failed.
  const report::ProbePhase* failed = nullptr;
  bool is_served = false;  // some address was, at every step
};
Judged judge(const std::vector<report::ProbePhase>& phases);

// Puts that failure into the diagnosis as an incident of its own, where the packets show no
// incident; a verdict that the packets alone cannot give is given too.
void add_findings(diagnosis::Diagnosis& diagnosis, const report::ProbePart& part,
                  const Target& target, base::Time begin);

}  // namespace whydown::probe
