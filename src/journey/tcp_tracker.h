// TCP handshakes as attempts, and the flows they open.
//
// A flow is in one of three ages: asked (SYN, no answer yet), answered (SYN-ACK, the client has not
// gone on), settled (its attempt is decided, or its handshake was never seen). Of an established
// connection it is known who sent data, when the server was heard last, and whether the data
// arrives (transfer.h); what it carries goes to its conversation (streams.h), if somebody listens.
#pragma once

#include <cstddef>

#include "journey/context.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/probes.h"
#include "journey/streams.h"
#include "journey/table.h"
#include "journey/tcp_sequence.h"
#include "journey/trace.h"
#include "journey/transfer.h"

namespace whydown::journey {

class TcpTracker {
 public:
  TcpTracker(Context& context, Healing& healing, Probes& probes, Streams& streams);
  void packet(const packet::Packet& packet);
  // A row of a table may be of the connection with these ends, or of another one.
  void doubt(const packet::Packet& packet);
  // Fetches what packet() will touch; `ends` is hash_of_ends().
  void expect(const packet::Packet& packet, std::uint64_t ends) const;
  // How well this tracker knows the flow that an ICMP error complains of. `order` of the request
  // orders several trackers' oldest ones.
  enum class Match : std::uint8_t { none, settled, pending };
  struct Found {
    Match match = Match::none;
    Slot slot = kNoSlot;
    std::uint32_t age = 0;  // packets since the request
  };
  Found find(const Complaint& complaint) const;
  void fail(Slot slot, const Complaint& complaint);
  Slot oldest_of(Suspects& suspects) const;  // of errors without ports
  void advance();
  void finish();
  static std::size_t memory_bytes();

 private:
  enum class State : std::uint8_t { asked, answered, established, refused, mid_stream, given_up };
  enum class Sent : std::uint8_t { nothing, data, data_again };  // again: it got no ACK at first
  enum Age : std::uint8_t { young, old, half_open, settled, ages };

  // What follows upon the packet that opened a flow. Its first line is, beside the flow's own, what
  // an established connection's packet touches.
  struct alignas(kCacheLine) Sequel {
    Sequence from_client_bytes;
    Sequence from_server_bytes;
    TransferMarks marks;
    Slot stream = kNoSlot;         // its conversation
    std::uint16_t heard_beat = 0;  // when the server's packet in `last` came; 0: none is there
    std::uint8_t looks = 0;        // segments with data that may still begin a conversation
    Sent client_sent = Sent::nothing;
    bool server_sent = false;   // data, or the end of it
    bool client_first = false;  // of the two
    bool ended = false;         // by FIN or RST
    const Sequence& bytes_of(bool from_client) const {
      return from_client ? from_client_bytes : from_server_bytes;
    }
    Sequence& bytes_of(bool from_client) {
      return from_client ? from_client_bytes : from_server_bytes;
    }
    Trace last;  // request; once settled, the packet by which the server was heard last
    Trace answer;
  };

  // A flood is millions of SYNs that nothing follows: of these only the first two lines are ever
  // touched.
  struct alignas(kCacheLine) Flow {
    Flow() {}  // NOLINT(modernize-use-equals-default): the sequel stays as it is
    base::IpAddress client;
    base::IpAddress server;
    std::uint16_t client_port = 0;
    std::uint16_t server_port = 0;
    std::uint32_t hash = 0;
    std::int64_t last_seen = 0;
    State state = State::asked;
    Age age = young;
    bool client_spoke = false;
    bool server_spoke = false;
    bool carried = false;  // data or ACKs, in any direction
    bool in_use = false;   // since an eviction last passed over it
    bool told_unseen = false;
    bool in_pairs = false;
    bool healed = false;
    bool timed = true;         // every packet of the handshake had a time
    bool from_server = false;  // mid-stream: the first packet came from the server
    bool again = false;        // more than one packet
    bool has_sequence = false;
    bool has_sequel = false;
    std::uint8_t answers = 0;  // SYN-ACKs
    std::uint16_t tries = 0;
    Trace first;
    std::uint32_t first_sequence = 0;   // of the SYN
    std::uint32_t order = 0;            // of the last request
    std::uint32_t server_sequence = 0;  // of the SYN-ACK, where both are known

    const Sequel& sequel() const {
      static constexpr Sequel none{};
      return has_sequel ? rest : none;
    }
    Sequel& sequel() {
      if (!has_sequel) std::construct_at(&rest);
      has_sequel = true;
      return rest;
    }

   private:
    union {
      Sequel rest;
    };
  };
  static constexpr std::size_t kWithoutSequel = 2 * kCacheLine;
  static_assert(sizeof(Flow) == kWithoutSequel + sizeof(Sequel) &&
                sizeof(Sequel) == 2 * kCacheLine);

  // The handshake's packets, or the one that was seen first of a connection in mid-stream.
  struct Told final : Packets {
    explicit Told(const Flow& flow_told) : flow(flow_told) {}
    void show(Attempt& attempt) const override;
    bool shorten(Traces& traces) const override;
    const Flow& flow;
  };

