// The options of the commands that read captures: report and explain.
#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "base/written_time.h"
#include "cli/options_words.h"

namespace whydown::cli {
namespace {

using std::unexpected;

// What every command that reads captures takes.
void define_reading(CLI::App& app, Words& words) {
  app.add_option("--filter", words.filter,
                 "look only at packets of captures that match this, as tcpdump takes it")
      ->type_name("BPF");
  app.add_option("--since", words.since, "leave out packets before this time")->type_name("TIME");
  app.add_option("--until", words.until, "leave out packets after this time")->type_name("TIME");
  app.add_option("--date", words.date, "the day of a text log that names none")
      ->type_name("YYYY-MM-DD");
  app.add_option("--timezone", words.zone, "the zone of a text log's times: UTC or +HH:MM")
      ->type_name("ZONE");
}

void define_redact(CLI::App& app, Words& words) {
  app.add_flag("--redact", words.redact,
               "stand-ins for addresses, MACs and names, and no payload, in every output");
  define_redact_key(app, words, "with the key in this file; made when there is none");
}

std::expected<void, base::Error> set_form(const Words& words, Options& options) {
  if (words.form.empty()) return {};
  const auto form = report::template_from(words.form);
  if (!form) {
    return unexpected(usage_error("template " + in_quotes(words.form), "worksheet or incident"));
  }
  if (const std::string_view other = not_for_people(options); !other.empty()) {
    return unexpected(usage_error("--template with " + std::string(other), "a format for people"));
  }
  if (options.bundle) {
    return unexpected(
        usage_error("--template with a bundle", "one of the two", "a bundle holds both forms"));
  }
  options.form = form;
  return {};
}

std::expected<void, base::Error> set_calendar(const Words& words, Options& options) {
  if (!words.date.empty()) {
    options.date = base::parse_date(words.date);
    if (!options.date) {
      return unexpected(usage_error("--date " + in_quotes(words.date), "a day such as 2026-01-02"));
    }
  }
  if (!words.zone.empty()) {
    options.zone_offset = base::parse_zone(words.zone);
    if (!options.zone_offset) {
      return unexpected(
          usage_error("--timezone " + in_quotes(words.zone), "UTC or an offset such as +02:00"));
    }
  }
  return {};
}

std::expected<std::optional<base::PointInTime>, base::Error> point_of(const std::string& name,
                                                                      const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto point = base::parse_point(text);
  if (!point) {
    return unexpected(usage_error(name + " " + in_quotes(text),
                                  "a time such as 2026-01-02T13:24:32, or 13:24 for a log without "
                                  "a date"));
  }
  return point;
}

std::expected<void, base::Error> set_bounds(const Words& words, Options& options) {
  auto since = point_of("--since", words.since);
  if (!since) return unexpected(since.error());
  auto until = point_of("--until", words.until);
  if (!until) return unexpected(until.error());
  options.since = *since;
  options.until = *until;
  const auto bounds = bounds_of(options);
  if (!bounds) return unexpected(bounds.error());
  return {};
}

// "7", "3-9", "2:7" of the second input.
std::optional<pipeline::Pick> parse_pick(std::string_view text) {
  pipeline::Pick pick;
  const auto take_number = [&]() -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value == 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
  };
  auto number = take_number();
  if (number && text.starts_with(':') && *number <= UINT16_MAX) {
    pick.input = static_cast<std::uint16_t>(*number - 1);
    text.remove_prefix(1);
    number = take_number();
  }
  if (!number) return std::nullopt;
  pick.first = pick.last = *number;
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    number = take_number();
    if (!number || *number < pick.first) return std::nullopt;
    pick.last = *number;
  }
  return text.empty() ? std::optional(pick) : std::nullopt;
}

std::expected<void, base::Error> set_pick(const Words& words, Options& options) {
  if (words.packet.empty()) return {};
  options.pick = parse_pick(words.packet);
  const bool good = options.pick && options.pick->input.value_or(0) < options.inputs.size();
  if (good) return {};
  return unexpected(usage_error("--packet " + in_quotes(words.packet),
                                "a number such as 7, a range such as 3-9, or 2:7 of input 2"));
}

}  // namespace

// Of every command that reads captures or what was made of them.
void define_redact_key(CLI::App& app, Words& words, const std::string& what) {
  app.add_option("--redact-key", words.redact_key, what)->type_name("FILE");
}

