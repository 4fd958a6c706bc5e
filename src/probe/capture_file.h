// Where a probe's capture is kept.
#pragma once

#include <cerrno>
#include <cstring>
#include <expected>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "probe/privileges.h"
#include "probe/recorder.h"

namespace whydown::probe {

// The file of -o, opened while the program still has the rights of who called it.
class CaptureFile {
 public:
  CaptureFile() = default;
  CaptureFile(const CaptureFile&) = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;
  ~CaptureFile() {
    if (file_ >= 0) ::close(file_);
  }
  std::expected<void, base::Error> open(const std::string& path) {
    if (path.empty()) return {};
    path_ = path;
    constexpr mode_t own = 0600;  // packets hold what was said
    file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, own);
    if (file_ < 0) return failed();
    const auto person = person_behind_root();
    if (person && ::fchown(file_, person->user, person->group) != 0) return failed();
    return {};
  }
  std::expected<void, base::Error> fill(Recorder& from) {
    if (file_ < 0) return {};
    if (!from.copy_to(file_)) return failed();
    return {};
  }

 private:
  std::expected<void, base::Error> failed() const {
    const bool is_there = errno == EEXIST;
    return std::unexpected(
        base::Error{path_, is_there ? "a file that is there already" : std::strerror(errno),
                    "a new file to keep the capture in", ""});
  }
  std::string path_;
  int file_ = -1;
};

}  // namespace whydown::probe
