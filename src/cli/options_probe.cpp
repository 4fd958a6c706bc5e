// The options of probe.
#include <chrono>
#include <memory>
#include <utility>

#include "cli/options_words.h"

namespace whydown::cli {

using std::unexpected;

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
  app.add_option("--ca", words.authorities,
                 "trust the authorities in this file (PEM) as well as the system's")
      ->type_name("FILE");
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
  options.probe.authorities = words.authorities;
  options.probe.deadline = std::chrono::seconds(words.deadline);
  options.probe.most_packets = words.most_packets;
  options.probe.dry_run = words.dry_run;
  options.probe.is_passive = words.passive;
  if (auto set = set_reader(words, options); !set) return unexpected(set.error());
  return options;
}

}  // namespace whydown::cli
