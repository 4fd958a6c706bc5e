// What the probe's own sockets say, where the packets name no fault.
#pragma once

#include <optional>
#include <vector>

#include "diagnosis/catalogue.h"
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

// Where some addresses of a name serve and others do not, that is a fact about the latter.
void note_other_addresses(std::vector<report::ProbePhase>& phases);

// Adds to the incidents that the packets show what only the sockets were told at the same step of
// the same address, as of a certificate that TLS 1.3 hides: the facts, and where the sockets know
// better what was refused, the fault.
void add_socket_facts(diagnosis::Diagnosis& diagnosis, const diagnosis::Catalogue& catalogue,
                      const report::ProbePart& part);

// Puts that failure into the diagnosis as an incident of its own, where the packets show no
// incident; a verdict that the packets alone cannot give is given too. Causes are ranked where the
// sockets were told facts.
void add_findings(diagnosis::Diagnosis& diagnosis, const diagnosis::Catalogue& catalogue,
                  const report::ProbePart& part, const Target& target, base::Time begin);

}  // namespace whydown::probe
