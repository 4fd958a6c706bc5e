// DNS questions and what became of them.
//
// One entry per (client socket, server socket, id, name, type) from the first query on. It stays
// after its attempt is decided, so that a second or late answer and a repeated ICMP error are known
// for what they are; the same question sent again then is a new attempt.
#pragma once

#include "journey/context.h"
#include "journey/dns_watch.h"
#include "journey/healing.h"
#include "journey/limits.h"
#include "journey/probes.h"
#include "journey/sole_address.h"
#include "journey/table.h"
#include "journey/trace.h"

namespace whydown::journey {

class DnsTracker {
 public:
  DnsTracker(Context& context, Healing& healing, Probes& probes);
  void packet(const packet::Packet& packet);
  // Data of a server's TCP port that is not shown: of text, or cut off.
  void unread(const packet::Packet& packet);
  // A packet that another input showed already.
  void copy(const packet::Packet& packet, std::uint64_t ends);
  // For a message that repeats another one at once: true when that question is answered, or this
  // one answers the next.
  bool is_next(const packet::Packet& packet, std::uint64_t ends) const;
  // Fetches what packet() will touch; `ends` is hash_of_ends().
  void expect(const packet::Packet& packet, std::uint64_t ends) const;

  enum class Match : std::uint8_t { none, settled, pending };
  struct Found {
    Match match = Match::none;
    Slot slot = kNoSlot;
    std::uint32_t age = 0;  // packets since the request
  };
  // The question that an ICMP error complains of: by id where the quote shows it, else the oldest
  // of the socket, else (no client port) the oldest of that client to that server.
  Found find(const Complaint& complaint);
  // A pending one fails. A settled one takes the error as its own if it still owes one; false when
  // the error must belong to a question that was not captured.
  void fail(Slot slot, const Complaint& complaint);
  // Of errors without ports: the oldest question that may be meant, and whether this client asked
  // that server lately. Silence of doubted questions is none: an error may have been theirs.
  Slot oldest_of(Suspects& suspects) const;
  bool has_asked(const base::IpAddress& client, const base::IpAddress& server) const;
  void doubt(const Complaint& complaint);
  bool absorb(Slot slot);
  // True when the quoted datagram is an answer that met the client's closed socket; reported then.
  bool is_rejected_answer(const Complaint& complaint);
  void advance();
  void finish();
  static std::size_t memory_bytes();

 private:
  // delivering: answered, but whether the client took the answer is not known yet.
  enum class State : std::uint8_t { asked, delivering, answered, failed, given_up };
  enum Age : std::uint8_t { young, old, delivering, settled, ages };

  struct alignas(kCacheLine) Query {
    base::IpAddress client;
    base::IpAddress server;
    std::uint16_t client_port = 0;
    std::uint16_t server_port = 0;
    std::uint16_t id = 0;
    std::uint16_t type = 0;
    std::uint32_t name = 0;
    std::uint32_t exact_hash = 0;
    std::uint32_t socket_list = 0;
    std::uint32_t order = 0;
    std::int64_t last_seen = 0;
    std::uint64_t client_key = 0;  // Healing::client_of
    std::uint64_t name_hash = 0;   // of the message; 0 where it shows no name
    std::uint64_t answer_content = 0;
    packet::Transport transport = packet::Transport::udp;
    State state = State::asked;
    Age age = young;
    bool in_pairs : 1 = false;
    bool timed : 1 = true;
    bool healed : 1 = false;
    bool healed_by_other : 1 = false;
    bool unusual : 1 = false;  // an opcode other than QUERY
    bool told_second : 1 = false;
    bool checking_disabled : 1 = false;
    bool two_inputs : 1 = false;   // `far` showed the query too
    bool doubted : 1 = false;      // an error may have been about it
    bool arrived : 1 = false;      // the answer, at `near`
    bool astray : 1 = false;       // an answer never arrived there
    bool in_pieces : 1 = false;    // of the answer, only the first fragment came so far
    bool asked_again : 1 = false;  // since then, the client asked for the same
    std::uint16_t near = 0;        // the input on the client's side
    std::uint16_t far = 0;
    std::uint16_t rejected = 0;  // answers that met the client's closed socket
    Slot delivery = kNoSlot;
    std::uint16_t expected_length = 0;
    std::uint16_t payload_size = 0;  // EDNS: what the client takes over UDP
    std::uint16_t tries = 0;
    std::uint16_t answers = 0;
    std::uint16_t errors = 0;
    DnsWatch::Name own;        // what is told of its name
    std::int32_t waited = -1;  // ms until another answer healed it; negative where not known
    Trace first;
    Trace last;
  };
  static_assert(sizeof(Query) == 3 * kCacheLine);

  // An answered attempt that may turn out to have served nobody.
  struct Delivery {
    Attempt attempt;
    Healing::NameServed served;
  };

