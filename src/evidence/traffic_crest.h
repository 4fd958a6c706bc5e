// How floods are measured, whatever they are made of: their height, their sources.
#pragma once

#include "evidence/limits.h"
#include "evidence/traffic.h"

namespace whydown::evidence::traffic_detail {

inline constexpr double kPerSecond = 100;  // the rate alone proves nothing
inline constexpr double kShortest = 1;     // seconds, as which a shorter flood counts

inline double seconds_of(base::Duration span) {
  return std::chrono::duration<double>(span).count();
}

inline bool is_answered(const Row& row) {
  return row.key.outcome == Outcome::ok || row.key.outcome == Outcome::slow;
}

// When it was at its height, and from when to when it went on.
struct Crest {
  double per_second = 0;
  base::Time first{base::Time::max()};
  base::Time last{base::Time::min()};
  // The same in whole slots.
  base::Time from{base::Time::max()};
  base::Time until{base::Time::min()};
};

Crest crest_of(const TimeHistogram& times, base::Time begin, base::Time end);
// Ten times the rate of the quietest quarter of its time, where that is long enough to have one.
bool stands_out(const TimeHistogram& times, const Crest& crest);

struct Sum {
  TimeHistogram times;
  std::uint64_t attempts = 0;
  std::uint64_t packets = 0;
  base::Time first{base::Time::max()};
  base::Time last{base::Time::min()};
  void add(const Row& row) {
    times.merge(row.times);
    attempts += row.attempts;
    packets += row.tries;
    first = std::min(first, row.first);
    last = std::max(last, row.last);
  }
};

// One that sent a few among thousands is a user's, or one of very many invented ones.
inline constexpr std::uint64_t kWorthNaming = 33;
void keep_worth_naming(Pattern& pattern);

}  // namespace whydown::evidence::traffic_detail
