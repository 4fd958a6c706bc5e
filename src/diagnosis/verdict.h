// The verdict on the whole input, and what nobody tried.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "diagnosis/incident_build.h"

namespace whydown::diagnosis {

// "HTTP (TCP port 80)", "HTTPS (TCP port 443)": where an incident at or before the step `connect`
// is there and the web was not tried at all.
std::vector<std::string> not_attempted(const std::vector<Incident>& incidents, const WebUse& web);
// `gated`: failures that the capture is not good enough to judge; `rare`: failed attempts too few
// among served ones. Sets verdict and verdict_text.
void set_verdict(Diagnosis& diagnosis, const evidence::Store& store, const base::Interner& names,
                 std::uint64_t gated, std::uint64_t rare);

}  // namespace whydown::diagnosis
