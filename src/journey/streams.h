// The conversations of all connections: puts their bytes in order for who listens (stream.h).
//
// Bytes that come in order are read where they are, in the packet. Only where a message spans
// segments, or a hole must be waited for, they go to a buffer, of which there are few. A hole is
// given up when the other side acknowledges it again and again (it has the bytes, the capture has
// not), when more comes behind it than a buffer holds, and when the buffers are used up.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "journey/context.h"
#include "journey/limits.h"
#include "journey/stream.h"
#include "journey/table.h"

namespace whydown::journey {

class Streams {
 public:
  explicit Streams(Context& context) : context_(context) {}
  // In the order in which they are asked; at most kListeners.
  void add(Listener& listener);

  // What is known of a connection when its first bytes come.
  struct Connection {
    const base::IpAddress& client;
    const base::IpAddress& server;
    std::uint16_t client_port;
    std::uint16_t server_port;
    bool client_first;
    bool mid_stream;
    Slot flow;  // of the caller; a conversation belongs to one
  };
  // A packet with data of a connection that nobody listens to yet: the conversation, kNoSlot where
  // nobody claims it, or kHeard where who claimed it wants no more of the connection.
  static constexpr Slot kHeard = ~Slot{0};
  Slot begin(const Connection& connection, Side side, const packet::Packet& packet);
  // Every later packet. False where the conversation is no more.
  bool packet(Slot conversation, Slot flow, Side side, const packet::Packet& packet);
  // A row of a table may be of this conversation, and may not: what is missing of it says nothing.
  void doubt(Slot conversation, Slot flow);
  // The connection leaves the caller's table.
  void end(Slot conversation, Slot flow, End end);

  void advance();
  void finish();
  static std::size_t memory_bytes();

  static constexpr std::size_t kListeners = 8;

 private:
  // A run of bytes in a buffer behind a hole.
  struct Island {
    std::uint16_t begin = 0;
    std::uint16_t end = 0;
  };
  // One direction.
  struct Half {
    std::uint32_t next = 0;      // the sequence number of the next byte to give
    std::uint32_t close_at = 0;  // ... behind the last one, where a FIN came too early
    std::uint64_t skip = 0;      // bytes to pass over
    Slot buffer = kNoSlot;       // holds bytes from `next` on
    std::uint32_t wants = 0;     // bytes without a hole until the listener is asked again
    std::uint16_t ready = 0;     // bytes in the buffer without a hole
    std::uint8_t acks = 0;       // of the other side, of bytes behind the hole
    std::uint8_t island_count = 0;
    bool known = false;    // `next` is
    bool closing = false;  // a FIN came too early
    bool closed = false;
    std::array<Island, limits::kIslands> islands;
  };
  enum Age : std::uint8_t { young, old, ages };
  struct Talk {
    Conversation about;
    std::array<Half, 2> halves;
    Listener* listener = nullptr;
    Slot flow = kNoSlot;
    Age age = young;
    bool over = false;    // the next bytes are asked about
    bool in_use = false;  // since an eviction last passed over it
    std::int64_t begun = 0;
    std::int64_t last_seen = 0;
    Half& half(Side side) { return halves[static_cast<std::size_t>(side)]; }
  };
  struct Buffer {
    Slot talk = kNoSlot;
    Side side = Side::client;
  };

  // The packet at hand.
  struct Arrival {
    Slot slot;
    Side side;
    const packet::Packet& packet;
  };

  Half& half_of(const Arrival& arrival) { return talks_[arrival.slot].half(arrival.side); }
  std::uint8_t* bytes_of(const Half& half) { return &bytes_[half.buffer * limits::kStreamBuffer]; }
  Listener* claimed(const Conversation& about, Side side, const packet::Packet& packet,
                    std::span<const std::uint8_t> bytes) const;
  void make_room();
  static void note(Talk& talk, Side side, const packet::Packet& packet);
  // All of these: false when the conversation is over.
  bool arrive(const Arrival& arrival);
  bool words(const Arrival& arrival);
  void pass_told(const Arrival& arrival);
  bool segment(const Arrival& arrival);
  bool give(const Arrival& arrival, std::span<const std::uint8_t> bytes, std::uint32_t missing);
  bool keep(const Arrival& arrival, std::uint32_t offset, std::span<const std::uint8_t> bytes);
  bool offer_kept(const Arrival& arrival);
  bool offer(const Arrival& arrival, std::span<const std::uint8_t> bytes, std::uint32_t& used);
  bool give_up_hole(const Arrival& arrival);
  bool heed_ack(const Arrival& arrival);
  bool finish_side(const Arrival& arrival);
  bool close(const Arrival& arrival, bool reset);
  void hand_over(const Arrival& arrival, std::span<const std::uint8_t> bytes);
  void gap(const Arrival& arrival);
  void advance_by(const Arrival& arrival, std::uint32_t count);
  void consume(const Arrival& arrival, std::uint32_t count);
  static bool add_island(Half& half, std::uint32_t begin, std::uint32_t end);
  void take_buffer(const Arrival& arrival);
  void drop_buffer(Half& half);
  void drop(Slot slot);
  void end_with(Slot slot, End end);

  Context& context_;
  std::array<Listener*, kListeners> listeners_{};
  std::size_t listener_count_ = 0;
  Slab<Talk> talks_{limits::kConversations};
  Chains by_age_{ages, limits::kConversations};
  Slab<Buffer> buffers_{limits::kStreamBuffers};
  Chains buffer_ages_{1, limits::kStreamBuffers};
  ZeroedArray<std::uint8_t> bytes_{(limits::kStreamBuffers + 1) * limits::kStreamBuffer};
};

}  // namespace whydown::journey
