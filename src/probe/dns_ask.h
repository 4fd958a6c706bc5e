// One DNS question in any form, asked by c-ares from the probe's own ports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "probe/clock.h"
#include "probe/icmp_told.h"
#include "probe/ports.h"

namespace whydown::probe {

struct DnsQuestion {
  base::IpAddress server;
  std::uint16_t port = 53;
  std::string name;
  std::uint16_t type = 1;
  bool is_tcp = false;
  bool is_recursive = true;           // RD
  bool is_checking_disabled = false;  // CD, RFC 4035 3.2.2
  bool wants_signatures = false;      // DO, RFC 3225; needs edns_size
  std::uint16_t edns_size = 0;        // 0: without EDNS
  std::chrono::milliseconds patience{0};
};

struct DnsReply {
  bool is_answer = false;
  bool is_refused = false;  // the datagram or the connection was
  std::uint16_t rcode = 0;
  bool is_authoritative = false;
  bool is_truncated = false;        // TC
  std::optional<IcmpTold> icmp;     // what a refusal said
  std::vector<std::uint8_t> bytes;  // the whole message; empty without an answer
};

DnsReply ask_dns(const DnsQuestion& question, const Clock& clock, OwnPorts& ports);

// A name server and its addresses where the message tells them too (glue).
struct NameServer {
  std::string name;
  std::vector<base::IpAddress> addresses;
};
// Those of the answer section, or of a referral.
std::vector<NameServer> name_servers_in(const DnsReply& reply);
std::vector<base::IpAddress> addresses_in(const DnsReply& reply);

}  // namespace whydown::probe
