// Attacks: patterns of traffic as cases, which failures they account for, and what became of the
// others. Whether an attack caused the outage is read off those who wanted the same service and
// were no part of it: were they served before, during and after? The rate alone proves nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "diagnosis/subjects.h"
#include "evidence/traffic.h"

namespace whydown::diagnosis {

// Rows of failures that are an attack's own packets, and no incident beside it.
std::set<const evidence::Row*> claimed_rows(const evidence::Store& store,
                                            std::span<const evidence::Pattern> patterns);

// Whose users it may hurt: of a flood of SYNs those of the same port, of others and of scans those
// of the same host.
bool concerns(const evidence::Pattern& pattern, const evidence::Service& service);

// The flood whose packets are among the attempts at these services; null where there is none.
const evidence::Pattern* flood_at(std::span<const evidence::Pattern> patterns,
                                  std::span<const evidence::Service> services);

// Whether this client meant its attempts at the service: it is no source, and where the flood's
// packets look like attempts too, it completed a handshake or repeated its request, or of datagrams
// was served before the flood.
bool is_bystander(const evidence::ServiceClientKey& key, const evidence::ServiceClientRow& row,
                  const evidence::Pattern& flood);

// What the others got at the services concerned.
struct Bystanders {
  AttackOutcome before;
  AttackOutcome during;
  AttackOutcome after;
  AttackOutcome trouble;  // from the first failure that may be its doing to the last one
  bool is_about = false;  // what was served is spread over time by its first and last times
  base::Time first_failed{base::Time::max()};
  base::Time last_failed{base::Time::min()};
  std::uint64_t hurt_with_it = 0;   // clients whose trouble began with it
  evidence::AddressSketch hurt;     // those that failed from its beginning on
  evidence::AddressSketch clients;  // all of them
  RowList served;                   // rows of what they got, and of what they did not get
  RowList failed;
};
Bystanders bystanders_of(const evidence::Store& store, const evidence::Pattern& pattern);

// true: their trouble began with it; false: they were served all along, or failed before it too;
// nothing: nobody else is in view, or too few to tell.
std::optional<bool> caused_outage(const evidence::Pattern& pattern, const Bystanders& others);

// Null when no fault of the catalogue is raised by this pattern.
const Fault* fault_for(const Catalogue& catalogue, const evidence::Pattern& pattern);
Incident build_attack(const evidence::Store& store, const Fault& fault,
                      const evidence::Pattern& pattern, const base::Interner& names);

}  // namespace whydown::diagnosis
