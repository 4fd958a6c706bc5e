#include <vector>

#include <fmt/format.h>

#include "packet/ntp/ntp.h"
#include "probe/limits.h"
#include "probe/probe.h"
#include "probe/resolve.h"

namespace whydown::probe {
namespace {

using base::IpAddress;

// What may come after the load.
std::string checks_words() {
  std::vector<std::string> others;
  for (const Resolver& resolver : system_resolvers()) {
    others.push_back(fmt::format("{} port {}", resolver.address.to_string(), resolver.port));
  }
  return fmt::format(
      "Where that fails and its packets leave several causes, at most {} checks follow, each told "
      "before it is sent (none with --passive):\n"
      "  - to the server that failed: a packet to its port {}, a SYN with a type of service, ICMP "
      "echo requests, also with a limited time to live; of DNS the question over TCP, with EDNS of "
      "several sizes and without, without a check of signatures, and one for the top-level domain; "
      "of TLS a handshake that offers old versions too; of HTTP the page \"/\"\n"
      "  - to the gateway on the way to it: an ICMP echo request\n"
      "  - the question to another resolver of the system ({}) and to the servers that hold the "
      "name\n",
      limits::kChecks, limits::kClosedPort,
      others.empty() ? "none is configured" : fmt::format("{}", fmt::join(others, ", ")));
}

}  // namespace

std::string resolver_of(const Request& request) {
  const Target& target = request.target;
  if (target.kind != TargetKind::dns) return request.resolver;
  const bool is_v6 = target.host.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", target.host, target.port)
               : fmt::format("{}:{}", target.host, target.port);
}

std::expected<std::string, base::Error> dry_run(const Request& request) {
  OwnPorts ports;
  const auto resolving = Resolving::open(resolver_of(request), ports);
  if (!resolving) return std::unexpected(resolving.error());
  const Target& target = request.target;
  std::string out = fmt::format("The probe of {} would send:\n", target.text);
  const auto line = [&](const std::string& text) { out += "  - " + text + "\n"; };
  std::vector<std::string> servers;
  for (const Resolver& resolver : (*resolving)->resolvers()) {
    servers.push_back(fmt::format("{} port {}", resolver.address.to_string(), resolver.port));
  }
  const std::string asked = servers.empty() ? "no resolver (none is configured)"
                                            : fmt::format("{}", fmt::join(servers, ", "));
  const bool is_literal = IpAddress::parse(target.host).has_value();
  if (target.kind == TargetKind::dns) {
    line(fmt::format("DNS, UDP: {} of {} to {}; up to {} times", target.type_name, target.question,
                     asked, limits::kRefusedRounds));
  } else if (!is_literal) {
    line(fmt::format("DNS, UDP: A and AAAA of {} to {}; A up to {} times", target.host, asked,
                     limits::kRefusedRounds));
  }
  const std::string where =
      is_literal ? target.host : fmt::format("each address found, {} at most", limits::kAddresses);
  if (target.kind == TargetKind::udp) {
    line(fmt::format(
        "UDP: {} to port {} of {}, up to {} times",
        target.port == packet::ntp::kPort ? "a question for the time" : "a datagram of two bytes",
        target.port, where, limits::kUdpPatience / limits::kBetweenPackets + 1));
  }
  if (target.kind == TargetKind::port || target.kind == TargetKind::url) {
    line(fmt::format("TCP: a connection to port {} of {}", target.port, where));
  }
  if (target.kind == TargetKind::url) {
    if (target.is_https) line("TLS: a handshake on each connection");
    line(
        fmt::format("HTTP: GET {}, on each connection; up to {} redirects to the same address; at "
                    "most {} bytes of the answer are read",
                    target.text, limits::kRedirects, limits::kBodyBytes));
  }
  if (!request.is_passive) out += checks_words();
  return out;
}

}  // namespace whydown::probe
