// What a teacher says about a field when it comes up for the first time.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>

namespace whydown::explain {

enum class Lesson : std::uint8_t {
  time,
  arrow,
  frame_length,
  mac,
  vlan,
  client_port,
  server_port,
  ttl,
  tos,
  ip_id,
  dont_fragment,
  fragment,
  ip_length,
  udp_length,
  syn,
  ack_flag,
  fin,
  rst,
  psh,
  urg,
  ece,
  cwr,
  sequence,
  acknowledgment,
  window,
  mss,
  window_scale,
  sack,
  timestamps,
  tcp_length,
  dns_id,
  recursion_desired,
  no_recursion,
  checking_disabled,
  authoritative,
  truncated,
  authentic,
  question,
  question_mark,
  dns_name,
  dns_counts,
  record_ttl,
  edns,
  dnssec_ok,
  extended_error,
  dns_length,
  icmp_type,
  icmp_quote,
  icmp_length,
  mtu,
  echo_id,
  echo_sequence,
  arp,
  neighbour,
  count_,
};

using Taught = std::bitset<static_cast<std::size_t>(Lesson::count_)>;

std::string_view lesson_text(Lesson lesson);

}  // namespace whydown::explain
