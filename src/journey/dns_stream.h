// DNS messages on a connection (RFC 1035 4.2.2, RFC 7766): each behind two bytes of length.
//
// Where one message ends and the next begins has nothing to do with segments: many senders give the
// length a segment of its own, a long answer takes several, and pipelined queries share one. So the
// bytes are read here, in order, and each message goes to the DNS tracker as if a datagram had
// brought it, under the packet that made it whole.
//
// After a hole nobody knows where a message begins. Then a segment is read only if a message that
// makes sense begins with it, as in a connection whose beginning was not captured. A message that
// is longer than a buffer (zone transfers) is read as far as the buffer goes.
//
// Left out: DNS over TLS, of which only the handshake shows.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "journey/dns_tracker.h"
#include "journey/limits.h"
#include "journey/stream.h"
#include "journey/table.h"

namespace whydown::journey {

class DnsStream final : public Listener {
 public:
  explicit DnsStream(DnsTracker& dns);

  bool claims(const Conversation& conversation, Side side,
              std::span<const std::uint8_t> bytes) const override;
  void on_begin(Conversation& conversation) override;
  Taken on_bytes(Conversation& conversation, Side side, std::span<const std::uint8_t> bytes,
                 const packet::Packet& packet) override;
  void on_gap(Conversation& conversation, Side side) override;
  bool on_close(Conversation& conversation, Side side, bool reset,
                const packet::Packet& packet) override;
  void on_end(Conversation& /*conversation*/, End /*end*/) override {}
  static std::size_t memory_bytes();

 private:
  // Per side: whether a message begins with the next byte.
  struct Talk {
    std::array<bool, 2> lost{};
  };
  void tell(const Conversation& about, Side side, const packet::Packet& packet);

  DnsTracker& dns_;
  std::unique_ptr<packet::Packet> message_;  // the one at hand, as a packet of its own
  ZeroedArray<Talk> talks_{limits::kConversations + 1};
};

}  // namespace whydown::journey
