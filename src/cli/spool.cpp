#include "cli/spool.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace whydown::cli {
namespace {

bool is_plain_file(const std::string& path) {
  struct stat status{};
  return path != "-" && ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

std::string temporary_folder() {
  const char* named = std::getenv("TMPDIR");
  return named != nullptr && *named != '\0' ? named : "/tmp";
}

// A file that only this process can reach; gone when it ends, however it ends.
int nameless_file() {
  std::string name = temporary_folder() + "/whydown-XXXXXX";
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file >= 0) (void)::unlink(name.c_str());
  return file;
}

bool write_all(int file, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

// 0 at the end; false of `ok` after an error.
std::size_t read_some(int file, std::array<char, 65536>& room, bool& ok) {
  while (true) {
    const ssize_t count = ::read(file, room.data(), room.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    ok = false;
    return 0;
  }
}

std::expected<void, base::Error> copy(int from, int to, const std::string& where,
                                      std::uint64_t limit) {
  std::array<char, 65536> room;
  std::uint64_t total = 0;
  bool ok = true;
  while (const std::size_t count = read_some(from, room, ok)) {
    total += count;
    if (total > limit) {
      return std::unexpected(base::Error{where, fmt::format("more than {} MiB", limit >> 20U),
                                         "an input that can be read twice",
                                         "save it to a file and name that"});
    }
    if (!write_all(to, room.data(), count)) {
      return std::unexpected(base::Error{temporary_folder(), std::strerror(errno),
                                         "room for a copy of " + where,
                                         "set TMPDIR, or save the input to a file and name that"});
    }
  }
  if (ok) return {};
  return std::unexpected(base::Error{where, std::strerror(errno), "a readable input", ""});
}

}  // namespace

Spool::~Spool() {
  for (const int file : files_) ::close(file);
}

std::expected<std::string, base::Error> Spool::readable_twice(const std::string& path,
                                                              std::uint64_t limit) {
  if (is_plain_file(path)) return path;
  const std::string where = path == "-" ? "standard input" : path;
  const int from = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status{};
  // What cannot be opened, or is a folder, is refused by the reader, in its own words.
  if (from < 0 || (::fstat(from, &status) == 0 && S_ISDIR(status.st_mode))) {
    if (from > STDIN_FILENO) ::close(from);
    return path;
  }
  const int to = nameless_file();
  const auto closed = [&] {
    if (from != STDIN_FILENO) ::close(from);
  };
  if (to < 0) {
    const int number = errno;
    closed();
    return std::unexpected(base::Error{temporary_folder(), std::strerror(number),
                                       "a folder for a copy of " + where, "set TMPDIR"});
  }
  files_.push_back(to);
  const auto copied = copy(from, to, where, limit);
  closed();
  if (!copied) return std::unexpected(copied.error());
  return fmt::format("/proc/self/fd/{}", to);
}

}  // namespace whydown::cli
