#include "cli/probe_command.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <utility>

#include <unistd.h>

#include "cli/office.h"
#include "cli/output.h"
#include "probe/probe.h"
#include "report/escape.h"
#include "report/report.h"

namespace whydown::cli {
namespace {

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

// The first Ctrl-C ends with the report so far; the second one ends at once.
void watch_for_interrupt() {
  struct sigaction action{};
  action.sa_handler = [](int) { interrupted.store(true, std::memory_order_relaxed); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  (void)::sigaction(SIGINT, &action, nullptr);
  (void)::sigaction(SIGTERM, &action, nullptr);
}

// Whoever watches; the report says it all again.
void tell(const std::string& line) {
  if (::isatty(STDERR_FILENO) != 1) return;
  (void)std::fputs((report::clean_line(line) + "\n").c_str(), stderr);
}

}  // namespace

std::expected<bool, base::Error> run_probe(const Options& options,
                                           const diagnosis::Catalogue& catalogue,
                                           const std::vector<std::string>& command) {
  if (options.probe.dry_run) {
    const auto lines = probe::dry_run(options.probe);
    if (!lines) return std::unexpected(lines.error());
    const auto written = write_result("", *lines);
    if (!written) return std::unexpected(written.error());
    return false;
  }
  watch_for_interrupt();
  auto result = probe::run(options.probe, catalogue, interrupted, tell);
  if (!result) return std::unexpected(result.error());
  report::Options layout;
  layout.format = options.format;
  layout.reader = options.reader;
  layout.colour = output_has_colour();
  layout.width = output_width();
  layout.command = command;
  layout.version = WHYDOWN_VERSION;
  layout.probe = std::move(result->part);
  std::expected<std::string, base::Error> text = report::render(result->diagnosis, layout);
  if (options.format == report::Format::pdf) text = to_pdf(*text);
  if (options.format == report::Format::docx) text = to_docx(*text);
  if (!text) return std::unexpected(text.error());
  const auto written = write_result("", *text);
  if (!written) return std::unexpected(written.error());
  return result->diagnosis.verdict == diagnosis::Verdict::incident;
}

}  // namespace whydown::cli
