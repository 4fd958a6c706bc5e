// One TCP connection, made and closed again, or a few datagrams to one port.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "probe/clock.h"
#include "probe/icmp_told.h"
#include "probe/limits.h"
#include "probe/ports.h"
#include "report/probe_part.h"

namespace whydown::probe {

struct Attempt {
  base::IpAddress address;
  std::uint16_t port = 0;
  int type_of_service = 0;  // of the SYN
  std::chrono::milliseconds patience = limits::kConnectPatience;
  int hops = 0;  // that its packets live for; 0: as usual
};

// What try_tcp() and try_udp() give back beside error numbers; 0 where nothing came.
inline constexpr int kServed = -1;
// `connected` is called with the socket once it is.
int try_tcp(const Attempt& attempt, const Clock& clock, OwnPorts& ports,
            const std::function<void(int socket)>& connected = {});
// An empty line: services that speak at all may answer it, and it asks none of them for anything.
inline constexpr std::string_view kEmptyLine = "\r\n";
struct DatagramAnswer {
  std::string bytes;             // cut to 2 KiB
  std::optional<IcmpTold> icmp;  // what an error said
};
// The datagram is repeated each second.
int try_udp(const Attempt& attempt, const Clock& clock, OwnPorts& ports,
            std::string_view datagram = kEmptyLine, DatagramAnswer* answer = nullptr);

// Each adds a phase, and a second one where the server's first words refuse.
void connect_to(const base::IpAddress& address, std::uint16_t port, const Clock& clock,
                OwnPorts& ports, std::vector<report::ProbePhase>& phases);
void send_to(const base::IpAddress& address, std::uint16_t port, const Clock& clock,
             OwnPorts& ports, std::vector<report::ProbePhase>& phases);
// What an ICMP error says, where the error number blurs it.
void add_icmp(report::ProbePhase& phase, const IcmpTold& told, const base::IpAddress& server,
              const std::string& port_fault);
// Of a TCP connection that failed for a host that cannot be reached: IPv4 has one error number for
// a host that is down and for a rule. A datagram to the same port is told which.
void ask_why_unreachable(report::ProbePhase& phase, const Attempt& attempt, const Clock& clock,
                         OwnPorts& ports);
// What an error number of connect() is in our words; 0 stands for a timeout.
void set_connect_ending(report::ProbePhase& phase, int error, std::uint16_t port);

}  // namespace whydown::probe
