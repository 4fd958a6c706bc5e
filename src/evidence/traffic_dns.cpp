// Attacks by DNS: floods of queries, reflection, tunnels.
//
// Ever new names of one domain that do not exist ("water torture") are told from a mail server's
// or a virus scanner's lookups by their answers (those find what they look for, or ask for other
// things too), and from a crowd by their sources, which never asked for anything that exists; where
// that does not tell them apart, clients that ask like the sources are no bystanders. A flood of
// ordinary questions is one where it stands out, is not answered, and comes from who never asked
// before; else a crowd looks the same, and it is one only if others suffered from it, who ask less.
//
// Reflection is one large answer, the same one, again and again: who asks by himself keeps an
// answer as long as it lasts (its TTL). Seen by who gets it, nobody asked; seen by the server,
// somebody does, under an address that may be forged.
//
// A tunnel's names are long and never come twice, and all of them are answered, with data whose
// length changes as the names' does. Lookups of hashes (virus scanners, black lists, keys of mail)
// have one length, or none to their answers.
//
// Left out: tunnels that idle or stay below one name in two seconds, and any that hides its names
// (DNS over TLS or HTTPS).
#include <algorithm>
#include <map>
#include <set>

#include "evidence/dns_usage.h"
#include "evidence/traffic_crest.h"

