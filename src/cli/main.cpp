// The whydown program: reads the command line, runs the line of stages, writes the report.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/deliver.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/probe_command.h"
#include "cli/redact_key.h"
#include "cli/redacted_frames.h"
#include "cli/redaction.h"
#include "cli/spool.h"
#include "cli/verify.h"
#include "diagnosis/vocabulary.h"
#include "pipeline/budget.h"
#include "pipeline/explain_run.h"
#include "pipeline/pipeline.h"
#include "probe/limits.h"
#include "probe/vantage.h"
#include "report/report.h"

namespace {

using namespace whydown;

enum Status : int {
  kNoIncident = 0,
  kIncident = 1,
  kUnusable = 2,
  kAsWritten = kNoIncident,  // of verify
  kNotAsWritten = kIncident
};

using Outcome = std::expected<Status, base::Error>;

// One line on standard error, without anything a terminal would act on.
void say_line(std::string_view message) {
  std::string line = "whydown: ";
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  line += '\n';
  (void)std::fputs(line.c_str(), stderr);
}

int fail(std::string_view message) {
  say_line(message);
  return kUnusable;
}

void say(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    say_line(lines.substr(0, end));
    lines = end == std::string_view::npos ? "" : lines.substr(end + 1);
  }
}

std::expected<diagnosis::Catalogue, base::Error> load_catalogue(const std::string& folder) {
  auto catalogue = diagnosis::Catalogue::built_in();
  if (catalogue && !folder.empty()) {
    if (auto added = catalogue->add_folder(folder); !added) {
      return std::unexpected(added.error());
    }
  }
  return catalogue;
}

// Clock times alone were taken to mean 1970-01-01: right only where the input has no dates.
std::expected<void, base::Error> check_clock_times(const cli::Bounds& bounds,
                                                   const std::vector<base::InputInfo>& inputs) {
  if (!bounds.clock_only) return {};
  for (const base::InputInfo& input : inputs) {
    if (!input.date_known || !input.first_time) continue;
    return std::unexpected(
        base::Error{input.path, "packets with a date", "a date with --since and --until as well",
                    "give full times, such as " + base::iso8601(*input.first_time)});
  }
  return {};
}

// A report of a part of the input says so.
void note_bounds(const cli::Bounds& bounds, diagnosis::Diagnosis& diagnosis) {
  if (!bounds.since && !bounds.until) return;
  const auto words = [&](const char* name, const std::optional<base::Time>& time) {
    if (!time) return std::string();
    return fmt::format(" {} {}", name,
                       bounds.clock_only ? base::clock_time(*time) : base::iso8601(*time));
  };
  base::QualityRemark remark;
  remark.id = "input.time_limited";
  remark.text = fmt::format("Only packets{}{} were looked at, as the command line asks.",
                            words("from", bounds.since), words("up to", bounds.until));
  diagnosis.data_quality.push_back(std::move(remark));
}

// An error about a spooled copy is one about the input.
base::Error in_words_of(const cli::Options& options, const pipeline::Request& request,
                        base::Error error) {
  for (std::size_t i = 0; i < request.paths.size(); ++i) {
    if (error.where != request.paths[i]) continue;
    error.where = options.inputs[i] == "-" ? "standard input" : options.inputs[i];
    break;
  }
  return error;
}

bool shows_hashes(const cli::Options& options) {
  return options.bundle || options.format != report::Format::text;
}
struct CaseFile {
  std::optional<std::string> text;
  std::optional<report::Case> supplied;
};

std::expected<CaseFile, base::Error> load_case(const std::string& path) {
  if (path.empty()) return CaseFile{};
  const auto text = cli::read_small_file(path, report::limits::kCaseFileBytes);
  if (!text) return std::unexpected(text.error());
  auto supplied = report::parse_case(*text, path);
  if (!supplied) return std::unexpected(supplied.error());
  return CaseFile{*text, *supplied};
}

// What a probe wrote; nothing where none is named.
std::expected<std::optional<probe::ProbeResult>, base::Error> load_probe(const std::string& path) {
  if (path.empty()) return std::optional<probe::ProbeResult>{};
  const auto text = cli::read_small_file(path, probe::limits::kResultBytes);
  if (!text) return std::unexpected(text.error());
  auto result = probe::parse_result(*text, path);
  if (!result) return std::unexpected(result.error());
  return std::optional(std::move(*result));
}

pipeline::Request request_of(const cli::Options& options, const cli::Bounds& bounds) {
  pipeline::Request request;
  request.paths = options.inputs;
  request.open.filter = options.filter;
  request.open.date = options.date;
  request.open.zone_offset = options.zone_offset;
  request.since = bounds.since;
  request.until = bounds.until;
  return request;
}

