// What a packet has to do with those before it, as plain data: relations are found here and put
// into words elsewhere.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bounded.h"
#include "base/place.h"
#include "base/time.h"
#include "explain/limits.h"
#include "explain/recent.h"
#include "packet/packet.h"

namespace whydown::explain {

enum class Tie : std::uint8_t {
  same_frame,  // `other` is the same packet, captured a moment ago
  // DNS
  query_repeated,           // `other` the last one, `count` the number of this try
  query_repeated_refused,   // ... and an ICMP error, `second`, had come back
  query_repeated_answered,  // ... and an answer had
  question_asked_before,    // the same under another id, port or server: `other`
  question_refused_before,
  question_answered_before,
  answers,         // `other` the (last) query, `count` how often it was asked
  answers_again,   // `other` the answer before
  answers_unseen,  // no query
  // ICMP errors
  error_about,  // `other` the packet complained of
  error_again,  // `other` the first such error, `count` how many by now
  error_unseen,
  // TCP
  syn_repeated,   // `other` the last one, `count` the number of this try
  syn_after_yes,  // ... though `second` had accepted
  syn_ack,        // `other` the SYN
  syn_ack_repeated,
  syn_ack_unseen,
  handshake_done,  // `other` the SYN, `second` the SYN-ACK; the gap counts from the SYN
  reset_refuses,   // `other` the SYN
  reset_cuts,      // `other` the connection's first packet
  reset_late,      // both sides had ended already: `other` the last FIN
  reset_again,     // `other` the reset before
  reset_unseen,
  data_answers,   // `other` the last data of the other side
  data_repeated,  // `other` the same bytes' packet, where it is remembered
  data_gap,       // `count` bytes before it were not captured
  acks_all,       // `other` the last packet of the other side that takes up sequence numbers
  acks_repeated,  // the same acknowledgment as `other`, data still missing
  keep_alive,
  fin_first,   // `other` the connection's first packet
  fin_second,  // `other` the other side's FIN
  // UDP
  datagram_answers,  // `other` the last one of the other side
  datagram_follows,  // `other` the last one of this side: nothing came back in between
  // Others
  echo_answers,
  echo_repeated,
  echo_unseen,
  asks_again,  // ARP, neighbour discovery: `count` the number of this try
  neighbour_answers,
  neighbour_unasked,
  first_of_conversation,
  count_,
};

struct Relation {
  Tie tie = Tie::first_of_conversation;
  base::Place other;
  base::Place second;
  base::Duration gap{0};  // since `other`, where both packets carry a time
  bool has_gap = false;
  std::uint64_t count = 0;
};

using Relations = base::BoundedVector<Relation, 4>;

// Packets of one direction that something later may be about.
struct Seen {
  base::Place place;
  std::uint64_t print = 0;  // tells the same packet captured twice
  std::uint32_t ip_id = 0;
  std::uint32_t sequence = 0;
  std::uint32_t end = 0;    // of what it takes up in the sequence
  std::uint8_t ttl = 0;     // 0: not known
  std::uint64_t query = 0;  // of a DNS query: Key::detail under which it is kept
};

struct Side {
  std::array<Seen, limits::kRemembered> seen;
  std::uint64_t packets = 0;
  base::Place syn;
  base::Place fin;
  base::Place data;        // the last with data
  base::Place last_taken;  // the last that took up sequence numbers
  base::Place last_ack;
  std::uint32_t first_sequence = 0;  // of its SYN
  std::uint32_t next = 0;            // the number after the highest sent
  std::uint32_t acknowledged = 0;
  std::uint32_t window = 0;
  std::uint32_t tries = 0;  // SYNs
  std::uint8_t window_scale = 0xff;
  bool has_first_sequence = false;
  bool has_next = false;
  bool has_ack = false;
  bool window_closed = false;
  bool is_accepting = false;  // sent the SYN-ACK

