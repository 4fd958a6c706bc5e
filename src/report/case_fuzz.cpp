#include <cstddef>
#include <cstdint>
#include <string_view>

#include "report/case.h"
#include "report/escape.h"
#include "report/report.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace whydown;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto supplied = report::parse_case(text, "fuzz.toml");
  if (!supplied) {
    if (supplied.error().where.empty()) __builtin_trap();
    return 0;
  }
  diagnosis::Diagnosis healthy;
  healthy.verdict = diagnosis::Verdict::healthy;
  base::InputInfo input;
  input.path = "-";
  healthy.inputs.push_back(input);
  report::Options options;
  options.supplied = *supplied;
  for (const auto format : {report::Format::text, report::Format::json, report::Format::markdown,
                            report::Format::html}) {
    options.format = format;
    const std::string out = report::render(healthy, options);
    for (const char c : out) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && c != '\n') || byte == 0x7f) __builtin_trap();
    }
  }
  return 0;
}
