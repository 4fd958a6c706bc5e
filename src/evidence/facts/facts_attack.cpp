// Facts about a pattern of traffic that looks like an attack: whose packets they may be.
#include <fmt/format.h>

#include "evidence/facts/measures.h"
#include "evidence/traffic.h"

namespace whydown::evidence::facts_detail {

namespace {

constexpr std::uint64_t kMany = 50;
constexpr std::uint64_t kFew = 8;

std::vector<base::Place> places_of(const View& view) {
  return cite_requests(view.subject.pattern->rows);
}

std::string named(const View& view) {
  std::vector<std::string> names;
  for (const TopSources::Source& source : view.subject.pattern->sources) {
    names.push_back(view.book.text(source.address));
  }
  return list(names, names.size());
}

// 10/8, 172.16/12, 192.168/16 (RFC 1918), 169.254/16 (RFC 3927); fc00::/7 (RFC 4193), fe80::/10.
bool is_local(const base::IpAddress& address) {
  if (address.kind() == base::AddressKind::v6) {
    const std::uint64_t top = address.high() >> 48U;
    return (top & 0xfe00U) == 0xfc00U || (top & 0xffc0U) == 0xfe80U;
  }
  if (address.kind() != base::AddressKind::v4) return false;
  const auto bits = static_cast<std::uint32_t>(address.low());
  return bits >> 24U == 10U || bits >> 20U == 0xac1U || bits >> 16U == 0xc0a8U ||
         bits >> 16U == 0xa9feU;
}

}  // namespace

Finding flood_began_it(const View& view) {
  if (view.subject.pattern == nullptr) return unknown();
  const Pattern& flood = *view.subject.pattern;
  return yes(fmt::format("{} that nobody meant to {}, and the failures begin with them",
                         counted(flood.packets, "packet"), view.endpoint(flood.services.front())),
             places_of(view));
}

Finding attack_sources_many(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  const std::string detail = fmt::format("{}{}", pattern.is_count_exact ? "" : "about ",
                                         counted(pattern.source_count, "source"));
  const bool is_led = std::ranges::any_of(pattern.sources, [&](const TopSources::Source& source) {
    return source.packets * 10 >= pattern.packets;
  });
  if (pattern.source_count >= kMany && !is_led) return yes(detail, places_of(view));
  if (pattern.source_count <= kFew) return no(detail, places_of(view));
  return unknown(detail);
}

Finding attack_sources_local(const View& view) {
  const auto& sources = view.subject.pattern->sources;
  if (sources.empty()) return unknown();
  const auto local = std::ranges::count_if(
      sources, [](const TopSources::Source& source) { return is_local(source.address); });
  if (static_cast<std::size_t>(local) == sources.size()) return yes(named(view), places_of(view));
  if (local == 0) return no(named(view), places_of(view));
  return unknown();
}

Finding attack_source_served(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  for (const auto& [key, row] : view.store.rows()) {
    if (!is_ok(row) || key.unmeant || key.service.protocol == Protocol::arp) continue;
    if (std::ranges::find(pattern.rows, &row) != pattern.rows.end()) continue;
    for (const Attempt* attempt : row.exemplars()) {
      if (!pattern.is_source(attempt->client) || !attempt->answer.is_set()) continue;
      return yes(fmt::format("{} got an answer from {}", view.book.text(attempt->client),
                             view.endpoint(key.service)),
                 {attempt->answer.place});
    }
  }
  return unknown();
}

// --- of DNS --------------------------------------------------------------------------------------

Finding attack_names_new(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  if (pattern.kind != PatternKind::dns_query_flood) return unknown();
  if (pattern.name == 0) return no("the names come again", places_of(view));
  return yes(fmt::format("{} names of {} that were not asked for before", pattern.packets,
                         view.name(pattern.name)),
             places_of(view));
}

Finding attack_answers_rejected(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  if (pattern.kind != PatternKind::dns_reflection) return unknown();
  for (const ObservationRow& row : view.store.observations()) {
    if (row.sign != Sign::late_answer_rejected) continue;
    for (const Observation& seen : row.first) {
      const base::IpAddress& host = pattern.services.front().server;
      const bool is_it = pattern.is_at_reflector
                             ? row.service.server == host && pattern.is_source(seen.client)
                             : seen.client == host;
      if (!is_it) continue;
      return yes(fmt::format("{} refuses answers of {}", view.book.text(seen.client),
                             view.endpoint(row.service)),
                 {seen.packet.place});
    }
  }
  return unknown();
}

Finding attack_victim_heard(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  if (pattern.kind != PatternKind::dns_reflection || pattern.is_at_reflector) return unknown();
  const base::IpAddress& victim = pattern.services.front().server;
  for (const auto& [key, row] : view.store.rows()) {
    const bool is_server = key.service.server == victim && row.server_spoke > 0;
    if (is_neighbour(key.service.protocol)) continue;
    const bool is_asking = row.request_unseen == 0 && row.clients.kept().contains(victim);
    if (!is_server && !is_asking) continue;
    const RowList rows{&row};
    return yes(fmt::format("{} {} {}", view.book.text(victim), is_server ? "answers as" : "asks",
                           view.endpoint(key.service)),
               is_server ? cite_answers(rows) : cite_requests(rows));
  }
  return no(fmt::format("no packet of {}", view.book.text(victim)));
}

Finding attack_types_of_data(const View& view) {
  const Pattern& pattern = *view.subject.pattern;
  if (pattern.kind != PatternKind::dns_tunnel || pattern.type == 0) return unknown();
  const std::string detail = fmt::format("most questions are of type {}", type_id(pattern));
  const bool is_address =
      pattern.type == packet::dns::type::a || pattern.type == packet::dns::type::aaaa;
  return is_address ? no(detail, places_of(view)) : yes(detail, places_of(view));
}

}  // namespace whydown::evidence::facts_detail
