// Which incident explains which: a flood the failures that began with it, a machine that is gone
// the services on it. What is explained is told once, with its reason.
#pragma once

#include <vector>

#include "diagnosis/diagnosis.h"

namespace whydown::diagnosis {

// Puts the incidents in order of impact, each behind the one that explains it; numbers them from 1
// and sets `explained_by` and `explains`.
void link_and_order(std::vector<Incident>& incidents);

}  // namespace whydown::diagnosis
