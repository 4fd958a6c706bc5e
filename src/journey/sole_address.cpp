#include "journey/sole_address.h"

#include <algorithm>

#include "base/hash.h"

namespace whydown::journey {

namespace {

// Below which many countries register.
constexpr std::array<std::string_view, 10> kSecondLevels{"ac",  "co", "com", "edu", "go",
                                                         "gov", "ne", "net", "or",  "org"};

}  // namespace

std::string_view registered_domain(std::string_view name) {
  const std::size_t top = name.rfind('.');
  if (top == std::string_view::npos || top == 0) return name;
  std::size_t second = name.rfind('.', top - 1);
  if (second == std::string_view::npos || second == 0) return name;
  const std::string_view level = name.substr(second + 1, top - second - 1);
  const bool is_country = name.size() - top - 1 == 2;
  if (is_country && std::ranges::find(kSecondLevels, level) != kSecondLevels.end()) {
    second = name.rfind('.', second - 1);
    if (second == std::string_view::npos) return name;
  }
  return name.substr(second + 1);
}

void SoleAddress::Server::add(std::string_view domain) {
  if (count == domains.size()) return;
  const auto hash = static_cast<std::uint32_t>(base::hash_bytes(domain));
  const auto end = domains.begin() + static_cast<std::ptrdiff_t>(count);
  if (std::find(domains.begin(), end, hash) == end) domains[count++] = hash;
}

bool SoleAddress::is_sole(const base::IpAddress& server, const base::IpAddress& given,
                          std::uint32_t name, const base::Interner& names) {
  const std::uint64_t key = base::fold(server.low() ^ 11U, server.high());
  Server& known = servers_[key % servers_.size()];
  if (known.server != server || known.given != given) {
    known.server = server;
    known.given = given;
    known.name = name;
    known.count = 0;
    return false;
  }
  if (known.name != name) {
    if (known.count == 0) known.add(registered_domain(names.text(known.name)));
    known.add(registered_domain(names.text(name)));
    known.name = name;
  }
  return known.count == known.domains.size();
}

}  // namespace whydown::journey
