// What time servers say of themselves: NTP answers that give no time.
//
// An answer is paired with its request by the time stamp that it repeats (RFC 5905 8). Silence is a
// matter of UDP.
#pragma once

#include "journey/limits.h"
#include "journey/request_healing.h"
#include "journey/table.h"

namespace whydown::journey {

class NtpTracker {
 public:
  explicit NtpTracker(RequestHealing& requests) : requests_(requests) {}
  // A UDP datagram of port 123.
  void packet(const packet::Packet& packet);
  static bool is_ntp(const packet::Packet& packet) {
    return packet.source_port == kPort || packet.destination_port == kPort;
  }
  static std::size_t memory_bytes() { return Memory<Asked>::bytes(limits::kNtpRequests); }

 private:
  static constexpr std::uint16_t kPort = 123;
  struct Asked {
    std::uint64_t key;
    std::int64_t last;
    std::uint64_t number;
    std::uint32_t line;
    std::uint16_t input;
    std::uint16_t known;
    std::uint16_t client_port;
    std::uint8_t ttl;
    std::uint8_t bits;
  };
  RequestHealing& requests_;
  Memory<Asked> asked_{limits::kNtpRequests};
};

}  // namespace whydown::journey
