// QUIC handshakes: whom the client asked for, and who broke it off.
//
// UdpTracker owns the flows and tells whether a server answers at all: that is the connection. What
// is read of it is here. Initial packets are all that can be opened (packet/quic/initial.h), and
// only those of handshakes under way are: the client's until its ClientHello is there, some of
// either side for a close. A handshake is done when its client sends a short header, which takes
// the keys that both sides agreed on.
//
//   Initial(ClientHello) ->   <- Initial(ServerHello) Handshake   Handshake, short header ->   : ok
//   Initial(ClientHello) ->   <- Initial(CONNECTION_CLOSE, alert 120)                          :
//   failed Initial, version A   ->   <- Version Negotiation without A    (nothing more) : failed
//
// Of Handshake packets only their type is seen. So whoever gives up there, as a client does that
// does not like the certificate, is seen only to stop, and that is no verdict. Left out:
// connections that change their addresses, and handshakes beyond the table.
#pragma once

#include <array>

#include "journey/context.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/secured.h"
#include "journey/table.h"
#include "packet/quic/initial.h"

namespace whydown::journey {

class QuicTracker {
 public:
  // Of a handshake, valid until another one takes its place in the table; 0 is none.
  using Id = std::uint32_t;

  QuicTracker(Context& context, Healing& healing) : context_(context), healing_(healing) {}

  // A flow whose first datagram may begin a connection.
  Id begin(const packet::Packet& packet);
  // What its two sides send then.
  void from_client(Id id, const packet::Packet& packet);
  void from_server(Id id, const packet::Packet& packet);
  // No packet of the flow comes any more; `evicted`: none is waited for.
  void end(Id id, bool evicted);
  // The name that the client asks for; 0 where it is not known, or no longer.
  std::uint32_t name_of(Id id) const;
  // The client goes on as only an answer lets it, and none is in the capture.
  bool is_answer_unseen(Id id) const;
  // A handshake that nobody answered, and whose client was served in time in another way.
  bool is_healed(Id id) const;
  void advance();
  static std::size_t memory_bytes();

 private:
  // done: decided, and kept for its name. asked: no answer yet.
  enum class Stage : std::uint8_t { none, asked, answered, done };

  struct Handshake {
    Id id = 0;
    base::IpAddress client;
    base::IpAddress server;
    std::uint16_t client_port = 0;
    std::uint16_t server_port = 0;
    std::uint32_t version = 0;
    std::uint32_t name = 0;
    Trace hello;        // the first Initial
    Trace answer;       // the server's first packet
    Trace negotiation;  // Version Negotiation that the client has not gone on from
    Secured seen;
    std::array<std::uint8_t, packet::quic::kMaxConnectionId> first_id{};
    std::uint8_t first_id_size = 0;
    std::uint8_t opened_of_client = 0;  // Initials that were opened, or tried
    std::uint8_t opened_of_server = 0;
    std::uint16_t buffer = 0;  // of a ClientHello in several packets, counted from 1
    Stage stage = Stage::none;
    bool has_hello = false;
    bool is_answer_unseen = false;
    bool is_unread = false;  // counted as one whose ClientHello was not read
    bool healed = false;
    bool timed = true;
  };
  struct Buffer {
    Id owner = 0;
    packet::quic::HelloBytes bytes;
  };
  // Why a side gave up.
  struct Close {
    std::uint64_t error = 0;
    bool by_client = false;
  };

  Handshake* find(Id id);
  const Handshake* find(Id id) const;
  // Both: true when a close decided the handshake.
  bool on_initial(Handshake& handshake, const packet::quic::Header& header,
                  const packet::Packet& packet, packet::quic::Sender by);
  bool on_frames(Handshake& handshake, packet::quic::Bytes plain, const packet::Packet& packet,
                 packet::quic::Sender by);
  static void note_unseen(Handshake& handshake, const packet::quic::Header& header);
  void set_first_id(Handshake& handshake, packet::quic::Bytes id);
  void on_new_version(Handshake& handshake, const packet::quic::Header& header);
  void on_negotiation(Handshake& handshake, const packet::quic::Header& header,
                      const packet::Packet& packet);
  void on_retry(Handshake& handshake, const packet::quic::Header& header);
  void on_server_hello(Handshake& handshake, packet::quic::Bytes bytes);
  void on_client_hello(Handshake& handshake, packet::quic::Bytes bytes);
  void on_close(Handshake& handshake, const Close& close, const packet::Packet& packet);
  packet::quic::HelloBytes& bytes_of(Handshake& handshake);
  void keep_bytes(Handshake& handshake);
  void give_up_hello(Handshake& handshake);
  bool may_open(Handshake& handshake, packet::quic::Sender by);
  Attempt attempt_of(const Handshake& handshake) const;
  void settle(Handshake& handshake, Attempt& attempt);
  void leave(Handshake& handshake);

  Context& context_;
  Healing& healing_;
  packet::quic::Opener opener_;
  // The handshakes in the order they began in; the oldest makes room for the next one.
  ZeroedArray<Handshake> handshakes_{limits::kQuicHandshakes};
  ZeroedArray<Buffer> buffers_{limits::kQuicHellos};
  packet::quic::HelloBytes scratch_{};
  Id last_ = 0;
  Id late_ = 0;  // up to this one, what became of the unanswered is known
  std::size_t next_buffer_ = 0;
  std::int64_t second_ = 0;  // of the capture, and how many packets were opened in it
  std::size_t opened_ = 0;
};

}  // namespace whydown::journey
