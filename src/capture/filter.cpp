#include "capture/filter.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <pcap/pcap.h>

#include "capture/limits.h"
#include "capture/link_type.h"

namespace whydown::capture {

namespace {

constexpr int kLongestFrame = 262144;  // libpcap's MAXIMUM_SNAPLEN for most link types

// libpcap's own numbers are those of files but for raw IP.
int dlt_of(LinkType link_type) {
  return link_type == LinkType::raw ? DLT_RAW : static_cast<int>(link_type);
}

}  // namespace

struct Filter::Program {
  explicit Program(LinkType type) : link_type(type) {}
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (is_compiled) pcap_freecode(&code);
  }
  // What is wrong with the filter for this link type; empty when it is fine.
  std::string compile(const std::string& text) {
    pcap_t* handle = pcap_open_dead(dlt_of(link_type), kLongestFrame);
    if (handle == nullptr) return "out of memory";
    is_compiled = pcap_compile(handle, &code, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
    std::string problem = is_compiled ? std::string{} : std::string{pcap_geterr(handle)};
    pcap_close(handle);
    return problem;
  }

  LinkType link_type;
  bool is_compiled = false;
  bpf_program code{};
};

Filter::Filter(std::string text) : text_(std::move(text)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

std::expected<Filter, base::Error> Filter::compile(const std::string& text) {
  base::Error error{"--filter",
                    {},
                    "a filter such as \"host 192.0.2.1 and (udp port 53 or icmp)\"",
                    "man 7 pcap-filter describes them"};
  if (text.size() > kMaxFilterText) {
    error.found = fmt::format("a text of more than {} bytes", kMaxFilterText);
    return std::unexpected(std::move(error));
  }
  Program program(LinkType::ethernet);
  error.found = program.compile(text);
  if (!error.found.empty()) return std::unexpected(std::move(error));
  return Filter(text);
}

Filter::Program& Filter::program_for(LinkType link_type) {
  const auto known = std::ranges::find_if(
      programs_, [&](const auto& program) { return program->link_type == link_type; });
  if (known != programs_.end()) return **known;
  programs_.push_back(std::make_unique<Program>(link_type));
  (void)programs_.back()->compile(text_);
  return *programs_.back();
}

Filter::Verdict Filter::look_at(const Frame& frame) {
  const Program& program = program_for(frame.link_type);
  if (!program.is_compiled) return Verdict::no_sense;
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(frame.bytes.size());
  header.len = std::max(frame.wire_length, static_cast<std::uint32_t>(frame.bytes.size()));
  return pcap_offline_filter(&program.code, &header, frame.bytes.data()) != 0 ? Verdict::passes
                                                                              : Verdict::left_out;
}

namespace {

class FilteredSource final : public Source {
 public:
  FilteredSource(std::unique_ptr<Source> source, Filter filter)
      : source_(std::move(source)), filter_(std::move(filter)) {}

  const Frame* next() override {
    while (const Frame* frame = source_->next()) {
      const Filter::Verdict verdict = filter_.look_at(*frame);
      if (verdict == Filter::Verdict::passes) return frame;
      Counts& counts = counts_[frame->place.input % counts_.size()];
      ++(verdict == Filter::Verdict::left_out ? counts.left_out : counts.no_sense);
    }
    return nullptr;
  }
  std::vector<base::InputInfo> inputs() const override;

 private:
  struct Counts {
    std::uint64_t left_out = 0;
    std::uint64_t no_sense = 0;
  };
  std::unique_ptr<Source> source_;
  Filter filter_;
  std::array<Counts, kMaxInputs> counts_{};
};

// Whoever reasons about a capture filter (did it hide ICMP?) must know of this one as well.
std::vector<base::InputInfo> FilteredSource::inputs() const {
  std::vector<base::InputInfo> infos = source_->inputs();
  for (std::size_t i = 0; i < infos.size(); ++i) {
    base::InputInfo& info = infos[i];
    const Counts& counts = counts_[i % counts_.size()];
    info.filter += (info.filter.empty() ? "" : "; ") + filter_.text();
    info.remarks.push_back(
        {"capture.filtered",
         base::Severity::note,
         fmt::format("{} of {} packets do not match the filter \"{}\" of the command line and were "
                     "not looked at.",
                     counts.left_out + counts.no_sense, info.packets, filter_.text()),
         {},
         counts.left_out + counts.no_sense});
    if (counts.no_sense == 0) continue;
    info.remarks.push_back(
        {"capture.filter_without_sense",
         base::Severity::warning,
         fmt::format("{} packets have a link type to which the filter \"{}\" does not apply.",
                     counts.no_sense, filter_.text()),
         {},
         counts.no_sense});
  }
  return infos;
}

}  // namespace

std::unique_ptr<Source> filtered(std::unique_ptr<Source> source, Filter filter) {
  return std::make_unique<FilteredSource>(std::move(source), std::move(filter));
}

}  // namespace whydown::capture
