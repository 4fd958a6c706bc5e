// Captures the probe's own packets on every interface into memory, so that nothing is left behind.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <pcap/pcap.h>

#include "base/error.h"

namespace whydown::probe {

class Recorder {
 public:
  // Opens the device "any". The error says what is missing, above all the right to capture.
  static std::expected<std::unique_ptr<Recorder>, std::string> open(std::uint64_t most_packets);
  // Without a capture: a file without packets, for the same way through the pipeline.
  static std::expected<std::unique_ptr<Recorder>, std::string> open_empty();

  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder();

  std::expected<void, std::string> start(const std::string& filter);
  std::expected<void, std::string> set_filter(const std::string& filter);
  // What was captured so far, as a file that stays as it is during the call.
  void with_file(const std::function<void(const std::string& path)>& read);
  void stop();  // keeps what was captured
  // Writes it all to an open file; false with errno set where that failed.
  bool copy_to(int file);

  bool is_capturing() const { return live_ != nullptr; }
  bool is_full() const { return is_full_; }
  std::uint64_t packets() const { return packets_; }
  std::uint64_t kernel_drops();
  const std::string& failure() const { return failure_; }  // of the capture while it ran

 private:
  Recorder() = default;
  std::expected<void, std::string> open_file(pcap_t* of);
  std::expected<void, std::string> apply(const std::string& filter);
  void run(const std::stop_token& stop);
  void keep(const pcap_pkthdr& header, const std::uint8_t* bytes);

  pcap_t* live_ = nullptr;
  pcap_dumper_t* dumper_ = nullptr;
  int file_ = -1;
  std::uint64_t most_packets_ = 0;
  std::uint64_t bytes_ = 0;
  std::atomic<std::uint64_t> packets_ = 0;
  std::atomic<bool> is_full_ = false;
  std::string failure_;
  std::mutex mutex_;  // the handle and the file
  std::jthread thread_;
};

}  // namespace whydown::probe
