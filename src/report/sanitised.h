// A diagnosis whose every string is safe to show; renderers only ever see such a one, so that no
// field can be forgotten in one of the formats.
#pragma once

#include "diagnosis/diagnosis.h"
#include "report/case.h"

namespace whydown::report {

diagnosis::Diagnosis sanitised(diagnosis::Diagnosis diagnosis);
Case sanitised(Case supplied);

}  // namespace whydown::report
