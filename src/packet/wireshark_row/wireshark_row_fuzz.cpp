#include "packet/text_fuzz.h"
#include "packet/wireshark_row/wireshark_row.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return whydown::packet::fuzz_text(data, size, whydown::packet::decode_wireshark_row);
}
