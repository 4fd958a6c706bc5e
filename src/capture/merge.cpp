#include "capture/merge.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace whydown::capture {

namespace {

base::InputInfo info_of(const OpenInput& opened) {
  base::InputInfo info = opened.reader->info();
  info.path = opened.path;
  info.bytes = opened.input->stored_bytes();
  info.sha256 = opened.input->sha256();
  info.compression = opened.input->compression();
  if (const auto& damage = opened.input->damage()) {
    const bool compressed = !info.compression.empty();
    base::QualityRemark remark;
    remark.id = compressed ? "capture.damaged_compression" : "capture.damaged";
    remark.severity = base::Severity::warning;
    remark.text = fmt::format("Read up to packet {} only: {}.", info.packets, *damage);
    info.remarks.push_back(std::move(remark));
  }
  return info;
}

class SingleSource final : public Source {
 public:
  explicit SingleSource(OpenInput opened) : opened_(std::move(opened)) {}

  const Frame* next() override {
    const Frame* frame = opened_.reader->next();
    if (frame == nullptr) opened_.input->drain();
    return frame;
  }
  std::vector<base::InputInfo> inputs() const override {
    std::vector<base::InputInfo> infos;
    infos.push_back(info_of(opened_));
    return infos;
  }

 private:
  OpenInput opened_;
};

// A heap of the inputs' next frames. A frame's bytes lie in its own input's buffer, so they stay
// valid while the frame waits, and until its input is asked for the next one.
class MergedSource final : public Source {
 public:
  explicit MergedSource(std::vector<OpenInput> inputs) : inputs_(std::move(inputs)) {
    heads_.reserve(inputs_.size());
    for (std::size_t i = 0; i < inputs_.size(); ++i) advance(i);
  }

  const Frame* next() override;
  std::vector<base::InputInfo> inputs() const override;

 private:
  struct Head {
    base::Time time;
    std::size_t input;
    const Frame* frame;
    // For std::push_heap(), whose top is the largest: the earliest is.
    friend bool operator<(const Head& a, const Head& b) {
      return a.time != b.time ? a.time > b.time : a.input > b.input;
    }
  };
  void advance(std::size_t input);

  std::vector<OpenInput> inputs_;
  std::vector<Head> heads_;
  std::size_t shown_ = kNone;  // the input whose frame was returned last
  static constexpr std::size_t kNone = ~std::size_t{0};
};

void MergedSource::advance(std::size_t input) {
  const Frame* frame = inputs_[input].reader->next();
  if (frame == nullptr) {
    inputs_[input].input->drain();
    return;
  }
  heads_.push_back({frame->place.time, input, frame});
  std::push_heap(heads_.begin(), heads_.end());
}

const Frame* MergedSource::next() {
  if (shown_ != kNone) advance(std::exchange(shown_, kNone));
  if (heads_.empty()) return nullptr;
  std::pop_heap(heads_.begin(), heads_.end());
  const Head head = heads_.back();
  heads_.pop_back();
  shown_ = head.input;
  return head.frame;
}

// Dates and zones of logs can be compared with those of captures only if somebody says them.
void add_order_remarks(std::vector<base::InputInfo>& infos) {
  const auto has_time = [](const base::InputInfo& info) { return info.first_time.has_value(); };
  const bool any_date = std::any_of(infos.begin(), infos.end(), [&](const auto& info) {
    return has_time(info) && info.date_known;
  });
  const bool any_zone = std::any_of(infos.begin(), infos.end(), [&](const auto& info) {
    return has_time(info) && info.date_known && info.zone_known;
  });
  for (auto& info : infos) {
    if (!has_time(info)) continue;
    if (any_date && !info.date_known) {
      info.remarks.push_back({"capture.dates_unknown",
                              base::Severity::warning,
                              "This log carries no date, other inputs do: its place in time among "
                              "them is not known. Give the day with --date.",
                              {},
                              1});
    } else if (any_zone && !info.zone_known) {
      info.remarks.push_back({"capture.zones_unknown",
                              base::Severity::warning,
                              "This log does not name its time zone, other inputs do: it may lie "
                              "hours off among them. Give the zone with --timezone.",
                              {},
                              1});
    }
  }
}

std::vector<base::InputInfo> MergedSource::inputs() const {
  std::vector<base::InputInfo> infos;
  infos.reserve(inputs_.size());
  for (const auto& opened : inputs_) infos.push_back(info_of(opened));
  add_order_remarks(infos);
  return infos;
}

}  // namespace

std::unique_ptr<Source> make_source(std::vector<OpenInput> inputs) {
  if (inputs.size() == 1) return std::make_unique<SingleSource>(std::move(inputs.front()));
  return std::make_unique<MergedSource>(std::move(inputs));
}

}  // namespace whydown::capture
