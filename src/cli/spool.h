// Inputs that can be read only once (standard input, a pipe) kept in a file of our own, for what
// needs to read them twice.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "base/error.h"

namespace whydown::cli {

// The most that one input may be to be kept.
inline constexpr std::uint64_t kMostSpooledBytes = std::uint64_t{4} << 30U;

class Spool {
 public:
  Spool() = default;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  ~Spool();

  // `path` itself where it is a file; otherwise its bytes are copied to a file without a name
  // below $TMPDIR, which goes with this object, and that file's path is returned.
  std::expected<std::string, base::Error> readable_twice(const std::string& path,
                                                         std::uint64_t limit = kMostSpooledBytes);

 private:
  std::vector<int> files_;
};

}  // namespace whydown::cli
