#include "diagnosis/attack.h"

#include <algorithm>
#include <map>

#include "diagnosis/limits.h"
#include "diagnosis/row_view.h"

namespace whydown::diagnosis {

namespace {

using evidence::Pattern;
using evidence::PatternKind;
using evidence::Protocol;
using evidence::Row;
using evidence::ServiceClientKey;
using evidence::ServiceClientRow;
using evidence::Store;

bool is_neighbour(const evidence::Service& service) {
  return service.protocol == Protocol::arp || service.protocol == Protocol::nd;
}

// Whether attempts at the service may be the flood's own packets.
bool may_hold(const Pattern& flood, const evidence::Service& service) {
  if (!flood.is_flood() || flood.services.front().server != service.server) return false;
  if (flood.kind == PatternKind::udp_flood) return is_datagrams(service.protocol);
  if (flood.kind == PatternKind::icmp_flood) return service.protocol == Protocol::icmp;
  if (flood.kind == PatternKind::http_flood) return service.port == flood.services.front().port;
  if (flood.kind == PatternKind::dns_query_flood) return service == flood.services.front();
  if (flood.kind == PatternKind::dns_reflection) {
    return flood.is_at_reflector && service == flood.services.front();
  }
  return concerns(flood, service);
}

// Whether somebody beside the sources was served there.
bool serves_others(const Store& store, const Pattern& pattern) {
  return std::ranges::any_of(store.service_clients(), [&](const auto& entry) {
    const auto& [key, row] = entry;
    return row.ok() > 0 && concerns(pattern, key.service) && is_bystander(key, row, pattern);
  });
}

// Names that do not exist, nearly all of them asked for by a flood of such names.
void claim_names(const Store& store, const Pattern& flood, std::set<const Row*>& claimed) {
  for (const auto& [key, row] : store.rows()) {
    const bool is_theirs = key.service == flood.services.front() &&
                           key.symptom == evidence::Symptom::nx_domain &&
                           flood.packets * 10 >= row.attempts * 9;
    if (is_theirs) claimed.insert(&row);
  }
}

// Neighbour requests that only a scan made necessary.
void claim_neighbours(const Store& store, const Pattern& scan, std::set<const Row*>& claimed) {
  std::set<base::IpAddress> hosts;
  for (const Row* row : scan.rows) hosts.insert(row->key.service.server);
  std::set<base::IpAddress> wanted;  // by somebody else
  for (const auto& [key, row] : store.rows()) {
    if (!is_neighbour(key.service) && !claimed.contains(&row)) wanted.insert(key.service.server);
  }
  for (const auto& [key, row] : store.rows()) {
    const base::IpAddress& host = key.service.server;
    if (is_neighbour(key.service) && hosts.contains(host) && !wanted.contains(host)) {
      claimed.insert(&row);
    }
  }
}

}  // namespace

namespace {

// Requests at a web server, and the handshakes before them.
bool is_of_site(const evidence::Service& target, const evidence::Service& service) {
  return target.port == service.port &&
         (service.protocol == Protocol::http || service.protocol == Protocol::tcp);
}

}  // namespace

bool concerns(const Pattern& pattern, const evidence::Service& service) {
  if (is_neighbour(service) || pattern.kind == PatternKind::dns_tunnel) return false;
  return std::ranges::any_of(pattern.services, [&](const evidence::Service& target) {
    if (target.server != service.server) return false;
    if (pattern.kind == PatternKind::http_flood) return is_of_site(target, service);
    return pattern.kind != PatternKind::syn_flood ||
           (target.port == service.port && target.transport == service.transport);
  });
}

std::set<const Row*> claimed_rows(const Store& store, std::span<const Pattern> patterns) {
  std::set<const Row*> claimed;
  for (const Pattern& pattern : patterns) {
    const bool is_of_others = pattern.is_flood() && pattern.kind != PatternKind::syn_flood &&
                              serves_others(store, pattern);
    if (!is_of_others && pattern.is_alone) claimed.insert(pattern.rows.begin(), pattern.rows.end());
  }
  for (const Pattern& pattern : patterns) {
    if (pattern.is_scan()) claim_neighbours(store, pattern, claimed);
    const bool is_of_names = pattern.kind == PatternKind::dns_query_flood && pattern.name != 0;
    if (is_of_names) claim_names(store, pattern, claimed);
  }
  return claimed;
}

const Pattern* flood_at(std::span<const Pattern> patterns,
                        std::span<const evidence::Service> services) {
  for (const Pattern& pattern : patterns) {
    const auto is_held = [&](const evidence::Service& service) {
      return may_hold(pattern, service);
    };
    if (std::ranges::any_of(services, is_held)) return &pattern;
  }
  return nullptr;
}

bool is_bystander(const ServiceClientKey& key, const ServiceClientRow& row, const Pattern& flood) {
  if (flood.is_source(key.client)) return false;
  if (!may_hold(flood, key.service)) return true;
  // The sources of a flood of requests are all named, unless they are a crowd.
  if (flood.kind == PatternKind::http_flood && !flood.sources.empty()) return true;
  const bool is_of_dns = flood.kind == PatternKind::dns_reflection ||
                         (flood.kind == PatternKind::dns_query_flood && flood.name != 0);
  // None of its names exists, or only one source asks. It may be a little older than what is
  // counted of it.
  constexpr base::Duration kUncounted = std::chrono::seconds{2};
  if (is_of_dns) return row.ok() > 0 || row.first_failed < base::add(flood.first, -kUncounted);
  if (flood.kind != PatternKind::syn_flood) return row.ok() > 0 && row.first_ok < flood.first;
  return row.ok() > 0 || row.of(evidence::Outcome::silent) > row.unmeant;
}

namespace {

// A handshake that began just before the first packet of the flood was answered, or not, within it.
constexpr base::Duration kJustBefore = std::chrono::seconds{1};
// Trouble that begins later after the beginning of a flood, or after its end, has other reasons.
constexpr base::Duration kWithIt = std::chrono::seconds{30};
constexpr base::Duration kJustAfter = std::chrono::seconds{5};

bool begins_with(const Pattern& pattern, base::Time first_failed) {
  return first_failed >= base::add(pattern.first, -kJustBefore) &&
         first_failed <= base::add(pattern.first, kWithIt) &&
         first_failed <= base::add(pattern.last, kJustAfter);
}

void add_failures(Bystanders& out, const ServiceClientKey& key, const ServiceClientRow& row,
                  const Pattern& pattern) {
  const std::uint64_t failed = row.failed();
  if (failed == 0) return;
  const base::Time from = base::add(pattern.first, -kJustBefore);
  if (row.last_failed < from) {
    out.before.failed += failed;
    return;
  }
  // Only the times of the first and the last one are known; those in between lie in between.
  const std::uint64_t before = row.first_failed < from ? 1 : 0;
  std::uint64_t after = row.first_failed > pattern.last ? failed : 0;
  if (after == 0 && row.last_failed > pattern.last && failed > before + 1) after = 1;
  out.before.failed += before;
  out.after.failed += after;
  out.during.failed += failed - before - after;
  out.trouble.failed += failed - before;
  out.hurt.add(key.client);
  out.hurt_with_it += begins_with(pattern, row.first_failed) ? 1U : 0U;
  if (before == 0) out.first_failed = std::min(out.first_failed, row.first_failed);
  out.last_failed = std::max(out.last_failed, row.last_failed);
}

// Failures that a repetition healed are suffering, too: their rows are not those of clients. Of
// rows that may hold the flood's own attempts nothing is counted.
void add_healed(Bystanders& out, const Row& row, const Pattern& pattern) {
  const auto is_known = [&](const base::IpAddress& client) {
    return !pattern.is_source(client) && out.clients.kept().contains(client);
  };
  if (!std::ranges::all_of(row.clients.kept(), is_known)) return;
  const base::Time from = base::add(pattern.first, -kJustBefore);
  const base::Time to = base::add(pattern.last, kJustAfter);
  out.before.failed += row.times.within(base::Time::min(), from);
  const std::uint64_t during = row.times.within(from, to);
  if (during == 0) return;
  out.during.failed += during;
  out.trouble.failed += during;
  for (const base::IpAddress& client : row.clients.kept()) out.hurt.add(client);
  std::set<base::IpAddress> with_it;
  bool is_kept = false;
  for (const evidence::Attempt* attempt : row.exemplars()) {
    if (attempt->begin < from || attempt->begin > to) continue;
    is_kept = true;
    if (begins_with(pattern, attempt->begin)) with_it.insert(attempt->client);
    out.first_failed = std::min(out.first_failed, attempt->begin);
    out.last_failed = std::max(out.last_failed, std::max(attempt->begin, attempt->end));
  }
  if (!is_kept) {  // of many, only those before and after
    out.first_failed = std::min(out.first_failed, from);
    out.last_failed = std::max(out.last_failed, to);
  }
  out.hurt_with_it = std::max<std::uint64_t>(out.hurt_with_it, with_it.size());
}

bool is_healed_failure(const Row& row) {
  const bool is_act_or_silence = row.key.outcome != evidence::Outcome::ok &&
                                 row.key.outcome != evidence::Outcome::slow &&
                                 row.key.outcome != evidence::Outcome::unknown;
  return row.key.healed && is_act_or_silence && !row.key.unmeant && !row.key.noise;
}

// Answers that the sources got themselves do not count, as far as they are at hand.
std::uint64_t served_between(const Row& row, const Pattern& pattern, base::Time from,
                             base::Time to) {
  std::uint64_t count = begun_between(row, from, to);
  for (const evidence::Attempt* attempt : judged_exemplars(row)) {
    const bool is_within = attempt->begin >= from && attempt->begin <= to;
    if (is_within && pattern.is_source(attempt->client) && count > 0) --count;
  }
  return count;
}

constexpr base::Duration kTick{1};

void add_served(Bystanders& out, const Row& row, const Pattern& pattern) {
  out.before.ok +=
      served_between(row, pattern, base::Time::min(), base::add(pattern.first, -kTick));
  out.during.ok += served_between(row, pattern, pattern.first, pattern.last);
  out.after.ok += served_between(row, pattern, base::add(pattern.last, kTick), base::Time::max());
  if (out.first_failed <= out.last_failed) {
    out.trouble.ok += served_between(row, pattern, out.first_failed, out.last_failed);
  }
}

// How many of the client's answers fall into a span, were they spread evenly.
std::uint64_t spread(const ServiceClientRow& row, base::Time from, base::Time to) {
  const base::Time begin = std::max(from, row.first_ok);
  const base::Time end = std::min(to, row.last_ok);
  if (end < begin) return 0;
  const auto whole = static_cast<double>(base::between(row.first_ok, row.last_ok).count());
  const auto part = static_cast<double>(base::between(begin, end).count());
  const double share = whole == 0 ? 1 : part / whole;
  return static_cast<std::uint64_t>(static_cast<double>(row.ok()) * share + 0.5);
}

// Where the flood was answered too, rows of answers hold both, and only clients can be told apart.
void add_served(Bystanders& out, const ServiceClientRow& row, const Pattern& pattern) {
  if (row.ok() == 0) return;
  out.is_about = true;
  const std::uint64_t before = spread(row, base::Time::min(), base::add(pattern.first, -kTick));
  const std::uint64_t after = spread(row, base::add(pattern.last, kTick), base::Time::max());
  out.before.ok += before;
  out.after.ok += after;
  out.during.ok += row.ok() - std::min(row.ok(), before + after);
  if (out.first_failed <= out.last_failed) {
    out.trouble.ok += spread(row, out.first_failed, out.last_failed);
  }
}

}  // namespace

Bystanders bystanders_of(const Store& store, const Pattern& pattern) {
  Bystanders out;
  std::set<evidence::Service> mixed;  // the flood was answered there
  for (const Row* row : pattern.rows) {
    if (is_served(*row)) mixed.insert(row->key.service);
  }
  if (pattern.is_at_reflector) mixed.insert(pattern.services.front());
  for (const auto& [key, row] : store.service_clients()) {
    if (!concerns(pattern, key.service) || !is_bystander(key, row, pattern)) continue;
    out.clients.add(key.client);
    add_failures(out, key, row, pattern);
  }
  if (pattern.is_flood()) {
    for (const auto& [key, row] : store.rows()) {
      if (concerns(pattern, key.service) && is_healed_failure(row)) add_healed(out, row, pattern);
    }
  }
  // A connection is no page: of a flood of requests it counts only where it fails.
  const auto is_service = [&](const evidence::Service& service) {
    return pattern.kind != PatternKind::http_flood || service.protocol == Protocol::http;
  };
  for (const auto& [key, row] : store.rows()) {
    if (!concerns(pattern, key.service) || key.unmeant || key.noise) continue;
    if (is_failing(row)) out.failed.push_back(&row);
    if (!is_served(row) || !is_service(key.service)) continue;
    out.served.push_back(&row);
    if (!mixed.contains(key.service)) add_served(out, row, pattern);
  }
  for (const auto& [key, row] : store.service_clients()) {
    if (mixed.contains(key.service) && is_service(key.service) && is_bystander(key, row, pattern)) {
      add_served(out, row, pattern);
    }
  }
  return out;
}

std::optional<bool> caused_outage(const Pattern& pattern, const Bystanders& others) {
  constexpr std::uint64_t kFew = 2;
  constexpr std::uint64_t kSeveral = 3;
  constexpr double kClear = 0.2;
  constexpr double kHardly = 0.1;
  const auto share = [](const AttackOutcome& outcome) {
    const std::uint64_t all = outcome.ok + outcome.failed;
    return all == 0 ? 0.0 : static_cast<double>(outcome.failed) / static_cast<double>(all);
  };
  if (pattern.kind == PatternKind::dns_tunnel) return false;  // nothing is taken from anybody
  const bool is_harmless = others.during.ok >= kSeveral && share(others.during) < kHardly;
  // Too short for many to come while it lasted; all who came then and around it were served.
  const bool is_between = base::between(pattern.first, pattern.last) <= limits::kShortFlood &&
                          others.before.ok >= kSeveral && others.after.ok >= kSeveral &&
                          others.before.failed + others.during.failed + others.after.failed == 0;
  const std::optional<bool> otherwise =
      is_harmless || is_between ? std::optional(false) : std::nullopt;
  const double trouble = share(others.trouble);
  const bool is_with_it = others.hurt_with_it * 2 >= others.hurt.count() &&
                          others.hurt_with_it > 0 && others.trouble.failed >= kFew;
  if (!pattern.is_flood() || others.trouble.failed < kFew || trouble < kClear) return otherwise;
  const double before = share(others.before);
  if (others.before.failed >= kFew && before >= trouble / 2) return false;
  if (!is_with_it || before >= trouble / 2) return otherwise;
  if (others.before.ok > 0) return true;
  // It was under way when the capture began: that they are served once it is over tells as much.
  const bool is_over = others.after.ok >= kSeveral && share(others.after) < trouble / 2;
  return is_over ? std::optional(true) : otherwise;
}

const Fault* fault_for(const Catalogue& catalogue, const Pattern& pattern) {
  const std::string_view id = evidence::pattern_id(pattern.kind);
  const auto found = std::ranges::find(catalogue.faults(), id, &Fault::raised_by_pattern);
  return found == catalogue.faults().end() ? nullptr : &*found;
}

}  // namespace whydown::diagnosis
