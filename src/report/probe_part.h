// What a probe did and saw from its own end, beside what its packets show.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "diagnosis/diagnosis.h"

namespace whydown::report {

// One step with one address, as the program's own sockets saw it.
struct ProbePhase {
  evidence::Step step = evidence::Step::name;
  evidence::Outcome outcome = evidence::Outcome::unknown;
  std::string address;      // "192.0.2.1", or the kind of record asked for; may be empty
  base::Duration begin{0};  // since the probe began
  base::Duration took{0};
  std::string text;   // one sentence
  std::string fault;  // the id of what failed; empty where nothing did
  std::string title;  // its words
};

enum class ProbeEnd : std::uint8_t { complete, deadline, interrupted, enough_packets };

struct ProbePart {
  std::string target;
  std::vector<ProbePhase> phases;
  std::vector<std::string> not_seen;  // and why
  std::vector<std::string> remarks;
  ProbeEnd end = ProbeEnd::complete;
  bool is_captured = false;
  std::uint64_t packets = 0;
  std::uint64_t kernel_drops = 0;
};

const char* probe_end_id(ProbeEnd end);
// How it ended, and on what it rests, in words.
std::string probe_end_words(const ProbePart& part);
// "connect 192.0.2.1 REFUSED after 0.3 ms"
std::string probe_phase_label(const ProbePhase& phase);
// Safe to show: names, certificates and answers are a server's words.
ProbePart sanitised(ProbePart part);

}  // namespace whydown::report
