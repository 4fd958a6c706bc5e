#include "journey/request_healing.h"

#include <algorithm>

namespace whydown::journey {

namespace {
constexpr std::size_t kRequestMask = limits::kRequestsWaiting - 1;
}

void RequestHealing::served(std::uint64_t wish, base::Time asked) {
  Served& entry = served_.get(wish);
  entry.last = std::max(entry.last, base::ns_of(asked));
  std::size_t steps = 0;
  for (Slot slot = wishes_.front(wish & kRequestMask);
       slot != kNoSlot && ++steps <= limits::kChainWalk;) {
    const Slot next = wishes_.next(slot);
    Waiting& waiting = waiting_[slot];
    if (waiting.wish == wish && asked >= waiting.attempt.begin && asked <= waiting.deadline) {
      waiting.attempt.healed = true;
      emit(slot);
    }
    slot = next;
  }
}

void RequestHealing::settle(Attempt& attempt, std::uint64_t wish, base::Duration patience) {
  attempt.end = std::max(attempt.begin, attempt.end);
  const bool served = attempt.outcome == Outcome::ok || attempt.outcome == Outcome::slow ||
                      attempt.outcome == Outcome::unknown;
  const base::Time deadline = base::add(attempt.end, patience);
  if (attempt.outcome == Outcome::cut && patience.count() > 0) {
    // It may have been tried on another connection meanwhile, and served before this one was given
    // up.
    const Served* entry = served_.find(wish);
    attempt.healed =
        attempt.healed || (entry != nullptr && entry->last > base::ns_of(attempt.begin));
  }
  if (served || attempt.healed || deadline <= context_.now) {
    context_.sink.attempt(attempt);
    return;
  }
  if (waiting_.full()) emit(ages_.front(0));
  const Slot slot = waiting_.take();
  waiting_[slot] = {.attempt = attempt, .wish = wish, .deadline = deadline};
  wishes_.append(wish & kRequestMask, slot);
  ages_.append(0, slot);
}

void RequestHealing::emit(Slot slot) {
  const Waiting& waiting = waiting_[slot];
  wishes_.remove(waiting.wish & kRequestMask, slot);
  ages_.remove(0, slot);
  context_.sink.attempt(waiting.attempt);
  waiting_.give_back(slot);
}

// Deadlines are not in the order of ages: those in front of a long one are looked at, and a few
// behind it.
void RequestHealing::advance() {
  constexpr std::size_t kLooks = 16;
  std::size_t looks = 0;
  for (Slot slot = ages_.front(0); slot != kNoSlot && ++looks <= kLooks;) {
    const Slot next = ages_.next(slot);
    if (waiting_[slot].deadline < context_.now) emit(slot);
    slot = next;
  }
}

void RequestHealing::finish() {
  while (ages_.front(0) != kNoSlot) emit(ages_.front(0));
}

std::size_t RequestHealing::memory_bytes() {
  return Memory<Served>::bytes(limits::kRequestsServed) +
         Slab<Waiting>::bytes(limits::kRequestsWaiting) +
         Chains::bytes(limits::kRequestsWaiting, limits::kRequestsWaiting) +
         Chains::bytes(1, limits::kRequestsWaiting);
}

}  // namespace whydown::journey
