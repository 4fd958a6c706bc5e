#include "cli/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

namespace whydown::cli {
namespace {

constexpr std::size_t kUsualWidth = 80;
constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kWidest = 100;  // longer lines are hard to read

base::Error write_error(const std::string& where, int number) {
  return {where, std::strerror(number), "room for the report",
          "the report is missing or incomplete"};
}

bool flush(std::FILE* file, std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
}

}  // namespace

std::expected<void, base::Error> write_result(const std::string& path, std::string_view text) {
  errno = 0;
  if (path.empty()) {
    if (flush(stdout, text)) return {};
    return std::unexpected(write_error("standard output", errno));
  }
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return std::unexpected(
        base::Error{path, std::strerror(errno), "a file that can be written", "choose another -o"});
  }
  const bool written = flush(file, text);
  const int number = errno;
  const bool closed = std::fclose(file) == 0;
  if (written && closed) return {};
  return std::unexpected(write_error(path, written ? errno : number));
}

ResultStream::~ResultStream() {
  if (file_ != nullptr && !path_.empty()) (void)std::fclose(file_);
}

std::expected<void, base::Error> ResultStream::open(const std::string& path) {
  path_ = path;
  file_ = path.empty() ? stdout : std::fopen(path.c_str(), "wb");
  if (file_ != nullptr) return {};
  return std::unexpected(
      base::Error{path, std::strerror(errno), "a file that can be written", "choose another -o"});
}

bool ResultStream::write(std::string_view text) {
  if (error_ != 0) return false;
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), file_) == text.size()) return true;
  error_ = errno == 0 ? EIO : errno;
  return false;
}

std::expected<void, base::Error> ResultStream::close() {
  std::FILE* file = std::exchange(file_, nullptr);
  errno = 0;
  const bool flushed = std::fflush(file) == 0;
  if (!flushed && error_ == 0) error_ = errno;
  if (!path_.empty() && std::fclose(file) != 0 && error_ == 0) error_ = errno;
  if (error_ == 0 || (path_.empty() && error_ == EPIPE)) return {};
  return std::unexpected(write_error(path_.empty() ? "standard output" : path_, error_));
}

std::expected<void, base::Error> check_not_input(const std::string& path,
                                                 const std::vector<std::string>& inputs) {
  if (path.empty()) return {};
  for (const std::string& input : inputs) {
    std::error_code ignored;
    const bool same = input == path || std::filesystem::equivalent(input, path, ignored);
    if (!same || input == "-") continue;
    return std::unexpected(base::Error{path, "one of the inputs", "another file to write to",
                                       "choose another -o; nothing was written"});
  }
  return {};
}

std::expected<void, base::Error> check_is_new(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return {};
  return std::unexpected(base::Error{path, "a file of that name already", "a new file to write to",
                                     "choose another -o; nothing was written"});
}

std::expected<std::string, base::Error> read_small_file(const std::string& path, std::size_t most) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return std::unexpected(base::Error{path, std::strerror(errno), "a file that can be read", {}});
  }
  std::string text(most + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), file));
  const int number = std::ferror(file) != 0 ? errno : 0;
  (void)std::fclose(file);
  if (number != 0) {
    return std::unexpected(base::Error{path, std::strerror(number), "a file that can be read", {}});
  }
  if (text.size() > most) {
    return std::unexpected(base::Error{
        path, "more than " + std::to_string(most / 1024) + " KiB", "a file of a few pages", {}});
  }
  return text;
}

bool output_is_terminal() { return isatty(STDOUT_FILENO) == 1; }

bool output_has_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  if (terminal != nullptr && std::strcmp(terminal, "dumb") == 0) return false;
  return output_is_terminal();
}

std::size_t output_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
  return std::clamp<std::size_t>(size.ws_col, kNarrowest, kWidest);
}

}  // namespace whydown::cli
