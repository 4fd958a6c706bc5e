// What is read of a manifest is a bundle's: written again, it is read as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "report/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace whydown::report;
  const auto read = read_manifest({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  const std::string text = write_manifest(*read);
  const auto again = read_manifest(text);
  if (!again || write_manifest(*again) != text) std::abort();
  return 0;
}
