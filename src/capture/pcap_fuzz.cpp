#include "capture/reader.h"

namespace {

using namespace whydown::capture;

// Every byte of every frame is touched, so that a span that points elsewhere is noticed.
void drain(Reader& reader) {
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto reader = make_pcap_reader(Input::of_bytes({data, size}), {"fuzz", 0, {}});
  if (reader) drain(**reader);
  return 0;
}
