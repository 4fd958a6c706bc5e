// How many attempts an incident touched, whose, and who was served before and after.
#pragma once

#include <cstdint>
#include <vector>

#include "base/address.h"
#include "diagnosis/diagnosis.h"
#include "diagnosis/subjects.h"

namespace whydown::diagnosis {

struct Tally {
  std::uint64_t total = 0;   // within the window; probes, noise and what a retry healed left out
  std::uint64_t failed = 0;  // and not healed
  std::uint64_t served = 0;  // within the window
  std::uint64_t healed = 0;  // failed within the window, and a retry was served soon
  std::uint64_t ok_before = 0;
  std::uint64_t ok_after = 0;
  bool is_served_after = false;  // an answer came after the last failure
};

// From the first request to the last symptom of what failed; what it absorbed included.
Window window_of(const Case& found);
// The rows that concern the services of the case, whatever their outcome.
RowList rows_at(const evidence::Store& store, const Case& found);
Tally tally(const evidence::Store& store, const Case& found);
// Those whose attempts raised the case, and with those of what it absorbed.
evidence::AddressSketch failing_clients_of(const Case& found);
evidence::AddressSketch clients_of(const Case& found);
// What each client got over the whole input, those with the most failures first; healed failures
// count as failures here.
std::vector<ClientImpact> client_impact(const evidence::Store& store, const Case& found,
                                        const base::AddressBook& book);
// ... of those that wanted the services a flood or a scan was at, before, during and after it.
std::vector<ClientImpact> client_impact(const evidence::Store& store,
                                        const evidence::Pattern& pattern,
                                        const base::AddressBook& book);

}  // namespace whydown::diagnosis
