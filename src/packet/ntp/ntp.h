// NTP (RFC 5905 7.3): the header, and what a server says about itself in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace whydown::packet::ntp {

inline constexpr std::uint16_t kPort = 123;
inline constexpr std::size_t kHeader = 48;
inline constexpr std::uint8_t kClient = 3;  // modes, RFC 5905 figure 10
inline constexpr std::uint8_t kServer = 4;
inline constexpr std::uint8_t kUnsynchronised = 16;  // stratum
inline constexpr std::uint8_t kAlarm = 3;            // leap: the clock is not synchronised

struct Header {
  std::uint8_t leap = 0;
  std::uint8_t version = 0;
  std::uint8_t mode = 0;
  std::uint8_t stratum = 0;
  std::uint32_t reference = 0;  // with stratum 0 the kiss code, four letters
  std::uint64_t origin = 0;     // of answers: the request's transmit time
  std::uint64_t transmit = 0;
};

// False where the bytes are no NTP header of versions 1 to 4.
bool read(std::span<const std::uint8_t> bytes, Header& header);

// A server's answer that gives no time: kiss-o'-death, or a clock that is not set (RFC 5905 7.4,
// 11.1).
bool is_kiss(const Header& header);
bool is_unsynchronised(const Header& header);
// "RATE", "DENY"; letters and digits only.
std::string kiss_code(std::uint32_t reference);

}  // namespace whydown::packet::ntp
