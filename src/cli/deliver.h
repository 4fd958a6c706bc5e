// What a report is made of and where it goes: one file, standard output, or a bundle.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "base/error.h"
#include "cli/options.h"
#include "diagnosis/diagnosis.h"
#include "pipeline/pipeline.h"
#include "redact/redact.h"
#include "report/report.h"

namespace whydown::cli {

// Whether delivering needs the packets' bytes, so that the inputs are read twice.
bool reads_twice(const Options& options);

// Refuses what cannot end well, before any work: an output that is an input, a folder that is in
// use, bytes on a terminal.
std::expected<void, base::Error> check_output(const Options& options);

struct Delivery {
  const Options& options;
  const pipeline::Request& request;  // as it was run
  const diagnosis::Diagnosis& diagnosis;
  const std::optional<std::string>& case_text;  // as read; none: without a case file
  report::Options layout;                       // everything but format and evidence
  const redact::Redactor* redactor;             // of the evidence's bytes; nullptr: none
};
// What is worth a word to the user beside the report is added to `notes`, a line each.
std::expected<void, base::Error> deliver(const Delivery& delivery, std::string& notes);

}  // namespace whydown::cli
