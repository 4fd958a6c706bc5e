// --redact applied to what the core hands over: inputs, remarks, command line.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "diagnosis/diagnosis.h"
#include "redact/redact.h"

namespace whydown::cli {

// The diagnosis was made behind the redactor's mask; this takes out of it what the inputs said of
// themselves, and adds the remark that says what was done.
void redact_diagnosis(const redact::Redactor& redactor, diagnosis::Diagnosis& diagnosis);

// What people supplied: who they are is withheld, and their words go through Redactor::text().
void redact_case(const redact::Redactor& redactor, report::Case& supplied);

// The command line without paths and whatever else is not one of our own words.
std::vector<std::string> redacted_command(const std::vector<std::string>& command,
                                          const std::vector<std::string>& inputs);

}  // namespace whydown::cli