void define_report(CLI::App& app, Words& words) {
  app.formatter(std::make_shared<HelpFormatter>("Usage: whydown report INPUT... [options]"));
  app.footer(
      "A TIME is ISO 8601 (2026-01-02T13:24:32, in UTC or --timezone unless it names a zone); for\n"
      "logs without a date, a clock time (13:24 or 13:24:32).\n\n"
      "Exit status: 0 no incident, 1 at least one, 2 the input or the command line cannot be "
      "used.");
  app.add_option("INPUT", words.inputs, "captures or logs; - is standard input")->type_name("");
  app.add_option("-f,--format", words.format,
                 format_names() + "; by default as the name after -o ends, else text")
      ->type_name("FORMAT");
  app.add_option("-o,--output", words.output,
                 "write to this file instead of standard output; of bundle: to this folder")
      ->type_name("PATH");
  app.add_option("--template", words.form,
                 "incident (default) or worksheet, the two-part course form; not of JSON")
      ->type_name("NAME");
  app.add_option("--for", words.reader,
                 "supervisor (one page, no jargon), analyst (default) or student (every term "
                 "explained)")
      ->type_name("READER");
  app.add_option("--case", words.case_file,
                 "what packets cannot tell, to be set beside them; \"whydown case new\" writes one")
      ->type_name("FILE");
  app.add_option(
         "--probe", words.probe_result,
         "what \"whydown probe TARGET -f json\" wrote from elsewhere, to settle causes with")
      ->type_name("FILE");
  define_reading(app, words);
  define_redact(app, words);
  app.add_option("--catalogue", words.catalogue, "add the faults (*.toml) of this folder")
      ->type_name("DIR");
}

void define_explain(CLI::App& app, Words& words) {
  app.formatter(std::make_shared<HelpFormatter>("Usage: whydown explain INPUT... [options]"));
  app.footer(
      "Each field is explained at length the first time it comes up, and shortly after that.\n"
      "Packets that were not picked are read all the same, so that the others can be set in\n"
      "relation to them.\n\n"
      "A TIME is as in \"whydown report --help\".\n\n"
      "Exit status: 0 when it explained, 2 when the input or the command line cannot be used.");
  app.add_option("INPUT", words.inputs, "captures or logs; - is standard input")->type_name("");
  app.add_option("--packet", words.packet,
                 "only these: a packet's number, or in a text log the number of the line it begins "
                 "in; of several inputs as INPUT:N")
      ->type_name("N[-M]");
  app.add_option("-f,--format", words.format,
                 "text or md; by default as the name after -o ends, else text")
      ->type_name("FORMAT");
  app.add_option("-o,--output", words.output, "write to this file instead of standard output")
      ->type_name("PATH");
  define_reading(app, words);
  define_redact(app, words);
}

std::expected<Options, base::Error> reading_options(Command command, const Words& words) {
  Options options;
  options.command = command;
  options.inputs = words.inputs;
  options.filter = words.filter;
  options.output = words.output;
  options.redact = words.redact || !words.redact_key.empty();
  options.redact_key = words.redact_key;
  options.catalogue = words.catalogue;
  options.case_file = words.case_file;
  options.probe_result = words.probe_result;
  if (!options.probe_result.empty() && (options.redact || words.format == kBundle)) {
    return unexpected(usage_error("--probe with --redact or -f bundle", "one of them",
                                  "a probe's result names addresses as they are, and is no input "
                                  "that a bundle could vouch for"));
  }
  if (options.inputs.empty()) {
    return unexpected(usage_error("no input", "a capture, a log, or - for standard input"));
  }
  if (std::ranges::count(options.inputs, "-") > 1) {
    return unexpected(usage_error("standard input twice", "\"-\" once at most"));
  }
  options.bundle = words.format == kBundle;
  if (options.bundle && options.output.empty()) {
    return unexpected(usage_error("-f bundle without -o", "-o with a new or an empty folder"));
  }
  const auto format = format_of(words);
  if (!format) return unexpected(format.error());
  options.format = *format;
  const bool plain =
      options.format == report::Format::text || options.format == report::Format::markdown;
  if (command == Command::explain && (!plain || options.bundle)) {
    return unexpected(usage_error("another format of explain", "text or md"));
  }
  for (const auto set : {set_form, set_reader, set_calendar, set_bounds, set_pick}) {
    if (auto done = set(words, options); !done) return unexpected(done.error());
  }
  return options;
}

std::expected<Bounds, base::Error> bounds_of(const Options& options) {
  Bounds bounds;
  const auto time_of = [&](const std::optional<base::PointInTime>& point) {
    if (!point) return std::optional<base::Time>{};
    bounds.clock_only = bounds.clock_only || (!point->date && !options.date);
    const base::Time day = point->date ? *point->date : options.date.value_or(base::Time{});
    return std::optional(day + point->clock -
                         point->zone.value_or(options.zone_offset.value_or(base::Duration{0})));
  };
  bounds.since = time_of(options.since);
  bounds.until = time_of(options.until);
  if (bounds.since && bounds.until && *bounds.until < *bounds.since) {
    return unexpected(usage_error("--until before --since", "a span of time"));
  }
  return bounds;
}

}  // namespace whydown::cli
