// Patterns of traffic that are attacks by their look: floods, scans. Read off the rows at the end;
// nothing here is counted per packet, and what two stores hold merges before it is looked at.
//
// A pattern says what was sent, to whom, by whom, when, how fast. Whether it did any harm is a
// question for those who also wanted the service, which diagnosis/attack.h asks: the rate alone
// proves nothing.
//
// Traffic that grew beyond measure but is answered may be a crowd: such a pattern is not certain,
// and an attack only where others suffered from it.
//
//     rows -> patterns() -> a fault whose `raised_by.pattern` names it -> an incident of kind
//     attack
//
// Of DNS: floods of queries, large answers to an address that did not ask, data carried in names.
// What shows each of them is in traffic_dns.cpp.
//
// Left out: attacks that stay below every threshold here, and floods of requests inside TLS.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/evidence.h"

namespace whydown::evidence {

enum class PatternKind : std::uint8_t {
  syn_flood,        // handshakes that nobody means to finish, at one service
  udp_flood,        // datagrams at one host, on ever new pairs of ports
  icmp_flood,       // pings at one host
  http_flood,       // requests at one web server, of few sources that outdo all others
  port_scan,        // many ports of a host tried by one source, nearly all of them closed
  host_scan,        // many hosts of a network tried by one source, nearly all of them absent
  login_guessing,   // logins of one source that are refused, one after the other
  dns_query_flood,  // questions at one name server: ever new names, or too many to answer
  dns_reflection,   // large answers of name servers to an address that did not ask
  dns_tunnel,       // data in the names that one client asks for, and in the answers
  count_,
};

std::string_view pattern_id(PatternKind kind);  // "syn_flood"

struct Pattern {
  PatternKind kind = PatternKind::syn_flood;
  std::vector<Service> services;  // the targets in order, at most limits::kPatternServices
  std::vector<const Row*> rows;   // that hold its packets, and hardly any others
  base::Time first{};             // of its traffic, to the second where the rows hold others too
  base::Time last{};
  bool is_certain = true;  // false: a crowd looks the same
  std::uint64_t packets = 0;
  double per_second = 0;  // at its fullest; at least so many
  // Those that sent most, the largest first; and how many there were.
  std::vector<TopSources::Source> sources;
  // Where a crowd looks the same: others that are sources as well, and no bystanders; in order.
  std::vector<base::IpAddress> crowd;
  std::uint64_t source_count = 0;
  bool is_count_exact = true;
  // Scans: what was tried and what of it turned out to be there.
  std::uint64_t ports = 0;
  std::uint64_t hosts = 0;
  std::vector<Service> open;  // at most limits::kPatternServices
  // Guessed logins: how many of the sources' were accepted then, at least.
  std::uint64_t accepted = 0;
  bool is_unfinished = false;  // a flood of connections on which nothing whole is asked
  bool is_alone = true;        // false: others' attempts are in its rows too
  // DNS: the domain of the names, or the name that was asked for most; 0 where there is none.
  std::uint32_t name = 0;
  std::uint16_t type = 0;         // of most questions, where they are alike
  std::uint64_t query_bytes = 0;  // of the messages, as far as they are known
  std::uint64_t answer_bytes = 0;
  // Of a reflection: seen by a server that is misused, and not by who gets its answers.
  bool is_at_reflector = false;

  // Many packets that may take a service from others.
  bool is_flood() const;
  bool is_scan() const { return kind == PatternKind::port_scan || kind == PatternKind::host_scan; }
  bool is_source(const base::IpAddress& address) const;
};

std::string type_id(const Pattern& pattern);  // "ANY"; empty where there is none

// In order of kind and target.
std::vector<Pattern> patterns(const Store& store);

namespace traffic_detail {

// traffic_floods.cpp, traffic_scans.cpp
void find_floods(const Store& store, std::vector<Pattern>& out);
void find_scans(const Store& store, std::vector<Pattern>& out);
// traffic_logins.cpp, traffic_http.cpp, traffic_dns.cpp
void find_guessed_logins(const Store& store, std::vector<Pattern>& out);
void find_http_floods(const Store& store, std::vector<Pattern>& out);
void find_dns(const Store& store, std::vector<Pattern>& out);

}  // namespace traffic_detail

}  // namespace whydown::evidence
