// Every fact's function. What each one measures stands in fact_list.cpp.
#pragma once

#include "evidence/facts/view.h"
#include "journey/application.h"

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
Finding dns_tcp_tried(const View& view);
Finding dns_tcp_refused(const View& view);
Finding dns_udp_answers(const View& view);
Finding dns_tcp_hangs(const View& view);
Finding dns_late_answers(const View& view);
Finding dns_fragments_missing(const View& view);
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
Finding second_answers(const View& view);
Finding answers_from_two_distances(const View& view);
Finding one_address_for_all(const View& view);

// facts_tls.cpp
Finding tls_alert_version(const View& view);
Finding tls_alert_no_agreement(const View& view);
Finding tls_alert_internal(const View& view);
Finding tls_alert_access(const View& view);
Finding tls_alert_name(const View& view);
Finding tls_alert_certificate(const View& view);
Finding tls_client_objects(const View& view);
Finding tls_server_chose_old(const View& view);
Finding tls_wants_client_certificate(const View& view);
Finding tls_certificate_expired(const View& view);
Finding tls_certificate_early(const View& view);
Finding tls_certificate_in_time(const View& view);
Finding tls_certificate_covers_name(const View& view);
Finding tls_certificate_self_signed(const View& view);
Finding tls_plain_answer(const View& view);
Finding tls_closed_by_reset(const View& view);
Finding tls_closed_by_server(const View& view);
Finding tls_hello_acknowledged(const View& view);
Finding tls_flight_cut(const View& view);
Finding tls_other_names_served(const View& view);

// facts_address.cpp
Finding dhcp_offer_unheard(const View& view);
Finding dhcp_new_clients_served(const View& view);
Finding dhcp_relayed(const View& view);
Finding dhcp_server_alive(const View& view);
Finding dhcp_renewal(const View& view);
Finding dhcp_other_server(const View& view);
Finding dhcp_other_network(const View& view);
Finding dhcp_address_taken(const View& view);
Finding dhcp_server_refuses(const View& view);
Finding dhcp_none_left(const View& view);
Finding arp_two_machines(const View& view);
Finding arp_several_claimed(const View& view);
Finding arp_claimed_by_dhcp_client(const View& view);

// facts_link.cpp
Finding link_ttl_falls(const View& view);
Finding link_same_identification(const View& view);
Finding link_many_senders(const View& view);
// Copies that were counted as captured twice before they turned out to be in a loop.
std::uint64_t copies_in_loops(const Store& store);

// facts_dns_asked.cpp
Finding cd_answers(const View& view);
Finding authority_answers(const View& view);
// Of what a probe's sockets are told, a capture shows nothing.
inline Finding told_by_probe(const View& /*view*/) { return unknown(); }

// facts_capture.cpp
Finding one_sided(const View& view);
Finding lossy(const View& view);
Finding duplicates(const View& view);
Finding ends_early(const View& view);
Finding filter_hides_icmp(const View& view);
Finding records_unread(const View& view);
// The same for a whole store; quality() asks too.
Finding one_sided(const Store& store);

// facts_http.cpp
Finding http_bad_gateway(const View& view);
Finding http_gateway_timeout(const View& view);
Finding http_unavailable(const View& view);
Finding http_too_many(const View& view);
Finding http_server_error(const View& view);
Finding http_asks_for_credentials(const View& view);
Finding http_forbidden(const View& view);
Finding http_nothing_there(const View& view);
Finding http_request_at_fault(const View& view);
Finding http_failed_soon(const View& view);
Finding http_failed_after_same_wait(const View& view);
Finding http_retry_after(const View& view);
Finding http_other_paths_served(const View& view);
Finding http_other_names_served(const View& view);
Finding http_server_slower_than_network(const View& view);
Finding http_handshakes_repeated(const View& view);
Finding http_others_answered(const View& view);
Finding http_closed_by_reset(const View& view);
Finding http_on_reused_connections(const View& view);
Finding redirect_to_https(const View& view);
Finding redirect_to_other_host(const View& view);
Finding redirect_to_other_path(const View& view);

// facts_replies.cpp
Finding reply_at_greeting(const View& view);
Finding reply_for_now(const View& view);
Finding reply_shutting(const View& view);
Finding reply_policy(const View& view);
Finding reply_system(const View& view);
Finding reply_put_off(const View& view);
Finding reply_login(const View& view);
Finding reply_nobody_there(const View& view);
Finding reply_hung_up(const View& view);
Finding ntp_rate(const View& view);
Finding ntp_denied(const View& view);
Finding ntp_unsynchronised(const View& view);

// facts_transfer.cpp
Finding after_pause(const View& view);
Finding reset_ignored(const View& view);
Finding stopped_together(const View& view);
Finding refused_since(const View& view);
Finding unanswered_since(const View& view);
Finding accepted_since(const View& view);
Finding some_accepted_since(const View& view);
Finding server_stuck(const View& view);
Finding lost_before(const View& view);
Finding one_direction(const View& view);
Finding client_shut(const View& view);
Finding large_unseen(const View& view);
Finding large_passed(const View& view);

// facts_traffic.cpp
Finding flood_visible(const View& view);
Finding loss_grows_with_load(const View& view);
Finding latency_jump_before_failure(const View& view);
Finding latency_flat_meanwhile(const View& view);
Finding answered_rate_pinned(const View& view);

// facts_slow.cpp
Finding rescued(const View& view);
Finding repetition_answered(const View& view);
Finding others_at_once(const View& view);
Finding latency_grows_with_load(const View& view);
Finding latency_constant(const View& view);

// facts_attack.cpp; all but the first of subjects that are a pattern of traffic
Finding flood_began_it(const View& view);
Finding attack_sources_many(const View& view);
Finding attack_sources_local(const View& view);
Finding attack_source_served(const View& view);
Finding flood_one_path(const View& view);
Finding flood_queries_differ(const View& view);
Finding flood_unfinished(const View& view);
Finding login_accepted(const View& view);
Finding login_secrets_differ(const View& view);
Finding attack_names_new(const View& view);
Finding attack_answers_rejected(const View& view);
Finding attack_victim_heard(const View& view);
Finding attack_types_of_data(const View& view);

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
