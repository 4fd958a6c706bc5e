// Packets as bytes, for the generator: Ethernet, IPv4, UDP, TCP and DNS with right checksums, and a
// pcap file to put them in.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// xorshift64* (Vigna 2016): small, and the same on every machine, which std::*_distribution is not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}
  std::uint64_t next() {
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return state_ * 0x2545f4914f6cdd1dULL;
  }
  // 0 <= result < bound
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((next() >> 32U) * bound >> 32U);
  }
  bool percent(std::uint32_t share) { return below(100) < share; }

 private:
  std::uint64_t state_;
};

struct Endpoint {
  std::uint32_t address = 0;  // host order
  std::uint16_t port = 0;
};

struct TcpHeader {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint8_t flags = 0;
  bool with_mss = false;
};

namespace flag {
inline constexpr std::uint8_t fin = 1;
inline constexpr std::uint8_t syn = 2;
inline constexpr std::uint8_t psh = 8;
inline constexpr std::uint8_t ack = 16;
}  // namespace flag

class Writer {
 public:
  // Exits the program with a message when the file cannot be written.
  explicit Writer(const std::string& path);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // `time_us` counts from 2027-01-15 08:00:00 UTC.
  void udp(std::uint64_t time_us, Endpoint from, Endpoint to,
           std::span<const std::uint8_t> payload);
  void tcp(std::uint64_t time_us, Endpoint from, Endpoint to, const TcpHeader& header,
           std::span<const std::uint8_t> payload);
  std::uint64_t packets() const { return packets_; }

 private:
  void frame(std::uint64_t time_us, Endpoint from, Endpoint to, std::uint8_t protocol,
             std::span<const std::uint8_t> header, std::span<const std::uint8_t> payload);
  void write(std::span<const std::uint8_t> bytes);

  std::FILE* file_;
  std::vector<char> buffer_;
  std::uint64_t packets_ = 0;
  std::uint16_t ip_id_ = 0;
};

struct DnsMessage {
  std::uint16_t id = 0;
  std::uint16_t type = 1;  // 1 = A, 28 = AAAA
  bool response = false;
  bool nx_domain = false;
  std::uint32_t address = 0;  // of the answer; 0 = no answer record
};

// The message as bytes; `name` is dotted, without the final dot.
std::vector<std::uint8_t> dns_bytes(const DnsMessage& message, std::string_view name);

}  // namespace bench
