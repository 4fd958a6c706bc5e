#include "cli/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace whydown::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds{120};
constexpr std::size_t kMostOutput = std::size_t{256} << 20U;
constexpr std::size_t kMostWords = 4096;  // of its complaints

// One end of a pipe, closed when no longer needed.
class End {
 public:
  explicit End(int number = -1) : number_(number) {}
  End(End&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  End& operator=(End&& other) noexcept {
    close();
    number_ = std::exchange(other.number_, -1);
    return *this;
  }
  End(const End&) = delete;
  End& operator=(const End&) = delete;
  ~End() { close(); }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

struct Pipe {
  End read;
  End write;
  bool open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = End(ends[0]);
    write = End(ends[1]);
    return true;
  }
};

// Its environment: ours, and a fixed date, so that the same report gives the same file.
std::vector<std::string> environment_words() {
  std::vector<std::string> words;
  bool dated = false;
  for (char** word = environ; *word != nullptr; ++word) {
    words.emplace_back(*word);
    dated = dated || words.back().starts_with("SOURCE_DATE_EPOCH=");
  }
  // 1980-01-01, the first day that a zip archive (and so a DOCX) can hold.
  if (!dated) words.emplace_back("SOURCE_DATE_EPOCH=315532800");
  return words;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    (void)wait();
  }

  // 0, or an errno.
  int start(std::vector<std::string> command);
  // Feeds it and reads it to its end. An empty string: all went well.
  std::string talk(std::string_view input);
  int wait();
  std::string output;
  std::string complaint;

 private:
  void feed(std::string_view& input);
  static void drain(End& end, std::string& into, std::size_t most);

  pid_t pid_ = 0;
  Pipe in_;
  Pipe out_;
  Pipe err_;
};

int Child::start(std::vector<std::string> command) {
  if (!in_.open() || !out_.open() || !err_.open()) return errno;
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in_.read.number(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out_.write.number(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err_.write.number(), STDERR_FILENO);
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  // We ignore SIGPIPE; a child that did so too would write on for nobody.
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> environment = environment_words();
  std::vector<char*> arguments = pointers(command);
  std::vector<char*> variables = pointers(environment);
  const int failed =
      posix_spawnp(&pid_, arguments[0], &actions, &attributes, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) pid_ = 0;
  in_.read.close();
  out_.write.close();
  err_.write.close();
  return failed;
}

void Child::feed(std::string_view& input) {
  const ssize_t written = ::write(in_.write.number(), input.data(), input.size());
  if (written > 0) input.remove_prefix(static_cast<std::size_t>(written));
  const bool refused = written < 0 && errno != EAGAIN && errno != EINTR;
  if (input.empty() || refused) in_.write.close();
}

void Child::drain(End& end, std::string& into, std::size_t most) {
  std::array<char, 65536> piece{};
  const ssize_t count = ::read(end.number(), piece.data(), piece.size());
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) end.close();
  if (count > 0 && into.size() < most) into.append(piece.data(), static_cast<std::size_t>(count));
}

std::string Child::talk(std::string_view input) {
  const auto end = Clock::now() + kPatience;
  (void)fcntl(in_.write.number(), F_SETFL, O_NONBLOCK);
  if (input.empty()) in_.write.close();
  while (out_.read.is_open() || err_.read.is_open()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return fmt::format("no end after {} s", kPatience.count());
    // A closed end is -1, which poll() passes over.
    std::array<pollfd, 3> ends{{{in_.write.number(), POLLOUT, 0},
                                {out_.read.number(), POLLIN, 0},
                                {err_.read.number(), POLLIN, 0}}};
    if (::poll(ends.data(), ends.size(), static_cast<int>(left.count())) < 0 && errno != EINTR) {
      return std::strerror(errno);
    }
    if (ends[0].revents != 0) feed(input);
    if (ends[1].revents != 0) drain(out_.read, output, kMostOutput + 1);
    if (ends[2].revents != 0) drain(err_.read, complaint, kMostWords);
    if (output.size() > kMostOutput) return "an output without end";
  }
  return {};
}

int Child::wait() {
  int status = -1;
  while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return status;
}

// What a program said last, for it names the reason there.
std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \n");
  if (end == std::string::npos) return "no word of why";
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

}  // namespace

std::expected<std::string, base::Error> run_filter(const std::vector<std::string>& command,
                                                   std::string_view input,
                                                   const std::string& package) {
  Child child;
  const std::string& program = command.front();
  if (const int failed = child.start(command); failed != 0) {
    if (failed == ENOENT) {
      return std::unexpected(base::Error{program, "no such program on this machine", "it in PATH",
                                         "install the package " + package});
    }
    return std::unexpected(
        base::Error{program, std::strerror(failed), "a program that starts", {}});
  }
  const std::string trouble = child.talk(input);
  if (!trouble.empty()) {
    return std::unexpected(base::Error{program, trouble, "a converted report", {}});
  }
  const int status = child.wait();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !child.output.empty()) {
    return std::move(child.output);
  }
  return std::unexpected(
      base::Error{program, last_line(child.complaint), "a converted report", {}});
}

}  // namespace whydown::cli