// What is shown of addresses and names; nothing where the report is not redacted.
std::expected<std::unique_ptr<redact::Redactor>, base::Error> redactor_for(
    const cli::Options& options) {
  if (!options.redact) return nullptr;
  const std::string path = options.redact_key.empty() ? cli::usual_key_path() : options.redact_key;
  if (auto checked = cli::check_key_place(path, options); !checked) {
    return std::unexpected(checked.error());
  }
  const auto loaded = cli::load_or_make_key(path);
  if (!loaded) return std::unexpected(loaded.error());
  if (loaded->is_new) {
    say(path +
        ": made a new key for this redaction; with it the same stand-ins come again, and who "
        "has it can try out originals: keep it here\n");
  }
  return std::make_unique<redact::Redactor>(loaded->key);
}
std::expected<pipeline::Request, base::Error> request_for(const cli::Options& options,
                                                          const cli::Bounds& bounds,
                                                          cli::Spool& spool) {
  pipeline::Request request = request_of(options, bounds);
  for (std::string& path : request.paths) {
    if (!cli::reads_twice(options)) break;
    auto readable = spool.readable_twice(path);
    if (!readable) return std::unexpected(readable.error());
    path = *readable;
  }
  request.open.hash = shows_hashes(options);
  return request;
}

report::Options layout_for(const cli::Options& options, const std::vector<std::string>& command) {
  report::Options layout;
  layout.form = options.form;
  layout.reader = options.reader;
  layout.colour = options.output.empty() && cli::output_has_colour();
  if (options.output.empty()) layout.width = cli::output_width();
  layout.command = options.redact ? cli::redacted_command(command, options.inputs) : command;
  layout.version = WHYDOWN_VERSION;
  return layout;
}

Outcome run_report(cli::Options options, const std::vector<std::string>& command) {
  if (auto checked = cli::check_output(options); !checked) return std::unexpected(checked.error());
  const auto catalogue = load_catalogue(options.catalogue);
  if (!catalogue) return std::unexpected(catalogue.error());
  const auto from_case = load_case(options.case_file);
  if (!from_case) return std::unexpected(from_case.error());
  if (const auto& supplied = from_case->supplied) {  // the command line goes before the case file
    if (!options.date) options.date = supplied->date;
    if (!options.zone_offset) options.zone_offset = supplied->zone;
  }
  const auto bounds = cli::bounds_of(options);
  if (!bounds) return std::unexpected(bounds.error());
  const auto from_probe = load_probe(options.probe_result);
  if (!from_probe) return std::unexpected(from_probe.error());
  const auto redactor = redactor_for(options);
  if (!redactor) return std::unexpected(redactor.error());

  cli::Spool spool;
  auto request = request_for(options, *bounds, spool);
  if (!request) return std::unexpected(request.error());
  request->mask = redactor->get();
  auto diagnosis = pipeline::run(*request, *catalogue);
  if (!diagnosis) return std::unexpected(in_words_of(options, *request, diagnosis.error()));
  for (std::size_t i = 0; i < diagnosis->inputs.size(); ++i) {
    diagnosis->inputs[i].path = options.inputs[i];  // not that of a spooled copy
  }
  if (auto checked = check_clock_times(*bounds, diagnosis->inputs); !checked) {
    return std::unexpected(checked.error());
  }
  note_bounds(*bounds, *diagnosis);
  if (*from_probe) probe::settle(*diagnosis, *catalogue, **from_probe);

  report::Options layout = layout_for(options, command);
  layout.supplied = from_case->supplied;
  if (*redactor) {
    cli::redact_diagnosis(**redactor, *diagnosis);
    if (layout.supplied) cli::redact_case(**redactor, *layout.supplied);
  }
  std::string notes;
  const auto delivered = cli::deliver(
      {options, *request, *diagnosis, from_case->text, std::move(layout), redactor->get()}, notes);
  if (!delivered) return std::unexpected(in_words_of(options, *request, delivered.error()));
  say(notes);
  return diagnosis->verdict == diagnosis::Verdict::incident ? kIncident : kNoIncident;
}

Outcome run_explain(const cli::Options& options) {
  const auto bounds = cli::bounds_of(options);
  if (!bounds) return std::unexpected(bounds.error());
  if (auto checked = cli::check_not_input(options.output, options.inputs); !checked) {
    return std::unexpected(checked.error());
  }
  const auto redactor = redactor_for(options);
  if (!redactor) return std::unexpected(redactor.error());
  std::optional<cli::RedactedFrames> redacted;
  pipeline::StandIns stand_ins;
  if (*redactor) {
    redacted.emplace(**redactor);
    stand_ins.frame = std::ref(*redacted);
    stand_ins.input = [&](base::InputInfo& input, std::size_t index) {
      (*redactor)->input(input, index);
    };
  }
  report::Options layout;
  layout.format = options.format;
  layout.colour = options.output.empty() && cli::output_has_colour();
  if (options.output.empty()) layout.width = cli::output_width();
  cli::ResultStream stream;
  bool opened = false;
  std::expected<void, base::Error> written;
  const auto write = [&](const std::string& text) {
    // Not before there is something to write: an input that cannot be read leaves no empty file.
    if (!opened) written = stream.open(options.output);
    opened = true;
    return written && stream.write(text);
  };
  auto explained = pipeline::explain_run(
      request_of(options, *bounds), options.pick,
      [&](const base::InputInfo& input) { return check_clock_times(*bounds, {input}); },
      [&](const explain::Explanation& explanation) {
        return write(report::render_explanation(explanation, layout));
      },
      stand_ins);
  if (!explained) return std::unexpected(explained.error());
  std::vector<std::string>& closing = explained->closing;
  if (*redactor) {
    closing.emplace_back(
        "Redacted: addresses, hardware addresses and names are stand-ins, and what packets carry "
        "beyond the headers was left out before it was explained.");
  }
  if (explained->packets == 0) closing.insert(closing.begin(), "There is no packet to explain.");
  if (!closing.empty()) write(report::render_closing(closing, layout));
  if (opened && written) written = stream.close();
  if (!written) return std::unexpected(written.error());
  return kNoIncident;
}

