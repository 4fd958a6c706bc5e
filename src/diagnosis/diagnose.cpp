// The linear main of the stage.
#include <utility>

#include <fmt/core.h>

#include "diagnosis/attack.h"
#include "diagnosis/dead_spots.h"
#include "diagnosis/diagnosis.h"
#include "diagnosis/gate.h"
#include "diagnosis/impact.h"
#include "diagnosis/incident_build.h"
#include "diagnosis/limits.h"
#include "diagnosis/links.h"
#include "diagnosis/subjects.h"
#include "diagnosis/verdict.h"

namespace whydown::diagnosis {

namespace {

std::vector<base::QualityRemark> remarks_of(const evidence::Store& store,
                                            const base::Interner& names) {
  std::vector<base::QualityRemark> remarks;
  for (const base::InputInfo& input : store.inputs()) {
    remarks.insert(remarks.end(), input.remarks.begin(), input.remarks.end());
  }
  for (base::QualityRemark& remark : evidence::quality(store, names)) {
    remarks.push_back(std::move(remark));
  }
  return remarks;
}

base::QualityRemark left_out_remark(std::uint64_t count) {
  base::QualityRemark remark;
  remark.id = "diagnosis.incidents_left_out";
  remark.severity = base::Severity::warning;
  remark.text = fmt::format(
      "There are more incidents than a report can hold; {} further kinds of failure are not in it.",
      count);
  remark.count = count;
  return remark;
}

// A crowd looks like some floods, unless it took the service from those who came before.
std::vector<evidence::Pattern> attacks_in(const evidence::Store& store) {
  std::vector<evidence::Pattern> patterns = evidence::patterns(store);
  std::erase_if(patterns, [&](const evidence::Pattern& pattern) {
    return !pattern.is_certain &&
           !caused_outage(pattern, bystanders_of(store, pattern)).value_or(false);
  });
  return patterns;
}

}  // namespace

Diagnosis diagnose(const evidence::Store& store, const Catalogue& catalogue,
                   const base::Interner& names) {
  Diagnosis diagnosis;
  diagnosis.inputs = store.inputs();
  diagnosis.data_quality = remarks_of(store, names);

  const std::vector<evidence::Pattern> patterns = attacks_in(store);
  for (const evidence::Pattern& pattern : patterns) {
    const Fault* fault = fault_for(catalogue, pattern);
    if (fault == nullptr || diagnosis.incidents.size() == limits::kAttacks) continue;
    diagnosis.incidents.push_back(build_attack(store, *fault, pattern, names));
  }
  const Cases cases = find_cases(store, catalogue, patterns);
  const base::AddressBook book(names);
  std::uint64_t gated = 0;
  for (const Case& found : cases.cases) {
    const std::vector<evidence::Fact> facts = evidence::facts(store, found.subject, names);
    const Tally counts = tally(store, found);
    if (auto remark = silence_gate(found, facts, counts, book)) {
      diagnosis.data_quality.push_back(std::move(*remark));
      ++gated;
      continue;
    }
    diagnosis.incidents.push_back(build_incident(store, found, facts, counts, names));
  }
  for (base::QualityRemark& remark : dead_spots(store, cases.cases, book)) {
    diagnosis.data_quality.push_back(std::move(remark));
  }
  if (cases.left_out > 0) diagnosis.data_quality.push_back(left_out_remark(cases.left_out));

  link_and_order(diagnosis.incidents);
  diagnosis.not_attempted = not_attempted(diagnosis.incidents, web_use(store));
  set_verdict(diagnosis, store, names, gated, cases.rare);
  return diagnosis;
}

}  // namespace whydown::diagnosis
