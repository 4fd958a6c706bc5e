// What a server says of itself before anybody asked it for anything: the greeting of one that
// speaks first (SMTP, FTP, POP3, IMAP, SSH), and a time server's answer.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/address.h"
#include "probe/clock.h"
#include "report/probe_part.h"

namespace whydown::probe {

// What came within limits::kGreetingPatience on a connection that was just made.
struct Greeting {
  std::string bytes;
  bool is_closed = false;  // by the server
};
Greeting hear_greeting(int socket, const Clock& clock);

// Adds what it says to the phase of the connection; where the server refuses or hangs up before a
// word, that is a step of its own.
void tell_greeting(const Greeting& greeting, std::uint16_t port,
                   std::vector<report::ProbePhase>& phases);

// A question that a time server answers (RFC 5905 7.3): mode client, version 4.
std::string time_question();
// The same of its answer, in `answer`.
void tell_time(std::span<const std::uint8_t> answer, std::vector<report::ProbePhase>& phases);

}  // namespace whydown::probe
