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

    // --- the capture -----------------------------------------------------------------------------
    Entry{{"capture.one_sided",
           "Was only one direction captured: of 80 % of five or more TCP flows, of every one of "
           "fewer, or of this service's exchanges? No where this server was seen both ways.",
           ""},
          detail::one_sided},
    Entry{{"capture.lossy",
           "Did the capturing side drop packets, or are TCP segments acknowledged that were never "
           "captured although both directions are in view?",
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

    // --- load ------------------------------------------------------------------------------------
    Entry{
        {"traffic.flood_visible",
         "Did this service get 1000 requests or more in some second, ten times as many as in its "
         "quieter hours, or most of them half-open handshakes? Or 100 handshakes, four of five of "
         "all left half open, or never repeated though unanswered, or unfinished at ten times the "
         "usual rate? Never no.",
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
           "before, of 10 or more each? No from four times on.",
           "reasoned: a queue that fills up delays what it does not drop"},
          detail::latency_flat_meanwhile},
    Entry{{"traffic.answered_rate_pinned",
           "While a fifth or more failed, were as many served in each second as in the next: does "
           "the number vary less than chance would make it (variance at most 15 % of a random "
           "loss's, over five seconds or more)? No from half on.",
           "reasoned: a limit lets a fixed number through, chance does not"},
          detail::answered_rate_pinned},
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
    // Without a failure in view there is nothing to measure from.
    Finding found = view.failed.empty() ? Finding{} : entry.measure(view);
    out.push_back({entry.info.id, found.truth, std::move(found.detail), std::move(found.packets)});
  }
  return out;
}

}  // namespace whydown::evidence
