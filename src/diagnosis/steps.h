// How far the clients of an incident came: the steps of their journey with an outcome each.
#pragma once

#include <span>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "diagnosis/impact.h"
#include "diagnosis/subjects.h"

namespace whydown::diagnosis {

// The steps as far as they matter here, in order; one that was not reached is `unknown` and says
// so. `server` is the words for the servers concerned.
std::vector<JourneyStep> journey_steps(const evidence::Store& store, const Case& found,
                                       std::span<const evidence::Fact> facts, const Tally& tally,
                                       const std::string& server, const base::Interner& names);

}  // namespace whydown::diagnosis
