#include "cli/deliver.h"

#include <algorithm>
#include <utility>

#include "cli/output.h"
#include "pipeline/evidence_frames.h"
#include "report/cited.h"

namespace whydown::cli {
namespace {

const report::FormatInfo& info_of(report::Format format) {
  return *std::ranges::find(report::formats(), format, &report::FormatInfo::format);
}

// A report of text logs alone has no packet to hand over.
std::expected<void, base::Error> check_any_bytes(const diagnosis::Diagnosis& diagnosis,
                                                 const pipeline::EvidenceFrames& evidence) {
  const bool only_text =
      std::ranges::all_of(diagnosis.inputs, [](const auto& input) { return input.is_text; });
  if (!only_text || !evidence.frames.empty()) return {};
  return std::unexpected(
      base::Error{diagnosis.inputs.empty() ? "input" : diagnosis.inputs.front().path,
                  "a text log, which holds words and no packets", "a capture for -f pcapng",
                  "capture with \"tcpdump -w FILE\" next time, or choose another format"});
}

}  // namespace

bool reads_twice(const Options& options) { return info_of(options.format).needs_frames; }

std::expected<void, base::Error> check_output(const Options& options) {
  if (auto checked = check_not_input(options.output, options.inputs); !checked) return checked;
  if (info_of(options.format).needs_frames && options.output.empty() && output_is_terminal()) {
    return std::unexpected(base::Error{"standard output", "a terminal",
                                       "a file or a pipe for the bytes of a capture",
                                       "name a file with -o"});
  }
  return {};
}

std::expected<void, base::Error> deliver(const Options& options, const pipeline::Request& request,
                                         const diagnosis::Diagnosis& diagnosis,
                                         const report::Options& layout) {
  report::Options full = layout;
  full.format = options.format;
  pipeline::EvidenceFrames evidence;
  if (reads_twice(options)) {
    auto read = pipeline::evidence_frames(request, report::cited_packets(diagnosis));
    if (!read) return std::unexpected(read.error());
    evidence = std::move(*read);
    if (auto checked = check_any_bytes(diagnosis, evidence); !checked) return checked;
  }
  full.evidence = {evidence.frames, evidence.without_bytes, evidence.beyond_limit};
  return write_result(options.output, report::render(diagnosis, full));
}

}  // namespace whydown::cli
