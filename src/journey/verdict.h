// What an act means: ICMP errors and response codes as symptoms, symptoms as outcomes, and when
// silence is one.
#pragma once

#include "journey/journey.h"

namespace whydown::journey {

// Symptom::none for what ends no attempt: not an error, redirects, "fragmentation needed" and
// "packet too big" (path MTU discovery at work), source quench.
// https://www.iana.org/assignments/icmp-parameters, .../icmpv6-parameters
Symptom icmp_symptom(packet::Transport family, std::uint8_t type, std::uint8_t code);
// Symptom::none for NOERROR.
Symptom rcode_symptom(packet::dns::Rcode rcode);
Outcome outcome_of(Symptom symptom);

// How long and how often a request went unanswered.
struct Waited {
  bool has_time = true;
  base::Duration since_first{0};
  std::uint32_t tries = 0;
  std::uint32_t later_packets = 0;  // of any kind, after the last request
};
// True when that is long enough to call it silence.
bool is_silence(const Waited& waited);

}  // namespace whydown::journey
