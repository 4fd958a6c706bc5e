#include "journey/diversions.h"

#include <algorithm>

#include "journey/context.h"
#include "journey/sole_address.h"

namespace whydown::journey {

namespace {

// RFC 6762 appendix G, RFC 8375: tops that networks use for themselves.
constexpr std::array<std::string_view, 8> kInner{"arpa",     "corp", "home",  "internal",
                                                 "intranet", "lan",  "local", "private"};

bool is_inner(std::string_view host) {
  const std::size_t top = host.rfind('.');
  return top == std::string_view::npos ||
         std::ranges::find(kInner, host.substr(top + 1)) != kInner.end();
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return small(x) == small(y); });
}

// "example" of "www.example.com": what an owner's sites have in common.
std::string_view owner_of(std::string_view host) {
  const std::string_view domain = registered_domain(host);
  return domain.substr(0, domain.find('.'));
}

std::uint64_t hash_of_host(std::string_view host) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char c : host) hash = (hash ^ static_cast<std::uint8_t>(small(c))) * 1099511628211ULL;
  return hash;
}

}  // namespace

bool Diversions::sent_on(const base::IpAddress& client, std::string_view host,
                         std::string_view target, base::Time now) {
  const bool is_address =
      target.find_first_not_of("0123456789.") == std::string_view::npos || target.starts_with('[');
  if (host.empty() || target.empty() || is_inner(host)) return false;
  if (is_same(host, target) || (!is_address && is_same(owner_of(host), owner_of(target)))) {
    return false;
  }
  is_used_ = true;
  Held& held = held_.get(key_of(client));
  const std::uint64_t hash = hash_of_host(target);
  const base::Duration age = base::between(base::time_from_ns(held.last), now);
  if (held.target != hash || age > limits::kDiversion) held.count = 0;
  held.target = hash;
  held.last = base::ns_of(now);
  const auto site = static_cast<std::uint32_t>(base::hash_bytes(registered_domain(host)));
  const auto end = held.sites.begin() + held.count;
  if (std::find(held.sites.begin(), end, site) == end && held.count < held.sites.size()) {
    held.sites.at(held.count++) = site;
  }
  return held.count == held.sites.size();
}

void Diversions::arrived(const base::IpAddress& client, std::string_view host) {
  if (!is_used_) return;
  Held* held = held_.find(key_of(client));
  if (held != nullptr && held->target != hash_of_host(host)) held->count = 0;
}

}  // namespace whydown::journey
