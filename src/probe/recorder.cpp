#include "probe/recorder.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe/limits.h"

namespace whydown::probe {
namespace {

// libpcap's own words are best; its codes alone say little.
std::string reason(pcap_t* handle, int code) {
  const std::string text = handle != nullptr ? pcap_geterr(handle) : "";
  const std::string kind = pcap_statustostr(code);
  return text.empty() ? kind : kind + " (" + text + ")";
}

}  // namespace

std::expected<std::unique_ptr<Recorder>, std::string> Recorder::open(std::uint64_t most_packets) {
  std::unique_ptr<Recorder> recorder(new Recorder);
  recorder->most_packets_ = most_packets;
  char error[PCAP_ERRBUF_SIZE] = {};
  recorder->live_ = pcap_create("any", error);
  if (recorder->live_ == nullptr) return std::unexpected(std::string(error));
  pcap_t* handle = recorder->live_;
  pcap_set_snaplen(handle, limits::kSnaplen);
  pcap_set_buffer_size(handle, limits::kKernelBuffer);
  pcap_set_immediate_mode(handle, 1);
  pcap_set_timeout(handle, static_cast<int>(limits::kSlice.count()));
  const int activated = pcap_activate(handle);
  if (activated < 0) return std::unexpected(reason(handle, activated));
  if (pcap_setnonblock(handle, 1, error) != 0) return std::unexpected(std::string(error));
  // Nothing before the first filter is set: packets of others are none of our business.
  if (auto set = recorder->apply("less 1"); !set) return std::unexpected(set.error());
  if (auto opened = recorder->open_file(handle); !opened) return std::unexpected(opened.error());
  return recorder;
}

std::expected<std::unique_ptr<Recorder>, std::string> Recorder::open_empty() {
  std::unique_ptr<Recorder> recorder(new Recorder);
  pcap_t* dead = pcap_open_dead(DLT_LINUX_SLL, limits::kSnaplen);
  if (dead == nullptr) return std::unexpected(std::string("out of memory"));
  auto opened = recorder->open_file(dead);
  pcap_close(dead);
  if (!opened) return std::unexpected(opened.error());
  return recorder;
}

Recorder::~Recorder() {
  stop();
  if (dumper_ != nullptr) pcap_dump_close(dumper_);  // closes file_ too
  if (live_ != nullptr) pcap_close(live_);
}

std::expected<void, std::string> Recorder::open_file(pcap_t* of) {
  file_ = ::memfd_create("whydown-probe", MFD_CLOEXEC);
  if (file_ < 0) return std::unexpected(std::string(std::strerror(errno)));
  std::FILE* stream = ::fdopen(file_, "wb");
  if (stream == nullptr) {
    ::close(file_);
    return std::unexpected(std::string(std::strerror(errno)));
  }
  dumper_ = pcap_dump_fopen(of, stream);
  if (dumper_ == nullptr) {
    (void)std::fclose(stream);
    return std::unexpected(std::string(pcap_geterr(of)));
  }
  pcap_dump_flush(dumper_);
  return {};
}

std::expected<void, std::string> Recorder::apply(const std::string& filter) {
  bpf_program program{};
  if (pcap_compile(live_, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return std::unexpected(fmt::format("{} in the filter {}", pcap_geterr(live_), filter));
  }
  const int set = pcap_setfilter(live_, &program);
  pcap_freecode(&program);
  if (set != 0) return std::unexpected(std::string(pcap_geterr(live_)));
  return {};
}

std::expected<void, std::string> Recorder::start(const std::string& filter) {
  if (auto set = set_filter(filter); !set) return set;
  if (live_ != nullptr) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  return {};
}

std::expected<void, std::string> Recorder::set_filter(const std::string& filter) {
  if (live_ == nullptr) return {};
  const std::lock_guard lock(mutex_);
  return apply(filter);
}

void Recorder::keep(const pcap_pkthdr& header, const std::uint8_t* bytes) {
  if (is_full_) return;
  pcap_dump(reinterpret_cast<u_char*>(dumper_), &header, bytes);
  bytes_ += header.caplen;
  if (++packets_ >= most_packets_ || bytes_ >= limits::kCaptureBytes) is_full_ = true;
}

void Recorder::run(const std::stop_token& stop) {
  pollfd waiting{pcap_get_selectable_fd(live_), POLLIN, 0};
  const auto take = [](u_char* self, const pcap_pkthdr* header, const u_char* bytes) {
    reinterpret_cast<Recorder*>(self)->keep(*header, bytes);
  };
  while (!stop.stop_requested()) {
    (void)::poll(&waiting, 1, static_cast<int>(limits::kSlice.count()));
    const std::lock_guard lock(mutex_);
    const int taken = pcap_dispatch(live_, -1, take, reinterpret_cast<u_char*>(this));
    if (taken > 0) pcap_dump_flush(dumper_);
    if (taken >= 0) continue;
    failure_ = pcap_geterr(live_);  // an interface that goes down, above all
    return;
  }
}

void Recorder::with_file(const std::function<void(const std::string& path)>& read) {
  const std::lock_guard lock(mutex_);
  read(fmt::format("/proc/self/fd/{}", file_));
}

void Recorder::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

bool Recorder::copy_to(int file) {
  const std::lock_guard lock(mutex_);
  struct stat status{};
  if (::fstat(file_, &status) != 0) return false;
  off_t at = 0;
  while (at < status.st_size) {
    const auto rest = static_cast<std::size_t>(status.st_size - at);
    const ssize_t sent = ::sendfile(file, file_, &at, rest);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
  }
  return true;
}

std::uint64_t Recorder::kernel_drops() {
  if (live_ == nullptr) return 0;
  const std::lock_guard lock(mutex_);
  pcap_stat counts{};
  return pcap_stats(live_, &counts) == 0 ? counts.ps_drop : 0;
}

}  // namespace whydown::probe
