#include "capture/tally.h"

#include <utility>

#include <fmt/format.h>

namespace whydown::capture {

base::QualityRemark Sightings::remark(std::string id, base::Severity severity,
                                      std::string text) const {
  return {std::move(id), severity, std::move(text), first_, count_};
}

std::string packets_in_words(std::uint64_t count) {
  return fmt::format("{} packet{}", count, count == 1 ? "" : "s");
}

void Tally::went_back(const Frame& frame) {
  latest_ = std::max(latest_, previous_);
  backwards_.add(frame.place);
  largest_step_back_ = std::max(largest_step_back_, base::between(frame.place.time, previous_));
}

void Tally::add_damage(const std::string& id, const std::string& text) {
  base::QualityRemark remark{id, base::Severity::warning, text, {}, 1};
  if (last_.is_set()) remark.packets.push_back(last_);
  damage_.push_back(std::move(remark));
}

void Tally::fill(base::InputInfo& info) const {
  using base::Severity;
  info.packets = last_.number;
  const base::Time latest = std::max(latest_, previous_);
  if (earliest_ <= latest) {
    info.first_time = earliest_;
    info.last_time = latest;
  }
  info.remarks.insert(info.remarks.end(), damage_.begin(), damage_.end());
  const auto add = [&info](const Sightings& seen, const char* id, Severity severity,
                           const std::string& text) {
    if (seen.count() != 0) info.remarks.push_back(seen.remark(id, severity, text));
  };
  add(cut_, "capture.snaplen", Severity::note,
      fmt::format("{} of {} kept shorter than on the wire: what the capture cut off cannot be "
                  "read.",
                  cut_.count(), packets_in_words(info.packets)));
  add(beyond_snaplen_, "capture.beyond_snaplen", Severity::note,
      fmt::format("{} longer than the snap length that the capture claims; read all the same.",
                  packets_in_words(beyond_snaplen_.count())));
  add(backwards_, "capture.time_backwards", Severity::note,
      fmt::format("{} with an earlier time than the packet before, by up to {}. The file's order "
                  "is kept.",
                  packets_in_words(backwards_.count()), base::human_duration(largest_step_back_)));
  add(bad_time_, "capture.bad_timestamp", Severity::note,
      fmt::format("{} with a time that cannot be: the fraction is a second or more, or the time "
                  "lies beyond the year 2262. It is taken as well as it can be.",
                  packets_in_words(bad_time_.count())));
}

}  // namespace whydown::capture
