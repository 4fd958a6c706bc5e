#include "packet/tcpdump_text/tcpdump_text.h"
#include "packet/text_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return whydown::packet::fuzz_text(data, size, whydown::packet::decode_tcpdump_text);
}
