// Writes the C++ source that defines whydown::diagnosis::packed_catalogue().
// Usage: pack_catalogue OUTPUT.cpp FAULT.toml...
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "diagnosis/catalogue_pack.h"
#include "diagnosis/catalogue_parse.h"

namespace {

using whydown::diagnosis::Fault;

// One literal per line of text; what is not plain is written in octal, which cannot run on.
std::string as_literals(std::string_view bytes) {
  std::string out = "    \"";
  for (const char c : bytes) {
    const bool is_plain = c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '?';
    out += is_plain ? std::string(1, c) : fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    if (c == '\n') out += "\"\n    \"";
  }
  return out + "\"";
}

int run(const std::vector<std::string>& arguments) {
  std::vector<Fault> faults;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    std::ifstream file(arguments[i], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto fault = whydown::diagnosis::parse_fault(text, arguments[i]);
    if (!fault) {
      (void)std::fprintf(stderr, "%s\n", fault.error().message().c_str());
      return 1;
    }
    faults.push_back(std::move(*fault));
  }
  std::ranges::sort(faults, {}, &Fault::id);
  const std::string packed = whydown::diagnosis::pack(std::move(faults));
  std::ofstream out(arguments[0], std::ios::binary);
  out << "#include \"diagnosis/catalogue_pack.h\"\n\nnamespace whydown::diagnosis {\n\n"
      << "std::string_view packed_catalogue() {\n  static constexpr char kBytes[] =\n"
      << as_literals(packed) << ";\n  return {kBytes, sizeof kBytes - 1};\n}\n\n"
      << "}  // namespace whydown::diagnosis\n";
  return out.flush() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc > 2) return run({argv + 1, argv + argc});
    (void)std::fputs("usage: pack_catalogue OUTPUT.cpp FAULT.toml...\n", stderr);
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "pack_catalogue: %s\n", error.what());
  }
  return 1;
}
