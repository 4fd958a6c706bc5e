#include "diagnosis/catalogue.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "diagnosis/catalogue_pack.h"
#include "diagnosis/catalogue_parse.h"
#include "diagnosis/limits.h"

namespace whydown::diagnosis {

namespace {

namespace fs = std::filesystem;

std::expected<std::vector<fs::path>, base::Error> toml_files(const std::string& folder) {
  std::error_code failure;
  std::vector<fs::path> files;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->path().extension() == ".toml") files.push_back(it->path());
    if (files.size() > limits::kCatalogueFiles) {
      return std::unexpected(base::Error{
          folder, "more than 1024 catalogue files", "a folder of *.toml files, one per fault", {}});
    }
  }
  if (failure) {
    return std::unexpected(
        base::Error{folder, failure.message(), "a folder of *.toml files, one per fault", {}});
  }
  // Folders list in any order; of two files with the same fault the later name must win always.
  std::ranges::sort(files);
  return files;
}

std::expected<std::string, base::Error> content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  text.resize(limits::kCatalogueFileBytes + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.eof() && !in.good()) {
    return std::unexpected(
        base::Error{path.string(), "a file that cannot be read", "a catalogue file", {}});
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

std::expected<Catalogue, base::Error> Catalogue::built_in() {
  Catalogue catalogue;
  catalogue.faults_ = unpack(packed_catalogue());
  if (catalogue.faults_.empty()) {
    return std::unexpected(base::Error{"built-in catalogue", "nothing",
                                       "the faults it was built "
                                       "with",
                                       "build the program again"});
  }
  return catalogue;
}

std::expected<void, base::Error> Catalogue::add_folder(const std::string& folder) {
  const auto files = toml_files(folder);
  if (!files) return std::unexpected(files.error());
  if (files->empty()) {
    return std::unexpected(
        base::Error{folder, "a folder without *.toml files", "at least one catalogue file", {}});
  }
  for (const fs::path& path : *files) {
    const auto text = content_of(path);
    if (!text) return std::unexpected(text.error());
    if (auto added = add_text(*text, path.string()); !added) return added;
  }
  return {};
}

std::expected<void, base::Error> Catalogue::add_text(std::string_view toml,
                                                     const std::string& file_name) {
  auto fault = parse_fault(toml, file_name);
  if (!fault) return std::unexpected(fault.error());
  const auto at = std::ranges::lower_bound(faults_, fault->id, {}, &Fault::id);
  if (at != faults_.end() && at->id == fault->id) {
    *at = std::move(*fault);
  } else {
    faults_.insert(at, std::move(*fault));
  }
  return {};
}

const Fault* Catalogue::find(std::string_view id) const {
  const auto at = std::ranges::lower_bound(faults_, id, {}, &Fault::id);
  return at != faults_.end() && at->id == id ? &*at : nullptr;
}

}  // namespace whydown::diagnosis
