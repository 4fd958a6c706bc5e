// Whether a packet is as it should be, as far as it and those before it tell.
#include <algorithm>

#include <fmt/format.h>

#include "explain/content.h"
#include "explain/icmp_meanings.h"
#include "explain/sheet.h"
#include "packet/dns/registry.h"
#include "packet/icmp/icmp.h"

namespace whydown::explain {

using packet::Field;
using packet::Packet;
using packet::Transport;
namespace dns = packet::dns;
namespace tcp_flag = packet::tcp_flag;

namespace {

struct Rule {
  Tie tie;
  Grade grade;
  std::string_view text;
};

// The first that applies decides.
constexpr Rule kRules[] = {
    {Tie::same_frame, Grade::normal,
     "the network carried it once. Mirror ports and captures on all interfaces show packets twice, "
     "and so do two captures of one way."},
    {Tie::query_repeated, Grade::notable,
     "a client repeats a query only when no answer came in time."},
    {Tie::query_repeated_refused, Grade::notable,
     "the client tries again because it was turned away."},
    {Tie::query_repeated_answered, Grade::notable,
     "a client that had its answer would not ask again."},
    {Tie::syn_repeated, Grade::notable,
     "a SYN is repeated only when nothing comes back: lost, dropped by a firewall, or nobody is "
     "there."},
    {Tie::syn_after_yes, Grade::notable,
     "the sender has not taken the acceptance in. It got lost on the way back, or the sender's "
     "address is not its own, as in a flood of SYNs."},
    {Tie::syn_ack_repeated, Grade::notable,
     "a server accepts again when the last step of the handshake does not come: it got lost, or "
     "the "
     "sender of the SYN is not there or not its own."},
    {Tie::reset_refuses, Grade::failure,
     "the connection is refused: no program listens at that port, or a firewall says so in its "
     "place."},
    {Tie::reset_late, Grade::normal, "it does no harm after the end."},
    {Tie::reset_again, Grade::notable, "one reset is enough; this one does no further harm."},
    {Tie::data_repeated, Grade::notable,
     "bytes are sent again when they, or their confirmation, were lost."},
    {Tie::data_gap, Grade::notable, "TCP will send what is missing again, if it was lost."},
    {Tie::acks_repeated, Grade::notable,
     "a packet was lost or overtaken; after three of these it is sent again."},
    {Tie::keep_alive, Grade::normal, "idle connections are kept open like that."},
    {Tie::asks_again, Grade::notable,
     "a machine that is there answers at once. Where nobody does, it is switched off, unplugged, "
     "or "
     "in another network."},
    {Tie::echo_answers, Grade::normal, "the machine is up, and the way there and back works."},
    {Tie::neighbour_answers, Grade::normal, "this is how machines of one network find each other."},
};

// Of what this sender said, an answer much later than a round trip.
bool is_slow(const Relation* relation, base::Duration bound) {
  return relation != nullptr && relation->has_gap && relation->gap >= bound;
}

// The server's own word on an error (RFC 8914); empty where it gives none.
std::string_view reason_of(const dns::Message& message) {
  return message.extended_errors.empty()
             ? std::string_view{}
             : dns::extended_error_name(message.extended_errors[0].code);
}

Judgment answer_judgment(const View& view) {
  const std::string_view reason = reason_of(view.packet.dns);
  const dns::Rcode rcode = view.packet.dns.rcode;
  switch (rcode) {
    case dns::Rcode::no_error:
      break;
    case dns::Rcode::nx_domain:
      return {Grade::notable,
              "the server works and says that there is no such name. Right for a mistyped name and "
              "for what a search list tries; wrong for a name that should exist."};
    case dns::Rcode::serv_fail:
      if (!reason.empty()) {
        return {Grade::failure,
                fmt::format("an error: the server could not find the answer, and says why: {}.",
                            reason)};
      }
      return {Grade::failure,
              "an error: the server could not find the answer. Perhaps those it asked did not "
              "answer, or the signatures (DNSSEC) were wrong."};
    case dns::Rcode::refused:
      return {Grade::failure,
              "an error: the server does not serve this client, or not for this name."};
    default:
      return {Grade::failure, "an error, and no answer."};
  }
  if (view.relation(Tie::answers_unseen) != nullptr) {
    return {Grade::notable,
            "an answer needs a query: it came before the capture began, or the capture shows one "
            "direction only."};
  }
  if (view.relation(Tie::answers_again) != nullptr) {
    return {Grade::notable, "one answer is enough; the query may have been sent twice."};
  }
  if (is_slow(view.relation(Tie::answers), limits::kSlowAnswer)) {
    return {Grade::notable,
            "the answer is good but late: answers usually take far less than a "
            "second."};
  }
  if (view.packet.dns.truncated) {
    return {Grade::normal, "the client will ask again over TCP."};
  }
  if (view.packet.dns.answer_count == 0 &&
      view.packet.dns.completeness == dns::Completeness::whole) {
    return {Grade::normal, "an answer without an error; there is just no record of that type."};
  }
  return {Grade::normal, "a good answer."};
}

std::string error_sender(const View& view) {
  if (!view.knows(Field::quote)) return {};
  const packet::Quoted& quoted = view.packet.icmp.quoted;
  if (quoted.ip.destination == view.packet.ip.source) {
    return " It comes from the very address that was asked, so that machine, or a firewall that "
           "answers in its name, can be reached.";
  }
  return fmt::format(
      " It does not come from {} itself but from {}, a router or firewall on the "
      "way.",
      view.book.text(quoted.ip.destination), view.source());
}

// traceroute sends packets that cannot arrive: the errors tell it the way. Its UDP probes go to
// ports from 33434 on.
bool is_probe_answer(const View& view) {
  const Packet& packet = view.packet;
  const bool v6 = packet.transport == Transport::icmp6;
  const bool expired = packet.icmp.type == (v6 ? packet::icmp::type6::time_exceeded
                                               : packet::icmp::type4::time_exceeded);
  if (expired) {
    if (packet.icmp.code != 0) return false;  // pieces are missing
    const std::uint8_t ttl = view.story.complained_ttl();
    return ttl != 0 && ttl <= limits::kFewHops;
  }
  constexpr std::uint16_t first_port = 33434;
  constexpr std::uint16_t last_port = 33534;
  const packet::Quoted& quoted = packet.icmp.quoted;
  return view.knows(Field::quote) && quoted.transport == Transport::udp &&
         quoted.destination_port >= first_port && quoted.destination_port <= last_port;
}

Judgment icmp_judgment(const View& view) {
  const Packet& packet = view.packet;
  const IcmpMeaning* meaning = icmp_meaning(packet.transport, packet.icmp.type, packet.icmp.code);
  if (!is_icmp_error(packet)) {
    if (view.relation(Tie::echo_unseen) != nullptr) {
      return {Grade::notable, "an answer needs a question; it is not shown here."};
    }
    if (meaning == nullptr) return {Grade::unknown, "nothing is known of messages of this kind."};
    return {Grade::normal, "part of how networks work."};
  }
  if (meaning != nullptr && !meaning->is_failure) {
    return {Grade::notable, "nothing is broken by it, if the sender acts on it."};
  }
  const bool v6 = packet.transport == Transport::icmp6;
  if (is_probe_answer(view)) {
    return {Grade::normal,
            "the packet it is about was sent with a very small time to live or to a port of "
            "traceroute's: this error is the answer that traceroute waits for."};
  }
  const bool port = packet.icmp.type == (v6 ? 1 : 3) && packet.icmp.code == (v6 ? 4 : 3);
  std::string text = "an error: the packet did not get where it should." + error_sender(view);
  const Relation* about = view.relation(Tie::error_about);
  if (port && is_slow(about, limits::kLateRefusal)) {
    text += fmt::format(" That it took {} is odd: a closed port answers at once.",
                        base::human_duration(about->gap));
  }
  return {Grade::failure, std::move(text)};
}

Judgment tcp_judgment(const View& view) {
  const std::uint8_t flags = view.packet.tcp.flags;
  if (flags == 0 && !view.is_bytes() && content_of(view).title.empty()) {
    return {Grade::unknown, "the record shows no flags."};
  }
  if ((flags & tcp_flag::rst) != 0) {
    return {Grade::notable,
            "a connection should end with FIN from both sides. Programs that stop or lose patience "
            "reset, browsers do at the end, and firewalls do it in others' names."};
  }
  if ((flags & tcp_flag::syn) != 0 && (flags & tcp_flag::ack) == 0) {
    return {Grade::normal, "every connection begins like this."};
  }
  if ((flags & tcp_flag::syn) != 0) {
    if (is_slow(view.relation(Tie::syn_ack), limits::kSlowAnswer)) {
      return {Grade::notable, "accepted, but late: a round trip takes far less than a second."};
    }
    return {Grade::normal, "this is how a server accepts."};
  }
  if (view.packet.tcp.window == 0 && view.is_bytes()) {
    return {Grade::notable,
            "this side takes no more data for now: its program is not reading fast enough."};
  }
  if (view.relation(Tie::handshake_done) != nullptr) {
    return {Grade::normal, "the connection stands."};
  }
  if ((flags & tcp_flag::fin) != 0) return {Grade::normal, "this is how connections end."};
  const Content content = content_of(view);
  if (!content.title.empty() && content.grade != Grade::normal) {
    return {content.grade, content.judged};
  }
  // What a client sends next may wait for a person; what a server answers should not.
  if (!from_client(view.packet) && is_slow(view.relation(Tie::data_answers), limits::kSlowAnswer)) {
    return {Grade::notable, "what was sent before had to wait this long for an answer."};
  }
  if (!content.title.empty()) return {content.grade, content.judged};
  if (view.knows(Field::payload_length) && view.packet.payload_length == 0) {
    return {Grade::normal, "data is confirmed like this."};
  }
  return {Grade::normal, "data on its way."};
}

bool is_malformed(const Packet& packet) {
  return std::ranges::any_of(packet.notes,
                             [](const auto& seen) { return packet::is_malformation(seen.note); });
}

Judgment by_kind(const View& view) {
  const Packet& packet = view.packet;
  if (packet.application == packet::Application::dns) {
    if (packet.dns.response) return answer_judgment(view);
    if (packet.dns.opcode != 0) return {Grade::normal, "DNS servers keep each other up to date."};
    return {Grade::normal, "a name is looked up before anything is opened by name."};
  }
  switch (packet.transport) {
    case Transport::tcp:
      return tcp_judgment(view);
    case Transport::udp:
      return {Grade::normal, "nothing about it says otherwise."};
    case Transport::icmp:
    case Transport::icmp6:
      return icmp_judgment(view);
    case Transport::none:
    case Transport::other:
      break;
  }
  if (packet.network != packet::Network::arp) {
    return {Grade::unknown, "nothing is known of packets of this kind."};
  }
  if (packet.arp.operation == 1) {
    return {Grade::normal, "machines ask like this before they send to an address nearby."};
  }
  return {Grade::normal, "part of how networks work."};
}

}  // namespace

Judgment judge(const View& view) {
  if (is_malformed(view.packet)) {
    return {Grade::notable, "the packet contradicts itself, see \"odd\" above."};
  }
  for (const Rule& rule : kRules) {
    if (view.relation(rule.tie) != nullptr) return {rule.grade, std::string(rule.text)};
  }
  return by_kind(view);
}

}  // namespace whydown::explain
