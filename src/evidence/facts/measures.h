// Every fact's function. What each one measures stands in fact_list.cpp.
#pragma once

#include "evidence/facts/view.h"

namespace whydown::evidence::facts_detail {

// facts_icmp.cpp
Finding source_is_server(const View& view);
Finding source_is_other_device(const View& view);
Finding crafted_header(const View& view);
Finding kernel_header(const View& view);
Finding rate_limited(const View& view);
Finding admin_prohibited(const View& view);
Finding answers_tcp(const View& view);
Finding from_router_after_arp_timeout(const View& view);
Finding unreachable_at_once(const View& view);
Finding delay_impossible(const View& view);

// facts_distance.cpp
Finding closer_than_server(const View& view);
Finding quote_counted_down(const View& view);
Finding reset_ttl_differs(const View& view);
Finding reset_copies_tos(const View& view);

// facts_host.cpp
Finding other_ports_refuse(const View& view);
Finding other_ports_answer(const View& view);
Finding alive(const View& view);
Finding silent_everywhere(const View& view);
Finding neighbour_unanswered(const View& view);
Finding neighbour_answered(const View& view);

// facts_connections.cpp
Finding accepted_mute(const View& view);
// Packets of the subject's servers on connections that went on since the first failure.
std::vector<base::Place> heard_during(const View& view);

// facts_service.cpp
Finding answered_before(const View& view);
Finding answered_after(const View& view);
Finding never_answered(const View& view);
Finding others_served(const View& view);
Finding only_one_client_fails(const View& view);
Finding all_clients_fail(const View& view);
Finding retried(const View& view);

// facts_meanwhile.cpp
Finding failing_client_served(const View& view);
Finding own_requests_fail(const View& view);
Finding servfail_meanwhile(const View& view);

// facts_dns.cpp
Finding dns_tcp_answers(const View& view);
Finding dns_tcp_refused(const View& view);
Finding dns_udp_answers(const View& view);
Finding dns_tcp_hangs(const View& view);
Finding dns_late_answers(const View& view);
Finding servfail_slow(const View& view);
Finding servfail_instant(const View& view);
Finding refused_fast(const View& view);
Finding other_server_answers(const View& view);

// facts_dns_answers.cpp
Finding ede_dnssec(const View& view);
Finding ede_network(const View& view);
Finding ede_stale(const View& view);
Finding ede_prohibited(const View& view);
Finding ede_not_authoritative(const View& view);
Finding ede_blocked(const View& view);
Finding ede_forged(const View& view);
Finding other_names_resolve(const View& view);
Finding sibling_names_resolve(const View& view);
Finding all_names_fail(const View& view);
Finding failing_name_resolved(const View& view);
Finding authoritative_answer(const View& view);
Finding soa_in_answer(const View& view);
Finding other_types_exist(const View& view);

// facts_dns_asked.cpp
Finding cd_answers(const View& view);
Finding authority_answers(const View& view);

// facts_capture.cpp
Finding one_sided(const View& view);
Finding lossy(const View& view);
Finding duplicates(const View& view);
Finding ends_early(const View& view);
Finding filter_hides_icmp(const View& view);
Finding records_unread(const View& view);
// The same for a whole store; quality() asks too.
Finding one_sided(const Store& store);

// facts_traffic.cpp
Finding flood_visible(const View& view);
Finding loss_grows_with_load(const View& view);
Finding latency_jump_before_failure(const View& view);
Finding latency_flat_meanwhile(const View& view);
Finding answered_rate_pinned(const View& view);

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
