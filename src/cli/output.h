// Where results go.
#pragma once

#include <cstddef>
#include <cstdio>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace whydown::cli {

// Writes all of it, or says what went wrong (a full disk, a closed pipe). An empty path is standard
// output.
std::expected<void, base::Error> write_result(const std::string& path, std::string_view text);
// A result that is written while it is made.
class ResultStream {
 public:
  ResultStream() = default;
  ResultStream(const ResultStream&) = delete;
  ResultStream& operator=(const ResultStream&) = delete;
  ~ResultStream();
  std::expected<void, base::Error> open(const std::string& path);
  // False when it cannot be written any more: close() says why.
  bool write(std::string_view text);
  // A reader of standard output that has seen enough and went away is no error.
  std::expected<void, base::Error> close();

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
  int error_ = 0;
};

// An error when `path` is one of the inputs, by whatever name.
std::expected<void, base::Error> check_not_input(const std::string& path,
                                                 const std::vector<std::string>& inputs);

// An error where something of that name is there already.
std::expected<void, base::Error> check_is_new(const std::string& path);
// A file of at most `most` bytes, whole.
std::expected<std::string, base::Error> read_small_file(const std::string& path, std::size_t most);

// Standard output: whether it is a terminal, takes colour (a terminal, NO_COLOR unset), and how
// wide it is.
bool output_is_terminal();
bool output_has_colour();
std::size_t output_width();

}  // namespace whydown::cli
