#include "cli/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/written_time.h"

namespace whydown::cli {
namespace {

using std::unexpected;

constexpr std::string_view kHelp = R"(whydown answers "why is it down?" from network traffic.

  whydown INPUT...           the incident report of one or more captures, on the terminal
  whydown report INPUT...    the same, with a choice of format
  whydown explain INPUT...   every packet or line in plain English
  whydown verify FOLDER      whether an evidence bundle is as it was written
  whydown probe TARGET       try it now: resolve, connect and load while capturing, then report
  whydown faults [ID]        the faults it knows, or one of them in full
  whydown case new           a case file to fill in: what packets cannot tell
  whydown --memory           what it may use at most, table by table
  whydown --version
  whydown --help

An INPUT is a pcap or pcapng capture (also gzip or zstd), a pasted tcpdump log, a Wireshark table,
or "-" for standard input; what it holds is found by looking. Several INPUTs are one incident.
A file named like a command is reached as ./report.

Exit status: 0 no incident, 1 at least one, 2 the input or the command line cannot be used; of
verify 0 as written, 1 not as written, 2 no bundle.
"whydown report --help", "whydown explain --help" and "whydown probe --help" list the options.
)";

constexpr std::string_view kSeeHelp = "see whydown --help";

base::Error usage_error(std::string found, std::string expected = {},
                        std::string_view advice = kSeeHelp) {
  return {"command line", std::move(found), std::move(expected), std::string(advice)};
}

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

// What CLI11 fills in; checked and converted afterwards.
struct Words {
  std::vector<std::string> inputs;
  std::string format, output, form, reader, case_file, since, until, date, zone, catalogue,
      fault_id, action, packet, filter, folder, redact_key, target, resolver;
  bool redact = false;
  std::uint64_t deadline = static_cast<std::uint64_t>(probe::limits::kDeadline.count());
  std::uint64_t most_packets = probe::limits::kPackets;
  bool dry_run = false, passive = false;
  std::string probe_result;
};

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

// The one value of -f that is not a format but all of them.
constexpr std::string_view kBundle = "bundle";

std::string format_names() {
  std::vector<std::string> names;
  for (const report::FormatInfo& format : report::formats()) names.emplace_back(format.name);
  names.emplace_back(kBundle);
  return either(names);
}

std::string endings() {
  std::vector<std::string> names;
  for (const report::FormatInfo& format : report::formats()) names.push_back(ending_of(format));
  return either(names);
}

bool takes_value(std::string_view word) {
  constexpr std::array<std::string_view, 19> names{
      "--probe",      "-f",         "--format",   "-o",           "--output",
      "--template",   "--for",      "--case",     "--filter",     "--since",
      "--until",      "--date",     "--timezone", "--catalogue",  "--packet",
      "--redact-key", "--resolver", "--deadline", "--max-packets"};
  return std::ranges::find(names, word) != names.end();
}

struct NamedCommand {
  std::string_view name;
  Command command;
};
constexpr std::array<NamedCommand, 6> kCommands{{{"report", Command::report},
                                                 {"explain", Command::explain},
                                                 {"probe", Command::probe},
                                                 {"faults", Command::faults},
                                                 {"verify", Command::verify},
                                                 {"case", Command::case_new}}};

// Takes the command's name out of the arguments.
Command take_command(std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--") break;
    if (word.size() > 1 && word[0] == '-') {
      if (takes_value(word)) ++i;
      continue;
    }
    const auto known = std::ranges::find(kCommands, word, &NamedCommand::name);
    if (known == kCommands.end()) break;
    arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i));
    return known->command;
  }
  return Command::report;
}

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

// Of every command that reads captures or what was made of them.
void define_redact_key(CLI::App& app, Words& words, const std::string& what) {
  app.add_option("--redact-key", words.redact_key, what)->type_name("FILE");
}

