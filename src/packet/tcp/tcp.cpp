#include "packet/tcp/tcp.h"

#include <span>

#include "base/cursor.h"

namespace whydown::packet::tcp {
namespace {

using base::load_be16;

// https://www.iana.org/assignments/tcp-parameters
constexpr std::uint8_t kEnd = 0;
constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kMss = 2;
constexpr std::uint8_t kWindowScale = 3;
constexpr std::uint8_t kSackPermitted = 4;
constexpr std::uint8_t kTimestamps = 8;

}  // namespace

void read_options(std::span<const std::uint8_t> options, Tcp& tcp) {
  std::size_t at = 0;
  while (at < options.size() && options[at] != kEnd) {
    const std::uint8_t* p = options.data() + at;
    if (*p == kNoOperation) {
      ++at;
      continue;
    }
    const std::size_t left = options.size() - at;
    if (left < 2 || p[1] < 2 || p[1] > left) return;
    switch (load_be16(p)) {  // kind and length
      case kMss << 8U | 4U:
        tcp.mss = load_be16(p + 2);
        break;
      case kWindowScale << 8U | 3U:
        tcp.window_scale = p[2];
        break;
      case kSackPermitted << 8U | 2U:
        tcp.sack_permitted = true;
        break;
      case kTimestamps << 8U | 10U:
        tcp.has_timestamps = true;
        break;
      default:
        break;
    }
    at += p[1];
  }
}

}  // namespace whydown::packet::tcp
