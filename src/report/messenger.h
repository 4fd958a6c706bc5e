// Who brought the bad news: the answer (an ICMP error, a reset, an rcode) that decided the failure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/diagnosis.h"

namespace whydown::report {

struct Messenger {
  std::string protocol;  // "ICMP", "TCP", "DNS"; empty when nothing came back
  std::string words;     // the answer in words, without its addresses
  std::vector<base::Place> packets;
  bool is_client = false;  // it was the client who broke off: an alert, a reset
};

// Read from the evidence: symptom packets that no client sent, or where there is none of those that
// a client sent. Empty for silence.
Messenger messenger_of(const diagnosis::Incident& incident);

// "udp port 53 unreachable", as capture tools word it, for an unreachable port; else the answer's
// own words; empty when nothing came back.
std::string error_message(const diagnosis::Incident& incident, const Messenger& messenger);

// "DNS and ICMP": the protocols the incident is seen in.
std::string protocols_concerned(const diagnosis::Incident& incident, const Messenger& messenger);

// "3 of 3 DNS queries from 192.0.2.7 to server 203.0.113.2, UDP port 53 (domain), could not be
// delivered."
std::string failure_sentence(const diagnosis::Incident& incident, const Messenger& messenger);

}  // namespace whydown::report
