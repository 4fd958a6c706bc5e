// Requests that failed and were served soon after all: HTTP's, and sessions of protocols with reply
// codes.
//
// Like Healing, with wishes of another kind: the same client wants the same URL, or to deliver to
// the same mail server. Each failure says itself how long it may heal: a 503 for as long as a
// client's own retry takes, a 401 until a password was typed, a mail that was put off for an hour.
#pragma once

#include "journey/context.h"
#include "journey/journey.h"
#include "journey/limits.h"
#include "journey/table.h"

namespace whydown::journey {

class RequestHealing {
 public:
  explicit RequestHealing(Context& context) : context_(context) {}
  // A good answer to a request that began at `asked`. `wish` stands for client and what it wants.
  void served(std::uint64_t wish, base::Time asked);
  // Takes a decided attempt, and gives it to the sink now or within `patience` after its end.
  void settle(Attempt& attempt, std::uint64_t wish, base::Duration patience);
  void advance();
  void finish();
  static std::size_t memory_bytes();

 private:
  struct Waiting {
    Attempt attempt;
    std::uint64_t wish = 0;
    base::Time deadline{};
  };
  struct Served {
    std::uint64_t key;
    std::int64_t last;  // when the latest one that was served began
  };
  void emit(Slot slot);

  Context& context_;
  Memory<Served> served_{limits::kRequestsServed};
  Slab<Waiting> waiting_{limits::kRequestsWaiting};
  Chains wishes_{limits::kRequestsWaiting, limits::kRequestsWaiting};
  Chains ages_{1, limits::kRequestsWaiting};
};

}  // namespace whydown::journey
