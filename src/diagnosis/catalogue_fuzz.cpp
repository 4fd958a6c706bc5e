#include <cstddef>
#include <cstdint>
#include <string_view>

#include "diagnosis/catalogue.h"
#include "diagnosis/fault_page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  whydown::diagnosis::Catalogue catalogue;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto added = catalogue.add_text(text, "fuzz.toml");
  if (!added && added.error().where.empty()) __builtin_trap();
  for (const auto& fault : catalogue.faults()) {
    if (whydown::diagnosis::fault_page(fault).empty()) __builtin_trap();
  }
  return 0;
}
