// A frame's bytes kept beyond the source's next call: what a report hands over as evidence.
#pragma once

#include <cstdint>
#include <vector>

#include "base/place.h"

namespace whydown::base {

enum class FrameDirection : std::uint8_t { unknown, inbound, outbound };

struct KeptFrame {
  Place place;
  std::vector<std::uint8_t> bytes;
  std::uint32_t wire_length = 0;  // original length; may exceed bytes
  std::uint16_t link_type = 1;    // LINKTYPE_ number, see https://www.tcpdump.org/linktypes.html
  FrameDirection direction = FrameDirection::unknown;
  bool has_time = true;
};

}  // namespace whydown::base