Outcome run_probe(const cli::Options& options, const std::vector<std::string>& command) {
  const auto catalogue = load_catalogue(options.catalogue);
  if (!catalogue) return std::unexpected(catalogue.error());
  const auto found = cli::run_probe(options, *catalogue, command);
  if (!found) return std::unexpected(found.error());
  return *found ? kIncident : kNoIncident;
}

Outcome print(std::string_view text) {
  const auto written = cli::write_result("", text);
  if (!written) return std::unexpected(written.error());
  return kNoIncident;
}

Outcome run_faults(const cli::Options& options) {
  const auto catalogue = load_catalogue(options.catalogue);
  if (!catalogue) return std::unexpected(catalogue.error());
  if (options.fault_id.empty()) return print(report::render_fault_list(*catalogue));
  if (const diagnosis::Fault* fault = catalogue->find(options.fault_id)) {
    return print(report::render_fault(*fault));
  }
  std::vector<std::string_view> ids;
  for (const diagnosis::Fault& fault : catalogue->faults()) ids.emplace_back(fault.id);
  const std::string_view near = diagnosis::nearest(ids, options.fault_id);
  const std::string advice = near.empty() ? std::string("\"whydown faults\" lists them")
                                          : fmt::format("did you mean {}?", near);
  return std::unexpected(
      base::Error{"faults", '"' + options.fault_id + '"', "the id of a fault", advice});
}

Outcome run_verify(const cli::Options& options) {
  const auto result = cli::verify_bundle(options.folder, options.inputs, options.redact_key);
  if (!result) return std::unexpected(result.error());
  const Outcome printed = print(result->text);
  if (!printed) return printed;
  return result->matches ? kAsWritten : kNotAsWritten;
}

Outcome run_case_new(const cli::Options& options) {
  // What somebody filled in must not be lost to a second "new".
  if (!options.output.empty()) {
    if (auto free = cli::check_is_new(options.output); !free) return std::unexpected(free.error());
  }
  const auto written = cli::write_result(options.output, report::case_template());
  if (!written) return std::unexpected(written.error());
  return kNoIncident;
}

Outcome run_memory() {
  std::string text = "What one run may use at most, whatever the size of its inputs:\n";
  std::uint64_t total = 0;
  const auto line = [&](std::string_view what, std::uint64_t bytes) {
    text += fmt::format("  {:>12.1f} KiB  {}\n", static_cast<double>(bytes) / 1024, what);
  };
  for (const pipeline::BudgetLine& entry : pipeline::memory_bill()) {
    line(entry.what, entry.bytes);
    total += entry.bytes;
  }
  line("together, beside the program and its libraries", total);
  line("\"whydown explain\" in all: other tables", pipeline::explain_memory_bytes());
  return print(text);
}

Outcome run(const std::vector<std::string>& command) {
  const auto options = cli::parse_options({command.begin() + 1, command.end()});
  if (!options) return std::unexpected(options.error());
  switch (options->command) {
    case cli::Command::report:
      break;
    case cli::Command::explain:
      return run_explain(*options);
    case cli::Command::probe:
      return run_probe(*options, command);
    case cli::Command::faults:
      return run_faults(*options);
    case cli::Command::verify:
      return run_verify(*options);
    case cli::Command::case_new:
      return run_case_new(*options);
    case cli::Command::memory:
      return run_memory();
    case cli::Command::version:
      return print("whydown " WHYDOWN_VERSION "\n");
    case cli::Command::help:
      return print(options->help);
  }
  return run_report(*options, command);
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away is a write error to report, not a silent end.
  (void)std::signal(SIGPIPE, SIG_IGN);
  try {
    std::vector<std::string> command(argv, argv + argc);
    if (command.empty()) command.emplace_back("whydown");
    command[0] = "whydown";
    const Outcome outcome = run(command);
    return outcome ? static_cast<int>(*outcome) : fail(outcome.error().message());
  } catch (const std::exception& error) {
    return fail(std::string("found an unexpected condition: ") + error.what());
  }
}
