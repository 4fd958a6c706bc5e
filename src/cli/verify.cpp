#include "cli/verify.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/sha256.h"
#include "cli/redact_key.h"
#include "redact/redact.h"
#include "report/escape.h"
#include "report/manifest.h"

namespace whydown::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadSize = std::size_t{64} << 10U;

base::Error unreadable(const fs::path& path) {
  return {path.string(), std::strerror(errno), "a file that can be read", ""};
}

std::expected<std::string, base::Error> hash_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(unreadable(path));
  std::vector<char> room(kReadSize);
  base::Sha256 hash;
  do {
    file.read(room.data(), static_cast<std::streamsize>(room.size()));
    hash.add({reinterpret_cast<const std::uint8_t*>(room.data()),
              static_cast<std::size_t>(file.gcount())});
  } while (file);
  if (file.bad()) return std::unexpected(unreadable(path));
  return hash.hex();
}

std::expected<std::string, base::Error> small_file(const fs::path& path, std::size_t limit) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(unreadable(path));
  std::string text(limit + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return std::unexpected(unreadable(path));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() <= limit) return text;
  return std::unexpected(base::Error{path.string(), fmt::format("more than {} bytes", limit),
                                     "a folder that whydown wrote with -f bundle", ""});
}

class Verifier {
 public:
  Verifier(fs::path folder, const redact::Redactor* redactor)
      : folder_(std::move(folder)), redactor_(redactor) {}
  std::expected<Verification, base::Error> run(const std::vector<std::string>& inputs);

 private:
  void problem(std::string_view what, const std::string& name, const std::string& words = {}) {
    result_.matches = false;
    result_.text += fmt::format("  {:<8} {}{}\n", what, report::clean_line(name),
                                words.empty() ? "" : ": " + report::clean_line(words));
  }
  std::expected<void, base::Error> read();
  void check_file(const report::ManifestFile& file);
  void check_sums();
  void check_extra();
  std::expected<void, base::Error> check_input(const std::string& path);
  std::string conclusion(std::size_t inputs) const;

  fs::path folder_;
  const redact::Redactor* redactor_;  // nullptr: without a key
  report::Manifest manifest_;
  std::string manifest_text_;
  Verification result_;
};

std::expected<void, base::Error> Verifier::read() {
  std::error_code error;
  if (!fs::is_directory(folder_, error)) {
    return std::unexpected(base::Error{folder_.string(), "no folder",
                                       "a folder that whydown wrote with -f bundle", ""});
  }
  const fs::file_status status = fs::symlink_status(folder_ / report::kManifestFile, error);
  if (!fs::is_regular_file(status)) {
    return std::unexpected(base::Error{folder_.string(),
                                       fmt::format("no {} in it", report::kManifestFile),
                                       "a folder that whydown wrote with -f bundle", ""});
  }
  auto text = small_file(folder_ / report::kManifestFile, report::kMostManifestBytes);
  if (!text) return std::unexpected(text.error());
  manifest_text_ = std::move(*text);
  auto manifest = report::read_manifest(manifest_text_);
  if (!manifest) {
    manifest.error().where = (folder_ / report::kManifestFile).string();
    return std::unexpected(manifest.error());
  }
  manifest_ = std::move(*manifest);
  return {};
}

// A link is not followed: what it leads to is no part of the bundle.
void Verifier::check_file(const report::ManifestFile& file) {
  const fs::path path = folder_ / file.name;
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(path, ignored);
  if (!fs::exists(status)) return problem("missing", file.name);
  if (!fs::is_regular_file(status)) return problem("changed", file.name, "no plain file");
  const auto hash = hash_of(path);
  if (!hash) return problem("unread", file.name, hash.error().found);
  if (*hash == file.sha256) return;
  problem("changed", file.name,
          fmt::format("SHA-256 {}, the manifest says {}", *hash, file.sha256));
}

void Verifier::check_sums() {
  const fs::path path = folder_ / report::kSumsFile;
  const std::string name(report::kSumsFile);
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(path, ignored);
  if (!fs::exists(status)) return problem("missing", name);
  const auto text = small_file(path, report::kMostManifestBytes);
  const bool is_same =
      fs::is_regular_file(status) && text && *text == report::sums_of(manifest_, manifest_text_);
  if (!is_same) {
    problem("changed", name,
            "it does not name the manifest and the files that are in the manifest; one of the two "
            "was changed");
  }
}

void Verifier::check_extra() {
  std::set<std::string> known{std::string(report::kManifestFile), std::string(report::kSumsFile)};
  for (const report::ManifestFile& file : manifest_.files) known.insert(file.name);
  std::set<std::string> extra;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    if (!known.contains(name)) extra.insert(name);
  }
  for (const std::string& name : extra) problem("extra", name);
}

std::expected<void, base::Error> Verifier::check_input(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return std::unexpected(base::Error{path, "a folder", "an input of the report", ""});
  }
  const auto hash = hash_of(path);
  if (!hash) return std::unexpected(hash.error());
  const bool is_keyed = std::ranges::any_of(
      manifest_.inputs, [](const auto& input) { return !input.hmac_sha256.empty(); });
  if (is_keyed && redactor_ == nullptr) {
    return std::unexpected(base::Error{folder_.string(), "a redacted bundle",
                                       "the key it was made with, to compare inputs",
                                       "name its file with --redact-key"});
  }
  const auto same = [&](const report::ManifestInput& input) {
    return is_keyed ? input.hmac_sha256 == redactor_->keyed_hash(*hash) : input.sha256 == *hash;
  };
  if (std::ranges::none_of(manifest_.inputs, same)) {
    problem("input", path, fmt::format("SHA-256 {} is none of the manifest's inputs", *hash));
  }
  return {};
}

std::string Verifier::conclusion(std::size_t inputs) const {
  const std::string text =
      result_.matches
          ? fmt::format("{}: as it was written ({} files{}).\n",
                        report::clean_line(folder_.string()), manifest_.files.size() + 2,
                        inputs == 0   ? ""
                        : inputs == 1 ? ", 1 input"
                                      : fmt::format(", {} inputs", inputs))
          : fmt::format("{}: not as it was written.\n", report::clean_line(folder_.string()));
  return text + result_.text +
         fmt::format(
             "  SHA-256 of its manifest: {}\n"
             "  Whoever can change a file can change the manifest too: compare this with "
             "one kept elsewhere.\n",
             base::sha256_hex(manifest_text_));
}

std::expected<Verification, base::Error> Verifier::run(const std::vector<std::string>& inputs) {
  if (auto done = read(); !done) return std::unexpected(done.error());
  for (const report::ManifestFile& file : manifest_.files) check_file(file);
  check_sums();
  check_extra();
  for (const std::string& path : inputs) {
    if (auto done = check_input(path); !done) return std::unexpected(done.error());
  }
  result_.text = conclusion(inputs.size());
  return result_;
}

}  // namespace

std::expected<Verification, base::Error> verify_bundle(const std::string& folder,
                                                       const std::vector<std::string>& inputs,
                                                       const std::string& redact_key) {
  std::unique_ptr<redact::Redactor> redactor;
  if (!redact_key.empty()) {
    const auto key = load_key(redact_key);
    if (!key) return std::unexpected(key.error());
    redactor = std::make_unique<redact::Redactor>(*key);
  }
  return Verifier(folder, redactor.get()).run(inputs);
}

}  // namespace whydown::cli
