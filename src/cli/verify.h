// `whydown verify`: whether a bundle is as it was written.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/error.h"

namespace whydown::cli {

struct Verification {
  bool matches = true;
  std::string text;  // for standard output
};

// Compares the folder's files, and the inputs where some are given, with the manifest; inputs of a
// redacted bundle need the key in the file `redact_key`. An error is for what is no bundle at all,
// or cannot be read.
std::expected<Verification, base::Error> verify_bundle(const std::string& folder,
                                                       const std::vector<std::string>& inputs,
                                                       const std::string& redact_key);

}  // namespace whydown::cli
