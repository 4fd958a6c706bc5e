// How long a probe may go on, and whether somebody wants it to end.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include "probe/limits.h"

namespace whydown::probe {

class Clock {
 public:
  using Steady = std::chrono::steady_clock;

  // `is_full` says that enough was captured; `interrupted` is set by a signal's handler.
  Clock(std::chrono::milliseconds deadline, const std::atomic<bool>& interrupted,
        std::function<bool()> is_full)
      : end_(begin_ + deadline), interrupted_(&interrupted), is_full_(std::move(is_full)) {}

  Steady::duration elapsed() const { return Steady::now() - begin_; }
  bool is_interrupted() const { return interrupted_->load(std::memory_order_relaxed); }
  bool is_full() const { return is_full_(); }
  bool is_late() const { return Steady::now() >= end_; }
  bool is_over() const { return is_interrupted() || is_late() || is_full(); }
  // Of `most`, what the deadline leaves; at least one millisecond.
  std::chrono::milliseconds left(std::chrono::milliseconds most) const {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Steady::now());
    return std::clamp(rest, std::chrono::milliseconds{1}, most);
  }
  void sleep(std::chrono::milliseconds span) const {
    const auto until = Steady::now() + span;
    while (!is_over() && Steady::now() < until) std::this_thread::sleep_for(limits::kSlice);
  }

 private:
  Steady::time_point begin_ = Steady::now();
  Steady::time_point end_;
  const std::atomic<bool>* interrupted_;
  std::function<bool()> is_full_;
};

}  // namespace whydown::probe
