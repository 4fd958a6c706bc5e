#include "cli/deliver.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/bundle.h"
#include "cli/output.h"
#include "pipeline/evidence_frames.h"
#include "report/cited.h"
#include "report/manifest.h"

namespace whydown::cli {
namespace {

using report::FormatInfo;

constexpr std::string_view kWorksheetFile = "worksheet.md";

const FormatInfo& info_of(report::Format format) {
  return *std::ranges::find(report::formats(), format, &FormatInfo::format);
}

// A report of text logs alone has no packet to hand over.
std::expected<void, base::Error> check_any_bytes(const diagnosis::Diagnosis& diagnosis,
                                                 const report::EvidenceBytes& evidence) {
  const bool only_text = std::ranges::all_of(diagnosis.inputs, &base::InputInfo::is_text);
  if (!only_text || !evidence.frames.empty()) return {};
  return std::unexpected(
      base::Error{diagnosis.inputs.empty() ? "input" : diagnosis.inputs.front().path,
                  "a text log, which holds words and no packets", "a capture for -f pcapng",
                  "capture with \"tcpdump -w FILE\" next time, or choose another format"});
}

// One format: the only place where a format becomes bytes. An error is for what this format cannot
// be made of, or lacks to be made.
std::expected<std::string, base::Error> make(const FormatInfo& info,
                                             const diagnosis::Diagnosis& diagnosis,
                                             const report::Options& layout) {
  if (info.needs_frames) {
    if (auto checked = check_any_bytes(diagnosis, layout.evidence); !checked) {
      return std::unexpected(checked.error());
    }
  }
  report::Options full = layout;
  full.format = info.format;
  return report::render(diagnosis, full);
}

std::string_view verdict_of(const diagnosis::Diagnosis& diagnosis) {
  switch (diagnosis.verdict) {
    case diagnosis::Verdict::incident:
      return "incident";
    case diagnosis::Verdict::healthy:
      return "healthy";
    case diagnosis::Verdict::inconclusive:
      break;
  }
  return "inconclusive";
}

report::Manifest manifest_of(const diagnosis::Diagnosis& diagnosis, const report::Options& layout) {
  report::Manifest out;
  out.version = layout.version;
  out.command = layout.command;
  out.verdict = verdict_of(diagnosis);
  for (const base::InputInfo& input : diagnosis.inputs) {
    out.inputs.push_back({input.path, input.sha256, input.hmac_sha256, input.bytes});
  }
  return out;
}

// Every format there is. One that cannot be made is left out, and the manifest says why.
std::expected<void, base::Error> deliver_bundle(const std::string& folder,
                                                const diagnosis::Diagnosis& diagnosis,
                                                report::Options layout, std::string& notes) {
  layout.markdown_template = report::Template::incident;
  layout.colour = false;
  report::Manifest manifest = manifest_of(diagnosis, layout);
  std::vector<BundleFile> files;
  for (const FormatInfo& info : report::formats()) {
    auto made = make(info, diagnosis, layout);
    if (!made) {
      const std::string why = made.error().message();
      manifest.left_out.push_back({std::string(info.name), why});
      notes += fmt::format("left out of the bundle: {}: {}\n", info.name, why);
      continue;
    }
    files.push_back({std::string(info.file), std::string(info.name), std::move(*made)});
  }
  layout.markdown_template = report::Template::worksheet;
  layout.format = report::Format::markdown;
  files.push_back({std::string(kWorksheetFile), std::string(info_of(layout.format).name),
                   report::render(diagnosis, layout)});
  const auto written = write_bundle(folder, files, std::move(manifest));
  if (!written) return std::unexpected(written.error());
  notes += fmt::format("wrote {} files to {}; SHA-256 of its manifest: {}\n", files.size() + 2,
                       folder, *written);
  return {};
}

}  // namespace

bool reads_twice(const Options& options) {
  return options.bundle || info_of(options.format).needs_frames;
}

std::expected<void, base::Error> check_output(const Options& options) {
  if (auto checked = check_not_input(options.output, options.inputs); !checked) return checked;
  if (options.bundle) return check_bundle_folder(options.output);
  if (info_of(options.format).needs_frames && options.output.empty() && output_is_terminal()) {
    return std::unexpected(base::Error{"standard output", "a terminal",
                                       "a file or a pipe for the bytes of a capture",
                                       "name a file with -o"});
  }
  return {};
}

std::expected<void, base::Error> deliver(const Delivery& delivery, std::string& notes) {
  const Options& options = delivery.options;
  const diagnosis::Diagnosis& diagnosis = delivery.diagnosis;
  report::Options full = delivery.layout;
  pipeline::EvidenceFrames evidence;
  if (reads_twice(options)) {
    auto read = pipeline::evidence_frames(delivery.request, report::cited_packets(diagnosis));
    if (!read) return std::unexpected(read.error());
    evidence = std::move(*read);
  }
  if (delivery.redactor != nullptr) {
    for (base::KeptFrame& frame : evidence.frames) frame = delivery.redactor->frame(frame);
  }
  full.evidence = {evidence.frames, evidence.without_bytes, evidence.beyond_limit};
  if (options.bundle) return deliver_bundle(options.output, diagnosis, std::move(full), notes);
  const auto made = make(info_of(options.format), diagnosis, full);
  if (!made) return std::unexpected(made.error());
  return write_result(options.output, *made);
}

}  // namespace whydown::cli
