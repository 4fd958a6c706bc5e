// The messages. Ages, evictions and verdicts of the unanswered are in dns_ages.cpp.
#include "journey/dns_tracker.h"

#include <algorithm>

#include "journey/verdict.h"

namespace whydown::journey {

using packet::Field;
using packet::Packet;
using packet::Transport;

namespace {

namespace type = packet::dns::type;
constexpr std::uint16_t kMulticastDns = 5353;  // RFC 6762
constexpr std::uint16_t kLlmnr = 5355;         // RFC 4795

bool is_local_discovery(const Packet& packet) {
  const auto is_local = [](std::uint16_t port) { return port == kMulticastDns || port == kLlmnr; };
  return is_local(packet.source_port) || is_local(packet.destination_port) ||
         packet.ip.destination.is_multicast() || packet.ip.destination.is_broadcast();
}

// Equal for answers that say the same; the order of records does not count.
std::uint64_t content_of(const packet::dns::Message& message) {
  std::uint64_t content = fold(static_cast<std::uint64_t>(message.rcode), message.answer_count);
  for (const auto& record : message.records) {
    if (record.section != packet::dns::Section::answer) continue;
    content += hash_of(record.address, record.type);
  }
  return content;
}

// Stands for the addresses of an answer, in any order; 0 where there are not several.
std::uint32_t address_set_of(const packet::dns::Message& message) {
  if (message.answer_count < 2) return 0;
  std::uint64_t set = 0;
  std::size_t addresses = 0;
  for (const auto& record : message.records) {
    if (record.section != packet::dns::Section::answer || !record.address.is_known()) continue;
    set += hash_of(record.address, 19);
    ++addresses;
  }
  return addresses < 2 ? 0 : static_cast<std::uint32_t>(set ^ set >> 32U);
}

bool has_data(const Packet& packet) {
  const packet::dns::Message& message = packet.dns;
  if (message.rcode != packet::dns::Rcode::no_error || message.answer_count == 0) return false;
  if (!packet.known.has(Field::dns_sections) || message.records.refused() != 0) return true;
  // A CNAME that leads nowhere is no address.
  const std::uint16_t wanted = message.question_type;
  if (wanted != type::a && wanted != type::aaaa) return true;
  return message.records.size() < message.answer_count ||
         std::ranges::any_of(
             message.records,
             [&](const packet::dns::Record& record) {
               return record.section == packet::dns::Section::answer && record.type == wanted;
             });
}

}  // namespace

// `ends` is hash_of_ends() of the packet. Text may show no port of the server: there it stands for
// 53, so that query and answer meet whichever of them shows it.
DnsTracker::View DnsTracker::view_of(const Packet& packet, std::uint64_t ends) {
  const bool answer = packet.dns.response;
  View view{
      .packet = packet,
      .client = answer ? packet.ip.destination : packet.ip.source,
      .server = answer ? packet.ip.source : packet.ip.destination,
      .client_port = answer ? packet.destination_port : packet.source_port,
      .server_port = or_dns(answer ? packet.source_port : packet.destination_port),
      .transport = packet.transport == Transport::tcp || packet.dns.over_tcp ? Transport::tcp
                                                                             : Transport::udp,
      .socket = ends,
      .exact = 0,
  };
  if (!packet.known.has(Field::bytes)) {
    view.socket = flow_hash(view.client, view.client_port, view.server, view.server_port);
  }
  view.exact = fold(view.socket, packet.dns.id);
  return view;
}

// Of words, which show no port, other memory may be fetched: no harm.
void DnsTracker::expect(const Packet& packet, std::uint64_t ends) const {
  by_exact_.prefetch(fold(ends, packet.dns.id));
  if (packet.dns.response) {
    context_.sink.expect({.server = packet.ip.source,
                          .port = packet.source_port,
                          .transport = packet.transport,
                          .protocol = Protocol::dns},
                         packet.ip.destination, Step::name);
    return;
  }
  healing_.expect_client(packet.ip.source);
  context_.names.prefetch(packet.dns.name_hash);
}

// The oldest entries of this socket and id with this question, undecided and decided. A name or
// type that one side does not show fits any.
[[gnu::always_inline]] inline void DnsTracker::look_for(const View& view, Matches& matches) const {
  const std::uint16_t asked_type = view.packet.dns.question_type;
  const std::uint64_t name = view.packet.dns.name_hash;
  matches.asked = by_exact_.find(
      view.exact,
      [&](Slot slot) {
        const Query& query = queries_[slot];
        const bool fits = query.id == view.packet.dns.id && query.client_port == view.client_port &&
                          query.server_port == view.server_port &&
                          query.transport == view.transport && query.client == view.client &&
                          query.server == view.server &&
                          (name == 0 || query.name_hash == 0 || query.name_hash == name) &&
                          (asked_type == 0 || query.type == 0 || query.type == asked_type);
        if (!fits) return false;
        if (query.state == State::asked) return true;
        if (matches.decided == kNoSlot) matches.decided = slot;
        return false;
      },
      &matches.crowded);
}

void DnsTracker::find_exact(const View& view, Matches& matches) const { look_for(view, matches); }

void DnsTracker::packet(const Packet& packet) {
  if (is_local_discovery(packet)) return;
  const View view = view_of(packet, context_.ends);
  Matches matches;
  look_for(view, matches);
  if (packet.dns.response) {
    on_answer(view, matches);
  } else {
    on_query(view, matches);
  }
}

[[gnu::always_inline]] inline void DnsTracker::on_query(const View& view, const Matches& matches) {
  if (matches.asked != kNoSlot) {
    Query& query = queries_[matches.asked];
    query.last = trace_of(view.packet);
    query.last_seen = base::ns_of(view.packet.place.time);
    query.order = context_.order;
    query.timed = query.timed && view.packet.has_time;
    count_up(query.tries);
    return;
  }
  const Slot decided = matches.decided;
  if (decided != kNoSlot && queries_[decided].state == State::delivering) {
    const Query& query = queries_[decided];
    if (query.in_pieces || (query.two_inputs && !query.arrived)) {
      ask_again(decided);
      packet(view.packet);
      return;
    }
    deliver(decided);
  }
  if (decided != kNoSlot) {
    forget(decided);  // the same question again is a new attempt
  } else if (matches.crowded) {
    evict(by_exact_.in_the_way(view.exact));
  }
  begin(open(view), view);
}

void DnsTracker::begin(Slot slot, const View& view) {
  Query& query = queries_[slot];
  query.client_key = healing_.note_host(view.packet);
  query.payload_size = view.packet.dns.udp_payload_size;
  if (pieces_waiting_ != 0) query.astray = note_asked_again(view);
  set_trace(query.first, view.packet);
  query.order = context_.order;
  query.tries = 1;
  query.timed = view.packet.has_time;
  query.near = view.packet.place.input;
  query.unusual = view.packet.dns.opcode != 0;
  query.checking_disabled = view.packet.dns.checking_disabled;
  if (!view.packet.known.has(Field::bytes)) {
    query.expected_length = static_cast<std::uint16_t>(expected_query_length(view.packet.dns));
    by_pair_.append(pair_hash(query.client, query.server) & (limits::kDnsQueries / 8 - 1), slot);
    query.in_pairs = true;
  }
}

[[gnu::always_inline]] inline void DnsTracker::on_answer(const View& view, const Matches& matches) {
  if (matches.asked != kNoSlot) {
    decide_answer(matches.asked, view);
    return;
  }
  const Slot slot = matches.decided;
  const bool unasked = slot == kNoSlot || queries_[slot].tries == 0;
  if (unasked && view.packet.ip.more_fragments) return;  // the whole one will do
  if (slot == kNoSlot) {
    on_unasked_answer(view);
  } else if (queries_[slot].tries != 0) {
    on_further_answer(slot, view);
  } else if (!is_repeated(queries_[slot], view.packet)) {
    // Of a one-sided capture every answer is a question of its own.
    forget(slot);
    on_unasked_answer(view);
  } else if (view.packet.payload_length >= limits::kLargeAnswer) {
    Outline again = outline_of(queries_[slot]);
    again.begin = again.end = view.packet.place.time;
    again.server_spoke = true;
    tell_usage(queries_[slot], again, &view.packet, Kind::dns_answer);
  }
}

void DnsTracker::tell_usage(const Query& query, const Outline& attempt, const Packet* answer,
                            Kind kind) {
  const Told packets{query, answer, kind};
  DnsUse use;
  use.domain = query.own.domain;
  use.name_bytes = query.own.bytes;
  use.query_bytes = query.first.payload_length;
  if (kind == Kind::dns_answer) {
    constexpr std::uint32_t most = std::numeric_limits<std::uint16_t>::max();
    use.answer_bytes = static_cast<std::uint16_t>(std::min(answer->payload_length, most));
  }
  const auto tell = [&](Usage usage) {
    use.usage = usage;
    context_.sink.usage(use, attempt, packets);
  };
  if (query.own.is_new) tell(Usage::new_names);
  if (query.own.is_long) tell(Usage::long_names);
  if (use.answer_bytes < limits::kLargeAnswer || query.transport != Transport::udp) return;
  const Usage usage = query.tries == 0 ? Usage::unasked_answers : Usage::large_answers;
  if (watch_.is_told(usage, query.client, query.server)) tell(usage);
}

bool DnsTracker::is_repeated(const Query& query, const Packet& packet) {
  return base::between(base::time_from_ns(query.last_seen), packet.place.time) <=
             limits::kRepeatedError &&
         content_of(packet.dns) == query.answer_content;
}

// The answer came at once after a query that was sent again: it answers that one, in time.
bool DnsTracker::is_prompt(const Query& query, const Packet& packet) {
  return query.last.is_set() &&
         base::between(query.last.when(), packet.place.time) < limits::kPromptName;
}

void DnsTracker::decide_answer(Slot slot, const View& view) {
  Query& query = queries_[slot];
  const Packet& packet = view.packet;
  const packet::dns::Message& message = packet.dns;
  Outline attempt = outline_of(query);
  attempt.server_spoke = true;
  attempt.decided_by = Kind::dns_answer;
  if (attempt.question.type == 0) attempt.question.type = message.question_type;
  if (query.tries == 0) {
    attempt.input = packet.place.input;
    attempt.number = packet.place.number;
    attempt.question.checking_disabled = message.checking_disabled;
  }
  attempt.extended_error = extended_error_of(message);
  attempt.end = packet.place.time;
  attempt.timed = query.timed && packet.has_time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, packet.place.time);
  attempt.symptom = rcode_symptom(message.rcode);
  const bool is_cut_off = message.truncated && view.transport == Transport::udp;
  if (attempt.symptom == Symptom::none && is_cut_off) attempt.symptom = Symptom::truncated;
  if (is_cut_off) note_cut_off(query, packet);
  attempt.outcome = outcome_of(attempt.symptom);
  const bool late = attempt.latency >= limits::kLateName && !is_prompt(query, packet) &&
                    healing_.check(attempt).served;
  attempt.healed = attempt.symptom != Symptom::none && query.healed;
  if (attempt.outcome == Outcome::ok) {
    if (attempt.latency >= limits::kSlowName) attempt.symptom = Symptom::slow_answer;
    if (attempt.latency >= limits::kSlowName || query.tries > 1) attempt.outcome = Outcome::slow;
  }
  attempt.answered_by_other_server = attempt.healed && query.healed_by_other;
  // Nothing is known yet, but that the server answers.
  const bool in_pieces = view.packet.ip.more_fragments && query.tries != 0;
  if (late) observe(Sign::late_answer, query, packet, Kind::dns_answer);
  query.answer_content = content_of(message);
  query.answers = 1;
  if (query.own.is_told() || packet.payload_length >= limits::kLargeAnswer) {
    tell_usage(query, attempt, &packet, Kind::dns_answer);
  }
  if (in_pieces) {
    deliver_later(slot, attempt, view);
    query.in_pieces = true;
    ++pieces_waiting_;
    return;
  }
  if (is_sole_address(view, query)) [[unlikely]] {
    Attempt wrong;
    static_cast<Outline&>(wrong) = attempt;
    Told{query, &packet, Kind::dns_answer}.show(wrong);
    tell_wrong(context_, wrong, packet);
  } else if (may_be_lost(query, attempt, packet)) {
    deliver_later(slot, attempt, view);
    return;
  } else {
    healing_.settle(attempt, Told{query, &packet, Kind::dns_answer});
  }
  healing_.name_served(learn_here(view, query));
  settle(slot, State::answered);
}

