#include "evidence/top_sources.h"

#include <algorithm>
#include <tuple>

namespace whydown::evidence {

void TopSources::merge(const TopSources& other) {
  total_ += other.total_;
  for (std::size_t i = 0; i < kSlots; ++i) {
    Slot& ours = slots_[i];
    const Slot& theirs = other.slots_[i];
    ours.others += theirs.others;
    if (ours.address == theirs.address) {
      ours.votes += theirs.votes;
      continue;
    }
    // Equal ones go to the smaller address, so that the order of merging does not matter.
    const bool is_theirs =
        std::tuple(ours.votes, theirs.address) < std::tuple(theirs.votes, ours.address);
    const Slot& loser = is_theirs ? ours : theirs;
    const Slot& winner = is_theirs ? theirs : ours;
    const std::uint64_t others = ours.others + loser.votes;
    ours = {winner.address, winner.votes - loser.votes, others};
  }
}

std::vector<TopSources::Source> TopSources::largest(std::size_t most) const {
  std::vector<Source> out;
  for (const Slot& slot : slots_) {
    if (slot.votes > 0) out.push_back({slot.address, slot.votes, slot.others == 0});
  }
  std::ranges::sort(out, [](const Source& a, const Source& b) {
    return std::tie(b.packets, a.address) < std::tie(a.packets, b.address);
  });
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace whydown::evidence
