#include "probe/authority.h"

#include <algorithm>

#include <arpa/nameser.h>
#include <fmt/format.h>

#include "probe/limits.h"

namespace whydown::probe {
namespace {

using base::IpAddress;

class Walk {
 public:
  Walk(const Resolver& resolver, const Clock& clock, OwnPorts& ports,
       const std::function<void(const IpAddress&)>& admit)
      : resolver_(resolver), clock_(clock), ports_(ports), admit_(admit) {}

  // The servers of the nearest enclosing domain that the resolver tells.
  std::vector<IpAddress> nearest(const std::string& name) {
    std::string domain = name;
    while (!domain.empty() && !clock_.is_over()) {
      const DnsReply reply = ask_resolver(domain, ns_t_ns);
      if (!reply.is_answer) return {};
      const std::vector<IpAddress> found = addresses_of(name_servers_in(reply));
      if (!found.empty()) return found;
      const std::size_t dot = domain.find('.');
      domain = dot == std::string::npos ? std::string() : domain.substr(dot + 1);
    }
    return {};
  }

  // The first few addresses; of servers without glue the resolver is asked.
  std::vector<IpAddress> addresses_of(const std::vector<NameServer>& servers) {
    std::vector<IpAddress> out;
    for (const NameServer& server : servers) {
      std::vector<IpAddress> found = server.addresses;
      if (found.empty() && !clock_.is_over()) {
        found = addresses_in(ask_resolver(server.name, is_v6() ? ns_t_aaaa : ns_t_a));
      }
      for (const IpAddress& address : found) {
        const bool is_usable = (address.kind() == base::AddressKind::v6) == is_v6();
        if (is_usable && out.size() < limits::kNameServers) out.push_back(address);
      }
    }
    return out;
  }

  DnsReply ask_server(const IpAddress& server, const std::string& name, std::uint16_t type) {
    admit_(server);
    DnsQuestion question;
    question.server = server;
    question.name = name;
    question.type = type;
    question.is_recursive = false;
    question.patience = limits::kCheckDns / 2;
    return ask_dns(question, clock_, ports_);
  }

 private:
  bool is_v6() const { return resolver_.address.kind() == base::AddressKind::v6; }
  DnsReply ask_resolver(const std::string& name, std::uint16_t type) {
    DnsQuestion question;
    question.server = resolver_.address;
    question.port = resolver_.port;
    question.name = name;
    question.type = type;
    question.patience = limits::kCheckDns / 2;
    return ask_dns(question, clock_, ports_);
  }

  const Resolver& resolver_;
  const Clock& clock_;
  OwnPorts& ports_;
  const std::function<void(const IpAddress&)>& admit_;
};

}  // namespace

AuthorityAsked ask_authority(const Resolver& resolver, const std::string& name, std::uint16_t type,
                             const Clock& clock, OwnPorts& ports,
                             const std::function<void(const IpAddress&)>& admit) {
  Walk walk(resolver, clock, ports, admit);
  AuthorityAsked out;
  std::vector<IpAddress> servers = walk.nearest(name);
  for (int step = 0; step < limits::kReferrals && !servers.empty(); ++step) {
    std::vector<IpAddress> next;
    for (const IpAddress& server : servers) {
      if (clock.is_over()) return out;
      out.servers.push_back(server);
      const DnsReply reply = walk.ask_server(server, name, type);
      if (reply.is_authoritative && (reply.rcode == ns_r_noerror || reply.rcode == ns_r_nxdomain)) {
        out.is_answered = true;
        out.words = fmt::format("{} answers with authority", server.to_string());
        return out;
      }
      if (reply.is_answer) next = walk.addresses_of(name_servers_in(reply));
      if (!next.empty()) break;
    }
    const bool is_same = next == servers;  // a referral that leads nowhere
    servers = is_same ? std::vector<IpAddress>{} : std::move(next);
  }
  out.words = out.servers.empty()
                  ? std::string("the resolver names no server that holds the name")
                  : fmt::format("{} gave no answer with authority", out.servers.back().to_string());
  return out;
}

}  // namespace whydown::probe
