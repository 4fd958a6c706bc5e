// What an ICMP error told a datagram socket: who sent it and what it says. An error number alone
// blurs that: on IPv4 a firewall's "forbidden" and a router's "host unreachable" are one and the
// same, and the latter is not told at all. No rights are needed for it (IP_RECVERR, ip(7)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "evidence/evidence.h"

namespace whydown::probe {

struct IcmpTold {
  bool is_v6 = false;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::optional<base::IpAddress> sender;
};

// Has the kernel queue such errors; to be called before the socket is connected.
void ask_for_icmp(int socket, int family);
// The first one that waits; nothing where none does.
std::optional<IcmpTold> take_icmp(int socket);

// What it is called: "icmp.admin_prohibited". Empty for what is no refusal. A port that is
// unreachable is `port_fault`.
std::string icmp_fault(const IcmpTold& told, const std::string& port_fault);
// "198.51.100.1 says by ICMP that the host is unreachable"
std::string icmp_words(const IcmpTold& told);
// Who sent it, of a datagram that went to `server`.
std::vector<evidence::Fact> icmp_facts(const IcmpTold& told, const base::IpAddress& server);

}  // namespace whydown::probe
