// One lookup on its way, and how its end is told.
#pragma once

#include <string>
#include <vector>

#include <ares.h>
#include <sys/socket.h>

#include "base/address.h"
#include "probe/clock.h"
#include "probe/dns_ask.h"
#include "report/probe_part.h"

namespace whydown::probe {

// Beside the codes of c-ares: the answer was cut to a datagram, and there is no other.
inline constexpr int kTruncatedOnly = 1'000;

struct Lookup {
  int family = AF_UNSPEC;
  const char* type = "";
  int status = ARES_ECANCELLED;
  bool is_done = false;
  int rounds = 0;
  Clock::Steady::time_point begin = Clock::Steady::now();
  Clock::Steady::time_point end = begin;
  std::vector<base::IpAddress> addresses = {};
  bool is_settled = false;  // c-ares would hear no more of it than silence
  DnsReply again = {};      // to the question asked anew, where the first time told too little

  void finish(int how) {
    status = how;
    is_done = true;
    end = Clock::Steady::now();
  }
  Clock::Steady::duration took() const { return end - begin; }
  void ask(ares_channel channel, const std::string& name);
  report::ProbePhase phase(const std::string& name, base::Duration begun) const;
};

// What a code is in our words, in a phase that asked `asked`.
void set_ending(report::ProbePhase& phase, int status, const std::string& asked);
void set_slow(report::ProbePhase& phase);
// ", asked 2 times"; empty for once.
std::string times_asked(int rounds);

}  // namespace whydown::probe
