#include "evidence/traffic_crest.h"

#include <algorithm>

namespace whydown::evidence::traffic_detail {

namespace {

// Slots with this share of the fullest belong to the flood.
constexpr std::uint64_t kEdge = 10;

}  // namespace

Crest crest_of(const TimeHistogram& times, base::Time begin, base::Time end) {
  Crest crest;
  const std::uint64_t fullest = std::ranges::max(times.slots());
  for (std::size_t i = 0; i < TimeHistogram::kSlots; ++i) {
    if (times.slots()[i] == 0 || times.slots()[i] * kEdge < fullest) continue;
    const base::Time start = times.slot_start(i);
    crest.from = std::min(crest.from, start);
    crest.until = std::max(crest.until, base::add(start, times.slot_width()));
  }
  crest.first = std::max(crest.from, begin);
  crest.last = std::min(crest.until, end);
  crest.per_second = static_cast<double>(fullest) / seconds_of(times.slot_width());
  // A flood may be shorter than a slot, of which a long capture has wide ones.
  const double span = std::max(seconds_of(base::between(crest.first, crest.last)), kShortest);
  crest.per_second = std::max(crest.per_second, static_cast<double>(times.total()) / span);
  return crest;
}

bool stands_out(const TimeHistogram& times, const Crest& crest) {
  constexpr std::size_t kLeastSlots = 8;
  std::vector<std::uint64_t> counts(times.slots().begin(), times.slots().end());
  while (!counts.empty() && counts.back() == 0) counts.pop_back();
  if (counts.size() < kLeastSlots) return false;
  std::ranges::sort(counts);
  const double usual =
      static_cast<double>(counts[counts.size() / 4]) / seconds_of(times.slot_width());
  return crest.per_second >= 10 * usual;
}

void keep_worth_naming(Pattern& pattern) {
  std::erase_if(pattern.sources, [&](const TopSources::Source& source) {
    return source.packets * kWorthNaming < pattern.packets;
  });
}

}  // namespace whydown::evidence::traffic_detail
