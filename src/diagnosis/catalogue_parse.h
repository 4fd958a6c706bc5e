// One catalogue file: TOML text to a Fault. Refuses what is incomplete, unknown or misspelt.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/error.h"
#include "diagnosis/catalogue.h"

namespace whydown::diagnosis {

// The error's `where` is "FILE:LINE". Never throws; text larger than limits.h allows is refused.
std::expected<Fault, base::Error> parse_fault(std::string_view toml, const std::string& file_name);

}  // namespace whydown::diagnosis
