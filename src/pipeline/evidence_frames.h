// The bytes of the packets that a diagnosis cites. The one pass of run() keeps none, so the inputs
// are read once more, each up to the last packet wanted of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <vector>

#include "base/error.h"
#include "base/kept_frame.h"
#include "pipeline/pipeline.h"

namespace whydown::pipeline {

// Bytes kept in all; frames beyond are counted instead.
inline constexpr std::size_t kMostFrameBytes = std::size_t{64} << 20U;

struct EvidenceFrames {
  std::vector<base::KeptFrame> frames;  // by input, then in the order of the packets
  std::uint64_t without_bytes = 0;      // of text records: words, not packets
  std::uint64_t beyond_limit = 0;
};

// `places` by any order; equal ones count once. An input that is not what it was in the first pass
// (another packet under the number, or none) is an error.
std::expected<EvidenceFrames, base::Error> evidence_frames(const Request& request,
                                                           std::vector<base::Place> places);

}  // namespace whydown::pipeline
