// Inside capture/: one or several open inputs as one source of frames, in the order of time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "capture/frame.h"
#include "capture/reader.h"

namespace whydown::capture {

struct OpenInput {
  std::string path;
  std::unique_ptr<Reader> reader;
  Input* input = nullptr;  // owned by the reader; lives as long
};

// An input whose own times go backwards keeps its order: its next frame waits behind the one
// before.
std::unique_ptr<Source> make_source(std::vector<OpenInput> inputs);

}  // namespace whydown::capture
