// Numbers of text logs that cannot be: sizes, delays, repeated fractions of a second.
#pragma once

#include <vector>

#include "evidence/evidence.h"

namespace whydown::evidence {

// Looks at the kept packets that were read from words; captures of bytes yield nothing.
std::vector<base::QualityRemark> text_remarks(const Store& store, const base::Interner& names);

}  // namespace whydown::evidence
