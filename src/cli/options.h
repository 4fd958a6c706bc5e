// The command line, read and checked.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "base/written_time.h"
#include "pipeline/explain_run.h"
#include "probe/probe.h"
#include "report/report.h"

namespace whydown::cli {

enum class Command : std::uint8_t {
  report,
  explain,
  probe,
  faults,
  verify,
  case_new,
  memory,
  version,
  help
};

struct Options {
  Command command = Command::report;
  report::Format format = report::Format::text;
  report::Reader reader = report::Reader::analyst;
  bool bundle = false;  // every format, into the folder `output`
  bool redact = false;
  std::optional<report::Template> form;
  std::vector<std::string> inputs;
  std::string filter;  // libpcap's words; empty: all packets
  std::string case_file;
  std::string probe_result;  // of `report`: a probe's JSON; may be empty
  std::string output;        // empty: standard output
  std::optional<base::PointInTime> since;
  std::optional<base::PointInTime> until;
  std::optional<base::Time> date;
  std::optional<base::Duration> zone_offset;
  std::optional<pipeline::Pick> pick;  // of `explain`
  std::string redact_key;              // file; empty: the usual one
  std::string catalogue;               // folder; empty: the built-in catalogue alone
  probe::Request probe;                // of `probe`
  std::string fault_id;                // of `faults`; empty: list them
  std::string folder;                  // of `verify`; its inputs are `inputs`
  std::string help;                    // of Command::help
};

// --since and --until as times, of clock times with the options' date and in their zone.
struct Bounds {
  std::optional<base::Time> since;
  std::optional<base::Time> until;
  // One was a clock time, and there is no date: right for inputs without a date only, which lie on
  // the first day of 1970.
  bool clock_only = false;
};
std::expected<Bounds, base::Error> bounds_of(const Options& options);

// `arguments` without the program's name. The first word that is neither an option nor an option's
// value decides: a command's name is that command, anything else is an input of `report`.
std::expected<Options, base::Error> parse_options(const std::vector<std::string>& arguments);

}  // namespace whydown::cli
