// One TCP connection, made and closed again, or a few datagrams to one port.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "probe/clock.h"
#include "probe/limits.h"
#include "probe/ports.h"
#include "report/probe_part.h"

namespace whydown::probe {

struct Attempt {
  base::IpAddress address;
  std::uint16_t port = 0;
  int type_of_service = 0;  // of the SYN
  std::chrono::milliseconds patience = limits::kConnectPatience;
};

// What try_tcp() and try_udp() give back beside error numbers; 0 where nothing came.
inline constexpr int kServed = -1;
int try_tcp(const Attempt& attempt, const Clock& clock, OwnPorts& ports);
// The datagram is repeated each second.
int try_udp(const Attempt& attempt, const Clock& clock, OwnPorts& ports);

report::ProbePhase connect_to(const base::IpAddress& address, std::uint16_t port,
                              const Clock& clock, OwnPorts& ports);
report::ProbePhase send_to(const base::IpAddress& address, std::uint16_t port, const Clock& clock,
                           OwnPorts& ports);
// What an error number of connect() is in our words; 0 stands for a timeout.
void set_connect_ending(report::ProbePhase& phase, int error, std::uint16_t port);

}  // namespace whydown::probe
