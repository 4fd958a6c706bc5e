#include "cli/bundle.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include <sys/stat.h>

#include "base/sha256.h"
#include "cli/output.h"

namespace whydown::cli {
namespace {

namespace fs = std::filesystem;

base::Error not_empty(const std::string& folder) {
  return {folder, "a folder that is not empty", "a new or an empty folder",
          "choose another -o; nothing was written"};
}

// Of "a/b/" it is "a/b": the parent is "a".
fs::path without_slash(const std::string& folder) {
  const fs::path path = fs::path(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

// As mkdir() would have made it: mkdtemp() is for the owner alone.
void usual_mode(const fs::path& folder) {
  const mode_t mask = ::umask(0);
  (void)::umask(mask);
  (void)::chmod(folder.c_str(), static_cast<mode_t>(0777U & ~mask));
}

// A folder that goes away unless it is moved to where it belongs.
class Draft {
 public:
  static std::expected<Draft, base::Error> beside(const fs::path& target) {
    const fs::path parent = target.has_parent_path() ? target.parent_path() : fs::path(".");
    std::string name = (parent / ("." + target.filename().string() + ".XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) {
      return std::unexpected(base::Error{parent.string(), std::strerror(errno),
                                         "a folder that can be written in", "choose another -o"});
    }
    return Draft(name);
  }
  Draft(Draft&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Draft& operator=(Draft&&) = delete;
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }
  // rename() takes the place of an empty folder, and of nothing else.
  std::expected<void, base::Error> move_to(const fs::path& target) {
    usual_mode(path_);
    if (std::rename(path_.c_str(), target.c_str()) == 0) {
      path_.clear();
      return {};
    }
    if (errno == ENOTEMPTY || errno == EEXIST) return std::unexpected(not_empty(target.string()));
    return std::unexpected(base::Error{target.string(), std::strerror(errno),
                                       "a folder that can be made", "choose another -o"});
  }

 private:
  explicit Draft(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

}  // namespace

std::expected<void, base::Error> check_bundle_folder(const std::string& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (!fs::is_directory(status)) {
    return std::unexpected(base::Error{folder, "a file", "a new or an empty folder",
                                       "choose another -o; nothing was written"});
  }
  const bool is_empty = fs::is_empty(folder, error);
  if (error) {
    return std::unexpected(
        base::Error{folder, error.message(), "a folder that can be read", "choose another -o"});
  }
  if (!is_empty) return std::unexpected(not_empty(folder));
  return {};
}

std::expected<std::string, base::Error> write_bundle(const std::string& folder,
                                                     const std::vector<BundleFile>& files,
                                                     report::Manifest manifest) {
  if (auto checked = check_bundle_folder(folder); !checked) {
    return std::unexpected(checked.error());
  }
  const fs::path target = without_slash(folder);
  auto draft = Draft::beside(target);
  if (!draft) return std::unexpected(draft.error());
  const auto write = [&](std::string_view name, std::string_view content) {
    return write_result((draft->path() / name).string(), content);
  };
  for (const BundleFile& file : files) {
    if (auto done = write(file.name, file.content); !done) return std::unexpected(done.error());
    manifest.files.push_back(
        {file.name, file.format, base::sha256_hex(file.content), file.content.size()});
  }
  const std::string text = report::write_manifest(manifest);
  for (const auto& [name, content] :
       {std::pair{report::kManifestFile, text},
        std::pair{report::kSumsFile, report::sums_of(manifest, text)}}) {
    if (auto done = write(name, content); !done) return std::unexpected(done.error());
  }
  if (auto moved = draft->move_to(target); !moved) return std::unexpected(moved.error());
  return base::sha256_hex(text);
}

}  // namespace whydown::cli
