#include "diagnosis/severity.h"

#include <algorithm>

#include "diagnosis/limits.h"
#include "diagnosis/vocabulary.h"
#include "diagnosis/weigh.h"

namespace whydown::diagnosis {

namespace {

// One connection of eleven was cut, and its client came again and was served: worth knowing, and
// nobody gets up at night for it. A false answer is not harmless for being the only one, so what
// may be an attack stays as grave as it is; and so does a failure after which nobody is seen
// served.
bool has_passed(const Case& found, const Tally& tally, std::span<const ClientImpact> clients) {
  if (!found.fault->technique.empty() || tally.failed >= limits::kFewFailures) return false;
  const std::uint64_t served = tally.ok_before + tally.served + tally.ok_after;
  if (!tally.is_served_after || served < limits::kOthersOfPassed * tally.failed) return false;
  std::uint64_t met = 0;  // by the clients, whether a repetition healed it or not
  for (const ClientImpact& client : clients) {
    if (client.failed > 0 && !client.served_after) return false;
    met += client.failed;
  }
  return met < limits::kFewFailures;
}

}  // namespace

std::string severity_of(const Case& found, const Tally& tally,
                        std::span<const ClientImpact> clients,
                        std::span<const evidence::Fact> facts) {
  const std::string& catalogued = found.fault->severity;
  if (found.is_folded) return "low";
  const bool one_name = found.subject.symptom == evidence::Symptom::nx_domain;
  if (one_name && is_yes(facts, "dns.other_names_resolve")) return "low";
  if (has_passed(found, tally, clients)) return "low";
  return tally.served > 0 ? one_severity_lower(catalogued) : catalogued;
}

}  // namespace whydown::diagnosis
