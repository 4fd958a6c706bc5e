#include "journey/dns_watch.h"

#include <algorithm>

#include "journey/noise.h"
#include "journey/sole_address.h"

namespace whydown::journey {

namespace {

std::uint64_t salted(std::uint64_t hash, Usage usage) {
  return fold(hash, static_cast<std::uint64_t>(usage) + 0x51U);
}

}  // namespace

std::size_t longest_label(std::string_view name) {
  std::size_t longest = 0;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('.'), name.size());
    longest = std::max(longest, end);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return longest;
}

// Whatever was told once goes on being told.
bool DnsWatch::count(std::uint64_t key, base::Duration within) {
  Count& known = counts_.get(key);
  const std::int64_t now = base::ns_of(context_.now);
  if (!known.is_told && (known.count == 0 || now - known.begin > within.count())) {
    known.begin = now;
    known.count = 0;
  }
  known.last = now;
  count_up(known.count);
  known.is_told = known.is_told || known.count >= limits::kWatchAfter;
  return known.is_told;
}

DnsWatch::Name DnsWatch::new_name(std::string_view name, const base::IpAddress& client,
                                  const base::IpAddress& server) {
  const std::string_view domain = registered_domain(name);
  if (domain.size() + 1 >= name.size()) return {};
  const std::string_view own = name.substr(0, name.size() - domain.size() - 1);
  // Reverse lookups, black lists, service discovery: new names by the thousand, every day.
  if (is_noise(name, packet::dns::type::a, Symptom::nx_domain)) return {};
  Name out;
  const std::uint64_t hash = base::hash_bytes(domain);
  out.is_new = count(salted(fold(hash, hash_of(server, 3)), Usage::new_names), limits::kWatchNames);
  if (own.size() >= limits::kLongName && longest_label(own) >= limits::kLongLabel) {
    out.is_long =
        count(salted(fold(hash, hash_of(client, 5)), Usage::long_names), limits::kWatchLongNames);
  }
  if (!out.is_told()) return {};
  out.domain = context_.names.add(domain, hash);
  if (out.domain == 0) return {};
  out.bytes = static_cast<std::uint8_t>(std::min<std::size_t>(own.size(), 255));
  return out;
}

bool DnsWatch::is_told(Usage usage, const base::IpAddress& client, const base::IpAddress& server) {
  const std::uint64_t of_client = hash_of(client, 7);
  const bool is_of_both = usage == Usage::large_answers;
  const std::uint64_t hash = is_of_both ? fold(of_client, hash_of(server, 9)) : of_client;
  return count(salted(hash, usage), limits::kWatchAnswers);
}

}  // namespace whydown::journey
