// The table of facts: what each one asks, precisely, and which function answers.
#include <array>

#include <fmt/format.h>

#include "evidence/facts/measures.h"

namespace whydown::evidence {

namespace {

namespace detail = facts_detail;
using detail::Finding;
using detail::View;

struct Entry {
  FactInfo info;
  Finding (*measure)(const View&);
};

constexpr std::array kFacts = {
    // --- who refused -----------------------------------------------------------------------------
    Entry{{"icmp.source_is_server",
           "Do the ICMP errors (80 % of them or more) come from the very address they quote as the "
           "destination?",
           "RFC 1122 3.2.2.1"},
          detail::source_is_server},
    Entry{{"icmp.source_is_other_device",
           "Do the ICMP errors (80 % of them or more) come from an address other than the "
           "destination they quote?",
           "RFC 1122 3.2.2.1"},
          detail::source_is_other_device},
    Entry{
        {"icmp.crafted_header",
         "Have all ICMP errors an IPv4 header with TOS 0, id 0 and DF set, as nftables' reject at "
         "a bridge or at ingress makes them?",
         "Linux net/ipv4/netfilter/nf_reject_ipv4.c"},
        detail::crafted_header},
    Entry{{"icmp.kernel_header",
           "Have all ICMP errors an IPv4 header with TOS 0xc0 and DF clear, as the Linux stack "
           "makes them, for a closed port and for iptables' REJECT alike?",
           "Linux net/ipv4/icmp.c; RFC 1812 4.3.2.5"},
          detail::kernel_header},
    Entry{{"icmp.closer_than_server",
           "Do ICMP errors or resets that carry the server's address show another hop count (from "
           "their TTL) than its answers to successful requests? In the kept packets.",
           "nmap.org, firewall and IDS packet forgery"},
          detail::closer_than_server},
    Entry{{"reset.ttl_differs",
           "Do resets that carry the server's address show another hop count (from their TTL) than "
           "its answers to successful requests? In the kept packets.",
           "Weaver, Sommer, Paxson: Detecting Forged TCP Reset Packets, NDSS 2009"},
          detail::reset_ttl_differs},
    Entry{
        {"reset.copies_tos",
         "Do resets in the server's name repeat the type of service of the SYNs that they refuse, "
         "where that is not 0, at the subject's port? Linux does so for a closed port; a reject "
         "rule sends 0. No only where other packets of the server repeat one (an echo reply, a "
         "reset at another port). In the kept packets.",
         "Linux net/ipv4/tcp_ipv4.c, tcp_v4_send_reset; nf_reject_ipv4.c"},
        detail::reset_copies_tos},
    Entry{{"icmp.quote_counted_down",
           "Had the device on the way counted down the TTL of the request that it complains of, as "
           "Linux does when it forwards? No where it refused before. Of errors with a TTL from 33 "
           "to 64, in the kept packets; unknown where the way back is another one.",
           "Linux net/ipv4/ip_forward.c and route.c"},
          detail::quote_counted_down},
    Entry{{"icmp.rate_limited",
           "Did some of eight or more requests get an ICMP error and others at the same time "
           "nothing, none an answer, at more than one request a second?",
           "Linux net/ipv4/icmp.c, icmpv4_xrlim_allow; RFC 1812 4.3.2.8"},
          detail::rate_limited},
    Entry{{"icmp.admin_prohibited",
           "Did any request to this service get an ICMP error of the administratively prohibited "
           "kind (codes 9, 10, 13; ICMPv6 codes 1, 5, 6)?",
           "RFC 1812 5.2.7.1; RFC 4443 3.1"},
          detail::admin_prohibited},
    Entry{{"icmp.answers_tcp",
           "Was a TCP SYN to this server answered by ICMP port unreachable or prohibited, where a "
           "TCP stack would send a reset?",
           "RFC 1122 4.2.3.9; RFC 9293 3.10.7.1"},
          detail::answers_tcp},
    Entry{{"icmp.from_router_after_arp_timeout",
           "Did another device say \"host unreachable\" 2 to 4.5 s after the request (median or "
           "longest), the time in which it looked for the server by ARP?",
           "RFC 1812 5.2.7.1; Linux net/ipv4/arp.c"},
          detail::from_router_after_arp_timeout},
    Entry{{"icmp.unreachable_at_once",
           "Did \"net unreachable\" or \"host unreachable\" come within 500 ms (median), from a "
           "routing table and not after a search?",
           "RFC 1812 5.2.7.1"},
          detail::unreachable_at_once},
    Entry{{"icmp.delay_impossible",
           "Did an ICMP port unreachable come more than 2 s after the latest request before it? A "
           "closed port answers at once. In the kept packets.",
           "RFC 1122 4.1.3.1"},
          detail::delay_impossible},

    // --- the machine -----------------------------------------------------------------------------
    Entry{{"host.other_ports_refuse",
           "Do other ports of the same transport on this server refuse in the same way (where the "
           "subject is silent: by a reset or port unreachable of the server itself)?",
           "nmap.org, UDP scan port states"},
          detail::other_ports_refuse},
    Entry{{"host.other_ports_answer",
           "Did other ports of this server, of any transport, serve requests since the first "
           "failure? (Of "
           "DNS, not its own port over TCP: dns.tcp_answers asks for that.)",
           ""},
          detail::other_ports_answer},
    Entry{{"host.alive",
           "Did the server's own address send any packet since the first failure: an answer, a "
           "reset, an ICMP error, an ARP or echo reply, or a packet on a TCP connection that went "
           "on? No "
           "only where it was silent everywhere.",
           ""},
          detail::alive},
    Entry{{"host.silent_everywhere",
           "Were two or more different services of the server (ports, echo, ARP) tried since the "
           "first failure, and none drew a packet from it?",
           ""},
          detail::silent_everywhere},
    Entry{{"arp.server_unanswered",
           "Were ARP or neighbour requests for the server's address near the failure left "
           "unanswered, and none answered since?",
           "RFC 826; RFC 4861 7.2.2"},
          detail::neighbour_unanswered},
    Entry{{"arp.server_answered",
           "Was an ARP or neighbour request for the server's address answered near the failure "
           "(from 3 s before it), and not unanswered ones only since?",
           "RFC 826; RFC 4861 7.2.4"},
          detail::neighbour_answered},

    Entry{{"host.own_requests_fail",
           "Did requests that the server itself sent to others (a DNS server: DNS queries) fail "
           "since the first failure? No where they were answered. In the kept packets.",
           "RFC 1034 5.3.1"},
          detail::own_requests_fail},

    // --- the service and its clients -------------------------------------------------------------
    Entry{{"service.answered_before",
           "Was anyone served by this service before the first failure in view? A DNS error answer "
           "counts as service where the failure is not an error answer.",
           ""},
          detail::answered_before},
    Entry{{"service.answered_after",
           "Was anyone served by this service after the last failure in view?", ""},
          detail::answered_after},
    Entry{{"service.never_answered", "Is there no attempt at all in view that this service served?",
           ""},
          detail::never_answered},
    Entry{{"service.others_served",
           "Was a client that did not fail served by this service meanwhile? No where two or more "
           "clients failed and none else was served.",
           ""},
          detail::others_served},
    Entry{{"service.only_one_client_fails",
           "Does exactly one client fail while another is served by this service meanwhile?", ""},
          detail::only_one_client_fails},
    Entry{{"service.all_clients_fail",
           "Do two or more clients fail while nobody is served by this service meanwhile?", ""},
          detail::all_clients_fail},
    Entry{{"service.failing_client_served",
           "Were clients that fail served by this service in between, so that failing and being "
           "served changed four times or more? No where nobody was served between the failures.",
           "reasoned: what stops a service altogether serves nobody in between"},
          detail::failing_client_served},
    Entry{{"service.accepted_mute",
           "Did the last TCP connections that this service accepted, from a minute before the "
           "first failure on, get not a byte from it for 3 s or more, though its system went on "
           "to acknowledge? No where the last ones got data. A connection on which the client "
           "sent nothing either counts only where the service speaks first, or sent no data on "
           "any.",
           "Linux net/ipv4/tcp_ipv4.c, sk_acceptq_is_full; RFC 9293 3.10.7"},
          detail::accepted_mute},
    Entry{{"request.retried",
           "Was the request sent more than once: several packets in an attempt, or the same DNS "
           "query (port and id) again?",
           "RFC 1035 4.2.1"},
          detail::retried},

    // --- DNS -------------------------------------------------------------------------------------
    Entry{{"dns.tcp_answers",
           "Did the same server answer queries over TCP on the same port since the first failure "
           "over UDP (or, where no query followed, accept the connection)?",
           "RFC 7766 5"},
          detail::dns_tcp_answers},
    Entry{
        {"dns.udp_answers",
         "Where DNS over TCP fails: did the same server answer DNS over UDP on the same port since "
         "the first failure, an answer cut short (TC) and an error included?",
         "RFC 7766 5"},
        detail::dns_udp_answers},
    Entry{{"dns.tcp_tried",
           "Was TCP to the same server and port tried since the first failure? Unknown where a "
           "capture filter may hide it.",
           "RFC 7766 5"},
          detail::dns_tcp_tried},
    Entry{{"dns.tcp_refused",
           "Did the same server reset the TCP connections to the same port since the first failure "
           "over UDP, and accept none?",
           "RFC 7766 5"},
          detail::dns_tcp_refused},
    Entry{{"dns.tcp_hangs",
           "Did the same server accept a TCP connection on the same port since the first failure "
           "over UDP, and leave every query over TCP without an answer?",
           "RFC 7766 5; reasoned: the kernel accepts for a program that hangs"},
          detail::dns_tcp_hangs},
    Entry{{"dns.late_answers",
           "Did answers of this service come after their query was given up, or meet a socket that "
           "the client had closed?",
           "RFC 1122 4.1.3.1"},
          detail::dns_late_answers},
    Entry{{"dns.fragments_missing",
           "Do large answers of this service come without the rest of their fragments, so that the "
           "clients ask again? No, where fragmented answers came whole.",
           "RFC 8900 4.1; RFC 9715 3"},
          detail::dns_fragments_missing},
    Entry{{"dns.servfail_meanwhile",
           "Did the same server answer other queries with SERVFAIL since the first failure? Never "
           "no.",
           "RFC 1035 4.1.1"},
          detail::servfail_meanwhile},
    Entry{{"dns.servfail_slow",
           "Do SERVFAIL answers take 1 s or longer (median; or the longest, where the median is "
           "within "
           "5 ms, as of failures that are remembered)?",
           "RFC 2308 7.1; RFC 9520 3.2"},
          detail::servfail_slow},
    Entry{{"dns.servfail_instant",
           "Do SERVFAIL answers come within 5 ms (median), and none after 1 s or more?",
           "RFC 9520 3.2"},
          detail::servfail_instant},
    Entry{{"dns.refused_fast", "Do REFUSED answers come within 50 ms (median)?", "RFC 1035 4.1.1"},
          detail::refused_fast},
    Entry{{"dns.other_server_answers",
           "Did another DNS server answer the failing clients meanwhile?", "RFC 1035 7.2"},
          detail::other_server_answers},
    Entry{{"dns.ede_dnssec",
           "Do the failing answers carry an extended error about DNSSEC (1, 2, 5 to 12, 27)? No "
           "only where they carry others.",
           "RFC 8914 4"},
          detail::ede_dnssec},
    Entry{{"dns.ede_network",
           "Do the failing answers carry extended error 22 (no reachable authority) or 23 (network "
           "error)? No only where they carry others.",
           "RFC 8914 4.23, 4.24"},
          detail::ede_network},
    Entry{{"dns.ede_stale",
           "Do any answers of this service carry extended error 3 or 19 (stale data served)? No "
           "only where they carry others.",
           "RFC 8914 4.4, 4.20"},
          detail::ede_stale},
    Entry{{"dns.ede_prohibited",
           "Do the failing answers carry extended error 18 (prohibited)? No only where they carry "
           "others.",
           "RFC 8914 4.19"},
          detail::ede_prohibited},
    Entry{{"dns.ede_not_authoritative",
           "Do the failing answers carry extended error 20 (not authoritative)? No only where they "
           "carry others.",
           "RFC 8914 4.21"},
          detail::ede_not_authoritative},
    Entry{{"dns.ede_blocked",
           "Do the failing answers carry extended error 15, 16 or 17 (blocked, censored, "
           "filtered)? No only where they carry others.",
           "RFC 8914 4.16 to 4.18"},
          detail::ede_blocked},
    Entry{{"dns.ede_forged",
           "Do the failing answers carry extended error 4 (forged answer)? No only where they "
           "carry others.",
           "RFC 8914 4.5"},
          detail::ede_forged},
    Entry{
        {"dns.other_names_resolve",
         "Did this server, over UDP or TCP, resolve a name that is not among the failing ones "
         "since the first failure? Only meanwhile, where it resolved a failing name at some time.",
         ""},
        detail::other_names_resolve},
    Entry{{"dns.sibling_names_resolve",
           "Did the same server resolve another name of a failing name's own domain while the "
           "failure lasted, or for a failing client the failing name itself between two failures?",
           ""},
          detail::sibling_names_resolve},
    Entry{{"dns.all_names_fail",
           "Do two or more names fail at this server while it resolves none meanwhile, over UDP or "
           "TCP?",
           ""},
          detail::all_names_fail},
    Entry{{"dns.failing_name_resolved",
           "Did this server resolve one of the failing names at another time in view?", ""},
          detail::failing_name_resolved},
    Entry{{"dns.authoritative_answer",
           "Are all failing answers authoritative (AA)? In the kept packets.", "RFC 1035 4.1.1"},
          detail::authoritative_answer},
    Entry{{"dns.cd_answers",
           "Did the same server resolve a failing name, and the same type, where the client asked "
           "it not to check signatures (CD), and not without? No where that failed as well. In "
           "the kept packets.",
           "RFC 4035 3.2.2"},
          detail::cd_answers},
    Entry{{"dns.authority_answers",
           "Did another server answer a failing name itself, with authority (AA) and with records? "
           "No where it said with authority that there are none, and where a probe's question to "
           "the name's own servers drew no such answer.",
           "RFC 1034 4.3.1"},
          detail::authority_answers},
    Entry{{"dns.soa_in_answer",
           "Have all failing answers a SOA record in their authority section? In the kept packets.",
           "RFC 2308 2"},
          detail::soa_in_answer},
    Entry{{"dns.other_types_exist",
           "Did this server give records of another type for a failing name? In the kept packets; "
           "never no.",
           "RFC 2308 2.2"},
          detail::other_types_exist},

    Entry{{"dns.second_answers",
           "Did queries that were sent once get two answers that say different things?",
           "RFC 5452 4; RFC 3833 2.2"},
          detail::second_answers},
    Entry{{"dns.answers_from_two_distances",
           "Do answers that carry the server's address have different TTLs, as from different "
           "places? In the kept packets.",
           "nmap.org, firewall and IDS packet forgery"},
          detail::answers_from_two_distances},
    Entry{
        {"dns.one_address_for_all",
         "Do the answers give one address for names of three domains or more? In the kept packets.",
         "RFC 8952 (captive portals)"},
        detail::one_address_for_all},

    // --- told by a probe's own sockets only: no packet of anybody's shows these
    // -------------------
    Entry{{"dns.plain_answers",
           "Does the server answer the failing question, in full, without EDNS? Told by a probe.",
           "RFC 6891 7"},
          detail::told_by_probe},
    Entry{{"dns.large_answers",
           "Does the server answer the failing question, in full, over UDP, where the client has "
           "room "
           "for 4096 bytes? Told by a probe.",
           "RFC 6891 6.2.3"},
          detail::told_by_probe},
    Entry{{"service.other_address_served",
           "Does another address of the same name serve at the same port? Told by a probe.", ""},
          detail::told_by_probe},
    Entry{
        {"path.gateway_answers",
         "Does the next hop on the way to the server answer an ICMP echo request? Told by a probe.",
         "RFC 1812 4.3.3.6"},
        detail::told_by_probe},
    Entry{
        {"path.refused_before_server",
         "Is a packet refused in the server's name though its time to live ends before the server? "
         "Told by a probe; never no.",
         "RFC 791 3.2; reasoned: what does not arrive cannot be refused by the server"},
        detail::told_by_probe},

    // --- the capture -----------------------------------------------------------------------------
    Entry{{"capture.one_sided",
           "Was only one direction captured: of 80 % of five or more TCP flows, of every one of "
           "fewer, or of this service's exchanges? No where this server was seen both ways.",
           ""},
          detail::one_sided},
    Entry{{"capture.lossy",
           "Did the capturing side drop packets, are TCP segments acknowledged that were never "
           "captured although both directions are in view, or did two or more DNS answers come "
           "whose queries were not captured, 10 s or more after the capture began?",
           "pcapng, Interface Statistics Block"},
          detail::lossy},
    Entry{{"capture.duplicates", "Were frames captured twice?", ""}, detail::duplicates},
    Entry{{"capture.ends_early",
           "Did the capture end within 5 s of the last unanswered request, or with more attempts "
           "at this service open than decided?",
           ""},
          detail::ends_early},
    Entry{{"capture.filter_hides_icmp",
           "Does the capture filter of an input admit ports or transports but no ICMP?",
           "pcap-filter(7)"},
          detail::filter_hides_icmp},
    Entry{{"capture.records_unread",
           "Are there half as many records of a text log that could not be read as attempts that "
           "failed, or more? Their answers may be among them. Unknown for captures.",
           ""},
          detail::records_unread},

    // --- applications ----------------------------------------------------------------------------
    Entry{{"http.bad_gateway",
           "Do the failing answers (80 % of them or more) have status 502, by which a gateway says "
           "that the server behind it refused or answered nonsense?",
           "RFC 9110 15.6.3"},
          detail::http_bad_gateway},
    Entry{{"http.gateway_timeout",
           "Do the failing answers (80 % of them or more) have status 504, by which a gateway says "
           "that the server behind it did not answer in time?",
           "RFC 9110 15.6.5"},
          detail::http_gateway_timeout},
    Entry{{"http.unavailable",
           "Do the failing answers (80 % of them or more) have status 503: overloaded or down for "
           "maintenance?",
           "RFC 9110 15.6.4"},
          detail::http_unavailable},
    Entry{{"http.too_many", "Do the failing answers (80 % of them or more) have status 429?",
           "RFC 6585 4"},
          detail::http_too_many},
    Entry{{"http.server_error",
           "Do the failing answers (80 % of them or more) have status 500, 501, 505, 507 or 508?",
           "RFC 9110 15.6.1"},
          detail::http_server_error},
    Entry{{"http.asks_for_credentials",
           "Do the failing answers (80 % of them or more) have status 401, 407 or 511?",
           "RFC 9110 15.5.2, 15.5.8; RFC 6585 6"},
          detail::http_asks_for_credentials},
    Entry{
        {"http.forbidden", "Do the failing answers (80 % of them or more) have status 403 or 451?",
         "RFC 9110 15.5.4; RFC 7725 3"},
        detail::http_forbidden},
    Entry{{"http.nothing_there",
           "Do the failing answers (80 % of them or more) have status 404 or 410?",
           "RFC 9110 15.5.5, 15.5.11"},
          detail::http_nothing_there},
    Entry{{"http.request_at_fault",
           "Do the failing answers (80 % of them or more) have a status that finds fault with the "
           "request itself: 400, 405, 413, 415 and the like?",
           "RFC 9110 15.5"},
          detail::http_request_at_fault},
    Entry{{"http.failed_soon",
           "Did the failing answers come within 100 ms (median)? No from 1 s on.", ""},
          detail::http_failed_soon},
    Entry{{"http.failed_after_same_wait",
           "Did the failing answers, two or more of those kept, all come after the same wait of "
           "1.5 s or more (within 10 %), as after a time-out?",
           "reasoned: a gateway waits a fixed time for the server behind it"},
          detail::http_failed_after_same_wait},
    Entry{{"http.retry_after",
           "Do half of the failing answers or more say when to come again? No where none does.",
           "RFC 9110 10.2.3"},
          detail::http_retry_after},
    Entry{{"http.other_paths_served",
           "Were other paths of the service served meanwhile, and those that fail never? In the "
           "kept packets; no where the same ones were.",
           ""},
          detail::http_other_paths_served},
    Entry{{"http.other_names_served",
           "Were other names (Host) served by the same server meanwhile, and those that fail "
           "never? In the kept packets; no where the same ones were.",
           "RFC 9110 7.2"},
          detail::http_other_names_served},
    Entry{{"http.server_slower_than_network",
           "Did the answers take ten times as long as the handshakes of the same service, or more "
           "(medians)? No up to three times.",
           "reasoned: a handshake is answered by the system, without the program"},
          detail::http_server_slower_than_network},
    Entry{{"http.handshakes_repeated",
           "Had connections to the same service to be asked for again before they were accepted, "
           "while the failure lasted?",
           "RFC 6298 5"},
          detail::http_handshakes_repeated},
    Entry{{"http.others_answered",
           "Were other requests to the service answered meanwhile? In the kept packets.", ""},
          detail::http_others_answered},
    Entry{{"http.closed_by_reset",
           "Of requests whose connection was closed instead of an answer: was it by a reset, in "
           "half of them or more?",
           "RFC 9293 3.10.7"},
          detail::http_closed_by_reset},
    Entry{{"http.on_reused_connections",
           "Were all failing requests (of those kept) sent on connections that had carried an "
           "answer before?",
           "RFC 9112 9.3.1"},
          detail::http_on_reused_connections},
    Entry{{"redirect.to_https", "Do redirects of the loop lead to the same host over https?",
           "RFC 9110 15.4"},
          detail::redirect_to_https},
    Entry{{"redirect.to_other_host", "Do redirects of the loop lead to another host?",
           "RFC 9110 15.4"},
          detail::redirect_to_other_host},
    Entry{{"redirect.to_other_path",
           "Do redirects of the loop lead to another path of the same host?", "RFC 9110 15.4"},
          detail::redirect_to_other_path},
    Entry{{"reply.at_greeting",
           "Did the refusals (80 % of those kept or more) come before the client had asked for "
           "anything?",
           "RFC 5321 3.1; RFC 959 5.4"},
          detail::reply_at_greeting},
    Entry{{"reply.for_now",
           "Are the refusals (80 % of those kept or more) for now only, with a code of 400 to 499?",
           "RFC 5321 4.2.1; RFC 959 4.2.1"},
          detail::reply_for_now},
    Entry{{"reply.shutting",
           "Do the refusals (80 % of those kept or more) have code 421, which takes nobody at the "
           "moment?",
           "RFC 5321 4.2.2; RFC 959 4.2"},
          detail::reply_shutting},
    Entry{{"reply.policy",
           "Do the refusals (80 % of those kept or more) give a rule as the reason: 5.7.x, 554, or "
           "550 without a finer one?",
           "RFC 3463 3.8; RFC 5321 4.2.2"},
          detail::reply_policy},
    Entry{{"reply.system",
           "Do the refusals (80 % of those kept or more) give trouble of the server's own as the "
           "reason: x.3.x, 451, 452, 552, 425, 426?",
           "RFC 3463 3.4; RFC 5321 4.2.2; RFC 959 4.2"},
          detail::reply_system},
    Entry{{"reply.put_off",
           "Do the refusals (80 % of those kept or more) put a mail off with code 450, as "
           "greylisting does?",
           "RFC 6647 2.1"},
          detail::reply_put_off},
    Entry{{"reply.login", "Do the refusals (80 % of those kept or more) refuse a login?",
           "RFC 4954 6; RFC 959 5.4"},
          detail::reply_login},
    Entry{{"reply.nobody_there", "Do the refusals say that a mailbox or a file is not there?",
           "RFC 3463 3.2; RFC 959 4.2"},
          detail::reply_nobody_there},
    Entry{{"reply.hung_up",
           "Did the server close the connection instead of a reply, in 80 % of the refusals kept "
           "or more?",
           ""},
          detail::reply_hung_up},
    Entry{{"ntp.rate",
           "Do the NTP answers (80 % of those kept or more) say that the client asks too often "
           "(kiss code RATE)?",
           "RFC 5905 7.4"},
          detail::ntp_rate},
    Entry{{"ntp.denied",
           "Do the NTP answers (80 % of those kept or more) say that the client may not ask (kiss "
           "codes DENY, RSTR)?",
           "RFC 5905 7.4"},
          detail::ntp_denied},
    Entry{{"ntp.unsynchronised",
           "Do the NTP answers (80 % of those kept or more) say that the server's own clock is not "
           "set (stratum 16, leap 3, kiss codes INIT, STEP)?",
           "RFC 5905 7.3, 7.4"},
          detail::ntp_unsynchronised},
    // --- what becomes of the data of a connection
    // ----------------------------------------------------
    Entry{{"transfer.after_pause",
           "Did four of five of the connections fail when the client spoke again after 4 s or more "
           "of quiet? No where none did.",
           "RFC 5382 5"},
          detail::after_pause},
    Entry{{"transfer.reset_ignored",
           "Did whoever is said to have reset the connection go on sending beyond the reset, as if "
           "it knew nothing of it? Never no.",
           "Weaver, Sommer, Paxson: Detecting Forged TCP Reset Packets, NDSS 2009"},
          detail::reset_ignored},
    Entry{{"transfer.stopped_together",
           "Did two or more connections, all that failed, do so within 300 ms? No where they lie "
           "3 s or more apart.",
           "reasoned: what ends a program or a way ends all connections at once"},
          detail::stopped_together},
    Entry{{"transfer.refused_since",
           "Were new connections to the service refused after the first failure? No where others "
           "were tried.",
           "RFC 9293 3.5.2"},
          detail::refused_since},
    Entry{{"transfer.unanswered_since",
           "Did new connections to the service get no answer after the first failure? No where "
           "others were tried.",
           ""},
          detail::unanswered_since},
    Entry{{"transfer.accepted_since",
           "Were new connections to the service accepted after the first failure? No where others "
           "were tried.",
           ""},
          detail::accepted_since},
    Entry{{"transfer.some_accepted_since",
           "After the first failure, were new connections to the service accepted and left without "
           "an answer in turn? No where all fared alike.",
           "reasoned: what drops packets at random lets some through"},
          detail::some_accepted_since},
    Entry{{"transfer.server_stuck",
           "On four of five of the connections that came to a standstill, is it the server's data "
           "that nobody acknowledged? No where it was the client's on all.",
           ""},
          detail::server_stuck},
    Entry{{"transfer.lost_before",
           "On four of five of the connections, was most of what was sent again never captured "
           "before? No where most of it had been: then it was lost behind the place of the "
           "capture.",
           "reasoned from where the capture was taken"},
          detail::lost_before},
    Entry{{"transfer.one_direction",
           "Was data lost in one direction only? No where both directions lose.", ""},
          detail::one_direction},
    Entry{{"transfer.client_shut",
           "On four of five of the connections, was it the client that took nothing any more? No "
           "where it was the server.",
           "RFC 9293 3.8.6"},
          detail::client_shut},
    Entry{{"transfer.large_unseen",
           "Is of the large packets only the gap seen that they leave? No where they came past "
           "this place.",
           "RFC 2923 2.1"},
          detail::large_unseen},
    Entry{{"transfer.large_passed",
           "Were packets of full size acknowledged on other connections to the service? Never no.",
           "RFC 2923 2.1"},
          detail::large_passed},

    // --- load ------------------------------------------------------------------------------------
    Entry{
        {"traffic.flood_visible",
         "Did this service get 1000 requests or more in some second, ten times as many as in its "
         "quieter hours, or most of them half-open handshakes? Or 100 handshakes, four of five of "
         "all left half open, or never repeated though unanswered, or unfinished at ten times the "
         "usual rate? Or a flood of any rate with which the failures begin? Never no.",
         "RFC 4987"},
        detail::flood_visible},
    Entry{
        {"traffic.loss_grows_with_load",
         "Of 50 or more attempts, is the failing share at high load at least twice, and 20 points "
         "above, the share at low load? Within the failure; or against all of the capture, where "
         "the load differs four times or more, which repeated requests do not explain.",
         ""},
        detail::loss_grows_with_load},
    Entry{{"latency.jump_before_failure",
           "Did the last quarter of the answers before the first failure take ten times as long "
           "(geometric mean) as the first quarter, of 20 or more?",
           ""},
          detail::latency_jump_before_failure},
    Entry{{"latency.flat_meanwhile",
           "Did answers to first requests meanwhile take at most twice as long (geometric mean) as "
           "before, of 5 or more each? No from four times on.",
           "reasoned: a queue that fills up delays what it does not drop"},
          detail::latency_flat_meanwhile},
    Entry{{"traffic.answered_rate_pinned",
           "While a fifth or more failed, were as many served in each second as in the next: does "
           "the number vary less than chance would make it (variance at most 15 % of a random "
           "loss's, over five seconds or more)? No from half on.",
           "reasoned: a limit lets a fixed number through, chance does not"},
          detail::answered_rate_pinned},
    // --- TLS -------------------------------------------------------------------------------------
    Entry{{"tls.alert_version",
           "Are the TLS alerts (80 % of them or more) about the version of TLS (70, 86)?",
           "RFC 8446 6.2"},
          detail::tls_alert_version},
    Entry{{"tls.alert_no_agreement",
           "Do the TLS alerts (80 % or more) say that the two sides have no common ground: 40, 47, "
           "71, 109, 110, 120?",
           "RFC 8446 6.2; RFC 7301 3.2"},
          detail::tls_alert_no_agreement},
    Entry{{"tls.alert_internal", "Are the TLS alerts (80 % or more) \"internal error\" (80)?",
           "RFC 8446 6.2"},
          detail::tls_alert_internal},
    Entry{{"tls.alert_access", "Are the TLS alerts (80 % or more) \"access denied\" (49)?",
           "RFC 8446 6.2"},
          detail::tls_alert_access},
    Entry{{"tls.alert_name", "Are the TLS alerts (80 % or more) \"unrecognized name\" (112)?",
           "RFC 6066 3"},
          detail::tls_alert_name},
    Entry{
        {"tls.alert_certificate",
         "Are the TLS alerts (80 % or more) about a certificate (42 to 46, 48), whoever sent them?",
         "RFC 8446 6.2"},
        detail::tls_alert_certificate},
    Entry{{"tls.client_objects",
           "Is it the client that ends the handshakes, by an alert in clear or encrypted, or by "
           "leaving? In the kept attempts with an answer or an act.",
           "RFC 8446 6"},
          detail::tls_client_objects},
    Entry{{"tls.server_chose_old",
           "Did the server choose a version of TLS older than 1.2, in handshakes that it answered?",
           "RFC 8996"},
          detail::tls_server_chose_old},
    Entry{{"tls.wants_client_certificate",
           "Does the server end handshakes because of the client's certificate or the lack of one: "
           "an alert about it, 40 after it had asked for one, or, in TLS 1.3, an encrypted alert "
           "as its only answer to the client's last message? In the kept alerts.",
           "RFC 8446 4.4.2.4 and 6.2; measured"},
          detail::tls_wants_client_certificate},
    Entry{{"tls.certificate_expired",
           "Had the server's certificate run out when the handshakes were tried, by the capture's "
           "clock? Unknown for TLS 1.3, which encrypts it.",
           "RFC 5280 4.1.2.5"},
          detail::tls_certificate_expired},
    Entry{
        {"tls.certificate_early",
         "Was the server's certificate not valid yet, by the capture's clock? Unknown for TLS 1.3.",
         "RFC 5280 4.1.2.5"},
        detail::tls_certificate_early},
    Entry{{"tls.certificate_in_time",
           "Was the server's certificate within its dates, by the capture's clock? Unknown for TLS "
           "1.3.",
           "RFC 5280 4.1.2.5"},
          detail::tls_certificate_in_time},
    Entry{{"tls.certificate_covers_name",
           "Is the server's certificate for the name that the client asked for? Unknown for TLS "
           "1.3, and where no name is known.",
           "RFC 9525"},
          detail::tls_certificate_covers_name},
    Entry{{"tls.certificate_self_signed",
           "Is the server's certificate signed by itself? Unknown for TLS 1.3.", "RFC 5280 3.2"},
          detail::tls_certificate_self_signed},
    Entry{{"tls.plain_answer", "Did the server answer ClientHellos with something that is not TLS?",
           "RFC 8446 5.1"},
          detail::tls_plain_answer},
    Entry{{"tls.closed_by_reset",
           "Were handshakes that came to nothing ended by a reset from the server's side?",
           "RFC 9293 3.5.2"},
          detail::tls_closed_by_reset},
    Entry{{"tls.closed_by_server",
           "Were handshakes that came to nothing ended by the server closing the connection (FIN)?",
           "RFC 9293 3.6"},
          detail::tls_closed_by_server},
    Entry{{"tls.hello_acknowledged",
           "Did the server's system acknowledge the ClientHellos that got no ServerHello?",
           "RFC 9293 3.8"},
          detail::tls_hello_acknowledged},
    Entry{{"tls.flight_cut",
           "Did a part of the server's messages not get through, as the gap in them or the missing "
           "acknowledgments say, in handshakes that ended in silence?",
           "RFC 2923 2.1"},
          detail::tls_flight_cut},
    Entry{{"tls.other_names_served",
           "Do handshakes at the same address and port succeed for other names since the first "
           "failure, and for the failing ones not?",
           "RFC 6066 3"},
          detail::tls_other_names_served},
    // --- late answers ----------------------------------------------------------------------------
    Entry{{"service.rescued",
           "Did other servers answer what this one did not, after the clients had waited a second "
           "or more (upper quartile)? No where the server answered itself.",
           "glibc resolver(5), timeout: 5 s for each server of the list"},
          detail::rescued},
    Entry{{"request.repetition_answered",
           "Did late answers (80 % of them or more) come within 250 ms of a repetition of the "
           "request, as where the first one was lost? No below 20 %. In the kept packets.",
           "RFC 1035 4.2.1"},
          detail::repetition_answered},
    Entry{{"latency.others_at_once",
           "Were other requests answered within 250 ms while most answers were late? In the kept "
           "packets.",
           "reasoned: what a cache holds costs no time"},
          detail::others_at_once},
    Entry{{"latency.grows_with_load",
           "Did answers take twice as long (geometric mean) in the seconds with more requests than "
           "the mean as in the others, of 10 answers or more each and twice the load? No up to 1.3 "
           "times.",
           "reasoned: a queue grows with what is put into it"},
          detail::latency_grows_with_load},
    Entry{{"latency.constant",
           "Did the late answers all take about the same time (the 90th percentile at most 1.3 "
           "times the 10th)? No from twice on.",
           "reasoned: a timer that runs out is constant, a queue is not"},
          detail::latency_constant},
    // --- addresses -------------------------------------------------------------------------------
    Entry{{"dhcp.offer_unheard",
           "Did a server offer an address (DHCPOFFER), and the client ask on as if it had not? In "
           "the kept packets.",
           "RFC 2131 4.4.1"},
          detail::dhcp_offer_unheard},
    Entry{{"dhcp.new_clients_served",
           "Was another client without an address given one meanwhile? No where only addresses "
           "that clients had already were confirmed. In the kept packets.",
           "RFC 2131 4.3"},
          detail::dhcp_new_clients_served},
    Entry{{"dhcp.relayed", "Were the requests passed on by a relay, from the server's port?",
           "RFC 1542 4.1"},
          detail::dhcp_relayed},
    Entry{{"dhcp.server_alive",
           "Did a machine that answers DHCP in this capture answer other requests meanwhile?", ""},
          detail::dhcp_server_alive},
    Entry{
        {"dhcp.renewal",
         "Did failing clients ask to keep an address that they had, rather than for a new one? In "
         "the kept packets.",
         "RFC 2131 4.3.2"},
        detail::dhcp_renewal},
    Entry{{"dhcp.other_server", "Do two or more DHCP servers answer in this capture?",
           "RFC 2131 4.3.2"},
          detail::dhcp_other_server},
    Entry{{"dhcp.other_network",
           "Does the refusal (DHCPNAK) say that the address belongs to another network?",
           "RFC 2132 9.9; RFC 2131 4.3.2"},
          detail::dhcp_other_network},
    Entry{{"dhcp.address_taken",
           "Does the refusal (DHCPNAK) say that the address is in use, or not to be had?",
           "RFC 2132 9.9"},
          detail::dhcp_address_taken},
    Entry{{"dhcp.server_refuses",
           "Did a DHCP server refuse a client (DHCPNAK) meanwhile, or within a minute before?",
           "RFC 2131 3.1"},
          detail::dhcp_server_refuses},
    Entry{{"dhcp.none_left",
           "Does a DHCP server of IPv6 say that it has no address to give? Never no.",
           "RFC 8415 18.3.9, 21.13"},
          detail::dhcp_none_left},
    Entry{{"arp.two_machines",
           "Do two machines, by their hardware addresses, speak for the address? Never no.",
           "RFC 5227 2.4"},
          detail::arp_two_machines},
    Entry{{"arp.several_claimed",
           "Does one machine claim two or more addresses for which others speak, too?",
           "RFC 5227 2.4"},
          detail::arp_several_claimed},
    Entry{{"arp.leased_by_dhcp", "Did DHCP give the contested address to a client in this capture?",
           "RFC 2131 3.1"},
          detail::arp_claimed_by_dhcp_client},

    // --- packets that go round
    // ----------------------------------------------------------------------
    Entry{{"link.ttl_falls",
           "Does the TTL of the packets that go round fall each time that they come by, as routers "
           "lower it? No where they come by unchanged, as switches leave them.",
           "RFC 1812 5.3.1; IEEE 802.1D 7"},
          detail::link_ttl_falls},
    Entry{{"link.same_identification",
           "Do unchanged copies carry the IP identification of the first one, which senders count "
           "up for each packet? In the kept copies; unknown where they are ARP; never no.",
           "RFC 6864 4.1"},
          detail::link_same_identification},
    Entry{{"link.many_senders",
           "Do packets of three senders or more go round? No where all are of one.", ""},
          detail::link_many_senders},
    Entry{
        {"traffic.flood_began_it",
         "Did a flood of packets that nobody meant go on at the service, and the trouble of those "
         "who were served before begin with it? Never no.",
         "reasoned: served until the flood, and not since it began"},
        detail::flood_began_it},
    // --- of a pattern of traffic that looks like an attack
    // ----------------------------------------
    Entry{{"attack.sources_many",
           "Do the packets come from 50 addresses or more, none of which sent a tenth of them? No "
           "where at most 8 addresses sent them.",
           "RFC 4987 2.2: floods of SYNs come from invented addresses"},
          detail::attack_sources_many},
    Entry{{"attack.sources_local", "Is each address that sent much of it a private or local one?",
           "RFC 1918; RFC 4193"},
          detail::attack_sources_local},
    Entry{{"attack.source_served",
           "Was an address that sent much of it served here too, by this service or another: a "
           "lookup answered, a connection completed?",
           "reasoned: who gets answers owns the address"},
          detail::attack_source_served},
    Entry{{"attack.one_path",
           "Do the sources of a flood of requests ask for one path, again and again? In the kept "
           "requests, four or more; no where they ask for several.",
           ""},
          detail::flood_one_path},
    Entry{{"attack.queries_differ",
           "Do more than half of the flood's kept requests have a query of their own, so that no "
           "cache answers them? Never no.",
           "MITRE ATT&CK T1499.002"},
          detail::flood_queries_differ},
    Entry{{"attack.unfinished",
           "Is the flood one of connections that stand, and on which hardly a whole request is "
           "asked? No where whole requests are.",
           "MITRE ATT&CK T1499.002"},
          detail::flood_unfinished},
    Entry{{"attack.login_accepted",
           "Was a login of a source accepted after it had been refused many times? In the kept "
           "logins; never no.",
           "MITRE ATT&CK T1110"},
          detail::login_accepted},
    Entry{
        {"attack.secrets_differ",
         "Do the refused logins offer something else each time? In the kept logins whose words are "
         "in clear; never no.",
         "MITRE ATT&CK T1110.001"},
        detail::login_secrets_differ},
    Entry{{"attack.names_new",
           "Does the flood of queries ask for ever new names of one domain? No where it asks for "
           "what others ask for too.",
           "reasoned: an answer that a resolver keeps is not asked for at the name's own server "
           "(RFC 2308 5)"},
          detail::attack_names_new},
    Entry{{"attack.answers_rejected",
           "Does the address that gets the large DNS answers refuse them with ICMP \"port "
           "unreachable\"? Never no: a firewall may drop them.",
           "RFC 1122 4.1.3.1: nobody waits at that port"},
          detail::attack_answers_rejected},
    Entry{{"attack.victim_heard",
           "Does the capture show packets that the address which gets the answers sent itself, so "
           "that its questions would be in it?",
           "reasoned: where one direction was captured, every answer looks unasked"},
          detail::attack_victim_heard},
    Entry{{"attack.types_of_data",
           "Are most of the tunnel's questions of a type whose answers hold free data (TXT, NULL, "
           "CNAME, MX ...), and not an address?",
           "RFC 1035 3.3"},
          detail::attack_types_of_data},
};

constexpr std::array<FactInfo, kFacts.size()> infos() {
  std::array<FactInfo, kFacts.size()> out{};
  for (std::size_t i = 0; i < kFacts.size(); ++i) out[i] = kFacts[i].info;
  return out;
}

constexpr auto kInfos = infos();

}  // namespace

std::span<const FactInfo> fact_list() { return kInfos; }

std::string facts_markdown() {
  std::string out =
      "# Facts\n\n"
      "What a fault's causes are weighed by. Each is measured for one subject (the services that\n"
      "failed in one way) and is yes, no, or unknown where the capture does not show it.\n"
      "\"Since the first failure\" ends with the last one where the service was used again later,\n"
      "else a minute after it. \"Meanwhile\" is from the first failure to the last (of a failure\n"
      "shorter than 2 s: 2 s longer).\n\n"
      "This page is generated from the program's own table.\n\n"
      "| fact | question | source |\n|---|---|---|\n";
  for (const FactInfo& fact : kInfos) {
    out += fmt::format("| `{}` | {} | {} |\n", fact.id, fact.question, fact.source);
  }
  return out;
}

std::vector<Fact> facts(const Store& store, const Subject& subject, const base::Interner& names) {
  std::vector<Fact> out;
  out.reserve(kFacts.size());
  const View view(store, subject, names);
  for (const Entry& entry : kFacts) {
    // Without a failure in view there is nothing to measure from; of a pattern, only its own facts.
    const bool is_attack = subject.pattern != nullptr && subject.symptom == Symptom::none;
    const bool is_own = entry.info.id.starts_with("attack.") == is_attack;
    const bool is_there = is_attack || !view.failed.empty();
    Finding found = is_own && is_there ? entry.measure(view) : Finding{};
    out.push_back({entry.info.id, found.truth, std::move(found.detail), std::move(found.packets)});
  }
  return out;
}

}  // namespace whydown::evidence
