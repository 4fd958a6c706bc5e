// The linear main of `whydown explain`: one pass, packet after packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "explain/explain.h"
#include "pipeline/pipeline.h"

namespace whydown::pipeline {

// Packets by number; of text logs by the line their record begins in, as reports cite them.
struct Pick {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
  std::optional<std::uint16_t> input;  // of several; any where it is not said
};

// Takes each explanation as it comes; false ends the run.
using TakeExplanation = std::function<bool(const explain::Explanation&)>;
// Looks at what is known of an input once its first packet has been read; an error ends the run
// before anything of that input is explained.
using CheckInput = std::function<std::expected<void, base::Error>(const base::InputInfo&)>;

// What stands in for frames, and for what inputs say of themselves; empty: nothing does.
struct StandIns {
  std::function<capture::Frame(const capture::Frame&)> frame;
  std::function<void(base::InputInfo&, std::size_t)> input;
};

struct Explained {
  std::vector<std::string> closing;  // empty where packets were picked
  std::uint64_t packets = 0;         // explained
  std::vector<base::InputInfo> inputs;
};

// Stops reading after the last packet that was picked. Picks that meet no packet are an error that
// names the nearest one before.
std::expected<Explained, base::Error> explain_run(const Request& request,
                                                  const std::optional<Pick>& pick,
                                                  const CheckInput& check,
                                                  const TakeExplanation& take,
                                                  const StandIns& stand_ins = {});

std::size_t explain_memory_bytes();

}  // namespace whydown::pipeline
