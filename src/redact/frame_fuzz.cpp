// Any bytes under any link type: the stand-in has their size, comes out alike each time, and a
// payload that is not understood leaves nothing.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "redact/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace whydown::redact;
  static const Redactor redactor(testing::key_of());
  if (size < 2) return 0;
  const auto link_type = static_cast<std::uint16_t>(data[0] << 8U | data[1]);
  const auto frame = testing::frame_of({data + 2, data + size}, link_type);
  const auto masked = redactor.frame(frame);
  if (masked.bytes.size() != frame.bytes.size() || redactor.frame(frame).bytes != masked.bytes) {
    std::abort();
  }
  constexpr std::uint16_t nobody = 0xfe00;
  const auto unknown = redactor.frame(testing::frame_of({data + 2, data + size}, nobody));
  if (std::ranges::any_of(unknown.bytes, [](std::uint8_t byte) { return byte != 0; })) std::abort();
  return 0;
}
