// The tables of facts, one of each facts_*.cpp, and what one of these files lends another.
#pragma once

#include <array>
#include <span>

#include "evidence/facts/view.h"
#include "journey/application.h"

namespace whydown::evidence::facts_detail {

// A fact and the function that measures it.
struct Entry {
  FactInfo info;
  Finding (*measure)(const View&);
};

std::span<const Entry> icmp_facts();
std::span<const Entry> distance_facts();
std::span<const Entry> host_facts();
std::span<const Entry> service_facts();
std::span<const Entry> meanwhile_facts();
std::span<const Entry> connections_facts();
std::span<const Entry> dns_facts();
std::span<const Entry> fragments_facts();
std::span<const Entry> dns_answers_facts();
std::span<const Entry> dns_extended_facts();
std::span<const Entry> dns_asked_facts();
std::span<const Entry> capture_facts();
std::span<const Entry> http_facts();
std::span<const Entry> redirect_facts();
std::span<const Entry> replies_facts();
std::span<const Entry> transfer_facts();
std::span<const Entry> traffic_facts();
std::span<const Entry> latency_facts();
std::span<const Entry> slow_facts();
std::span<const Entry> quic_facts();
std::span<const Entry> tls_facts();
std::span<const Entry> portal_facts();
std::span<const Entry> address_facts();
std::span<const Entry> link_facts();
std::span<const Entry> attack_facts();

// facts_attack.cpp
Finding flood_began_it(const View& view);

// facts_capture.cpp; the second, of a whole store, for quality() too
Finding one_sided(const View& view);
Finding one_sided(const Store& store);

// facts_connections.cpp: packets of the subject's servers on connections that went on since the
// first failure
std::vector<base::Place> heard_during(const View& view);

// facts_fragments.cpp: whether the capture holds no fragments but first ones for its own reasons
bool later_fragments_hidden(const Store& store);

// facts_link.cpp: copies that were counted as captured twice before they turned out to be in a loop
std::uint64_t copies_in_loops(const Store& store);

// facts_service.cpp
Finding others_served(const View& view);

// facts_transfer.cpp
Finding server_stuck(const View& view);

// facts_traffic.cpp
// How many attempts at the services failed in the subject's way and how many were served, second by
// second (or coarser) of the failure: its first and last second, which it may not fill, left out.
struct Moment {
  base::Time start{};
  std::uint64_t all = 0;
  std::uint64_t failed = 0;
  std::uint64_t served = 0;
};
std::vector<Moment> moments(const View& view);

}  // namespace whydown::evidence::facts_detail
