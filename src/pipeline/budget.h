// The memory bill: every table of fixed size that a run holds, whatever the size of the input.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace whydown::pipeline {

// Packets that wait between decoder and tracker.
inline constexpr std::size_t kBeltPackets = 8;

struct BudgetLine {
  std::string what;
  std::size_t bytes = 0;
};

// For one input; every further one adds the first line once more.
std::vector<BudgetLine> memory_bill();

}  // namespace whydown::pipeline
