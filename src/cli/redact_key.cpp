#include "cli/redact_key.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace whydown::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = redact::kKeyBytes * 2;

base::Error key_error(const std::string& path, std::string found, std::string expected,
                      std::string advice = {}) {
  return {path, std::move(found), std::move(expected), std::move(advice)};
}

struct Descriptor {
  int fd = -1;
  Descriptor() = default;
  explicit Descriptor(int opened) : fd(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool parse_key(std::string_view text, redact::Key& key) {
  if (text.size() == kDigits + 1 && text.back() == '\n') text.remove_suffix(1);
  if (text.size() != kDigits) return false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const int high = digit_of(text[2 * i]);
    const int low = digit_of(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    key[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

// The folders of the usual place are made for the owner alone.
std::expected<void, base::Error> make_folders(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  if (path != usual_key_path() || folder.empty()) return {};
  std::error_code error;
  if (fs::create_directories(folder, error)) ::chmod(folder.c_str(), S_IRWXU);
  if (!error) return {};
  return std::unexpected(key_error(folder.string(), error.message(), "a folder for the key",
                                   "name a file with --redact-key"));
}

std::expected<redact::Key, base::Error> make_key(const std::string& path) {
  redact::Key key{};
  if (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size())) {
    return std::unexpected(key_error(path, "no random bytes from the system", "a new key"));
  }
  std::string text;
  for (const std::uint8_t byte : key) text += fmt::format("{:02x}", byte);
  text += '\n';
  if (auto made = make_folders(path); !made) return std::unexpected(made.error());
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  const bool written = file.fd >= 0 && ::write(file.fd, text.data(), text.size()) ==
                                           static_cast<ssize_t>(text.size());
  if (written) return key;
  return std::unexpected(key_error(path, std::strerror(errno), "a place for a new key",
                                   "name a file with --redact-key"));
}

}  // namespace

std::string usual_key_path() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (const std::string state = set("XDG_STATE_HOME"); !state.empty()) {
    return state + "/whydown/redact.key";
  }
  const std::string home = set("HOME");
  return home.empty() ? "" : home + "/.local/state/whydown/redact.key";
}

std::expected<void, base::Error> check_key_place(const std::string& path, const Options& options) {
  if (path.empty()) return {};  // load_or_make_key() says so
  std::vector<std::string> others = options.inputs;
  if (!options.output.empty()) others.push_back(options.output);
  for (const std::string& other : others) {
    std::error_code ignored;
    if (path != other && !fs::equivalent(path, other, ignored)) continue;
    return std::unexpected(key_error(path, "an input or the output of this very command",
                                     "a file of its own for the key", "nothing was written"));
  }
  const fs::path folder = fs::absolute(path).parent_path().lexically_normal();
  std::error_code ignored;
  const bool is_inside =
      options.bundle && (folder == fs::absolute(options.output).lexically_normal() ||
                         fs::equivalent(folder, options.output, ignored));
  if (!is_inside) return {};
  return std::unexpected(key_error(path, "a key in the bundle's own folder",
                                   "a place that is not handed over", "nothing was written"));
}

std::expected<redact::Key, base::Error> load_key(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (file.fd < 0 || ::fstat(file.fd, &status) != 0) {
    return std::unexpected(key_error(path, std::strerror(errno), "the key of a redaction"));
  }
  if (!S_ISREG(status.st_mode)) {
    return std::unexpected(key_error(path, "no plain file", "the key of a redaction"));
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return std::unexpected(key_error(path, "a key that others may read", "one for its owner alone",
                                     "chmod 600 it, and think of whether it is still a secret"));
  }
  std::array<char, kDigits + 2> room{};
  const ssize_t count = ::read(file.fd, room.data(), room.size());
  redact::Key key{};
  const bool is_key = count > 0 && parse_key({room.data(), static_cast<std::size_t>(count)}, key);
  if (is_key) return key;
  return std::unexpected(key_error(path, "something else than a key",
                                   fmt::format("{} hexadecimal digits", kDigits),
                                   "name another file: nothing is overwritten"));
}

std::expected<LoadedKey, base::Error> load_or_make_key(const std::string& path) {
  if (path.empty()) {
    return std::unexpected(key_error("--redact", "neither HOME nor XDG_STATE_HOME is set",
                                     "a place for the key", "name a file with --redact-key"));
  }
  struct stat status{};
  const bool is_new = ::stat(path.c_str(), &status) != 0 && errno == ENOENT;
  auto key = is_new ? make_key(path) : load_key(path);
  if (!key) return std::unexpected(key.error());
  return LoadedKey{*key, is_new};
}

}  // namespace whydown::cli
