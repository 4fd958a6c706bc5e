// Whether a login by SSH was accepted, from the sizes of what is sealed.
//
// The key exchange is in clear (RFC 4253 6, 7): packets with a length and a type, up to NEWKEYS.
// Then the client asks for the service, and tries one way of authentication after the other; each
// gets one answer. A refusal (SSH_MSG_USERAUTH_FAILURE, RFC 4252 5.1) lists what may go on, so all
// refusals of a session have one length, no shorter than the leave to log in, which names the
// service (RFC 4253 10). Nothing is shorter than that but the yes (SSH_MSG_USERAUTH_SUCCESS), one
// byte:
//
//     client  NEWKEYS  service  "none"  password   password
//     server  NEWKEYS  44       52      52         52 bytes, and the connection ends: refused
//     server  NEWKEYS  44       52      28 bytes: accepted
//
// Left out: which way was tried, by whom; a yes that comes in one segment with what follows it,
// unless much follows; captures that cut packets short.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "journey/stream.h"

namespace whydown::journey {

class SshLogin {
 public:
  enum class Verdict : std::uint8_t { open, refused, accepted, unknown };
  struct Read {
    std::uint32_t taken = 0;
    std::uint32_t wants = 0;
  };

  // The line with the version went by.
  void said_hello(Side side) { half(side).hello = true; }
  // What follows of this side are packets.
  bool is_binary(Side side) const { return halves_[static_cast<std::size_t>(side)].hello; }
  Read read(Side side, std::span<const std::uint8_t> bytes);
  // A row of a table told of the side's last message in clear, or of so many sealed bytes.
  void told_new_keys(Side side) { half(side).sealed = true; }
  void told_sealed(Side side, std::uint32_t size) {
    if (half(side).sealed) on_sealed(side, size);
  }
  // The client asked to be let in.
  bool begins_login() const { return requests_ >= kFirstLogin; }
  void lose() { lost_ = true; }  // bytes are missing
  void close() { closed_ = true; }
  Verdict verdict() const;
  // How often it was refused; the first way that most clients try is none at all.
  std::uint32_t refusals() const { return refusals_ > 1 ? refusals_ - 1U : refusals_; }

 private:
  static constexpr std::uint8_t kFirstLogin = 2;   // the first request is for the service
  static constexpr std::uint32_t kPlainest = 128;  // bytes of a refusal, at most
  static constexpr std::uint32_t kWentOn = 2048;   // more than refusals and keys offered take
  static constexpr std::uint32_t kLargestPacket = 35000;  // RFC 4253 6.1
  static constexpr std::uint8_t kNewKeys = 21;

  struct Half {
    bool hello = false;
    bool sealed = false;
  };
  Half& half(Side side) { return halves_[static_cast<std::size_t>(side)]; }
  void on_sealed(Side side, std::uint32_t size);

  std::array<Half, 2> halves_{};
  std::uint16_t leave_ = 0;  // length of the answer to the request for the service
  bool is_in_ = false;
  std::uint8_t requests_ = 0;  // of the client since its NEWKEYS
  std::uint8_t answered_ = 0;  // requests_ at the server's last answer
  std::uint8_t refusals_ = 0;  // answers of the first one's length
  bool is_last_refusal_ = false;
  bool lost_ = false;
  bool closed_ = false;
  std::uint16_t refusal_ = 0;  // the first answer's length
  std::uint32_t answers_ = 0;  // bytes
};

}  // namespace whydown::journey
