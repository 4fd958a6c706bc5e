// Which failures belong to one incident.
//
// Rows of failed attempts are matched with the faults that they raise, then brought together:
// 1. absorbed: a silence that an answer explains (ICMP errors are rate-limited, so one fault shows
//    as errors and silences; a neighbour that does not answer ARP explains all that fails beyond);
// 2. grouped: the same fault at several servers, for the same clients, at the same time;
// 3. folded: very many ports of one host (a host without any service).
// What was served late joins them where it is an incident (slowness.h).
// Left out are failures so rare among served attempts that they are no incident, and those of a
// flood's or a scan's own packets, which are an attack (attack.h).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "diagnosis/catalogue.h"
#include "diagnosis/row_view.h"
#include "evidence/evidence.h"
#include "evidence/traffic.h"

namespace whydown::diagnosis {

struct Case {
  const Fault* fault = nullptr;
  evidence::Subject subject;  // its services are at most limits::kSubjectServices
  RowList failing;            // what raised it
  RowList absorbed;           // failures of another kind that it explains
  bool is_slow = false;       // served in the end, by this server or another one, but late
  bool is_cut_short = false;  // ... and some still waited when the capture ended
  bool is_folded = false;     // many ports of one host: the services have no port in common
  // Where a flood's packets are among the failures: it, and who else failed how often.
  const evidence::Pattern* flood = nullptr;
  evidence::AddressSketch users;
  std::uint64_t users_failed = 0;
};

struct Cases {
  std::vector<Case> cases;
  std::uint64_t left_out = 0;  // beyond limits::kIncidents
  std::uint64_t rare = 0;      // failed attempts too rare to be an incident
};

// The fault that an attempt of this service with this symptom raises; a fault for the service's own
// protocol goes before one for any. Null when none does.
const Fault* fault_for(const Catalogue& catalogue, const evidence::RowKey& key);

Cases find_cases(const evidence::Store& store, const Catalogue& catalogue,
                 std::span<const evidence::Pattern> patterns);

}  // namespace whydown::diagnosis
