// The whole text reader. Holds what frame.h promises: numbers rise, and words are one line.
#include "capture/reader.h"

namespace {

using namespace whydown::capture;

void check(const Frame& frame, std::uint64_t last) {
  if (frame.place.number <= last || frame.place.line == 0) __builtin_trap();
  unsigned tabs = 0;
  for (const std::uint8_t byte : frame.bytes) {
    if (frame.link_type != LinkType::tcpdump_text && frame.link_type != LinkType::wireshark_row) {
      break;
    }
    if (byte == '\n' || byte == '\r') __builtin_trap();
    if (byte == '\t') ++tabs;
  }
  if (frame.link_type == LinkType::wireshark_row && tabs != 4) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto reader = make_text_reader(Input::of_bytes({data, size}), {"fuzz", 0, {}});
  if (!reader) return 0;
  std::uint64_t number = 0;
  std::uint64_t count = 0;
  while (const Frame* frame = (*reader)->next()) {
    check(*frame, number);
    number = frame->place.number;
    ++count;
  }
  const auto info = (*reader)->info();
  // What was looked at before must be found again.
  if (count == 0 || info.packets != count) __builtin_trap();
  return 0;
}
