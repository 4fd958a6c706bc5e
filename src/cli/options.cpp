#include "cli/options.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "cli/options_words.h"

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

bool takes_value(std::string_view word) {
  constexpr std::array<std::string_view, 20> names{
      "--ca",     "--probe",      "-f",         "--format",   "-o",
      "--output", "--template",   "--for",      "--case",     "--filter",
      "--since",  "--until",      "--date",     "--timezone", "--catalogue",
      "--packet", "--redact-key", "--resolver", "--deadline", "--max-packets"};
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

}  // namespace

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
