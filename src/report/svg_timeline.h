#pragma once

#include <string>

#include "diagnosis/diagnosis.h"
#include "report/words.h"

namespace whydown::report {

// Attempts served and failed over time, the incident's marks, and the evidence packets in a lane
// per role, as inline SVG. The page's style sheet colours it; without one (print, other programs)
// it carries colours for white paper. Empty when fewer than two packets carry different times.
std::string svg_timeline(const diagnosis::Incident& incident, const Citation& cite);
// What is to be seen in it, one paragraph.
std::string timeline_caption(const diagnosis::Incident& incident);
// A bar for a cause's share.
std::string cause_bar(double probability);

}  // namespace whydown::report
