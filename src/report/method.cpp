#include "report/method.h"

#include <fmt/format.h>

namespace whydown::report {

std::string tool_words(const Options& options) {
  return options.version.empty() ? "whydown" : "whydown " + options.version;
}

std::string command_line(const Options& options) {
  return fmt::format("{}", fmt::join(options.command, " "));
}

std::vector<std::string> method_words(const Options& options, const Citation& cite) {
  std::vector<std::string> out;
  out.push_back("Written by " + tool_words(options) +
                " from the packets alone; nothing was sent, and no other source was asked.");
  out.push_back(
      "Each cause starts from how common it is. Each fact seen in the packets then moves it up or "
      "down by its weight in decibans (10 dB make it ten times as likely against its rivals); the "
      "percentages of one incident add up to 100, and \"other\" stands for what the list lacks.");
  out.push_back(fmt::format("Times: {}. Packets are cited by {}.", cite.time_basis(),
                            cite.any_text() ? "the line of the log on which they begin"
                                            : "their number in the capture, counted from 1"));
  return out;
}

}  // namespace whydown::report
