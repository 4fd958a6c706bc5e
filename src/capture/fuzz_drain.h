// What the fuzzers of the capture readers have in common.
#pragma once

#include "capture/reader.h"

namespace whydown::capture {

// Every byte of every frame is touched, so that a span that points elsewhere is noticed.
inline void drain(Reader& reader) {
  std::uint64_t number = 0;
  unsigned sum = 0;
  while (const Frame* frame = reader.next()) {
    for (const std::uint8_t byte : frame->bytes) sum += byte;
    if (frame->place.number <= number || frame->wire_length < frame->bytes.size()) __builtin_trap();
    number = frame->place.number;
  }
  volatile unsigned sink = sum;
  (void)sink;
  if (reader.next() != nullptr || reader.info().packets < number) __builtin_trap();
}

}  // namespace whydown::capture
