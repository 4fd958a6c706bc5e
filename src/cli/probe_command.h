// `whydown probe`, from the command line to the report.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/options.h"
#include "diagnosis/diagnosis.h"

namespace whydown::cli {

// Whether there is an incident.
std::expected<bool, base::Error> run_probe(const Options& options,
                                           const diagnosis::Catalogue& catalogue,
                                           const std::vector<std::string>& command);

}  // namespace whydown::cli
