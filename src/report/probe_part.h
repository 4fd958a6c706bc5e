// What a probe did and saw from its own end, beside what its packets show.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/place.h"
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
  std::string text;                        // one sentence
  std::string fault;                       // the id of what failed; empty where nothing did
  std::string title;                       // its words
  std::vector<evidence::Fact> facts = {};  // that only the socket's own side could see
};

// A cause of the incident that a check is about, before the check and after it.
struct ProbeCause {
  std::string id;
  std::string title;
  double before = 0;
  double after = 0;
};

// What a check made known. Of packets as ever; of sockets where packets do not show it.
struct ProbeFact {
  std::string id;
  bool is = true;
  bool is_of_sockets = false;
  std::string detail;  // may be empty
  std::vector<base::Place> packets;
};

struct ProbeCheck {
  int incident = 0;   // its id
  std::string sends;  // of the catalogue
  std::string said;   // what is sent and why, one sentence
  double worth = 0;   // bits that it was expected to tell
  base::Duration begin{0};
  base::Duration took{0};
  std::string seen;   // the catalogue's answer that came; else what did
  std::string means;  // empty where the answer is none of the catalogue's
  std::vector<ProbeFact> facts;
  std::vector<ProbeCause> causes;  // those worth showing, by probability after it
};

enum class ProbeEnd : std::uint8_t { complete, deadline, interrupted, enough_packets };

struct ProbePart {
  std::string target;
  std::vector<ProbePhase> phases;
  std::vector<ProbeCheck> checks;
  std::string checks_end;             // why no more were made; empty where none was called for
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
// "Seen: connection refused. TCP is closed as well: ..."
std::string probe_answer_words(const ProbeCheck& check);
// "The DNS service is not running: 51 % before, 70 % after"
std::string probe_cause_words(const ProbeCause& cause);
// Safe to show: names, certificates and answers are a server's words.
ProbePart sanitised(ProbePart part);

}  // namespace whydown::report
