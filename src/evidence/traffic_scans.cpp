// Scans: one source tries many ports of a host, or many hosts of a network, each a few times at
// most, and nearly all of it is not there. How fast does not matter: a scan of one port a minute
// looks the same here.
//
// What looks alike and is none: a traceroute (each of its packets has a port of its own); a server
// with many services that is down (its clients come again and again, or were served before), a
// program that looks for peers all over the world (their networks differ), a monitor's round (most
// of what it asks answers), a file transfer whose data ports are blocked (high ports only, agreed
// on over a connection that works).
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "evidence/limits.h"
#include "evidence/traffic.h"

namespace whydown::evidence::traffic_detail {

namespace {

constexpr std::uint64_t kTries = 3;         // per client and target: more is wanting it
constexpr std::uint64_t kClientsOfRow = 4;  // more: a service that many know
constexpr std::size_t kPorts = 20;
constexpr std::size_t kSilentPorts = 100;  // of a host that answers nothing and may be down
constexpr std::size_t kHosts = 20;
constexpr std::size_t kNeighbours = 40;  // a busy router asks for some that are gone
constexpr std::size_t kHostsPerNetwork = 8;
constexpr std::uint16_t kFirstHighPort = 1024;

struct Target {
  const Row* row = nullptr;
  bool is_open = false;
};

// What one source tried lightly.
struct Probing {
  std::vector<Target> targets;
  std::set<base::IpAddress> served;  // hosts that served it, however often
};

bool is_open(const Row& row) {
  return row.key.outcome == Outcome::ok || row.key.outcome == Outcome::slow;
}

bool is_tried_lightly(const Row& row) {
  return row.attempts <= kTries * row.clients.count() && !row.key.noise &&
         row.request_unseen < row.attempts && row.mid_stream < row.attempts &&
         row.probes < row.attempts;
}

std::map<base::IpAddress, Probing> probings_of(const Store& store) {
  std::map<base::IpAddress, Probing> out;
  for (const auto& [key, row] : store.rows()) {
    if (row.clients.count() > kClientsOfRow || row.mid_stream == row.attempts) continue;
    const bool is_light = is_tried_lightly(row);
    for (const base::IpAddress& client : row.clients.kept()) {
      Probing& probing = out[client];
      if (is_light) probing.targets.push_back({&row, is_open(row)});
      if (is_open(row)) probing.served.insert(key.service.server);
    }
  }
  return out;
}

// --- what a scan is made of ----------------------------------------------------------------------

void add_row(Pattern& pattern, const Target& target) {
  const Row& row = *target.row;
  pattern.rows.push_back(&row);
  pattern.packets += row.tries;
  pattern.first = std::min(pattern.first, row.first);
  pattern.last = std::max(pattern.last, row.last);
  const bool has_room = pattern.open.size() < limits::kPatternServices;
  if (target.is_open && has_room) pattern.open.push_back(row.key.service);
}

Pattern scan_of(PatternKind kind, const base::IpAddress& source,
                const std::vector<Target>& targets) {
  Pattern pattern;
  pattern.kind = kind;
  pattern.first = base::Time::max();
  pattern.last = base::Time::min();
  std::set<base::IpAddress> hosts;
  std::set<std::pair<packet::Transport, std::uint16_t>> ports;
  std::set<Service> services;
  for (const Target& target : targets) {
    const Service& service = target.row->key.service;
    add_row(pattern, target);
    hosts.insert(service.server);
    ports.emplace(service.transport, service.port);
    services.insert(service);
  }
  pattern.hosts = hosts.size();
  pattern.ports = ports.size();
  for (const Service& service : services) {
    if (pattern.services.size() < limits::kPatternServices) pattern.services.push_back(service);
  }
  const double span =
      std::chrono::duration<double>(base::between(pattern.first, pattern.last)).count();
  pattern.per_second = static_cast<double>(pattern.packets) / std::max(span, 1.0);
  pattern.sources.push_back({source, pattern.packets, true});
  pattern.source_count = 1;
  return pattern;
}

// --- ports ---------------------------------------------------------------------------------------

bool has_ports(const Service& service) {
  return service.transport == packet::Transport::tcp || service.transport == packet::Transport::udp;
}

// Data connections of FTP, or services handed out by a port mapper: all of them high.
bool is_agreed_on(const Probing& probing, const std::vector<Target>& targets) {
  const bool is_high = std::ranges::all_of(targets, [](const Target& target) {
    return target.is_open || target.row->key.service.port >= kFirstHighPort;
  });
  return is_high && probing.served.contains(targets.front().row->key.service.server);
}

bool is_port_scan(const Probing& probing, const std::vector<Target>& targets) {
  std::set<std::pair<packet::Transport, std::uint16_t>> closed;
  std::size_t open = 0;
  bool is_alive = false;
  for (const Target& target : targets) {
    const Service& service = target.row->key.service;
    is_alive = is_alive || target.is_open || target.row->key.outcome == Outcome::refused;
    if (!target.is_open) closed.emplace(service.transport, service.port);
    open += target.is_open ? 1U : 0U;
  }
  return closed.size() >= (is_alive ? kPorts : kSilentPorts) && open * 4 <= closed.size() &&
         !is_agreed_on(probing, targets);
}

// --- hosts ---------------------------------------------------------------------------------------

// Of IPv4 the /24, of IPv6 the /64.
std::uint64_t network_of(const base::IpAddress& address) {
  constexpr unsigned kHostBits = 8;
  return address.kind() == base::AddressKind::v6 ? address.high() : address.low() >> kHostBits;
}

bool is_host_scan(const std::vector<Target>& targets, bool by_neighbour_requests) {
  std::set<base::IpAddress> absent;
  std::set<base::IpAddress> present;
  std::set<std::uint64_t> networks;
  for (const Target& target : targets) {
    const base::IpAddress& host = target.row->key.service.server;
    networks.insert(network_of(host));
    // A refusal comes from a host that is there, but not with what was asked for.
    (target.is_open ? present : absent).insert(host);
  }
  const std::size_t least = by_neighbour_requests ? kNeighbours : kHosts;
  return absent.size() >= least && present.size() * 2 <= absent.size() &&
         networks.size() * kHostsPerNetwork <= absent.size();
}

void find_host_scans(const base::IpAddress& source, const std::vector<Target>& targets,
                     std::vector<Pattern>& out) {
  using Kind = std::tuple<Protocol, packet::Transport, std::uint16_t>;
  std::map<Kind, std::vector<Target>> by_kind;
  for (const Target& target : targets) {
    const Service& service = target.row->key.service;
    by_kind[{service.protocol, service.transport, service.port}].push_back(target);
  }
  std::vector<Target> swept;
  bool is_by_packets = false;
  for (const auto& [kind, of_kind] : by_kind) {
    const auto protocol = std::get<Protocol>(kind);
    const bool is_neighbour = protocol == Protocol::arp || protocol == Protocol::nd;
    if (!is_host_scan(of_kind, is_neighbour) || (is_neighbour && is_by_packets)) continue;
    is_by_packets = is_by_packets || !is_neighbour;
    swept.insert(swept.end(), of_kind.begin(), of_kind.end());
  }
  if (!swept.empty()) out.push_back(scan_of(PatternKind::host_scan, source, swept));
}

// A router asks for the hardware addresses of what others scan through it.
void drop_routers(std::vector<Pattern>& scans) {
  const auto is_by_neighbour = [](const Pattern& scan) {
    const Protocol protocol = scan.services.front().protocol;
    return protocol == Protocol::arp || protocol == Protocol::nd;
  };
  const auto hosts_of = [](const Pattern& scan) {
    std::set<base::IpAddress> hosts;
    for (const Row* row : scan.rows) hosts.insert(row->key.service.server);
    return hosts;
  };
  std::set<base::IpAddress> scanned;
  for (const Pattern& scan : scans) {
    if (!is_by_neighbour(scan)) scanned.merge(hosts_of(scan));
  }
  std::erase_if(scans, [&](const Pattern& scan) {
    if (!is_by_neighbour(scan)) return false;
    const std::set<base::IpAddress> hosts = hosts_of(scan);
    const auto shared =
        std::ranges::count_if(hosts, [&](const auto& host) { return scanned.contains(host); });
    return static_cast<std::size_t>(shared) * 2 >= hosts.size();
  });
}

}  // namespace

void find_scans(const Store& store, std::vector<Pattern>& out) {
  std::vector<Pattern> found;
  for (const auto& [source, probing] : probings_of(store)) {
    std::map<base::IpAddress, std::vector<Target>> by_host;
    for (const Target& target : probing.targets) {
      const Service& service = target.row->key.service;
      if (has_ports(service)) by_host[service.server].push_back(target);
    }
    std::vector<Target> scanned;
    for (const auto& [host, targets] : by_host) {
      if (is_port_scan(probing, targets)) {
        scanned.insert(scanned.end(), targets.begin(), targets.end());
      }
    }
    if (!scanned.empty()) {
      found.push_back(scan_of(PatternKind::port_scan, source, scanned));
    } else {
      find_host_scans(source, probing.targets, found);
    }
  }
  drop_routers(found);
  out.insert(out.end(), found.begin(), found.end());
}

}  // namespace whydown::evidence::traffic_detail