void define_redact(CLI::App& app, Words& words) {
  app.add_flag("--redact", words.redact,
               "stand-ins for addresses, MACs and names, and no payload, in every output");
  define_redact_key(app, words, "with the key in this file; made when there is none");
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

void define_probe(CLI::App& app, Words& words) {
  app.formatter(std::make_shared<HelpFormatter>("Usage: whydown probe TARGET [options]"));
  app.footer(
      "A TARGET is http://..., https://..., dns://SERVER/NAME?type=A, HOST:PORT (TCP),\n"
      "udp://HOST:PORT or a name, which is resolved only. Where the load fails, checks follow "
      "that\n"
      "separate its causes; each says what it sends and why. Nothing goes to others than the\n"
      "target, the resolvers and, of a name that fails, the servers that hold it; --dry-run lists\n"
      "it. Ctrl-C ends with the report so far.\n\n"
      "Capturing takes root (given up as soon as the capture is open) or the capabilities\n"
      "cap_net_raw and cap_net_admin; without them the probe reports what its sockets say.\n\n"
      "Exit status: 0 no incident, 1 at least one, 2 the command line cannot be used.");
  app.add_option("TARGET", words.target, "what to try")->type_name("");
  app.add_option("-f,--format", words.format, "text (default), json, md, html, pdf or docx")
      ->type_name("FORMAT");
  app.add_option("-o,--output", words.output, "keep the capture in this new file (pcap)")
      ->type_name("PATH");
  app.add_option("--resolver", words.resolver, "ask this resolver instead of the system's")
      ->type_name("ADDRESS");
  app.add_option("--deadline", words.deadline, "end after so many seconds (30)")
      ->type_name("SECONDS");
  app.add_option("--max-packets", words.most_packets, "end after capturing so many (20000)")
      ->type_name("N");
  app.add_flag("--passive", words.passive, "end after the load: no checks that separate causes");
  app.add_option("--for", words.reader, "analyst (default), supervisor or student")
      ->type_name("READER");
  app.add_flag("--dry-run", words.dry_run, "say what would be sent, and send nothing");
  app.add_option("--catalogue", words.catalogue, "add the faults (*.toml) of this folder")
      ->type_name("DIR");
}

void define_faults(CLI::App& app, Words& words) {
  app.formatter(std::make_shared<HelpFormatter>("Usage: whydown faults [ID] [--catalogue DIR]"));
  app.add_option("ID", words.fault_id, "one fault, with its causes, weights, checks and sources")
      ->type_name("");
  app.add_option("--catalogue", words.catalogue, "add the faults (*.toml) of this folder")
      ->type_name("DIR");
}

void define_verify(CLI::App& app, Words& words) {
  app.formatter(std::make_shared<HelpFormatter>("Usage: whydown verify FOLDER [INPUT...]"));
  app.footer("Exit status: 0 as it was written, 1 not, 2 no bundle, or it cannot be read.");
  app.add_option("FOLDER", words.folder, "what whydown report -f bundle -o FOLDER wrote")
      ->type_name("");
  app.add_option("INPUT", words.inputs,
                 "the captures or logs it was made from, to compare them too")
      ->type_name("");
  define_redact_key(app, words, "the key of a redacted bundle, to compare inputs with it");
}

void define_case(CLI::App& app, Words& words) {
  app.formatter(std::make_shared<HelpFormatter>("Usage: whydown case new [-o PATH]"));
  app.add_option("ACTION", words.action, "new: write a commented case file to fill in")
      ->type_name("");
  app.add_option("-o,--output", words.output, "write to this new file instead of standard output")
      ->type_name("PATH");
}

std::string description_of(Command command) {
  switch (command) {
    case Command::faults:
      return "The faults whydown knows.";
    case Command::explain:
      return "Explains every packet of captures and logs in plain English.";
    case Command::verify:
      return "Compares an evidence bundle with its manifest: files missing, changed or added.";
    case Command::probe:
      return "Tries a target while capturing, and reports on its own packets.";
    case Command::case_new:
      return "What packets cannot tell, in a file.";
    default:
      return "Writes the incident report of one or more captures.";
  }
}

void define(Command command, CLI::App& app, Words& words) {
  switch (command) {
    case Command::faults:
      return define_faults(app, words);
    case Command::explain:
      return define_explain(app, words);
    case Command::verify:
      return define_verify(app, words);
    case Command::probe:
      return define_probe(app, words);
    case Command::case_new:
      return define_case(app, words);
    default:
      return define_report(app, words);
  }
}

// The help text when help is asked for, else nothing.
std::expected<std::optional<std::string>, base::Error> read_words(
    Command command, std::vector<std::string> arguments, Words& words) {
  CLI::App app(description_of(command));
  app.set_help_flag("-h,--help", "print this text");
  define(command, app, words);
  std::ranges::reverse(arguments);  // as CLI11 wants them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return app.help();
  } catch (const CLI::ParseError& error) {
    std::string found = error.what();
    std::ranges::replace(found, '\n', ' ');
    return unexpected(usage_error(found));
  }
  return std::nullopt;
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

// What no template and no reader changes; empty for all else.
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

std::expected<Options, base::Error> verify_options(Words words) {
  if (words.folder.empty()) {
    return unexpected(usage_error("no folder", "a folder that whydown wrote with -f bundle"));
  }
  Options options;
  options.command = Command::verify;
  options.folder = std::move(words.folder);
  options.redact_key = std::move(words.redact_key);
  options.inputs = std::move(words.inputs);
  return options;
}

std::expected<Options, base::Error> probe_options(const Words& words) {
  Options options;
  options.command = Command::probe;
  options.catalogue = words.catalogue;
  if (words.target.empty()) {
    return unexpected(usage_error("no target", "a URL, a name, HOST:PORT or dns://SERVER/NAME"));
  }
  auto target = probe::parse_target(words.target);
  if (!target) return unexpected(target.error());
  Words named = words;  // the name after -o is the capture's, and chooses no format
  named.output.clear();
  const auto format = format_of(named);
  if (!format) return unexpected(format.error());
  options.format = *format;
  const bool is_page = *format != report::Format::pcapng && *format != report::Format::ecs;
  if (!is_page || words.format == kBundle) {
    return unexpected(usage_error("-f " + words.format + " of probe",
                                  "text, json, md, html, pdf or docx",
                                  "keep the capture with -o, and report on that"));
  }
  const auto longest = static_cast<std::uint64_t>(probe::limits::kLongestDeadline.count());
  if (words.deadline < 1 || words.deadline > longest) {
    return unexpected(
        usage_error("--deadline " + std::to_string(words.deadline), "1 to 600 seconds"));
  }
  if (words.most_packets < 1 || words.most_packets > probe::limits::kMostPackets) {
    return unexpected(
        usage_error("--max-packets " + std::to_string(words.most_packets), "1 to 1000000"));
  }
  options.probe.target = std::move(*target);
  options.probe.resolver = words.resolver;
  options.probe.capture = words.output;
  options.probe.deadline = std::chrono::seconds(words.deadline);
  options.probe.most_packets = words.most_packets;
  options.probe.dry_run = words.dry_run;
  options.probe.is_passive = words.passive;
  if (auto set = set_reader(words, options); !set) return unexpected(set.error());
  return options;
}

}  // namespace

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

