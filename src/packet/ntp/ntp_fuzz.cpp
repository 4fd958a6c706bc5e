// NTP headers.
#include <cstddef>
#include <cstdint>

#include "packet/ntp/ntp.h"
#include "packet/testing.h"

using namespace whydown::packet;
using namespace whydown::packet::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 60000) return 0;
  const Bytes bytes(data, data + size);
  ntp::Header header;
  if (!ntp::read(bytes, header)) return 0;
  require(size >= ntp::kHeader && header.mode < 8 && header.version <= 4, "a header is whole",
          Packet{});
  require(!ntp::is_kiss(header) || !ntp::is_unsynchronised(header), "one of the two", Packet{});
  require(ntp::kiss_code(header.reference).size() <= 4, "four letters", Packet{});
  return 0;
}
