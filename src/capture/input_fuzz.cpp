#include "capture/input.h"

// The first byte says in what steps the rest is read; the rest is the stored stream.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using whydown::capture::Input;
  if (size == 0) return 0;
  const std::size_t step = std::size_t{1} << (data[0] % 20U);
  const bool skips = data[0] >= 128;
  const auto input = Input::of_bytes({data + 1, size - 1}, true);
  // A bomb of a few kilobytes may unpack to gigabytes: memory stays bounded, the fuzzer's time not.
  constexpr std::uint64_t enough = std::uint64_t{8} << 20U;
  unsigned sum = 0;
  while (input->position() < enough) {
    const std::uint64_t before = input->position();
    const auto window = input->window(step);
    if (window.empty()) break;
    for (const std::uint8_t byte : window) sum += byte;
    input->consume(skips ? window.size() + 3 : (window.size() + 1) / 2);
    if (input->position() <= before) __builtin_trap();
  }
  volatile unsigned sink = sum;
  (void)sink;
  input->drain();
  if (input->stored_bytes() != size - 1 || input->sha256().size() != 64) __builtin_trap();
  return 0;
}
