#include "capture/fuzz_drain.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace whydown::capture;
  auto reader = make_pcapng_reader(Input::of_bytes({data, size}), {"fuzz", 0, {}});
  if (reader) drain(**reader);
  return 0;
}
