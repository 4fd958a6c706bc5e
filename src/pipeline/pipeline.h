// The linear main of the core: one pass from inputs to a diagnosis.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/mask.h"
#include "capture/frame.h"
#include "diagnosis/diagnosis.h"

namespace whydown::pipeline {

struct Request {
  std::vector<std::string> paths;
  capture::OpenOptions open;
  std::optional<base::Time> since;  // packets before it are not looked at
  std::optional<base::Time> until;
  const base::Mask* mask = nullptr;  // how addresses and names are shown; nullptr: as they are
};

std::expected<diagnosis::Diagnosis, base::Error> run(const Request& request,
                                                     const diagnosis::Catalogue& catalogue);

// The facts about one subject of an earlier run() and the inputs as they are now: of a capture that
// has grown since.
struct Facts {
  std::vector<evidence::Fact> facts;
  std::vector<base::InputInfo> inputs;
};
std::expected<Facts, base::Error> facts(const Request& request, const evidence::Subject& subject);

}  // namespace whydown::pipeline
