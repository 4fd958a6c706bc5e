#include "evidence/traffic.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "journey/dns_type.h"

namespace whydown::evidence {

std::string_view pattern_id(PatternKind kind) {
  static constexpr std::array<std::string_view, static_cast<std::size_t>(PatternKind::count_)> kIds{
      "syn_flood", "udp_flood",      "icmp_flood",      "http_flood",     "port_scan",
      "host_scan", "login_guessing", "dns_query_flood", "dns_reflection", "dns_tunnel"};
  return kIds.at(static_cast<std::size_t>(kind));
}

bool Pattern::is_flood() const {
  return !is_scan() && kind != PatternKind::login_guessing && kind != PatternKind::dns_tunnel;
}

bool Pattern::is_source(const base::IpAddress& address) const {
  return std::ranges::find(sources, address, &TopSources::Source::address) != sources.end() ||
         std::ranges::binary_search(crowd, address);
}

std::string type_id(const Pattern& pattern) {
  return pattern.type == 0 ? std::string{} : journey::dns_type_id(pattern.type);
}

std::vector<Pattern> patterns(const Store& store) {
  std::vector<Pattern> out;
  traffic_detail::find_floods(store, out);
  traffic_detail::find_http_floods(store, out);
  traffic_detail::find_scans(store, out);
  traffic_detail::find_guessed_logins(store, out);
  traffic_detail::find_dns(store, out);
  std::ranges::stable_sort(out, [](const Pattern& a, const Pattern& b) {
    return std::tie(a.kind, a.services.front()) < std::tie(b.kind, b.services.front());
  });
  return out;
}

}  // namespace whydown::evidence
