#include "cli/deliver.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/sha256.h"
#include "cli/bundle.h"
#include "cli/office.h"
#include "cli/output.h"
#include "pipeline/evidence_frames.h"
#include "report/cited.h"
#include "report/manifest.h"
#include "report/words.h"

namespace whydown::cli {
namespace {

using report::FormatInfo;

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
  std::string made = report::render(diagnosis, full);
  if (info.format == report::Format::pdf) return to_pdf(made);
  if (info.format == report::Format::docx) return to_docx(made);
  return made;
}

report::Manifest manifest_of(const Delivery& delivery, const report::Options& layout) {
  report::Manifest out;
  out.version = layout.version;
  out.command = layout.command;
  out.verdict = report::verdict_id(delivery.diagnosis.verdict);
  for (const base::InputInfo& input : delivery.diagnosis.inputs) {
    out.inputs.push_back({input.path, input.sha256, input.hmac_sha256, input.bytes});
  }
  // The case file went into the report as well.
  if (delivery.case_text) {
    const std::string hash = base::sha256_hex(*delivery.case_text);
    const bool is_plain = delivery.redactor == nullptr;
    out.inputs.push_back({layout.supplied ? layout.supplied->file : "", is_plain ? hash : "",
                          is_plain ? "" : delivery.redactor->keyed_hash(hash),
                          delivery.case_text->size()});
  }
  return out;
}

// Beside the report in every format: the pages for other readers.
struct ExtraPage {
  std::string_view file;
  std::optional<report::Template> form;
  report::Reader reader;
};
constexpr std::array<ExtraPage, 2> kExtraPages{
    {{"worksheet.md", report::Template::worksheet, report::Reader::analyst},
     {"supervisor.md", std::nullopt, report::Reader::supervisor}}};

// Every format there is. One that cannot be made is left out, and the manifest says why.
std::expected<void, base::Error> deliver_bundle(const Delivery& delivery, report::Options layout,
                                                std::string& notes) {
  const std::string& folder = delivery.options.output;
  layout.colour = false;
  report::Manifest manifest = manifest_of(delivery, layout);
  std::vector<BundleFile> files;
  for (const FormatInfo& info : report::formats()) {
    auto made = make(info, delivery.diagnosis, layout);
    if (!made) {
      const std::string why =
          delivery.redactor == nullptr ? made.error().message() : made.error().found;
      manifest.left_out.push_back({std::string(info.name), why});
      notes += fmt::format("left out of the bundle: {}: {}\n", info.name, made.error().message());
      continue;
    }
    files.push_back({std::string(info.file), std::string(info.name), std::move(*made)});
  }
  layout.format = report::Format::markdown;
  for (const ExtraPage& page : kExtraPages) {
    layout.form = page.form;
    layout.reader = page.reader;
    files.push_back({std::string(page.file), std::string(info_of(layout.format).name),
                     report::render(delivery.diagnosis, layout)});
  }
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
  std::vector<std::string> inputs = options.inputs;
  if (!options.case_file.empty()) inputs.push_back(options.case_file);
  if (!options.probe_result.empty()) inputs.push_back(options.probe_result);
  if (auto checked = check_not_input(options.output, inputs); !checked) return checked;
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
  if (options.bundle) return deliver_bundle(delivery, std::move(full), notes);
  const auto made = make(info_of(options.format), diagnosis, full);
  if (!made) return std::unexpected(made.error());
  return write_result(options.output, *made);
}

}  // namespace whydown::cli
