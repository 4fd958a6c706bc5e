// DNS queries and answers, and the ICMP errors about packets of any kind.
#include <algorithm>

#include "base/hash.h"
#include "explain/relate.h"
#include "explain/story.h"
#include "packet/icmp/icmp.h"
#include "packet/tcpdump_text/endpoint.h"

namespace whydown::explain {

using packet::Field;
using packet::Packet;
using packet::Transport;

namespace {

std::uint64_t query_detail(std::uint16_t port, std::uint16_t id, bool over_tcp) {
  return std::uint64_t{port} << 32U | std::uint64_t{id} << 1U | (over_tcp ? 1U : 0U);
}

Key question_key(const Packet& packet) {
  const std::uint64_t name = base::hash_bytes(packet.dns.question_name.view());
  return {packet.ip.source, {}, base::combine(name, packet.dns.question_type)};
}

// A query's own error is about its last try.
const Seen* matching(const Side& side, const packet::Quoted& quoted, bool has_header) {
  const Seen* last = nullptr;
  for (std::size_t back = 0; back < side.seen.size(); ++back) {
    const std::size_t at = (side.packets + 2 * side.seen.size() - 1 - back) % side.seen.size();
    const Seen& seen = side.seen[at];
    if (!seen.place.is_set()) continue;
    if (last == nullptr) last = &seen;
    const bool same_id = has_header && quoted.ip.id != 0 && seen.ip_id == quoted.ip.id;
    const bool same_sequence = quoted.transport == Transport::tcp && quoted.tcp_sequence != 0 &&
                               seen.sequence == quoted.tcp_sequence;
    if (same_id || same_sequence) return &seen;
  }
  return last;
}

// Same sender, same error, same service.
Key complaint_key(const Packet& packet) {
  const packet::Quoted& quoted = packet.icmp.quoted;
  const bool has_quote = packet.known.has(Field::quote);
  const std::uint64_t detail = std::uint64_t{packet.icmp.type} << 24U |
                               std::uint64_t{packet.icmp.code} << 16U |
                               (has_quote ? quoted.destination_port : 0U);
  return {packet.ip.source, has_quote ? quoted.ip.destination : packet.ip.destination, detail};
}

std::uint64_t print_of_error(const Packet& packet) {
  const packet::Quoted& quoted = packet.icmp.quoted;
  std::uint64_t print = base::combine(packet.ip.id, packet.payload_length);
  if (!packet.known.has(Field::quote)) return print;
  print = base::combine(print, std::uint64_t{quoted.ip.id} << 16U | quoted.source_port);
  return base::combine(print, std::uint64_t{quoted.tcp_sequence} << 16U | quoted.dns_id);
}

}  // namespace

bool is_icmp_error(const Packet& packet) {
  namespace type4 = packet::icmp::type4;
  namespace type6 = packet::icmp::type6;
  const std::uint8_t type = packet.icmp.type;
  if (packet.transport == Transport::icmp6) {
    return type >= type6::unreachable && type <= type6::parameter_problem;
  }
  return packet.transport == Transport::icmp &&
         (type == type4::unreachable || type == type4::source_quench || type == type4::redirect ||
          type == type4::time_exceeded || type == type4::parameter_problem);
}

std::uint32_t plain_query_length(const packet::dns::Message& message) {
  constexpr std::uint32_t header = 12;         // RFC 1035 4.1.1
  constexpr std::uint32_t type_and_class = 4;  // RFC 1035 4.1.2
  const bool plain = !message.response && !message.has_edns && message.opcode == 0 &&
                     message.answer_count == 0 && message.authority_count == 0 &&
                     message.additional_count == 0 && message.question_count == 1;
  if (!plain || message.question_name.empty()) return 0;
  return header + packet::text::wire_name_length(message.question_name.view()) + type_and_class;
}

void Story::dns(const Packet& packet, Relations& relations) {
  if (!packet.known.has(Field::dns_id)) return;
  if (packet.dns.response) {
    answer(packet, relations);
  } else {
    query(packet, relations);
  }
}

void Story::query(const Packet& packet, Relations& relations) {
  const packet::dns::Message& message = packet.dns;
  const Key key{packet.ip.source, packet.ip.destination,
                query_detail(packet.source_port, message.id, message.over_tcp)};
  Query* known = queries_.find(key);
  const bool same = known != nullptr && known->type == message.question_type &&
                    known->name.view() == message.question_name.view();
  if (!same) {
    asked_before(packet, key, relations);
    known = &queries_.open(key);
    *known = Query{};
    known->first = packet.place;
  } else {
    const bool answered = known->answer.is_set();
    const Tie tie = answered                ? Tie::query_repeated_answered
                    : known->error.is_set() ? Tie::query_repeated_refused
                                            : Tie::query_repeated;
    relate(packet, tie, known->last, relations, known->tries + 1,
           answered ? known->answer : known->error);
  }
  ++known->tries;
  known->last = packet.place;
  known->name.assign(message.question_name.view());
  known->type = message.question_type;
  known->length = plain_query_length(message);
  Question& question = questions_.open(question_key(packet));
  question.last = packet.place;
  question.query = key;
  question.name.assign(message.question_name.view());
  // What an error will be tied to; in text by its service alone.
  Side& side = conversation_->sides[sender_];
  side.seen[(side.packets - 1) % side.seen.size()].query = key.detail;
  if (packet.known.has(Field::bytes)) return;
  for (const std::uint64_t detail :
       {std::uint64_t{0}, service_detail(packet.transport, packet.destination_port)}) {
    lasts_.open({packet.ip.source, packet.ip.destination, detail}).query = key.detail;
  }
}

// The client's last wish for the same name and type, under another id, port or server.
void Story::asked_before(const Packet& packet, const Key& key, Relations& relations) {
  const Question* question = questions_.find(question_key(packet));
  if (question == nullptr || question->query == key) return;
  if (question->name.view() != packet.dns.question_name.view()) return;
  const Query* earlier = queries_.find(question->query);
  if (earlier == nullptr) return;
  const bool other_server = question->query.b != packet.ip.destination;
  const Tie tie = earlier->answer.is_set()  ? Tie::question_answered_before
                  : earlier->error.is_set() ? Tie::question_refused_before
                                            : Tie::question_asked_before;
  relate(packet, tie, question->last, relations, other_server ? 1 : 0,
         earlier->answer.is_set() ? earlier->answer : earlier->error);
}

void Story::answer(const Packet& packet, Relations& relations) {
  const packet::dns::Message& message = packet.dns;
  Query* known =
      queries_.find({packet.ip.destination, packet.ip.source,
                     query_detail(packet.destination_port, message.id, message.over_tcp)});
  const std::string_view name = message.question_name.view();
  if (known == nullptr || (!name.empty() && name != known->name.view())) {
    return relate(packet, Tie::answers_unseen, {}, relations);
  }
  question_ = known->name.view();
  question_type_ = known->type;
  const base::Place earlier = std::max(known->answer, known->error);
  if (known->answered && earlier > known->last) {
    relate(packet, Tie::answers_again, earlier, relations);
  } else {
    relate(packet, Tie::answers, known->last, relations, known->tries);
  }
  known->answered = true;
  // What a client cannot use is as good as an error: it asks again, or elsewhere.
  const bool usable = message.rcode == packet::dns::Rcode::no_error ||
                      message.rcode == packet::dns::Rcode::nx_domain;
  (usable ? known->answer : known->error) = packet.place;
}

// The packet an error is about, as far as its quote or its words tell.
const Seen* Story::complained_of(const Packet& packet) {
  const packet::Quoted& quoted = packet.icmp.quoted;
  const base::IpAddress client = packet.ip.destination;
  if (!packet.known.has(Field::quote)) return lasts_.find({client, packet.ip.source, 0});
  if (quoted.transport == Transport::icmp || quoted.transport == Transport::icmp6) {
    return lasts_.find(
        {quoted.ip.source, quoted.ip.destination, service_detail(quoted.transport, 0)});
  }
  if (packet.known.has(Field::quote_source_port)) {
    const ConversationKey place =
        conversation_key(quoted.ip.source, quoted.source_port, quoted.ip.destination,
                         quoted.destination_port, quoted.transport);
    const Conversation* found = conversations_.find(place.key);
    if (found == nullptr) return nullptr;
    return matching(found->sides[place.sender], quoted, packet.known.has(Field::quote_header));
  }
  const bool ported = quoted.destination_port != 0;
  return lasts_.find({client, quoted.ip.destination,
                      ported ? service_detail(quoted.transport, quoted.destination_port) : 0});
}

void Story::error(const Packet& packet, Relations& relations) {
  const packet::Quoted& quoted = packet.icmp.quoted;
  const bool has_quote = packet.known.has(Field::quote);
  Complaint& complaint = complaints_.open(complaint_key(packet));
  const std::uint64_t print = print_of_error(packet);
  if (complaint.last_print == print && captured_twice(packet, complaint.last)) {
    return relate(packet, Tie::same_frame, complaint.last, relations);
  }
  complaint.last = packet.place;
  complaint.last_print = print;
  const Seen* seen = complained_of(packet);
  if (seen == nullptr) {
    relate(packet, Tie::error_unseen, {}, relations);
  } else {
    relate(packet, Tie::error_about, seen->place, relations);
    complained_ttl_ = seen->ttl;
    const base::IpAddress server = has_quote ? quoted.ip.destination : packet.ip.source;
    Query* known =
        seen->query == 0 ? nullptr : queries_.find({packet.ip.destination, server, seen->query});
    if (known != nullptr) {
      known->error = packet.place;
      query_length_ = known->length;
      question_ = known->name.view();
      question_type_ = known->type;
    }
  }

  if (++complaint.count == 1) {
    complaint.first = packet.place;
  } else {
    relate(packet, Tie::error_again, complaint.first, relations, complaint.count);
  }
}

}  // namespace whydown::explain
