// TCP: the handshake, the bytes that went and came, and the end.
//
// Captures show absolute sequence numbers, so repetitions and gaps are seen. Text shows numbers
// that may count from anywhere: there only flags and sizes are followed.
#include "explain/relate.h"
#include "explain/story.h"

namespace whydown::explain {

using packet::Field;
using packet::Packet;
namespace tcp_flag = packet::tcp_flag;

namespace {

// Distance in a sequence space that wraps (RFC 9293 3.4).
std::int32_t ahead(std::uint32_t number, std::uint32_t of) {
  return static_cast<std::int32_t>(number - of);
}

bool has_flag(const Packet& packet, std::uint8_t flag) { return (packet.tcp.flags & flag) != 0; }

// Ports are used again: a SYN with another first number is another connection.
bool begins_anew(const Conversation& conversation, const Side& mine, const Packet& packet) {
  if (conversation.packets <= 1) return false;
  if (conversation.reset.is_set()) return true;
  if (!mine.syn.is_set())
    return conversation.sides[0].fin.is_set() && conversation.sides[1].fin.is_set();
  return packet.known.has(Field::tcp_sequence) && mine.has_first_sequence &&
         mine.first_sequence != packet.tcp.sequence;
}

void note_options(const Packet& packet, Side& mine) {
  mine.window_scale = packet.tcp.window_scale;
  if (!packet.known.has(Field::tcp_sequence)) return;
  mine.first_sequence = packet.tcp.sequence;
  mine.has_first_sequence = true;
  mine.next = packet.tcp.sequence + 1;
  mine.has_next = packet.known.has(Field::bytes);
}

class Segment {
 public:
  Segment(const Packet& packet, Conversation& conversation, std::size_t sender,
          Relations& relations)
      : packet_(packet),
        conversation_(conversation),
        mine_(conversation.sides[sender]),
        theirs_(conversation.sides[1 - sender]),
        relations_(relations) {}

  void syn() {
    ++mine_.tries;
    if (mine_.tries > 1) {
      const bool accepted = conversation_.accepted.is_set();
      add(accepted ? Tie::syn_after_yes : Tie::syn_repeated, mine_.syn, mine_.tries,
          conversation_.accepted);
    } else {
      add(Tie::first_of_conversation, {});
    }
    mine_.syn = packet_.place;
    mine_.last_taken = packet_.place;
    note_options(packet_, mine_);
  }

  void syn_ack() {
    if (conversation_.accepted.is_set()) {
      add(Tie::syn_ack_repeated, conversation_.accepted, 0, theirs_.syn);
    } else if (theirs_.syn.is_set()) {
      add(Tie::syn_ack, theirs_.syn, theirs_.tries);
    } else {
      add(Tie::syn_ack_unseen, {});
    }
    conversation_.accepted = packet_.place;
    mine_.is_accepting = true;
    mine_.last_taken = packet_.place;
    note_options(packet_, mine_);
  }

  void reset() {
    const bool ended = mine_.fin.is_set() && theirs_.fin.is_set();
    if (conversation_.reset.is_set()) {
      add(Tie::reset_again, conversation_.reset);
    } else if (theirs_.syn.is_set() && !conversation_.accepted.is_set()) {
      add(Tie::reset_refuses, theirs_.syn, theirs_.tries);
    } else if (ended) {
      add(Tie::reset_late, mine_.fin > theirs_.fin ? mine_.fin : theirs_.fin);
    } else if (conversation_.packets > 1) {
      add(Tie::reset_cuts, conversation_.first, theirs_.fin.is_set() ? 1 : 0, theirs_.fin);
    } else {
      add(Tie::reset_unseen, {});
    }
    conversation_.reset = packet_.place;
  }

  void data_or_ack() {
    const bool opens = conversation_.accepted.is_set() && !conversation_.opened.is_set() &&
                       mine_.syn.is_set() && has_flag(packet_, tcp_flag::ack);
    if (opens) {
      conversation_.opened = packet_.place;
      add(Tie::handshake_done, mine_.syn, 0, conversation_.accepted);
    }
    const bool alive = is_keep_alive();
    if (alive) add(Tie::keep_alive, {});
    if (packet_.payload_length > 0 && !alive) data();
    if (has_flag(packet_, tcp_flag::fin)) fin();
    if (has_flag(packet_, tcp_flag::ack) && packet_.known.has(Field::bytes)) {
      acknowledge(opens || alive);
    }
    if (packet_.known.has(Field::bytes)) advance(alive);
    mine_.window_closed = packet_.tcp.window == 0;
    mine_.window = packet_.tcp.window;
  }

