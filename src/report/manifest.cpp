#include "report/manifest.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/sha256.h"

namespace whydown::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "whydown.bundle/1";
constexpr std::size_t kHashDigits = 64;

base::Error not_ours(std::string found, std::string expected) {
  return {std::string(kManifestFile), std::move(found), std::move(expected),
          "is this a folder that whydown wrote with -f bundle?"};
}

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// A file right in the folder, of a kind that the bundle's own files are.
bool is_plain_name(std::string_view name) {
  constexpr std::size_t longest = 255;
  if (name.empty() || name.size() > longest || name.front() == '.') return false;
  if (name == kManifestFile || name == kSumsFile) return false;
  return std::ranges::none_of(
      name, [](char c) { return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

const Json& list_of(const Json& object, const char* key) {
  static const Json none = Json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : none;
}

std::expected<void, base::Error> read_files(const Json& list, Manifest& manifest) {
  if (list.empty() || list.size() > kMostManifestFiles) {
    return std::unexpected(not_ours(fmt::format("{} files", list.size()),
                                    fmt::format("1 to {} files", kMostManifestFiles)));
  }
  for (const Json& item : list) {
    ManifestFile file{text_of(item, "name"), text_of(item, "format"), text_of(item, "sha256"),
                      number_of(item, "bytes")};
    if (!is_plain_name(file.name)) {
      return std::unexpected(not_ours("a file named \"" + file.name + '"', "a plain file name"));
    }
    if (!is_hash(file.sha256)) {
      return std::unexpected(not_ours("no SHA-256 for " + file.name, "64 hexadecimal digits"));
    }
    if (std::ranges::find(manifest.files, file.name, &ManifestFile::name) != manifest.files.end()) {
      return std::unexpected(not_ours(file.name + " twice", "each file once"));
    }
    manifest.files.push_back(std::move(file));
  }
  return {};
}

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  Json out;
  out["schema"] = kSchema;
  out["tool"] = {{"name", "whydown"}, {"version", manifest.version}, {"command", manifest.command}};
  out["verdict"] = manifest.verdict;
  out["inputs"] = Json::array();
  for (const ManifestInput& input : manifest.inputs) {
    Json item{{"path", input.path}, {"bytes", input.bytes}};
    if (!input.sha256.empty()) item["sha256"] = input.sha256;
    if (!input.hmac_sha256.empty()) item["hmac_sha256"] = input.hmac_sha256;
    out["inputs"].push_back(std::move(item));
  }
  out["files"] = Json::array();
  for (const ManifestFile& file : manifest.files) {
    out["files"].push_back({{"name", file.name},
                            {"format", file.format},
                            {"bytes", file.bytes},
                            {"sha256", file.sha256}});
  }
  for (const LeftOut& entry : manifest.left_out) {
    out["left_out"].push_back({{"format", entry.format}, {"why", entry.why}});
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::expected<Manifest, base::Error> read_manifest(std::string_view text) {
  if (text.size() > kMostManifestBytes) {
    return std::unexpected(not_ours(fmt::format("{} bytes", text.size()),
                                    fmt::format("at most {}", kMostManifestBytes)));
  }
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || text_of(json, "schema") != kSchema) {
    return std::unexpected(
        not_ours("another kind of file", fmt::format("a manifest of {}", kSchema)));
  }
  Manifest manifest;
  if (const auto tool = json.find("tool"); tool != json.end() && tool->is_object()) {
    manifest.version = text_of(*tool, "version");
    for (const Json& word : list_of(*tool, "command")) {
      if (word.is_string()) manifest.command.push_back(word.get<std::string>());
    }
  }
  manifest.verdict = text_of(json, "verdict");
  for (const Json& item : list_of(json, "inputs")) {
    if (!item.is_object()) continue;
    manifest.inputs.push_back({text_of(item, "path"), text_of(item, "sha256"),
                               text_of(item, "hmac_sha256"), number_of(item, "bytes")});
  }
  for (const Json& item : list_of(json, "left_out")) {
    if (!item.is_object()) continue;
    manifest.left_out.push_back({text_of(item, "format"), text_of(item, "why")});
  }
  if (auto read = read_files(list_of(json, "files"), manifest); !read) {
    return std::unexpected(read.error());
  }
  return manifest;
}

std::string sums_of(const Manifest& manifest, std::string_view manifest_text) {
  std::map<std::string, std::string> sums;
  for (const ManifestFile& file : manifest.files) sums[file.name] = file.sha256;
  sums[std::string(kManifestFile)] = base::sha256_hex(manifest_text);
  std::string out;
  for (const auto& [name, sum] : sums) out += fmt::format("{}  {}\n", sum, name);
  return out;
}

}  // namespace whydown::report
