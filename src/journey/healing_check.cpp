// Whether what a failed attempt wanted was served, by what is remembered.
#include "journey/healing.h"
#include "journey/healing_keys.h"

namespace whydown::journey {

using namespace healing_keys;  // NOLINT(google-build-using-namespace)

Healing::Verdict Healing::check_name(const Outline& attempt) {
  const Question* question = question_of(attempt);
  const std::uint64_t client = client_of(attempt.client);
  const std::uint32_t wanted = question->type;
  const std::uint32_t server = server_tag(attempt.service.server);
  const auto served = [&](std::uint32_t t, base::Time from) -> Verdict {
    const ServedName* entry = names_.find(name_key(client, question->name, t));
    if (entry == nullptr) return {};
    for (std::size_t i = 0; i < entry->by.size(); ++i) {
      const bool same = entry->server[i] == server;
      if (entry->by[i].within(from, until(attempt, same), kNameSlot)) {
        const base::Time when = entry->by[i].first_since(from, kNameSlot);
        return {.served = true,
                .by_other_server = !same,
                .wait = latency_of(attempt.timed, attempt.begin, when)};
      }
    }
    return {};
  };
  Verdict verdict = served(wanted, attempt.begin);
  if (!verdict.served && is_address_type(wanted)) {
    verdict = served(wanted | kAnyAddress, attempt.begin);
  }
  if (!verdict.served && question->checking_disabled) {
    verdict = served(wanted | kUnchecked, attempt.begin);
  }
  if (!verdict.served && is_second_to_a(wanted)) {
    // Its A may have been answered before it was even asked.
    verdict = served(type::a | kAnyAddress, base::add(attempt.begin, -limits::kNameHealing));
  }
  return verdict;
}

bool Healing::check_connect(const Outline& attempt) {
  const Service& service = attempt.service;
  const std::uint64_t client = wisher_of(attempt);
  if (served_mark(client) == 0) {
    return service.transport == packet::Transport::tcp &&
           attempt.client.kind() == base::AddressKind::v6 &&
           raced_by_asker(attempt, origin_of(service.server));
  }
  const base::Time begin = attempt.begin;
  const auto served = [&](std::uint64_t key, base::Time from, base::Time to) {
    const ServedConnect* entry = connects_.find(key);
    return entry != nullptr && entry->within(from, to, kConnectSlot);
  };
  // A browser that already has its TCP connection tries QUIC beside it.
  const bool quic = is_quic(service);
  // Neighbours that call each other at once: one of the two calls is dropped (RFC 4271 6.8).
  const bool may_be_before = quic || is_mutual(service);
  const base::Time start = may_be_before ? base::add(begin, -limits::kConnectHealing) : begin;
  const std::uint64_t key = connect_key(client, service);
  if (served(key, start, until(attempt, !quic))) return true;
  if (served(by_quic(key), begin, until(attempt, is_by_quic(service)))) return true;
  if (service.transport != packet::Transport::tcp) return false;
  const base::Time end = until(attempt, false);
  const Origin origin = origin_of(service.server);
  if (origin.name == 0) {
    return served(family_key(client, service.port, other_family(service.server.kind())),
                  base::add(begin, -limits::kHappyEyeballs),
                  base::add(begin, limits::kHappyEyeballs));
  }
  return raced_by_asker(attempt, origin) ||
         served(named_connect_key(client, origin.name, service.port), begin, end) ||
         (origin.set != 0 && served(set_connect_key(client, origin.set, service.port), begin, end));
}

// Text shows no link addresses that tie a host's IPv6 address to its IPv4 address. But where an
// IPv4 client that asked for the name connects just after the IPv6 client, they are one host.
bool Healing::raced_by_asker(const Outline& attempt, const Origin& origin) {
  const bool is_tied = hosts_.find(hash_of(attempt.client, 16)) != 0;
  if (is_tied || origin.asker == 0 || attempt.client.kind() != base::AddressKind::v6) return false;
  const ServedConnect* entry =
      connects_.find(named_connect_key(origin.asker, origin.name, attempt.service.port));
  return entry != nullptr &&
         entry->within(attempt.begin, base::add(attempt.begin, limits::kHappyEyeballs),
                       kConnectSlot);
}

Healing::Verdict Healing::check(const Outline& attempt) {
  if (question_of(attempt) != nullptr) return check_name(attempt);
  return {.served = check_connect(attempt), .by_other_server = false};
}

// True when the name is another one, which the client did resolve, with a suffix behind it.
bool Healing::is_search_suffix(const Outline& attempt) {
  const Question* question = question_of(attempt);
  const std::uint64_t client = client_of(attempt.client);
  std::string_view name = context_.names.text(question->name);
  const base::Time from = base::add(attempt.begin, -limits::kNameHealing);
  const base::Time to = base::add(attempt.begin, limits::kNameHealing);
  for (std::size_t i = 0; i < limits::kPrefixes; ++i) {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return false;
    name = name.substr(0, dot);
    const std::uint32_t prefix = context_.names.find(name);
    if (prefix == 0) continue;
    for (const std::uint32_t t : {type::a, type::aaaa}) {
      const ServedName* entry = names_.find(name_key(client, prefix, t | kAnyAddress));
      if (entry == nullptr) continue;
      for (const Times& times : entry->by) {
        if (times.within(from, to, kNameSlot)) return true;
      }
    }
  }
  return false;
}

}  // namespace whydown::journey
