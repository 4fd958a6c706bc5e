// The linear main of the stage.
#include <utility>

#include <fmt/core.h>

#include "diagnosis/dead_spots.h"
#include "diagnosis/diagnosis.h"
#include "diagnosis/gate.h"
#include "diagnosis/impact.h"
#include "diagnosis/incident_build.h"
#include "diagnosis/scan.h"
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

}  // namespace

Diagnosis diagnose(const evidence::Store& store, const Catalogue& catalogue,
                   const base::Interner& names) {
  Diagnosis diagnosis;
  diagnosis.inputs = store.inputs();
  diagnosis.data_quality = remarks_of(store, names);

  const Cases cases = find_cases(store, catalogue);
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
  for (const Case& scan : cases.scans) {
    diagnosis.data_quality.push_back(scan_remark(scan, book));
  }
  for (base::QualityRemark& remark : dead_spots(store, cases.cases, book)) {
    diagnosis.data_quality.push_back(std::move(remark));
  }
  if (cases.left_out > 0) diagnosis.data_quality.push_back(left_out_remark(cases.left_out));

  put_in_order(diagnosis.incidents);
  diagnosis.not_attempted = not_attempted(diagnosis.incidents, web_use(store));
  set_verdict(diagnosis, store, names, gated, cases.rare);
  return diagnosis;
}

}  // namespace whydown::diagnosis