  // The last answer with TC of a server to a client, of which nothing whole is known yet.
  struct CutOff {
    std::uint64_t key;
    std::int64_t last;
    std::uint32_t name;
    std::uint16_t type;
    bool checking_disabled;
  };

  // The packets of a question: its queries, and what decided it.
  struct Told final : Packets {
    explicit Told(const Query& asked, const packet::Packet* decided_by = nullptr,
                  Kind answer_kind = Kind::none)
        : query(asked), answer(decided_by), kind(answer_kind) {}
    void show(Attempt& attempt) const override;
    bool shorten(Traces& traces) const override;
    const Query& query;
    const packet::Packet* answer;
    Kind kind;
  };

  // One DNS message with its roles.
  struct View {
    const packet::Packet& packet;
    const base::IpAddress& client;
    const base::IpAddress& server;
    std::uint16_t client_port = 0;
    std::uint16_t server_port = 0;
    packet::Transport transport = packet::Transport::udp;
    std::uint64_t socket = 0;
    std::uint64_t exact = 0;
  };
  static View view_of(const packet::Packet& packet, std::uint64_t ends);

  struct Matches {
    Slot asked = kNoSlot;
    Slot decided = kNoSlot;  // looked for only where none is asked
    bool crowded = false;
  };
  // Into `matches`: returned, their small fields would be read back as one word, and the processor
  // waits for that.
  void find_exact(const View& view, Matches& matches) const;
  void look_for(const View& view, Matches& matches) const;  // find_exact(), inlined
  void on_query(const View& view, const Matches& matches);
  void on_answer(const View& view, const Matches& matches);
  void on_further_answer(Slot slot, const View& view);
  static bool is_repeated(const Query& query, const packet::Packet& packet);
  void on_unasked_answer(const View& view);
  void decide_answer(Slot slot, const View& view);
  // Who gives one address for whatever is asked: the name has another one.
  bool is_sole_address(const View& view, const Query& query);
  void note_cut_off(const Query& query, const packet::Packet& packet);
  // A second, different answer to a query that was sent once: one of the two is false. The first
  // one is told already, so that this one counts no request.
  void tell_contradiction(const Query& query, const packet::Packet& packet);
  static void tell_wrong(Context& context, Attempt attempt, const packet::Packet& packet);
  // What the answer says of addresses, and whom it serves; nobody (name 0) if it gives nothing.
  Healing::NameServed learn_from(const View& view, const Query& query);
  Healing::NameServed learn_here(const View& view, const Query& query);  // inlined, as below
  static bool is_prompt(const Query& query, const packet::Packet& packet);
  static bool may_be_lost(const Query& query, const Outline& attempt, const packet::Packet& packet);
  void deliver_later(Slot slot, const Outline& attempt, const View& view);
  void deliver(Slot slot);
  bool is_delivered(const Query& query, base::Time answered) const;
  void ask_again(Slot slot);
  void complete(Slot slot, const View& view);
  bool note_asked_again(const View& view);
  void leave_pieces(Query& query, bool delivered);

  template <typename Each>
  void each_latest(Age age, Each each) const;
  static Service service_of(const Query& query);
  // Of traffic that is odd in its mass; `answer` is null where there was none.
  void tell_usage(const Query& query, const Outline& attempt, const packet::Packet* answer,
                  Kind kind);
  Slot open(const View& view);
  void begin(Slot slot, const View& view);
  void make_room();
  void move_to(Slot slot, Age age);
  void leave_pairs(Slot slot);
  void settle(Slot slot, State state);
  void close(Slot slot);
  void forget(Slot slot);
  void forget_here(Slot slot);  // the same, inlined where most packets pass
  void evict(Slot slot);
  void decide_silence(Slot slot);
  static Outline outline_of(const Query& query);
  bool silent_by_now(const Query& query) const;
  void observe(Sign sign, const Query& query, const packet::Packet& packet, Kind kind);
  void index_sockets();

  Context& context_;
  Healing& healing_;
  Probes& probes_;
  SoleAddress sole_;
  DnsWatch watch_{context_};
  Slab<Query> queries_{limits::kDnsQueries};
  Slab<Delivery> deliveries_{limits::kDnsDeliveries};
  Memory<CutOff> cut_off_{limits::kCutOff};
  Index by_exact_{limits::kDnsQueries};
  // Asked for only by ICMP errors whose quote is too short for the id; kept from the first one on.
  Chains by_socket_{limits::kDnsQueries, limits::kDnsQueries};
  bool indexes_sockets_ = false;
  Chains by_pair_{limits::kDnsQueries / 8, limits::kDnsQueries};  // undecided ones of text only
  std::size_t settled_count_ = 0;
  std::size_t pieces_waiting_ = 0;  // answers of which only the first fragment came so far
  Chains by_age_{ages, limits::kDnsQueries};
};

}  // namespace whydown::journey
