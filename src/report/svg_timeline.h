#pragma once

#include <string>

#include "diagnosis/diagnosis.h"
#include "report/words.h"

namespace whydown::report {

// The evidence packets on a line of time, one lane per role, as inline SVG styled by the page.
// Empty when fewer than two packets carry different times.
std::string svg_timeline(const diagnosis::Incident& incident, const Citation& cite);

}  // namespace whydown::report
