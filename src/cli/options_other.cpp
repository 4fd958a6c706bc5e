// The options of the small commands: faults, verify and case.
#include <memory>
#include <utility>

#include "cli/options_words.h"

namespace whydown::cli {

using std::unexpected;

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

void define_case(CLI::App& app, Words& words) {
  app.formatter(std::make_shared<HelpFormatter>("Usage: whydown case new [-o PATH]"));
  app.add_option("ACTION", words.action, "new: write a commented case file to fill in")
      ->type_name("");
  app.add_option("-o,--output", words.output, "write to this new file instead of standard output")
      ->type_name("PATH");
}

}  // namespace whydown::cli
