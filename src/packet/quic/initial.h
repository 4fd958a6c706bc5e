// What Initial packets hold. They are encrypted, but with keys that follow from the client's first
// Destination Connection ID, so that anybody in view can read them (RFC 9001 5.2): the ClientHello,
// and why a connection was refused.
//
//   initial secret = HMAC(salt of the version, connection id)
//   secret of a side = Expand(initial secret, "client in" or "server in")
//   key, iv, hp     = Expand(secret, "quic key" ...), AES-128-GCM and AES-128-ECB
//
// Nothing else of QUIC can be read, and nothing else is tried.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "packet/quic/quic.h"

namespace whydown::packet::quic {

inline constexpr std::size_t kMaxInitial = 2048;  // bytes of a packet that is opened
inline constexpr std::size_t kMaxFrames = 256;    // of a packet that are looked at

enum class Sender : std::uint8_t { client, server };

// Opens packets, one at a time. Its contexts are made at the first one, for making them takes
// longer than reading a small capture; after that, opening allocates nothing.
class Opener {
 public:
  Opener();
  ~Opener();
  Opener(const Opener&) = delete;
  Opener& operator=(const Opener&) = delete;

  // The frames of a whole Initial of a readable version; empty where the keys do not fit, or the
  // packet was changed on its way. Valid until the next call. `first_destination` is that of the
  // client's first Initial, or of its first one after a Retry.
  Bytes open(const Header& header, Bytes first_destination, Sender by);

 private:
  struct Keys {
    std::array<std::uint8_t, 16> key;
    std::array<std::uint8_t, 12> iv;
    std::array<std::uint8_t, 16> hp;
  };
  struct Contexts;
  bool derive(std::uint32_t version, Bytes first_destination, Sender by, Keys& keys);
  // The header without its protection, up to the packet number; its size, or 0.
  std::size_t unmask(const Header& header, const Keys& keys);
  std::unique_ptr<Contexts> contexts_;
  std::array<std::uint8_t, kMaxInitial> header_{};
  std::array<std::uint8_t, kMaxInitial> plain_{};
};

struct Frame {
  enum class Kind : std::uint8_t { crypto, close };
  Kind kind = Kind::crypto;
  std::uint64_t offset = 0;  // of CRYPTO
  Bytes data;                // of CRYPTO; of CONNECTION_CLOSE the words that it gives as its reason
  std::uint64_t error = 0;   // of CONNECTION_CLOSE
};
// The next frame of these two kinds (RFC 9000 12.4, 19); `plain` moves behind it. False at the end
// and at damage.
bool next_frame(Bytes& plain, Frame& frame);

// The bytes of a TLS handshake as CRYPTO frames bring them: in any order, some of them twice. A
// browser shuffles its ClientHello over two datagrams on purpose.
class HelloBytes {
 public:
  static constexpr std::size_t kCapacity = 4096;
  void clear() { have_ = {}; }
  // What lies beyond the capacity is left out.
  void add(std::uint64_t offset, Bytes data);
  // From the first byte up to the first hole.
  Bytes front() const;
  // Whether the first message is all there.
  bool is_whole() const;

 private:
  bool has(std::size_t at) const { return (have_[at / 64] >> (at % 64) & 1U) != 0; }
  std::array<std::uint8_t, kCapacity> bytes_;
  std::array<std::uint64_t, kCapacity / 64> have_;
};

}  // namespace whydown::packet::quic
