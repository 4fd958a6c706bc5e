// One TCP connection: made, and closed again.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "probe/clock.h"
#include "probe/ports.h"
#include "report/probe_part.h"

namespace whydown::probe {

report::ProbePhase connect_to(const base::IpAddress& address, std::uint16_t port,
                              const Clock& clock, OwnPorts& ports);
// What an error number of connect() is in our words; 0 stands for a timeout.
void set_connect_ending(report::ProbePhase& phase, int error, std::uint16_t port);

}  // namespace whydown::probe
