// What the capture formats count alike: packets, times, and the remarks about them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/input_info.h"
#include "base/quality.h"
#include "base/time.h"
#include "capture/frame.h"
#include "capture/limits.h"

namespace whydown::capture {

// How often something was seen, and the first packets it was seen at.
class Sightings {
 public:
  void add(const base::Place& place) {
    if (count_++ < kMaxRemarkPlaces) first_.push_back(place);
  }
  std::uint64_t count() const { return count_; }
  base::QualityRemark remark(std::string id, base::Severity severity, std::string text) const;

 private:
  std::uint64_t count_ = 0;
  std::vector<base::Place> first_;
};

// "1 packet", "3 packets".
std::string packets_in_words(std::uint64_t count);

class Tally {
 public:
  explicit Tally(std::uint16_t input) { last_.input = input; }

  // The place of the next packet, which counts from now on even if no frame comes of it.
  base::Place next_place(base::Time time) {
    last_.time = time;
    ++last_.number;
    return last_;
  }
  // As that, into the place of the packet before, or of last() at first.
  void next_place(base::Time time, base::Place& place) {
    last_.time = place.time = time;
    place.number = ++last_.number;
  }
  // A frame with a time of its own.
  void count_timed(const Frame& frame) {
    if (!is_usual(frame.place.time)) [[unlikely]] {
      went_back(frame);
    }
    count_usual(frame.place.time);
    count_length(frame);
  }
  // Of a frame that is not cut, the same in two steps.
  bool is_usual(base::Time time) const { return time >= previous_; }
  void count_usual(base::Time time) {
    previous_ = time;
    earliest_ = std::min(earliest_, time);
  }
  void count_length(const Frame& frame) {
    if (frame.bytes.size() < frame.wire_length) [[unlikely]] {
      cut_.add(frame.place);
    }
  }
  void count_bad_time(const base::Place& place) { bad_time_.add(place); }
  void count_beyond_snaplen(const base::Place& place) { beyond_snaplen_.add(place); }

  // Of the packet before the one that is being read.
  const base::Place& last() const { return last_; }
  base::Time last_time() const { return previous_ == base::Time::min() ? base::Time{} : previous_; }

  // Damage after the packet last counted, which the remark names. For what happens at most a few
  // times in an input; the rest is a Sightings.
  void add_damage(const std::string& id, const std::string& text);

  // Packets, times and remarks; `snaplen` is what the input claims.
  void fill(base::InputInfo& info) const;

 private:
  void went_back(const Frame& frame);

  base::Place last_;
  base::Time previous_ = base::Time::min();
  base::Time earliest_ = base::Time::max();
  base::Time latest_ = base::Time::min();  // before the time last went back
  base::Duration largest_step_back_{};
  Sightings backwards_;
  Sightings cut_;
  Sightings bad_time_;
  Sightings beyond_snaplen_;
  std::vector<base::QualityRemark> damage_;
};

}  // namespace whydown::capture
