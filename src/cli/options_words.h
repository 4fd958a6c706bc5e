// What the files that read the options of one command each have in common; for them alone.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/options.h"

namespace whydown::cli {

inline constexpr std::string_view kSeeHelp = "see whydown --help";

base::Error usage_error(std::string found, std::string expected = {},
                        std::string_view advice = kSeeHelp);
std::string in_quotes(std::string_view text);

// What CLI11 fills in; checked and converted afterwards.
struct Words {
  std::vector<std::string> inputs;
  std::string format, output, form, reader, case_file, since, until, date, zone, catalogue,
      fault_id, action, packet, filter, folder, redact_key, target, resolver, authorities;
  bool redact = false;
  std::uint64_t deadline = static_cast<std::uint64_t>(probe::limits::kDeadline.count());
  std::uint64_t most_packets = probe::limits::kPackets;
  bool dry_run = false, passive = false;
  std::string probe_result;
};

// The one value of -f that is not a format but all of them.
inline constexpr std::string_view kBundle = "bundle";

// The synopsis in our own words.
class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(std::string usage) : usage_(std::move(usage)) {}
  std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override {
    return usage_ + "\n";
  }

 private:
  std::string usage_;
};

// "text, json, ... or bundle"
std::string format_names();
std::expected<report::Format, base::Error> format_of(const Words& words);
// What no template and no reader changes; empty for all else.
std::string_view not_for_people(const Options& options);
std::expected<void, base::Error> set_reader(const Words& words, Options& options);
void define_redact_key(CLI::App& app, Words& words, const std::string& what);

// One pair for each command: what CLI11 is told of it, and what comes of the words.
void define_report(CLI::App& app, Words& words);
void define_explain(CLI::App& app, Words& words);
std::expected<Options, base::Error> reading_options(Command command, const Words& words);
void define_probe(CLI::App& app, Words& words);
std::expected<Options, base::Error> probe_options(const Words& words);
void define_faults(CLI::App& app, Words& words);
void define_verify(CLI::App& app, Words& words);
std::expected<Options, base::Error> verify_options(Words words);
void define_case(CLI::App& app, Words& words);

}  // namespace whydown::cli