std::expected<Options, base::Error> parse_options(const std::vector<std::string>& arguments) {
  Options options;
  std::vector<std::string> rest = arguments;
  if (rest.size() == 1 && (rest[0] == "--help" || rest[0] == "-h")) {
    options.command = Command::help;
    options.help = kHelp;
    return options;
  }
  if (rest.size() == 1 && (rest[0] == "--version" || rest[0] == "--memory")) {
    options.command = rest[0] == "--version" ? Command::version : Command::memory;
    return options;
  }
  Words words;
  const Command command = take_command(rest);
  auto help = read_words(command, std::move(rest), words);
  if (!help) return unexpected(help.error());
  if (std::optional<std::string>& text = *help) {
    options.command = Command::help;
    options.help = std::move(*text);
    return options;
  }
  if (command == Command::report || command == Command::explain) {
    return reading_options(command, words);
  }
  if (command == Command::verify) return verify_options(std::move(words));
  if (command == Command::probe) return probe_options(words);
  options.command = command;
  options.output = words.output;
  if (command == Command::case_new && words.action != "new") {
    return unexpected(usage_error("case " + in_quotes(words.action), "\"whydown case new\""));
  }
  options.catalogue = words.catalogue;
  options.fault_id = words.fault_id;
  return options;
}

}  // namespace whydown::cli
