#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "capture/filter.h"
#include "capture/frame.h"
#include "capture/limits.h"
#include "capture/merge.h"
#include "capture/pcap.h"
#include "capture/pcapng.h"
#include "capture/reader.h"
#include "capture/sniff.h"

namespace whydown::capture {

namespace {

constexpr const char* kExpected = "a pcap or pcapng capture, tcpdump text or a Wireshark table";

base::Error empty_input(const ReaderContext& context, const Input& input) {
  std::string found = "an empty file";
  if (!input.compression().empty()) found += fmt::format(" (packed with {})", input.compression());
  return {context.path, found, kExpected,
          "was the capture stopped before it wrote anything, or the download cut?"};
}

using MadeReader = std::expected<std::unique_ptr<Reader>, base::Error>;

// Finds out what the input holds by its first bytes. Looks at no more of them than each question
// needs: a live pipe may be slow to bring the next ones.
MadeReader make_reader(std::unique_ptr<Input> input, const ReaderContext& context) {
  constexpr std::size_t pcap_head = 4;
  constexpr std::size_t pcapng_head = 12;
  auto head = input->window(pcap_head);
  if (head.empty()) {
    const std::optional<std::string>& damage = input->damage();
    if (!damage) return std::unexpected(empty_input(context, *input));
    return std::unexpected(
        base::Error{context.path, *damage, kExpected, "copy or download the file again"});
  }
  if (pcap_magic(head)) return make_pcap_reader(std::move(input), context);
  head = input->window(pcapng_head);
  if (is_pcapng(head)) return make_pcapng_reader(std::move(input), context);
  head = input->window(kSniffSize);
  if (const auto other = known_as_other(head)) {
    return std::unexpected(base::Error{context.path, other->found, kExpected, other->advice});
  }
  return make_text_reader(std::move(input), context);
}

std::expected<OpenInput, base::Error> open_one(const std::string& path, std::uint16_t index,
                                               const OpenOptions& options) {
  auto input = Input::open(path, options.hash);
  if (!input) return std::unexpected(std::move(input.error()));
  OpenInput opened;
  opened.path = path;
  opened.input = input->get();
  opened.input->set_before_reuse(options.before_reuse);
  const ReaderContext context{path == "-" ? "standard input" : path, index, options};
  auto reader = make_reader(std::move(*input), context);
  if (!reader) return std::unexpected(std::move(reader.error()));
  opened.reader = std::move(*reader);
  return opened;
}

}  // namespace

std::expected<std::unique_ptr<Source>, base::Error> open(const std::vector<std::string>& paths,
                                                         const OpenOptions& options) {
  if (paths.empty()) {
    return std::unexpected(
        base::Error{"input", "no input", kExpected, "name a file, or - for standard input"});
  }
  if (paths.size() > kMaxInputs) {
    return std::unexpected(base::Error{"input", fmt::format("{} inputs", paths.size()),
                                       fmt::format("at most {}", kMaxInputs),
                                       "join them first with 'mergecap'"});
  }
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    return std::unexpected(base::Error{"standard input", "named twice", "named once at most", ""});
  }
  std::optional<Filter> filter;
  if (!options.filter.empty()) {
    auto compiled = Filter::compile(options.filter);
    if (!compiled) return std::unexpected(std::move(compiled.error()));
    filter = std::move(*compiled);
  }
  std::vector<OpenInput> inputs;
  inputs.reserve(paths.size());
  for (const auto& path : paths) {
    auto opened = open_one(path, static_cast<std::uint16_t>(inputs.size()), options);
    if (!opened) return std::unexpected(std::move(opened.error()));
    if (filter && opened->reader->info().is_text) {
      return std::unexpected(base::Error{path, "a text log",
                                         "a capture, for --filter looks at packets' bytes",
                                         "use --since and --until, or grep the log"});
    }
    inputs.push_back(std::move(*opened));
  }
  std::unique_ptr<Source> source = make_source(std::move(inputs));
  return filter ? filtered(std::move(source), std::move(*filter)) : std::move(source);
}

}  // namespace whydown::capture
