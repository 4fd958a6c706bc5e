// How grave an incident of failures is: the catalogue says it for a service that is down.
#pragma once

#include <span>
#include <string>

#include "diagnosis/diagnosis.h"
#include "diagnosis/impact.h"
#include "diagnosis/subjects.h"

namespace whydown::diagnosis {

// As the catalogue has it where nobody was served meanwhile, one lower where somebody was, and low
// where a failure or two passed over: many more were served, among them whom it met.
// `clients` are client_impact() of the case.
std::string severity_of(const Case& found, const Tally& tally,
                        std::span<const ClientImpact> clients,
                        std::span<const evidence::Fact> facts);

}  // namespace whydown::diagnosis
