// What a report is made of and where it goes: one file, or standard output.
#pragma once

#include <expected>
#include <string>

#include "base/error.h"
#include "cli/options.h"
#include "diagnosis/diagnosis.h"
#include "pipeline/pipeline.h"
#include "report/report.h"

namespace whydown::cli {

// Whether delivering needs the packets' bytes, so that the inputs are read twice.
bool reads_twice(const Options& options);

// Refuses what cannot end well, before any work: an output that is an input, bytes on a terminal.
std::expected<void, base::Error> check_output(const Options& options);

// `request` as it was run; `layout` with everything but format and evidence.
std::expected<void, base::Error> deliver(const Options& options, const pipeline::Request& request,
                                         const diagnosis::Diagnosis& diagnosis,
                                         const report::Options& layout);

}  // namespace whydown::cli