namespace whydown::evidence::traffic_detail {

namespace {

constexpr std::uint64_t kLeastMessages = 200;
constexpr std::uint64_t kManyAddresses = 50;
constexpr std::size_t kFew = 8;
constexpr std::uint64_t kQueriesOfOne = 200;

void set_sources(Pattern& pattern, const DnsUsageRow& seen) {
  pattern.sources = seen.senders.largest(limits::kPatternSources);
  keep_worth_naming(pattern);
}

Pattern pattern_of(PatternKind kind, const Service& target, const DnsUsageRow& seen,
                   const Crest& crest) {
  Pattern pattern;
  pattern.kind = kind;
  pattern.services.push_back(target);
  pattern.rows.push_back(&seen.row);
  pattern.first = crest.first;
  pattern.last = crest.last;
  pattern.per_second = crest.per_second;
  pattern.packets = std::max(seen.row.attempts, seen.row.tries);
  pattern.query_bytes = seen.query_bytes;
  pattern.answer_bytes = seen.answer_bytes;
  pattern.source_count = std::min(seen.row.clients.count(), pattern.packets);
  pattern.is_count_exact = seen.row.clients.is_exact();
  set_sources(pattern, seen);
  return pattern;
}

const ServiceClientRow* row_of(const Store& store, const Service& service,
                               const base::IpAddress& client) {
  const auto found = store.service_clients().find({service, client, Step::name});
  return found == store.service_clients().end() ? nullptr : &found->second;
}

// Whether it asked at least half as often as the sources on average: who is one of many alike is no
// bystander of the others. (The sums of the largest lose some of them where two share a slot.)
bool is_like_the_sources(const ServiceClientRow& row, const Pattern& pattern) {
  return row.total() * 2 * pattern.source_count >= pattern.packets;
}

// --- new names -----------------------------------------------------------------------------------

// Whether those who sent most never asked the server for anything that exists. A mail server or a
// resolver asks for other things as well.
bool are_never_served(const Store& store, const Service& service, const Pattern& pattern) {
  const auto& senders = pattern.sources;
  return !senders.empty() && std::ranges::none_of(senders, [&](const auto& sender) {
    const ServiceClientRow* row = row_of(store, service, sender.address);
    return row == nullptr || row->ok() > 0;
  });
}

// A busy resolver is asked by thousands for what does not exist, a small part of all that it is
// asked for.
bool is_large_part(const Store& store, const Service& service, const Crest& crest,
                   std::uint64_t queries) {
  std::uint64_t all = 0;
  for (const auto& [key, row] : store.rows()) {
    if (key.service == service) all += row.times.within(crest.from, crest.until);
  }
  return queries * 4 >= all;
}

std::vector<base::IpAddress> crowd_of(const Store& store, const Pattern& pattern,
                                      const DnsUsageRow& seen) {
  std::vector<base::IpAddress> out;
  for (const base::IpAddress& client : seen.row.clients.kept()) {
    const ServiceClientRow* row = row_of(store, pattern.services.front(), client);
    if (row != nullptr && is_like_the_sources(*row, pattern)) out.push_back(client);
  }
  std::ranges::sort(out);
  return out;
}

void find_name_floods(const Store& store, std::vector<Pattern>& out) {
  for (const auto& [key, seen] : store.dns_usage().rows()) {
    if (key.usage != Usage::new_names || seen.row.attempts < kLeastMessages) continue;
    const Crest crest = crest_of(seen.row.times, seen.row.first, seen.row.last);
    if (crest.per_second < kPerSecond) continue;
    const bool is_found = seen.served() * 10 > seen.row.attempts;
    Pattern pattern = pattern_of(PatternKind::dns_query_flood, key.service, seen, crest);
    pattern.name = key.domain;
    pattern.is_certain =
        !is_found && is_large_part(store, key.service, crest, seen.row.attempts) &&
        (pattern.source_count >= kManyAddresses || are_never_served(store, key.service, pattern));
    if (!pattern.is_certain) {
      // Very many that find what they ask for, none of them much: nobody to tell from the others.
      if (is_found && pattern.sources.empty() && !pattern.is_count_exact) continue;
      pattern.crowd = crowd_of(store, pattern, seen);
    }
    out.push_back(std::move(pattern));
  }
}

// --- too many questions --------------------------------------------------------------------------

struct Load {
  std::vector<const Row*> rows;
  Sum sum;
  Sum unanswered;
  AddressSketch clients;
  AddressSketch unanswered_clients;
};

std::map<Service, Load> loads_of(const Store& store) {
  std::map<Service, Load> out;
  for (const auto& [key, row] : store.rows()) {
    const bool is_query = key.service.protocol == Protocol::dns && key.step == Step::name &&
                          key.service.transport == packet::Transport::udp;
    if (!is_query || row.request_unseen == row.attempts) continue;
    Load& load = out[key.service];
    load.rows.push_back(&row);
    load.sum.add(row);
    load.clients.merge(row.clients);
    // Whoever answers with an error code answers; of a dead service others do, by ICMP.
    const bool is_silent = key.symptom == Symptom::no_response || key.outcome == Outcome::unknown ||
                           key.symptom == Symptom::port_unreachable;
    if (!is_silent) continue;
    load.unanswered.add(row);
    load.unanswered_clients.merge(row.clients);
  }
  return out;
}

struct Newcomers {
  std::vector<TopSources::Source> sources;  // the largest first
  std::uint64_t queries = 0;
  std::uint64_t all = 0;  // of everybody
};

bool is_new_at(const ServiceClientRow& row, base::Time crest) {
  constexpr base::Duration kJustBefore = std::chrono::seconds{1};
  const base::Time from = base::add(crest, -kJustBefore);
  return std::min(row.first_ok, row.first_failed) >= from;
}

// Who never asked the server before.
Newcomers newcomers_of(const Store& store, const Service& service, const Crest& crest) {
  Newcomers out;
  const auto& clients = store.service_clients();
  for (auto at = clients.lower_bound({service, {}, {}});
       at != clients.end() && at->first.service == service; ++at) {
    const ServiceClientRow& row = at->second;
    out.all += row.total();
    if (!is_new_at(row, crest.from)) continue;
    out.queries += row.total();
    out.sources.push_back({at->first.client, row.total(), true});
  }
  std::ranges::stable_sort(out.sources, std::ranges::greater{}, &TopSources::Source::packets);
  return out;
}

// Who asked it before, and makes up most of the load all the same.
std::vector<base::IpAddress> crowd_of(const Store& store, const Newcomers& newcomers,
                                      const Crest& crest, const Pattern& pattern) {
  std::vector<base::IpAddress> out;
  if (newcomers.queries * 4 >= pattern.packets) return out;
  const Service& service = pattern.services.front();
  const auto& clients = store.service_clients();
  for (auto at = clients.lower_bound({service, {}, {}});
       at != clients.end() && at->first.service == service; ++at) {
    const ServiceClientRow& row = at->second;
    if (is_new_at(row, crest.from) || !is_like_the_sources(row, pattern)) continue;
    out.push_back(at->first.client);
  }
  std::ranges::sort(out);
  return out;
}

// Each address asks once and never again, as no client does that waits for an answer.
bool are_invented(const Load& load) {
  const std::uint64_t count = load.unanswered_clients.count();
  return count >= kManyAddresses && count * 10 >= load.unanswered.attempts * 7;
}

bool are_few_and_many_each(const Newcomers& newcomers) {
  const auto& sources = newcomers.sources;
  std::uint64_t led = 0;
  for (std::size_t i = 0; i < std::min(sources.size(), kFew); ++i) {
    if (sources[i].packets >= kQueriesOfOne) led += sources[i].packets;
  }
  return led * 4 >= newcomers.queries * 3;
}

void find_plain_floods(const Store& store, const std::set<Service>& told,
                       std::vector<Pattern>& out) {
  for (auto& [service, load] : loads_of(store)) {
    if (told.contains(service) || load.sum.attempts < kLeastMessages) continue;
    const Crest crest = crest_of(load.sum.times, load.sum.first, load.sum.last);
    if (crest.per_second < kPerSecond) continue;
    const Newcomers newcomers = newcomers_of(store, service, crest);
    const bool is_of_new = newcomers.queries * 4 >= newcomers.all * 3;
    const bool is_high = stands_out(load.sum.times, crest);
    if (!is_of_new && !is_high) continue;
    const bool is_unanswered = load.unanswered.attempts * 2 >= load.sum.attempts;
    const bool is_meant = !are_invented(load) && !are_few_and_many_each(newcomers);
    Pattern pattern;
    pattern.kind = PatternKind::dns_query_flood;
    pattern.services.push_back(service);
    pattern.first = crest.first;
    pattern.last = crest.last;
    pattern.per_second = crest.per_second;
    pattern.packets = load.sum.times.within(crest.from, crest.until);
    pattern.rows = std::move(load.rows);
    pattern.sources = newcomers.sources;
    if (pattern.sources.size() > limits::kPatternSources) {
      pattern.sources.resize(limits::kPatternSources);
    }
    keep_worth_naming(pattern);
    pattern.source_count = std::min(load.clients.count(), pattern.packets);
    pattern.is_count_exact = load.clients.is_exact();
    pattern.is_certain = is_high && is_of_new && is_unanswered && !is_meant;
    if (!pattern.is_certain) pattern.crowd = crowd_of(store, newcomers, crest, pattern);
    out.push_back(std::move(pattern));
  }
}

// --- reflection ----------------------------------------------------------------------------------

constexpr double kAnswersPerSecond = 20;

// One question again and again, and answers that are worth it.
bool is_one_question(const DnsUsageRow& seen) {
  constexpr double kShare = 0.9;
  // A text log of answers shows no questions, so that nobody knows.
  return seen.question.name() != 0 && seen.question.share(seen.row.attempts) >= kShare;
}

void find_reflections(const Store& store, std::vector<Pattern>& out) {
  for (const auto& [key, seen] : store.dns_usage().rows()) {
    const bool is_at_reflector = key.usage == Usage::large_answers;
    if (!is_at_reflector && key.usage != Usage::unasked_answers) continue;
    const Crest crest = crest_of(seen.row.times, seen.row.first, seen.row.last);
    if (seen.row.attempts < kLeastMessages || crest.per_second < kAnswersPerSecond) continue;
    if (!is_one_question(seen)) continue;
    Service target = key.service;
    if (!is_at_reflector) {
      target = {key.client, 0, packet::Transport::udp, Protocol::dns};
    }
    Pattern pattern = pattern_of(PatternKind::dns_reflection, target, seen, crest);
    pattern.is_at_reflector = is_at_reflector;
    pattern.name = seen.question.name();
    pattern.type = seen.question.type();
    if (!is_at_reflector) {
      pattern.source_count = seen.servers.count();
      pattern.is_count_exact = seen.servers.is_exact();
    }
    out.push_back(std::move(pattern));
  }
}

// --- tunnels -------------------------------------------------------------------------------------

constexpr std::uint64_t kLeastNames = 60;
constexpr base::Duration kLeastSpan = std::chrono::seconds{5};
constexpr std::uint64_t kLeastName = 30;   // bytes in front of the domain, on average
constexpr std::uint64_t kLargeName = 100;  // ... that no lookup of a hash has
constexpr std::uint64_t kLeastData = 24;   // bytes of an answer, on average
constexpr unsigned kLeastSizes = 5;

bool is_tunnel(const DnsUsageRow& seen) {
  const std::uint64_t count = seen.row.attempts;
  if (count < kLeastNames || base::between(seen.row.first, seen.row.last) < kLeastSpan)
    return false;
  if (seen.served() * 10 < count * 9 || seen.row.clients.count() != 1) return false;
  const bool has_data = seen.data_bytes >= kLeastData * count;
  const bool is_varied =
      seen.name_sizes.count() >= kLeastSizes && seen.data_sizes.count() >= kLeastSizes;
  const bool is_large = seen.name_bytes >= kLargeName * count;
  return seen.name_bytes >= kLeastName * count && has_data && (is_varied || is_large);
}

void find_tunnels(const Store& store, std::vector<Pattern>& out) {
  for (const auto& [key, seen] : store.dns_usage().rows()) {
    if (key.usage != Usage::long_names || !is_tunnel(seen)) continue;
    const Crest crest = crest_of(seen.row.times, seen.row.first, seen.row.last);
    Pattern pattern = pattern_of(PatternKind::dns_tunnel, seen.row.key.service, seen, crest);
    pattern.first = seen.row.first;
    pattern.last = seen.row.last;
    const double span = std::max(seconds_of(base::between(pattern.first, pattern.last)), kShortest);
    pattern.per_second = static_cast<double>(seen.row.attempts) / span;
    pattern.name = key.domain;
    const auto types = seen.types.all();
    pattern.type = std::ranges::max_element(types, {}, &CodeCounts::Entry::count)->code;
    out.push_back(std::move(pattern));
  }
}

}  // namespace

void find_dns(const Store& store, std::vector<Pattern>& out) {
  const std::size_t before = out.size();
  find_name_floods(store, out);
  find_reflections(store, out);
  std::set<Service> told;
  for (std::size_t i = before; i < out.size(); ++i) told.insert(out[i].services.front());
  find_plain_floods(store, told, out);
  find_tunnels(store, out);
}

}  // namespace whydown::evidence::traffic_detail
