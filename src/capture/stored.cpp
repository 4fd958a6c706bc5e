#include "capture/stored.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/limits.h"

namespace whydown::capture {

namespace {

constexpr const char* kExpected = "a readable file or standard input";

// strerror() is not safe between threads, and strerror_r() differs between libraries.
std::string words_of(int code) {
  const char* words = strerrordesc_np(code);
  return words == nullptr ? fmt::format("system error {}", code) : std::string{words};
}

base::Error open_error(const std::string& path, int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return {path, "no such file", kExpected, "check the spelling and the folder"};
    case EACCES:
    case EPERM:
      return {path, "no permission to read it", kExpected,
              "captures made as root belong to root: give it to you with chown, or run as root"};
    case EMFILE:
    case ENFILE:
      return {path, "too many open files", kExpected,
              "give fewer inputs at a time, or raise the limit with 'ulimit -n'"};
    default:
      return {path, fmt::format("cannot be opened ({})", words_of(code)), kExpected, ""};
  }
}

}  // namespace

std::expected<StoredBytes, base::Error> StoredBytes::open(const std::string& path, bool hash) {
  const bool is_stdin = path == "-";
  const std::string where = is_stdin ? "standard input" : path;
  const int fd = is_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::unexpected(open_error(where, errno));
  StoredBytes bytes(fd, !is_stdin, {}, hash);
  struct stat status{};
  if (fstat(fd, &status) != 0) return std::unexpected(open_error(where, errno));
  if (S_ISDIR(status.st_mode)) {
    return std::unexpected(base::Error{where, "a folder", "a capture file or a text log",
                                       "name the files in it, for example with a wildcard"});
  }
  // Advice to the kernel only: on a pipe it fails, and nothing depends on it.
  (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return bytes;
}

StoredBytes StoredBytes::of_bytes(std::span<const std::uint8_t> bytes, bool hash) {
  return StoredBytes(-1, false, bytes, hash);
}

StoredBytes::StoredBytes(int fd, bool owned, std::span<const std::uint8_t> memory, bool hash)
    : fd_(fd),
      owned_(owned),
      memory_(memory),
      hash_(hash ? std::make_unique<base::Sha256>() : nullptr) {}

StoredBytes::StoredBytes(StoredBytes&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      owned_(std::exchange(other.owned_, false)),
      at_end_(std::exchange(other.at_end_, true)),
      memory_(std::exchange(other.memory_, {})),
      count_(other.count_),
      hash_(std::move(other.hash_)),
      digest_(std::move(other.digest_)),
      error_(std::move(other.error_)) {}

StoredBytes::~StoredBytes() {
  if (owned_ && fd_ >= 0) ::close(fd_);
}

std::size_t StoredBytes::read_some(std::span<std::uint8_t> room) {
  if (fd_ < 0) {
    const std::size_t count = std::min(room.size(), memory_.size());
    std::copy_n(memory_.begin(), count, room.begin());
    memory_ = memory_.subspan(count);
    return count;
  }
  while (true) {
    const ssize_t count = ::read(fd_, room.data(), room.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    error_ = fmt::format("reading stopped at byte {}: {}", count_, words_of(errno));
    return 0;
  }
}

std::size_t StoredBytes::read(std::span<std::uint8_t> room) {
  if (at_end_) return 0;
  const std::size_t count = read_some(room);
  if (count == 0) {
    finish();
    return 0;
  }
  count_ += count;
  if (hash_) hash_->add(room.first(count));
  return count;
}

void StoredBytes::finish() {
  at_end_ = true;
  // Of an input that could not be read to its end there is no hash, rather than a wrong one.
  if (hash_ && !error_) digest_ = hash_->hex();
}

void StoredBytes::drain() {
  if (at_end_) return;
  struct stat status{};
  const bool is_file = fd_ >= 0 && fstat(fd_, &status) == 0 && S_ISREG(status.st_mode);
  if (is_file && !hash_) {
    // Standard input may have been opened elsewhere than at its first byte; what was read counts.
    const off_t here = ::lseek(fd_, 0, SEEK_CUR);
    if (here >= 0 && status.st_size > here) {
      count_ += static_cast<std::uint64_t>(status.st_size - here);
    }
    at_end_ = true;
    return;
  }
  std::vector<std::uint8_t> room(kReadSize / 4);
  while (read(room) != 0) {
  }
}

}  // namespace whydown::capture
