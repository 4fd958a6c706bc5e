// Remarks about the data itself, which change how far a diagnosis may go but are none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/place.h"

namespace whydown::base {

enum class Severity : std::uint8_t { note, warning };

struct QualityRemark {
  std::string id;  // "text.length_mismatch": stable, part of the JSON contract
  Severity severity = Severity::note;
  std::string text;            // one or two sentences for people
  std::vector<Place> packets;  // the first few it rests on; may be empty
  std::uint64_t count = 1;     // how often it was seen in all
};

}  // namespace whydown::base
