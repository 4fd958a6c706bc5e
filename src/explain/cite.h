// Internal to explain/: how packets and spans of time are named in sentences.
#pragma once

#include <string>

#include "base/place.h"
#include "base/time.h"

namespace whydown::explain {

class Cite {
 public:
  explicit Cite(bool several_inputs) : several_(several_inputs) {}
  // "line 4", "packet 7", "packet 7 of input 2"
  std::string operator()(const base::Place& place) const {
    std::string out = place.line != 0 ? "line " + std::to_string(place.line)
                                      : "packet " + std::to_string(place.number);
    if (several_) out += " of input " + std::to_string(place.input + 1);
    return out;
  }

 private:
  bool several_;
};

}  // namespace whydown::explain
