// The seam between TCP connections and the protocols on them: a Conversation is one connection
// whose bytes somebody reads, a Listener is who reads them.
//
// The first bytes of a connection, not its port, decide who listens: each Listener is asked in turn
// whether it claims them. From then on it gets the bytes of each direction in order, without
// repetitions. It says how many it has read, how many more it must see at once to go on, and how
// many it does not want to see at all (a body, encrypted data). Example, a TLS listener and a
// certificate in three segments:
//
//   on_bytes(1,460 bytes) -> {.read = 127, .wants = 3,200}     the first message is whole
//   on_bytes(3,213 bytes) -> {.read = 3,213}                   the certificate, put together
//
// Text inputs carry no bytes. What a line says in the application's own words ("GET / HTTP/1.1",
// "Client Hello (SNI=www.example.org)") is given as it stands: on_words().
//
// Left out: urgent data; data in a SYN (RFC 7413); who speaks first where nobody sends a byte.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "journey/table.h"
#include "journey/trace.h"
#include "packet/packet.h"

namespace whydown::journey {

enum class Side : std::uint8_t { client, server };
constexpr Side other(Side side) { return side == Side::client ? Side::server : Side::client; }

class Listener;

// What a Listener may know of the connection. It lives from the bytes that were claimed until
// on_end().
struct Conversation {
  base::IpAddress client;
  base::IpAddress server;
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  // 1 to limits::kConversations, of no other conversation at the same time: a listener's own table
  // has an entry for each.
  Slot id = kNoSlot;
  bool client_first = false;  // the client sent data before the server did
  bool mid_stream = false;    // its handshake is not in the capture; who is the client is a guess
  bool timed = true;          // every packet so far had a time
  // The first packet with data of each side, and the one by which it closed (FIN or RST; of a FIN,
  // whether or not all bytes before it were captured).
  std::array<Trace, 2> first;
  std::array<Trace, 2> closed;
  std::array<std::uint64_t, 2> bytes{};  // given or passed over, holes included
  // The other side's system has all bytes of this side that were captured.
  std::array<bool, 2> acknowledged{};
  // The other side acknowledged more than that: bytes that were not captured, or not yet.
  std::array<bool, 2> unseen{};
  std::array<std::uint8_t, 2> repeats{};  // segments that came again; stays at 255
  // Bytes of this side wait behind a hole.
  std::array<bool, 2> hole{};
  // During on_bytes() and on_gap(): the snap length cut off what follows the bytes of this side. A
  // message that is not whole must be read as far as it goes; it may say that it skips the rest.
  std::array<bool, 2> cut{};

  const Trace& first_of(Side side) const { return first[static_cast<std::size_t>(side)]; }
  const Trace& closed_by(Side side) const { return closed[static_cast<std::size_t>(side)]; }
  std::uint64_t bytes_of(Side side) const { return bytes[static_cast<std::size_t>(side)]; }
  bool is_acknowledged(Side side) const { return acknowledged[static_cast<std::size_t>(side)]; }
  bool is_unseen(Side side) const { return unseen[static_cast<std::size_t>(side)]; }
  // Systems acknowledge data at once, and send again what nobody acknowledges. Where this side's
  // data met neither, packets are missing here (a filter, a file cut to the first packets of each
  // connection), and a silence that follows it is the capture's.
  bool is_left_out(Side side) const {
    return first_of(side).is_set() && !is_acknowledged(side) && repeats_of(side) == 0;
  }
  bool is_cut(Side side) const { return cut[static_cast<std::size_t>(side)]; }
  bool has_hole(Side side) const { return hole[static_cast<std::size_t>(side)]; }
  std::uint8_t repeats_of(Side side) const { return repeats[static_cast<std::size_t>(side)]; }
};

// What a listener made of the bytes it was offered.
struct Taken {
  std::uint32_t read = 0;   // bytes that need not come again
  std::uint64_t skip = 0;   // bytes behind them that nobody wants to see
  std::uint32_t wants = 0;  // of what is left: how many bytes it takes to go on; 0: any more
  bool done = false;  // nothing of this connection is of interest any more: no on_end() either
  // What follows (in both directions) is another protocol: STARTTLS, CONNECT. Whoever claims the
  // next bytes listens then; until somebody does, this listener goes on.
  bool over = false;
};

enum class End : std::uint8_t {
  closed,   // by FINs of both sides, or by a reset
  idle,     // no packet for limits::kStreamIdle
  pushed,   // the table was full, or a new connection of the same ends began
  over,     // another protocol took the connection over
  capture,  // the capture ended
};

class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  // Whether a conversation of this protocol begins with these bytes of `side`. In mid-stream,
  // whether a message does: strictly, many segments are asked about.
  virtual bool claims(const Conversation& conversation, Side side,
                      std::span<const std::uint8_t> bytes) const = 0;
  virtual bool claims_words(const Conversation& /*conversation*/, Side /*side*/,
                            std::string_view /*words*/) const {
    return false;
  }
  virtual void on_begin(Conversation& conversation) = 0;
  // `bytes` begin where the last ones that were read ended. `packet` is the one that made them
  // complete. Where they fill a whole buffer and nothing is read, they are given up: on_gap().
  virtual Taken on_bytes(Conversation& conversation, Side side, std::span<const std::uint8_t> bytes,
                         const packet::Packet& packet) = 0;
  // Of Taken, whether it is done or over.
  virtual Taken on_words(Conversation& /*conversation*/, Side /*side*/, std::string_view /*words*/,
                         const packet::Packet& /*packet*/) {
    return {.done = true};
  }
  // Bytes that were not captured, or that nobody could keep. What comes next begins with a segment.
  virtual void on_gap(Conversation& conversation, Side side) = 0;
  // A side closed; all of its bytes were given before. `packet` may be a later one than its FIN:
  // conversation.closed_by() is the FIN. False when done.
  virtual bool on_close(Conversation& conversation, Side side, bool reset,
                        const packet::Packet& packet) = 0;
  // Once, when this much time went by since the first byte: limits::kConnectHealing. What served
  // the client otherwise is remembered for about so long.
  virtual void on_late(Conversation& /*conversation*/) {}
  virtual void on_end(Conversation& conversation, End end) = 0;
};

}  // namespace whydown::journey