  bool syn_seen() const { return syn.is_set() || is_accepting; }
  const Seen& last() const { return seen[(packets + 2 * seen.size() - 1) % seen.size()]; }
  const Seen& before_last() const { return seen[(packets + 2 * seen.size() - 2) % seen.size()]; }
};

struct Conversation {
  base::Place first;
  base::Place accepted;  // the SYN-ACK
  base::Place opened;    // the ACK after it
  base::Place reset;
  std::array<Side, 2> sides;
  std::uint64_t packets = 0;
};

class Story {
 public:
  Story();
  // Takes the packet in. The relations are of this packet to earlier ones.
  void follow(const packet::Packet& packet, Relations& relations);
  // Of the packet followed last: its conversation and the index of its sender; null where it is
  // no TCP or UDP packet with ports.
  const Conversation* conversation() const { return conversation_; }
  std::size_t sender() const { return sender_; }
  // The question that an answer without one belongs to; empty if not known.
  std::string_view question() const { return question_; }
  std::uint16_t question_type() const { return question_type_; }
  // The true length of the query an error is about, where its own name tells it; 0 otherwise.
  std::uint32_t query_length() const { return query_length_; }
  // The time to live that the packet an error is about was captured with; 0 where not known.
  std::uint8_t complained_ttl() const { return complained_ttl_; }
  std::uint64_t given_up() const;
  static std::size_t memory_bytes();

 private:
  struct Query {
    base::Place first;
    base::Place last;
    base::Place answer;
    base::Place error;
    base::ShortText name;
    std::uint32_t tries = 0;
    std::uint32_t length = 0;
    std::uint16_t type = 0;
    bool answered = false;  // by its server, be it with an error
  };
  struct Question {
    base::Place last;
    Key query;  // under which it was asked
    base::ShortText name;
  };
  struct Echo {
    base::Place request;
  };
  struct Neighbour {
    base::Place request;
    base::IpAddress asker;
    std::uint32_t tries = 0;
    bool answered = false;
  };
  struct Complaint {
    base::Place first;
    base::Place last;
    std::uint64_t last_print = 0;
    std::uint64_t count = 0;
  };

  // False when the packet is one that was just captured already.
  bool converse(const packet::Packet& packet, Relations& relations);
  void remember(const packet::Packet& packet, const Seen& seen);
  void dns(const packet::Packet& packet, Relations& relations);
  void query(const packet::Packet& packet, Relations& relations);
  void asked_before(const packet::Packet& packet, const Key& key, Relations& relations);
  void answer(const packet::Packet& packet, Relations& relations);
  void error(const packet::Packet& packet, Relations& relations);
  const Seen* complained_of(const packet::Packet& packet);
  void tcp(const packet::Packet& packet, Relations& relations);
  void udp(const packet::Packet& packet, Relations& relations);
  void echo(const packet::Packet& packet, Relations& relations);
  void neighbour(const packet::Packet& packet, Relations& relations);
  void ask_neighbour(const packet::Packet& packet, const base::IpAddress& wanted,
                     const base::IpAddress& asker, Relations& relations);
  void hear_neighbour(const packet::Packet& packet, const base::IpAddress& found,
                      const base::IpAddress& asker, Relations& relations);

  Recent<Conversation> conversations_;
  Recent<Query> queries_;
  Recent<Question> questions_;
  Recent<Echo> echoes_;
  Recent<Neighbour> neighbours_;
  Recent<Complaint> complaints_;
  Recent<Seen> lasts_;  // the last packet to a service, for errors that name no source port
  Conversation* conversation_ = nullptr;
  std::size_t sender_ = 0;
  std::string_view question_;
  std::uint16_t question_type_ = 0;
  std::uint32_t query_length_ = 0;
  std::uint8_t complained_ttl_ = 0;
};

// Whether an ICMP message of this type complains of another packet.
bool is_icmp_error(const packet::Packet& packet);
// Bytes of a DNS query without EDNS, as its name tells; 0 for other messages.
std::uint32_t plain_query_length(const packet::dns::Message& message);

}  // namespace whydown::explain