  // Who sent the packet at hand, seen from its flow.
  struct View {
    const packet::Packet& packet;
    bool from_client = true;
    std::uint8_t flags = 0;
    std::int64_t before = 0;  // when the flow's packet before it came, ns
    bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  };

  Slot lookup(const packet::Packet& packet, std::uint64_t hash, bool& from_client, bool& crowded);
  Slot open(const packet::Packet& packet, std::uint64_t hash, bool sender_is_client);
  void make_room();
  void move_to(Slot slot, Age age);
  void leave_pairs(Slot slot);
  void forget(Slot slot);
  void forget_here(Slot slot);  // the same, inlined where most packets of a flood pass
  // Decides what is undecided and counts the flow; it stays in the table. Without an ACK for
  // `patience` a handshake is half open. `now` as of Healing::settle().
  void close(Slot slot, base::Duration patience = limits::kHalfOpen, bool now = false);
  void fetch_behind(Slot slot);
  void evict(Slot slot);
  void decide_silence(Slot slot, bool now = false);
  void emit_open(Slot slot);
  void emit_ok(Slot slot, bool is_half_open);
  void emit_mid_stream(Slot slot);
  void settle(Slot slot, State state);
  static void set_service(Service& service, const Flow& flow);
  static Outline outline_of(const Flow& flow);
  static Attempt attempt_of(const Flow& flow);
  void count_one_way(const Flow& flow);
  void tell_of_server(const Flow& flow);
  void tell_of_data(const Flow& flow);
  base::Duration watched(const Flow& flow) const;
  void observe(Sign sign, const Flow& flow, const Trace& trace);

  void first_packet(const View& view, std::uint64_t hash);
  void restart(Slot slot, const View& view, std::uint64_t hash);
  static bool is_copy_in_text(const Flow& flow, const View& view);
  static bool knows_sequence(const packet::Packet& packet);
  void follow_older(Slot slot, const View& view);
  void on_syn(Slot slot, const View& view, std::uint64_t hash);
  void on_syn_ack(Slot slot, const View& view, std::uint64_t hash);
  void on_reset(Slot slot, const View& view);
  void on_segment(Slot slot, const View& view);
  void proceed(Slot slot, const View& view);
  static void hear(Flow& flow, const View& view);
  static void note_data(Flow& flow, const View& view);
  static void note_request(Flow& flow, const packet::Packet& packet);
  static bool is_read(const Flow& flow, const View& view);
  void read(Slot slot, const View& view);
  void follow_bytes(Slot slot, const View& view);
  void follow(Slot slot, const View& view, bool is_exact);
  // tcp_words.cpp
  void follow_words(Slot slot, const View& view);
  bool number_line(const Flow& flow, const View& view);
  void catch_up(Flow& flow, const View& view);
  bool asks_for_room(const Flow& flow, bool from_client, const packet::Tcp& tcp) const;

  // tcp_transfers.cpp: what becomes of the data.
  void watch(Slot slot, const View& view, bool is_exact);
  void watch_closely(Slot slot, const View& view, bool is_exact);
  void open_transfer(Slot slot);
  void after_reset(Flow& flow, const View& view);
  void cut(Slot slot, const View& view, bool is_exact);
  void tell_cut(Flow& flow, const Trace& reset, std::int64_t before, bool by_client);
  void end_transfer(Slot slot);
  static const Trace& began(const Flow& flow);
  bool tell_trouble(Flow& flow, const Transfer& record);
  void tell_losses(const Flow& flow, const Transfer& record);
  void tell_transfer(Flow& flow, Attempt& attempt);
  Attempt transfer_of(const Flow& flow) const;
  Digest digest_of_flow(const Flow& flow, const Trace& trace, bool from_client) const;
  void observe_transfer(Sign sign, const Flow& flow, const Trace& trace, bool from_client);
  bool silent_by_now(const Flow& flow) const;

  Context& context_;
  Healing& healing_;
  Probes& probes_;
  Streams& streams_;
  Slab<Flow> flows_{limits::kTcpFlows};
  Index by_ends_{limits::kTcpFlows};
  Chains by_pair_{limits::kTcpFlows / 8, limits::kTcpFlows};  // undecided ones of text inputs only
  Chains by_age_{ages, limits::kTcpFlows};
  Slab<Transfer> transfers_{limits::kTransfers};
  Chains transfers_by_age_{1, limits::kTransfers};
  SilentServers troubled_;  // servers of which some transfer did not go well
  std::size_t settled_count_ = 0;
  bool hides_data_ = false;  // some rows of a table showed no ports
  packet::Packet numbered_;  // of follow_words(): a line's packet with the header's own numbers
};

// Server side of a conversation whose beginning was not seen: the known service, else the lower
// port.
bool destination_is_server(std::uint16_t source_port, std::uint16_t destination_port);
// Whether that guess is safe.
bool is_surely_server(std::uint16_t server_port, std::uint16_t client_port);

}  // namespace whydown::journey
