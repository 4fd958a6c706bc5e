// What the fuzzers of the trackers have in common.
#pragma once

#include <cstdint>

#include "journey/journey.h"

namespace whydown::journey {

inline void require(bool holds) {
  if (!holds) __builtin_trap();
}

// Looks at whatever is told, whole.
class FuzzJudge : public Sink {
 public:
  explicit FuzzJudge(const base::Interner& names) : names_(names) {}
  using Sink::attempt;
  void attempt(const Outline& outline, const Packets& packets) final {
    Attempt attempt;
    static_cast<Outline&>(attempt) = outline;
    packets.show(attempt);
    require(attempt.begin <= attempt.end);
    require(!describe(attempt.request, names_).empty());
    require(!describe(attempt.answer, names_).empty());
    judge(attempt);
  }
  void observation(const Observation& observation) final {
    require(!describe(observation.packet, names_).empty());
    judge(observation);
  }

 private:
  virtual void judge(const Attempt& attempt) = 0;
  virtual void judge(const Observation& /*observation*/) {}

  const base::Interner& names_;
};

}  // namespace whydown::journey
