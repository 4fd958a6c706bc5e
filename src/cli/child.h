// A program that turns what it reads into what it writes: weasyprint, pandoc, rsvg-convert.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace whydown::cli {

// Runs command[0], looked for in PATH, without a shell and without files: `input` goes to its
// standard input, its standard output comes back. `package` is what to install where it is missing.
std::expected<std::string, base::Error> run_filter(const std::vector<std::string>& command,
                                                   std::string_view input,
                                                   const std::string& package);

}  // namespace whydown::cli
