// An evidence bundle: one report in every format, the evidence, and the list of it all with hashes.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/error.h"
#include "report/manifest.h"

namespace whydown::cli {

struct BundleFile {
  std::string name;
  std::string format;
  std::string content;
};

// An error unless `folder` is an empty folder, or there is none and one can be made.
std::expected<void, base::Error> check_bundle_folder(const std::string& folder);

// Writes the files, their manifest and sums into a new folder beside `folder`, and moves it there
// when all is written: whoever looks sees the whole bundle or none. Returns the manifest's SHA-256.
std::expected<std::string, base::Error> write_bundle(const std::string& folder,
                                                     const std::vector<BundleFile>& files,
                                                     report::Manifest manifest);

}  // namespace whydown::cli
