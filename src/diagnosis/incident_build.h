// One case and its facts, put into words: the incident of the report.
#pragma once

#include <span>

#include "diagnosis/diagnosis.h"
#include "diagnosis/impact.h"
#include "diagnosis/subjects.h"

namespace whydown::diagnosis {

// The web's ports as far as the inputs can tell.
struct WebUse {
  bool http = false;     // TCP 80 was tried
  bool https = false;    // TCP or UDP 443 was tried
  bool is_known = true;  // false when a capture filter or a full table may hide them
};
WebUse web_use(const evidence::Store& store);

// The parts of an incident that follow from its facts: causes, pairs, what is not shown.
void weigh_incident(Incident& incident, const Fault& fault, std::span<const evidence::Fact> facts);

// `id` is left at 0. `facts` are those of found.subject.
Incident build_incident(const evidence::Store& store, const Case& found,
                        std::span<const evidence::Fact> facts, const Tally& tally,
                        const base::Interner& names);

}  // namespace whydown::diagnosis