 private:
  void add(Tie tie, const base::Place& other, std::uint64_t count = 0,
           const base::Place& second = {}) {
    relate(packet_, tie, other, relations_, count, second);
  }
  std::uint32_t length() const {
    return packet_.payload_length + (has_flag(packet_, tcp_flag::fin) ? 1U : 0U);
  }
  // One byte at most, of the number before the next (RFC 9293 3.8.4).
  bool is_keep_alive() const {
    return packet_.known.has(Field::bytes) && mine_.has_next && packet_.payload_length <= 1 &&
           !has_flag(packet_, tcp_flag::fin) && packet_.tcp.sequence == mine_.next - 1 &&
           conversation_.opened.is_set() && conversation_.opened != packet_.place &&
           !has_flag(packet_, tcp_flag::psh);
  }
  // The packet that carried this byte first, where it is remembered.
  base::Place original() const {
    for (const Seen& seen : mine_.seen) {
      if (seen.place == packet_.place || !seen.place.is_set() || seen.end == seen.sequence)
        continue;
      if (seen.sequence == packet_.tcp.sequence) return seen.place;
    }
    return {};
  }
  void data() {
    if (packet_.known.has(Field::bytes) && mine_.has_next) {
      const std::int32_t missing = ahead(packet_.tcp.sequence, mine_.next);
      if (missing > 0) add(Tie::data_gap, {}, static_cast<std::uint64_t>(missing));
      if (ahead(packet_.tcp.sequence + length(), mine_.next) <= 0) {
        add(Tie::data_repeated, original());
        return;
      }
    }
    // DNS says itself what it answers.
    const bool is_dns = packet_.application == packet::Application::dns;
    if (!is_dns && theirs_.data.is_set() && theirs_.data > mine_.data) {
      add(Tie::data_answers, theirs_.data);
    }
    mine_.data = packet_.place;
  }
  void fin() {
    if (mine_.fin.is_set()) return;
    if (theirs_.fin.is_set()) {
      add(Tie::fin_second, theirs_.fin);
    } else if (conversation_.packets > 1) {
      add(Tie::fin_first, conversation_.first);
    }
    mine_.fin = packet_.place;
  }
  void acknowledge(bool explained) {
    const std::uint32_t number = packet_.tcp.acknowledgment;
    const bool fresh = !mine_.has_ack || mine_.acknowledged != number;
    if (!explained && theirs_.has_next) {
      const bool bare = length() == 0 && packet_.tcp.window == mine_.window;
      if (fresh && number == theirs_.next && theirs_.last_taken.is_set()) {
        add(Tie::acks_all, theirs_.last_taken);
      } else if (!fresh && bare && ahead(theirs_.next, number) > 0) {
        add(Tie::acks_repeated, mine_.last_ack);
      }
    }
    if (fresh) mine_.last_ack = packet_.place;
    mine_.acknowledged = number;
    mine_.has_ack = true;
  }
  void advance(bool alive) {
    Seen& seen = mine_.seen[(mine_.packets - 1) % mine_.seen.size()];
    seen.sequence = packet_.tcp.sequence;
    seen.end = packet_.tcp.sequence + length();
    if (alive) return;
    if (!mine_.has_next || ahead(seen.end, mine_.next) > 0) {
      mine_.next = seen.end;
      mine_.has_next = true;
      if (length() > 0) mine_.last_taken = packet_.place;
    }
  }

  const Packet& packet_;
  Conversation& conversation_;
  Side& mine_;
  Side& theirs_;
  Relations& relations_;
};

}  // namespace

void Story::tcp(const Packet& packet, Relations& relations) {
  if (!converse(packet, relations)) return;
  const bool is_syn =
      has_flag(packet, tcp_flag::syn) && !has_flag(packet, tcp_flag::ack | tcp_flag::rst);
  if (is_syn && begins_anew(*conversation_, conversation_->sides[sender_], packet)) {
    const Seen seen = conversation_->sides[sender_].last();
    *conversation_ = Conversation{};
    remember(packet, seen);
  }
  if (packet.tcp.flags == 0) return;  // a text that shows none
  Segment segment(packet, *conversation_, sender_, relations);
  if (has_flag(packet, tcp_flag::rst)) {
    segment.reset();
  } else if (is_syn) {
    segment.syn();
  } else if (has_flag(packet, tcp_flag::syn)) {
    segment.syn_ack();
  } else {
    segment.data_or_ack();
  }
  Seen& last = conversation_->sides[sender_]
                   .seen[(conversation_->sides[sender_].packets - 1) % limits::kRemembered];
  last.sequence = packet.tcp.sequence;
  if (packet.application == packet::Application::dns) dns(packet, relations);
}

}  // namespace whydown::explain
