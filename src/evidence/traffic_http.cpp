// Floods of requests at a web server: whole ones, or connections on which nothing whole is asked.
//
// A source is told from a customer by its pace and by its one path, asked for again and again (with
// a query that changes, perhaps, so that no cache answers). A proxy with many users behind it, a
// crawler and a page with two hundred pictures ask for many paths. Where the paths do not tell it,
// or the sources are many, it may be a crowd: then it is an attack only where others suffered.
// Connections without a request are told from the checks of a load balancer by their pace.
//
// Left out: requests inside TLS, whose connections alone are seen.
#include <algorithm>
#include <map>
#include <set>

#include "evidence/limits.h"
#include "evidence/traffic_crest.h"

namespace whydown::evidence::traffic_detail {

namespace {

constexpr std::uint64_t kRequests = 200;     // of one source
constexpr double kPerSecond = 50;            // ... and its pace
constexpr double kCrowdPerSecond = 100;      // of all together
constexpr std::uint64_t kConnections = 100;  // of one source, with hardly any request on them
constexpr double kConnectionsPerSecond = 20;
constexpr std::size_t kPathsSeen = 4;

struct Asker {
  std::uint64_t count = 0;
  base::Time first{base::Time::max()};
  base::Time last{base::Time::min()};

  void add(const ServiceClientRow& row) {
    count += row.total();
    first = std::min({first, row.first_ok, row.first_failed});
    last = std::max({last, row.last_ok, row.last_failed});
  }
  // Of connections: one that is refused, or not answered, holds no place.
  void add_standing(const ServiceClientRow& row) {
    if (row.ok() == 0) return;
    count += row.ok();
    first = std::min(first, row.first_ok);
    last = std::max(last, row.last_ok);
  }
  double per_second() const {
    if (last < first) return 0;
    const double span = std::chrono::duration<double>(base::between(first, last)).count();
    return static_cast<double>(count) / std::max(span, 1.0);
  }
};

// Who asked how much at a server's port.
struct Site {
  Service service;  // of HTTP
  std::vector<const Row*> rows;
  TimeHistogram times;
  std::map<base::IpAddress, Asker> askers;
  std::map<base::IpAddress, Asker> connects;
  TimeHistogram connect_times;
};

using Place = std::pair<base::IpAddress, std::uint16_t>;

std::map<Place, Site> sites_of(const Store& store) {
  std::map<Place, Site> sites;
  for (const auto& [key, row] : store.rows()) {
    if (key.service.protocol != Protocol::http || key.step != Step::request) continue;
    Site& site = sites[{key.service.server, key.service.port}];
    site.service = key.service;
    site.rows.push_back(&row);
    site.times.merge(row.times);
  }
  for (const auto& [key, row] : store.rows()) {
    const auto site = sites.find({key.service.server, key.service.port});
    const bool is_handshake = key.service.protocol == Protocol::tcp && key.step == Step::connect;
    const bool stands = key.outcome == Outcome::ok || key.outcome == Outcome::slow;
    if (site != sites.end() && is_handshake && stands && !key.unmeant) {
      site->second.connect_times.merge(row.times);
    }
  }
  for (const auto& [key, row] : store.service_clients()) {
    const auto site = sites.find({key.service.server, key.service.port});
    if (site == sites.end()) continue;
    if (key.service.protocol == Protocol::http) site->second.askers[key.client].add(row);
    const bool is_handshake = key.service.protocol == Protocol::tcp && key.step == Step::connect;
    if (is_handshake) site->second.connects[key.client].add_standing(row);
  }
  return sites;
}

// Of the requests kept of one source.
bool has_one_path(const Site& site, const base::IpAddress& source) {
  std::set<std::uint32_t> paths;
  std::size_t seen = 0;
  for (const Row* row : site.rows) {
    for (const Attempt* attempt : row->exemplars()) {
      if (attempt->client != source || attempt->request.target == 0) continue;
      ++seen;
      paths.insert(attempt->request.target);
    }
  }
  return seen >= kPathsSeen && paths.size() == 1;
}

Pattern pattern_of(const Site& site, const std::map<base::IpAddress, Asker>& sources) {
  Pattern pattern;
  pattern.kind = PatternKind::http_flood;
  pattern.services.push_back(site.service);
  pattern.first = base::Time::max();
  pattern.last = base::Time::min();
  pattern.is_alone = false;
  pattern.source_count = sources.size();
  for (const auto& [address, asker] : sources) {
    pattern.packets += asker.count;
    pattern.per_second += asker.per_second();
    pattern.first = std::min(pattern.first, asker.first);
    pattern.last = std::max(pattern.last, asker.last);
    pattern.sources.push_back({address, asker.count, true});
  }
  std::ranges::stable_sort(pattern.sources,
                           [](const auto& a, const auto& b) { return a.packets > b.packets; });
  if (pattern.sources.size() > limits::kPatternSources) {
    pattern.sources.resize(limits::kPatternSources);
  }
  return pattern;
}

// Few sources, each of which outdoes what people do.
bool find_loud(const Site& site, std::vector<Pattern>& out) {
  std::map<base::IpAddress, Asker> loud;
  bool is_certain = true;
  for (const auto& [address, asker] : site.askers) {
    if (asker.count < kRequests || asker.per_second() < kPerSecond) continue;
    is_certain = is_certain && has_one_path(site, address);
    loud.emplace(address, asker);
  }
  if (loud.empty() || loud.size() > limits::kPatternSources) return false;
  Pattern pattern = pattern_of(site, loud);
  pattern.rows = site.rows;
  pattern.is_certain = is_certain;
  out.push_back(std::move(pattern));
  return true;
}

// Connections that stand, and nothing whole is asked on them.
bool find_unfinished(const Store& store, const Site& site, std::vector<Pattern>& out) {
  std::map<base::IpAddress, Asker> holding;
  const Crest crest = crest_of(site.connect_times, base::Time::min(), base::Time::max());
  for (const auto& [address, connects] : site.connects) {
    const auto asker = site.askers.find(address);
    const std::uint64_t asked = asker == site.askers.end() ? 0 : asker->second.count;
    // Once it has its connections, it only renews those that the server closes.
    const bool is_quick = connects.per_second() >= kConnectionsPerSecond ||
                          (crest.per_second >= kConnectionsPerSecond &&
                           connects.count * 2 >= site.connect_times.total());
    const bool is_held = connects.count >= kConnections && asked * 10 <= connects.count;
    if (is_held && is_quick) holding.emplace(address, connects);
  }
  if (holding.empty() || holding.size() > limits::kPatternSources) return false;
  Pattern pattern = pattern_of(site, holding);
  pattern.is_unfinished = true;
  for (const auto& [key, row] : store.rows()) {
    const bool is_here = key.service.server == site.service.server &&
                         key.service.port == site.service.port &&
                         key.service.protocol == Protocol::tcp && key.step == Step::connect;
    if (!is_here) continue;
    const auto is_kept = [&](const Attempt* attempt) { return holding.contains(attempt->client); };
    if (std::ranges::any_of(row.exemplars(), is_kept)) pattern.rows.push_back(&row);
  }
  out.push_back(std::move(pattern));
  return true;
}

// Very many sources that came all at once; a crowd does, too.
void find_crowd(const Site& site, std::vector<Pattern>& out) {
  constexpr std::size_t kManyAskers = 50;
  base::Time begin = base::Time::max();
  base::Time end = base::Time::min();
  for (const Row* row : site.rows) {
    begin = std::min(begin, row->first);
    end = std::max(end, row->last);
  }
  const Crest crest = crest_of(site.times, begin, end);
  const bool is_wave = crest.per_second >= kCrowdPerSecond && stands_out(site.times, crest) &&
                       site.askers.size() >= kManyAskers;
  if (!is_wave) return;
  Pattern pattern = pattern_of(site, site.askers);
  pattern.rows = site.rows;
  pattern.per_second = crest.per_second;
  pattern.first = crest.first;
  pattern.last = crest.last;
  pattern.sources.clear();  // none of them sent much
  pattern.is_certain = false;
  out.push_back(std::move(pattern));
}

}  // namespace

void find_http_floods(const Store& store, std::vector<Pattern>& out) {
  for (const auto& [place, site] : sites_of(store)) {
    const bool is_loud = find_loud(site, out);
    if (!find_unfinished(store, site, out) && !is_loud) find_crowd(site, out);
  }
}

}  // namespace whydown::evidence::traffic_detail
