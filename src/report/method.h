// How the report was made, for every format that says so.
#pragma once

#include <string>
#include <vector>

#include "report/report.h"
#include "report/words.h"

namespace whydown::report {

// "whydown 0.1.0"
std::string tool_words(const Options& options);
// The command as typed; empty when not known.
std::string command_line(const Options& options);
// One sentence each.
std::vector<std::string> method_words(const Options& options, const Citation& cite);

}  // namespace whydown::report
