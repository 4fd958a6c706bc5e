// `whydown probe`: reproduces what a client does with one target, captures its own packets
// meanwhile, and has them diagnosed. An edge, like cli/: all of its contact with the world is on
// purpose, and nobody but cli/ includes it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "base/error.h"
#include "diagnosis/diagnosis.h"
#include "probe/limits.h"
#include "probe/target.h"
#include "report/probe_part.h"

namespace whydown::probe {

struct Request {
  Target target;
  std::string resolver;     // empty: those of the system
  std::string capture;      // kept in this file; empty: not kept
  std::string authorities;  // a file of certificates to trust beside the system's; empty: none
  std::chrono::seconds deadline = limits::kDeadline;
  std::uint64_t most_packets = limits::kPackets;
  bool dry_run = false;     // only say what would be sent
  bool is_passive = false;  // no checks after the load
};

struct Result {
  diagnosis::Diagnosis diagnosis;
  report::ProbePart part;
};

// Takes one line of what happens, as it happens.
using TellLine = std::function<void(const std::string& line)>;

std::expected<Result, base::Error> run(const Request& request,
                                       const diagnosis::Catalogue& catalogue,
                                       const std::atomic<bool>& interrupted, const TellLine& tell);

// Who is asked: of dns:// the server that it names.
std::string resolver_of(const Request& request);

// What `run` would send, as lines for people. Sends nothing.
std::expected<std::string, base::Error> dry_run(const Request& request);

}  // namespace whydown::probe
