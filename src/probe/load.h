// A page loaded from one address of its server, by libcurl.
#pragma once

#include <string>
#include <vector>

#include "base/address.h"
#include "probe/clock.h"
#include "probe/ports.h"
#include "probe/target.h"
#include "report/probe_part.h"

namespace whydown::probe {

// Adds a phase for each of connect, secure, request and transfer that was come to. Redirects are
// followed on the same host only.
void load(const Target& target, const base::IpAddress& address, const Clock& clock,
          const OwnPorts& ports, std::vector<report::ProbePhase>& phases);

}  // namespace whydown::probe
