// The list of what is in an evidence bundle: whydown.bundle/1 (docs/bundle.schema.json). Written by
// whydown, read back by `whydown verify` from folders that anybody may have made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace whydown::report {

inline constexpr std::string_view kManifestFile = "manifest.json";
inline constexpr std::string_view kSumsFile = "SHA256SUMS";
inline constexpr std::size_t kMostManifestBytes = std::size_t{4} << 20U;
inline constexpr std::size_t kMostManifestFiles = 1024;

struct ManifestFile {
  std::string name;    // without a folder
  std::string format;  // as FormatInfo::name
  std::string sha256;
  std::uint64_t bytes = 0;
};

struct ManifestInput {
  std::string path;
  std::string sha256;       // empty where the input has none, or the report is redacted
  std::string hmac_sha256;  // then this, under the redaction's key
  std::uint64_t bytes = 0;
};

struct LeftOut {
  std::string format;
  std::string why;
};

struct Manifest {
  std::string version;               // of the program
  std::vector<std::string> command;  // word by word
  std::string verdict;
  std::vector<ManifestInput> inputs;
  std::vector<ManifestFile> files;  // all of the bundle's, less the manifest and the sums
  std::vector<LeftOut> left_out;
};

std::string write_manifest(const Manifest& manifest);
// Refuses what no bundle has: names that lead out of the folder, hashes that are none.
std::expected<Manifest, base::Error> read_manifest(std::string_view text);

// For `sha256sum -c`: every file of the manifest, and the manifest, by name.
std::string sums_of(const Manifest& manifest, std::string_view manifest_text);

}  // namespace whydown::report