// The name and type are the question's: an answer in text does not repeat them.
[[gnu::always_inline]] inline Healing::NameServed DnsTracker::learn_here(const View& view,
                                                                         const Query& query) {
  const packet::dns::Message& message = view.packet.dns;
  // A truncated answer only sends the client to TCP.
  if (message.rcode != packet::dns::Rcode::no_error || message.truncated) return {};
  const std::uint32_t set = address_set_of(message);
  const std::uint64_t asker =
      query.client.kind() == base::AddressKind::v4 ? query.client_key : std::uint64_t{0};
  for (const auto& record : message.records) {
    if (record.section == packet::dns::Section::answer) {
      healing_.learn(record.address, query.name, set, asker);
    }
  }
  const base::Time answered = view.packet.place.time;
  return {.client = query.client_key,
          .server = view.server,
          .name = query.name,
          .type = query.type,
          .data = has_data(view.packet),
          .checking_disabled = message.checking_disabled,
          .client_port = query.client_port,
          .id = query.id,
          .asked = query.first.is_set() ? query.first.when() : answered,
          .answered = answered};
}

Healing::NameServed DnsTracker::learn_from(const View& view, const Query& query) {
  return learn_here(view, query);
}

// To a question that is already decided.
void DnsTracker::on_further_answer(Slot slot, const View& view) {
  Query& query = queries_[slot];
  const std::uint64_t content = content_of(view.packet.dns);
  if (query.state == State::delivering && query.in_pieces) {
    if (!view.packet.ip.more_fragments) complete(slot, view);
    return;
  }
  count_up(query.answers);
  if (query.state == State::delivering || query.rejected != 0 || query.astray) {
    query.arrived = query.arrived || view.packet.place.input == query.near;
    return;
  }
  if (query.state != State::answered) {
    observe(Sign::late_answer, query, view.packet, Kind::dns_answer);
    query.state = State::answered;
    query.answer_content = content;
    healing_.name_served(learn_from(view, query));
    return;
  }
  // A question sent twice may be answered twice, and differently: servers rotate and balance.
  if (query.answers <= query.tries || content == query.answer_content || query.told_second) return;
  query.told_second = true;
  observe(Sign::second_answer, query, view.packet, Kind::dns_answer);
  tell_contradiction(query, view.packet);
}

void DnsTracker::on_unasked_answer(const View& view) {
  const Slot slot = open(view);
  Query& query = queries_[slot];
  query.timed = view.packet.has_time;
  query.unusual = view.packet.dns.opcode != 0;
  query.order = context_.order;
  query.client_key = healing_.client_of(view.client);
  decide_answer(slot, view);
}

}  // namespace whydown::journey
