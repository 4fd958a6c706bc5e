// Writes docs/faults/*.md from the catalogue and docs/facts.md from the fact list, or, with
// --check, says which of them are out of date. Usage: generate_pages [--check] DOCS
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "diagnosis/catalogue.h"
#include "diagnosis/fault_page.h"
#include "evidence/evidence.h"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::map<fs::path, std::string> pages(const whydown::diagnosis::Catalogue& catalogue) {
  std::map<fs::path, std::string> out;
  for (const auto& fault : catalogue.faults()) {
    out[fs::path("faults") / (fault.id + ".md")] = whydown::diagnosis::fault_page(fault);
  }
  out["faults/README.md"] = whydown::diagnosis::fault_index(catalogue);
  out["facts.md"] = whydown::evidence::facts_markdown();
  return out;
}

int run(bool check, const fs::path& docs) {
  const auto catalogue = whydown::diagnosis::Catalogue::built_in();
  if (!catalogue) {
    std::fprintf(stderr, "%s\n", catalogue.error().message().c_str());
    return 2;
  }
  const auto wanted = pages(*catalogue);
  int stale = 0;
  fs::create_directories(docs / "faults");
  for (const auto& entry : fs::directory_iterator(docs / "faults")) {
    if (wanted.contains(fs::path("faults") / entry.path().filename())) continue;
    ++stale;
    std::fprintf(stderr, "%s: no such fault any more\n", entry.path().c_str());
    if (!check) fs::remove(entry.path());
  }
  for (const auto& [path, text] : wanted) {
    if (read(docs / path) == text) continue;
    ++stale;
    std::fprintf(stderr, "%s: %s\n", (docs / path).c_str(), check ? "out of date" : "written");
    if (!check) std::ofstream(docs / path, std::ios::binary) << text;
  }
  if (check && stale > 0) std::fprintf(stderr, "run: make docs\n");
  return check && stale > 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const bool check = argc > 1 && std::string_view(argv[1]) == "--check";
  if (argc != (check ? 3 : 2)) {
    std::fprintf(stderr, "usage: generate_pages [--check] DOCS\n");
    return 2;
  }
  return run(check, argv[argc - 1]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 2;
}
