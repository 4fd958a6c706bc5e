// Facts about packets that go round: by routers, which lower the TTL, or by switches.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "evidence/facts/facts.h"
#include "journey/limits.h"

namespace whydown::evidence::facts_detail {

namespace {

// Copies of the subject's packets, the earliest and the latest of each service.
struct Rounds {
  std::uint64_t count = 0;
  std::vector<const Observation*> kept;
};

Rounds rounds_of(const View& view, Sign sign) {
  Rounds rounds;
  for (const ObservationRow& row : view.store.observations()) {
    const auto& services = view.subject.services;
    const bool is_here = std::ranges::find(services, row.service) != services.end();
    if (row.sign != sign || !is_here) continue;
    rounds.count += row.count;
    for (const Observation& each : row.first) rounds.kept.push_back(&each);
    for (const Observation& each : row.last) rounds.kept.push_back(&each);
  }
  return rounds;
}

std::vector<base::Place> places_of(const Rounds& rounds) {
  std::vector<base::Place> places;
  places.reserve(rounds.kept.size());
  for (const Observation* each : rounds.kept) places.push_back(each->packet.place);
  return earliest(std::move(places));
}

bool is_looping(const View& view) { return view.subject.symptom == Symptom::looping; }

Finding link_ttl_falls(const View& view) {
  if (!is_looping(view)) return unknown();
  const Rounds routed = rounds_of(view, Sign::routed_round);
  const Rounds switched = rounds_of(view, Sign::switched_round);
  if (routed.count > 0) {
    const auto ttl = [](const Observation* each) { return each->packet.ttl; };
    const auto [least, most] = std::ranges::minmax_element(routed.kept, {}, ttl);
    return yes(fmt::format("{} of the same packets, their TTL down from {} to {} in those kept",
                           counted(routed.count, "further sighting"), ttl(*most), ttl(*least)),
               places_of(routed));
  }
  if (switched.count == 0) return unknown();
  return no(
      fmt::format("{} of the same frames, unchanged", counted(switched.count, "further copy")),
      places_of(switched));
}

Finding link_same_identification(const View& view) {
  if (!is_looping(view)) return unknown();
  const Rounds switched = rounds_of(view, Sign::switched_round);
  std::set<std::uint32_t> ids;
  // What each sender gave its identification to: to packets of several sizes it is no count.
  std::map<std::pair<base::IpAddress, std::uint32_t>, std::uint32_t> sizes;
  for (const Observation* each : switched.kept) {
    const Digest& packet = each->packet;
    if (packet.network == packet::Network::arp || packet.ip_id == 0) return unknown();
    ids.insert(packet.ip_id);
    const auto [size, is_new] =
        sizes.try_emplace({packet.source, packet.ip_id}, packet.payload_length);
    if (!is_new && size->second != packet.payload_length) {
      return unknown("the sender gives different packets the same identification");
    }
  }
  if (ids.empty()) return unknown();
  return yes(fmt::format("{} copies, {} in those kept", switched.count,
                         counted(ids.size(), "identification")),
             places_of(switched));
}

Finding link_many_senders(const View& view) {
  if (!is_looping(view)) return unknown();
  constexpr std::uint64_t kMany = 3;
  const std::uint64_t senders = view.failing_clients.count();
  const std::string detail = fmt::format("packets of {}", counted(senders, "sender"));
  if (senders >= kMany) return yes(detail, cite_requests(view.failed));
  return senders == 1 ? no(detail, cite_requests(view.failed)) : unknown();
}

constexpr std::array kLinkFacts = {
    Entry{{"link.ttl_falls",
           "Does the TTL of the packets that go round fall each time that they come by, as routers "
           "lower it? No where they come by unchanged, as switches leave them.",
           "RFC 1812 5.3.1; IEEE 802.1D 7"},
          link_ttl_falls},
    Entry{
        {"link.same_identification",
         "Do unchanged copies carry the IP identification of the first one, which senders count "
         "up for each packet? In the kept copies; unknown where they are ARP, or where the sender "
         "gives packets of several sizes the same one; never no.",
         "RFC 6864 4.1"},
        link_same_identification},
    Entry{{"link.many_senders",
           "Do packets of three senders or more go round? No where all are of one.", ""},
          link_many_senders},
};

}  // namespace

std::span<const Entry> link_facts() { return kLinkFacts; }

std::uint64_t copies_in_loops(const Store& store) {
  if (store.observed(Sign::routed_round) + store.observed(Sign::switched_round) == 0) return 0;
  std::uint64_t count = 0;
  for (const auto& [key, row] : store.rows()) {
    if (key.symptom != Symptom::looping) continue;
    const bool is_switched = key.service.protocol == Protocol::ethernet;
    count +=
        row.attempts * (is_switched ? journey::limits::kStormCopies : journey::limits::kRounds);
  }
  return count;
}

}  // namespace whydown::evidence::facts_detail
