// Which format and which reader a report is for; the same words with every command.
#include <algorithm>
#include <filesystem>
#include <utility>

#include "cli/options_words.h"

namespace whydown::cli {
namespace {

using std::unexpected;

// ".json"
std::string ending_of(const report::FormatInfo& format) {
  return std::filesystem::path(format.file).extension().string();
}

// "a, b or c"
std::string either(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " or " : ", ";
    out += items[i];
  }
  return out;
}

std::string endings() {
  std::vector<std::string> names;
  for (const report::FormatInfo& format : report::formats()) names.push_back(ending_of(format));
  return either(names);
}

}  // namespace

base::Error usage_error(std::string found, std::string expected, std::string_view advice) {
  return {"command line", std::move(found), std::move(expected), std::string(advice)};
}

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string format_names() {
  std::vector<std::string> names;
  for (const report::FormatInfo& format : report::formats()) names.emplace_back(format.name);
  names.emplace_back(kBundle);
  return either(names);
}

std::expected<report::Format, base::Error> format_of(const Words& words) {
  if (words.format == kBundle) return report::Format::text;  // every format; see Options::bundle
  if (!words.format.empty()) {
    if (const auto format = report::format_from(words.format)) return *format;
    return unexpected(usage_error("format " + in_quotes(words.format), format_names()));
  }
  const std::string extension = std::filesystem::path(words.output).extension().string();
  if (extension == ".markdown") return report::Format::markdown;
  if (extension == ".htm") return report::Format::html;
  for (const report::FormatInfo& known : report::formats()) {
    if (extension == ending_of(known)) return known.format;
  }
  if (!words.form.empty()) return report::Format::markdown;
  if (extension.empty()) return report::Format::text;
  return unexpected(usage_error("-o " + in_quotes(words.output), "a name ending in " + endings(),
                                "name the format with -f"));
}

std::string_view not_for_people(const Options& options) {
  switch (options.format) {
    case report::Format::json:
      return "JSON";
    case report::Format::pcapng:
      return "pcapng";
    case report::Format::ecs:
      return "ECS";
    default:
      return {};
  }
}

std::expected<void, base::Error> set_reader(const Words& words, Options& options) {
  if (words.reader.empty()) return {};
  const auto reader = report::reader_from(words.reader);
  if (!reader) {
    return unexpected(
        usage_error("reader " + in_quotes(words.reader), "supervisor, analyst or student"));
  }
  if (const std::string_view other = not_for_people(options); !other.empty()) {
    return unexpected(usage_error("--for with " + std::string(other), "a format for people"));
  }
  if (*reader == report::Reader::supervisor && options.form) {
    return unexpected(usage_error("--template for a supervisor", "one of the two",
                                  "a supervisor's page has a form of its own"));
  }
  options.reader = *reader;
  return {};
}

}  // namespace whydown::cli
