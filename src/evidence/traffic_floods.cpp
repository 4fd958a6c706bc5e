// Floods: SYNs at a service, datagrams or pings at a host.
//
// A flood of SYNs is told from a crowd by its handshakes: people finish theirs, and repeat what is
// not answered. One of datagrams is told from a stream by its ends: a stream keeps its two ports
// for all of its packets, and a flood that kept them could be one (voice, logs, a copy under way),
// so it is not called one here. Where ever new ports are answered too, it is told from many users
// by its few sources, or not with certainty by its growth.
#include <algorithm>
#include <map>

#include "evidence/limits.h"
#include "evidence/traffic_crest.h"

namespace whydown::evidence::traffic_detail {

namespace {

constexpr std::uint64_t kLeastAttempts = 200;
constexpr std::uint64_t kLeastDatagramFlows = 400;
// A SYN repeated so often on the same two ports is no client's: at most limits::kMostSyns in
// minutes.
constexpr std::uint64_t kDrumbeats = 20;
constexpr double kDrumbeatsPerSecond = 0.4;
// Whoever waits for an answer has repeated the SYN by then (RFC 6298 2.1 and 5.7: 1 s, then 3 s).
constexpr base::Duration kTimeToRepeat = std::chrono::seconds{4};

// Rows of little traffic do not keep who sent most, but their exemplars or their only client tell.
void add_sources_of(const Row& row, TopSources& top) {
  if (row.sources() != nullptr) {
    top.merge(*row.sources());
  } else if (row.clients.count() == 1) {
    top.add(*row.clients.kept().begin(), row.tries);
  } else if (row.kept().size() == row.attempts) {
    for (const Attempt* attempt : row.exemplars()) top.add(attempt->client, attempt->tries);
  }
}

void add_sources(Pattern& pattern) {
  AddressSketch clients;
  TopSources top;
  for (const Row* row : pattern.rows) {
    clients.merge(row->clients);
    add_sources_of(*row, top);
  }
  pattern.sources = top.largest(limits::kPatternSources);
  keep_worth_naming(pattern);
  // An estimate; but each of them sent something.
  pattern.source_count = std::min(clients.count(), pattern.packets);
  pattern.is_count_exact = clients.is_exact();
}

Pattern pattern_of(PatternKind kind, const Service& target, std::vector<const Row*> rows,
                   const Sum& sum, const Crest& crest) {
  Pattern pattern;
  pattern.kind = kind;
  pattern.services.push_back(target);
  pattern.rows = std::move(rows);
  pattern.first = crest.first;
  pattern.last = crest.last;
  pattern.packets = sum.packets;
  pattern.per_second = crest.per_second;
  add_sources(pattern);
  return pattern;
}

// --- SYN -----------------------------------------------------------------------------------------

// Handshakes of the rows that had the time to be repeated. Half-open ones had theirs.
std::uint64_t had_time(const std::vector<const Row*>& rows, base::Time end) {
  const base::Time until = base::add(end, -kTimeToRepeat);
  std::uint64_t count = 0;
  for (const Row* row : rows) {
    count += is_answered(*row) ? row->attempts : row->times.within(base::Time::min(), until);
  }
  return count;
}

// Where packets get lost, half-open handshakes hold repeated SYNs of real clients.
bool is_drumming(const std::vector<const Row*>& rows) {
  Sum sum;
  for (const Row* row : rows) {
    if (!is_answered(*row)) sum.add(*row);
  }
  const std::uint64_t again = sum.packets - std::min(sum.packets, sum.attempts);
  const double span = std::max(seconds_of(base::between(sum.first, sum.last)), kShortest);
  return again >= kDrumbeats && static_cast<double>(again) / span >= kDrumbeatsPerSecond;
}

// What the flood's own sources sent beside what nobody can have meant: once the service has died of
// it, the rest of the flood is refused.
std::uint64_t refused_to_sources(const Store& store, const Service& service,
                                 const std::vector<const Row*>& rows) {
  TopSources top;
  for (const Row* row : rows) add_sources_of(*row, top);
  std::uint64_t count = 0;
  for (const TopSources::Source& source : top.largest(limits::kPatternSources)) {
    if (source.packets * kWorthNaming < top.total()) break;
    const auto at = store.service_clients().find({service, source.address, Step::connect});
    if (at == store.service_clients().end()) continue;
    count += at->second.failed() - std::min<std::uint64_t>(at->second.failed(), at->second.unmeant);
  }
  return count;
}

// Handshakes at the service that somebody meant, from the first second of the flood to its last.
std::uint64_t meant_meanwhile(const Store& store, const Service& service,
                              const std::vector<const Row*>& rows, const Crest& crest) {
  std::uint64_t count = 0;
  for (const auto& [key, row] : store.rows()) {
    if (key.service != service || key.unmeant || key.outcome == Outcome::unknown) continue;
    count += row.times.within(crest.from, crest.until);
  }
  return count - std::min(count, refused_to_sources(store, service, rows));
}

// Whether the capture shows what comes after SYN and SYN-ACK. One that was filtered by these flags
// does not, and every handshake in it looks half open.
bool shows_third_steps(const Store& store) {
  return std::ranges::any_of(store.rows(), [](const auto& entry) {
    const auto& [key, row] = entry;
    const bool is_tcp = key.service.transport == packet::Transport::tcp;
    return is_tcp && (row.mid_stream > 0 || (is_answered(row) && !key.unmeant));
  });
}

void find_syn_floods(const Store& store, std::vector<Pattern>& out) {
  constexpr std::uint64_t kFewSources = 8;
  const bool has_third_steps = shows_third_steps(store);
  std::map<Service, std::vector<const Row*>> by_service;
  for (const auto& [key, row] : store.rows()) {
    if (!key.unmeant) continue;
    const bool may_be_cut = is_answered(row) && row.clients.count() > kFewSources;
    if (has_third_steps || !may_be_cut) by_service[key.service].push_back(&row);
  }
  for (auto& [service, rows] : by_service) {
    Sum sum;
    for (const Row* row : rows) sum.add(*row);
    Crest crest = crest_of(sum.times, sum.first, sum.last);
    const bool is_drum = is_drumming(rows);
    const bool is_wave = crest.per_second >= kPerSecond &&
                         had_time(rows, store.totals().last.time) >= kLeastAttempts &&
                         meant_meanwhile(store, service, rows, crest) * 4 <= sum.attempts;
    if (!is_drum && !is_wave) continue;
    if (!is_wave) {
      const double span = std::max(seconds_of(base::between(sum.first, sum.last)), kShortest);
      crest.per_second = static_cast<double>(sum.packets) / span;
      crest.first = sum.first;
      crest.last = sum.last;
    }
    out.push_back(pattern_of(PatternKind::syn_flood, service, std::move(rows), sum, crest));
  }
}

// --- datagrams and pings -------------------------------------------------------------------------

std::map<base::IpAddress, std::vector<const Row*>> rows_by_host(const Store& store,
                                                                Protocol protocol) {
  std::map<base::IpAddress, std::vector<const Row*>> out;
  for (const auto& [key, row] : store.rows()) {
    const bool is_loop = key.step == Step::link;  // the same packets once more
    const bool is_one = key.service.protocol == protocol ||
                        (protocol == Protocol::udp && key.service.protocol == Protocol::quic);
    if (!is_one || is_loop || row.mid_stream == row.attempts) continue;
    out[key.service.server].push_back(&row);
  }
  return out;
}

// The port that nearly all of it went to, else none.
Service target_of(const base::IpAddress& host, Protocol protocol,
                  const std::vector<const Row*>& rows, std::uint64_t attempts) {
  std::map<Service, std::uint64_t> counts;
  for (const Row* row : rows) counts[row->key.service] += row->attempts;
  for (const auto& [service, count] : counts) {
    if (count * 10 >= attempts * 9) return service;
  }
  Service whole = rows.front()->key.service;
  whole.server = host;
  whole.port = 0;
  whole.protocol = protocol;
  return whole;
}

// Whether a few sources made nearly all of these flows, each very many.
bool is_of_few(const Store& store, const base::IpAddress& host, const Sum& sum) {
  constexpr std::uint64_t kPacketsOfOne = 200;
  std::uint64_t count = 0;
  for (const auto& [key, row] : store.service_clients()) {
    const bool is_here = key.service.server == host && is_datagrams(key.service.protocol);
    if (is_here && row.total() >= kPacketsOfOne) count += row.total();
  }
  return count * 4 >= sum.attempts * 3;
}

// Of rows that are answered, the clients' rows tell who sent most.
void add_udp_sources(const Store& store, const base::IpAddress& host, Pattern& pattern) {
  TopSources top;
  for (const auto& [key, row] : store.service_clients()) {
    const bool is_here = key.service.server == host && is_datagrams(key.service.protocol);
    if (is_here) top.add(key.client, row.total());
  }
  pattern.sources = top.largest(limits::kPatternSources);
  keep_worth_naming(pattern);
}

void find_udp_floods(const Store& store, std::vector<Pattern>& out) {
  for (auto& [host, rows] : rows_by_host(store, Protocol::udp)) {
    Sum answered;
    Sum unanswered;
    for (const Row* row : rows) (is_answered(*row) ? answered : unanswered).add(*row);
    Sum sum;
    for (const Row* row : rows) sum.add(*row);
    if (sum.attempts < kLeastDatagramFlows) continue;
    const Crest crest = crest_of(sum.times, sum.first, sum.last);
    if (crest.per_second < kPerSecond) continue;
    const bool is_unanswered = answered.attempts * 4 <= unanswered.attempts;
    const bool is_few = is_of_few(store, host, sum);
    if (!is_unanswered && !is_few && !stands_out(sum.times, crest)) continue;
    const Service target = target_of(host, Protocol::udp, rows, sum.attempts);
    Pattern pattern = pattern_of(PatternKind::udp_flood, target, std::move(rows), sum, crest);
    pattern.is_certain = is_unanswered || is_few;
    if (answered.attempts > 0) add_udp_sources(store, host, pattern);
    out.push_back(std::move(pattern));
  }
}

void find_icmp_floods(const Store& store, std::vector<Pattern>& out) {
  for (auto& [host, rows] : rows_by_host(store, Protocol::icmp)) {
    Sum sum;
    for (const Row* row : rows) sum.add(*row);
    const Crest crest = crest_of(sum.times, sum.first, sum.last);
    if (sum.attempts < kLeastAttempts || crest.per_second < kPerSecond) continue;
    const Service target = rows.front()->key.service;
    out.push_back(pattern_of(PatternKind::icmp_flood, target, std::move(rows), sum, crest));
  }
}

}  // namespace

void find_floods(const Store& store, std::vector<Pattern>& out) {
  find_syn_floods(store, out);
  find_udp_floods(store, out);
  find_icmp_floods(store, out);
}

}  // namespace whydown::evidence::traffic_detail
