#include "explain/story.h"

#include <algorithm>

#include "explain/relate.h"
#include "packet/icmp/icmp.h"

namespace whydown::explain {

using packet::Field;
using packet::Packet;
using packet::Transport;

namespace {

// Tells a packet captured twice from one sent twice: a sender gives each its own IP id, sequence
// number or DNS id. 0 where the packet shows nothing of the kind.
std::uint64_t print_of(const Packet& packet) {
  const bool has_ip_id = packet.known.has(Field::ip_id) && packet.ip.id != 0;
  const bool is_tcp = packet.transport == Transport::tcp && packet.known.has(Field::bytes);
  const bool is_dns = packet.application == packet::Application::dns;
  if (!has_ip_id && !is_tcp && !is_dns) return 0;
  std::uint64_t print = base::combine(packet.payload_length, has_ip_id ? packet.ip.id : 0);
  if (is_tcp) {
    print = base::combine(print, packet.tcp.sequence);
    print = base::combine(print, packet.tcp.acknowledgment);
    print = base::combine(print, std::uint64_t{packet.tcp.window} << 8U | packet.tcp.flags);
  }
  if (is_dns) print = base::combine(print, packet.dns.id * 2U + (packet.dns.response ? 1U : 0U));
  return print;
}

// `count` says how many routers passed it on in between.
void relate_twice(const Packet& packet, const Seen& seen, Relations& relations) {
  const bool forwarded =
      packet.known.has(Field::ttl) && seen.ttl > packet.ip.ttl && packet.ip.ttl > 0;
  relate(packet, Tie::same_frame, seen.place, relations, forwarded ? seen.ttl - packet.ip.ttl : 0U);
}

bool has_ends(const Packet& packet) {
  return (packet.transport == Transport::tcp || packet.transport == Transport::udp) &&
         packet.is_first_fragment_or_whole();
}

}  // namespace

void relate(const Packet& packet, Tie tie, const base::Place& other, Relations& relations,
            std::uint64_t count, const base::Place& second) {
  Relation relation{.tie = tie, .other = other, .second = second, .count = count};
  if (other.is_set() && packet.has_time && other.time <= packet.place.time) {
    relation.gap = base::between(other.time, packet.place.time);
    relation.has_gap = true;
  }
  relations.push_back(relation);
}

bool captured_twice(const Packet& packet, const base::Place& before) {
  if (!before.is_set() || !packet.has_time || !packet.known.has(Field::bytes)) return false;
  const base::Duration gap = base::between(before.time, packet.place.time);
  const base::Duration bound =
      before.input == packet.place.input ? limits::kSameFrame : limits::kOtherVantage;
  return gap >= base::Duration{0} && gap <= bound;
}

ConversationKey conversation_key(const base::IpAddress& source, std::uint16_t source_port,
                                 const base::IpAddress& destination, std::uint16_t destination_port,
                                 Transport transport) {
  const bool lower = source != destination ? source < destination : source_port <= destination_port;
  const std::uint64_t ports = lower ? std::uint64_t{source_port} << 16U | destination_port
                                    : std::uint64_t{destination_port} << 16U | source_port;
  return {.key = {.a = lower ? source : destination,
                  .b = lower ? destination : source,
                  .detail = static_cast<std::uint64_t>(transport) << 32U | ports},
          .sender = lower ? 0U : 1U};
}

std::uint64_t service_detail(Transport transport, std::uint16_t port) {
  return 1U + (static_cast<std::uint64_t>(transport) << 16U | port);
}

Story::Story()
    : conversations_(limits::kConversations),
      queries_(limits::kQueries),
      questions_(limits::kQuestions),
      echoes_(limits::kEchoes),
      neighbours_(limits::kNeighbours),
      complaints_(limits::kErrors),
      lasts_(limits::kQuestions) {}

std::uint64_t Story::given_up() const {
  return conversations_.given_up() + queries_.given_up() + questions_.given_up() +
         echoes_.given_up() + neighbours_.given_up() + complaints_.given_up() + lasts_.given_up();
}

std::size_t Story::memory_bytes() {
  return Recent<Conversation>::bytes(limits::kConversations) +
         Recent<Query>::bytes(limits::kQueries) + Recent<Question>::bytes(limits::kQuestions) +
         Recent<Echo>::bytes(limits::kEchoes) + Recent<Neighbour>::bytes(limits::kNeighbours) +
         Recent<Complaint>::bytes(limits::kErrors) + Recent<Seen>::bytes(limits::kQuestions);
}

void Story::follow(const Packet& packet, Relations& relations) {
  relations.clear();
  conversation_ = nullptr;
  question_ = {};
  question_type_ = 0;
  query_length_ = 0;
  complained_ttl_ = 0;
  switch (packet.transport) {
    case Transport::tcp:
      tcp(packet, relations);
      break;
    case Transport::udp:
      udp(packet, relations);
      break;
    case Transport::icmp:
    case Transport::icmp6:
      if (is_icmp_error(packet)) {
        error(packet, relations);
      } else {
        echo(packet, relations);
        neighbour(packet, relations);
      }
      break;
    case Transport::none:
    case Transport::other:
      if (packet.network == packet::Network::arp) neighbour(packet, relations);
      break;
  }
}

bool Story::converse(const Packet& packet, Relations& relations) {
  if (!has_ends(packet)) return false;
  const ConversationKey place =
      conversation_key(packet.ip.source, packet.source_port, packet.ip.destination,
                       packet.destination_port, packet.transport);
  conversation_ = &conversations_.open(place.key);
  sender_ = place.sender;
  Side& side = conversation_->sides[sender_];
  const std::uint64_t print = print_of(packet);
  for (const Seen& seen : side.seen) {
    if (print == 0 || seen.print != print || !captured_twice(packet, seen.place)) continue;
    relate_twice(packet, seen, relations);
    return false;
  }
  Seen seen;
  seen.place = packet.place;
  seen.print = print;
  seen.ip_id = packet.ip.id;
  if (packet.known.has(Field::ttl)) seen.ttl = packet.ip.ttl;
  remember(packet, seen);
  return true;
}

void Story::remember(const Packet& packet, const Seen& seen) {
  Side& side = conversation_->sides[sender_];
  if (!conversation_->first.is_set()) conversation_->first = packet.place;
  ++conversation_->packets;
  side.seen[side.packets++ % side.seen.size()] = seen;
  // Errors in text may name no more than whom the packet was for.
  if (packet.known.has(Field::bytes)) return;
  lasts_.open({packet.ip.source, packet.ip.destination, 0}) = seen;
  lasts_.open({packet.ip.source, packet.ip.destination,
               service_detail(packet.transport, packet.destination_port)}) = seen;
}

void Story::udp(const Packet& packet, Relations& relations) {
  if (!converse(packet, relations)) return;
  if (packet.application == packet::Application::dns) return dns(packet, relations);
  const Side& mine = conversation_->sides[sender_];
  const Side& theirs = conversation_->sides[1 - sender_];
  if (conversation_->packets == 1) {
    relate(packet, Tie::first_of_conversation, {}, relations);
  } else if (theirs.packets > 0 &&
             (mine.packets == 1 || theirs.last().place > mine.before_last().place)) {
    relate(packet, Tie::datagram_answers, theirs.last().place, relations);
  } else {
    relate(packet, Tie::datagram_follows, mine.before_last().place, relations, mine.packets);
  }
}

void Story::echo(const Packet& packet, Relations& relations) {
  const packet::Icmp& icmp = packet.icmp;
  const bool v6 = packet.transport == Transport::icmp6;
  namespace type4 = packet::icmp::type4;
  namespace type6 = packet::icmp::type6;
  const bool request = icmp.type == (v6 ? type6::echo_request : type4::echo_request);
  if (!request && icmp.type != (v6 ? type6::echo_reply : type4::echo_reply)) return;
  const std::uint64_t detail = std::uint64_t{icmp.identifier} << 16U | icmp.sequence;
  if (request) {
    Echo& echo = echoes_.open({packet.ip.source, packet.ip.destination, detail});
    if (captured_twice(packet, echo.request)) {
      return relate(packet, Tie::same_frame, echo.request, relations);
    }
    if (echo.request.is_set()) relate(packet, Tie::echo_repeated, echo.request, relations);
    echo.request = packet.place;
    Seen& last =
        lasts_.open({packet.ip.source, packet.ip.destination, service_detail(packet.transport, 0)});
    last = Seen{};
    last.place = packet.place;
    last.ip_id = packet.ip.id;
    if (packet.known.has(Field::ttl)) last.ttl = packet.ip.ttl;
    return;
  }
  const Echo* echo = echoes_.find({packet.ip.destination, packet.ip.source, detail});
  if (echo == nullptr) return relate(packet, Tie::echo_unseen, {}, relations);
  relate(packet, Tie::echo_answers, echo->request, relations);
}

// Who asks counts: many machines look for the same router.
void Story::neighbour(const Packet& packet, Relations& relations) {
  if (packet.network == packet::Network::arp) {
    const packet::Arp& arp = packet.arp;
    if (arp.operation == 1 && arp.sender != arp.target) {
      ask_neighbour(packet, arp.target, arp.sender, relations);
    } else if (arp.operation == 2) {
      hear_neighbour(packet, arp.sender, arp.target, relations);
    }
    return;
  }
  if (packet.transport != Transport::icmp6) return;
  if (packet.icmp.type == packet::icmp::type6::neighbour_solicitation) {
    ask_neighbour(packet, packet.icmp.target, packet.ip.source, relations);
  } else if (packet.icmp.type == packet::icmp::type6::neighbour_advertisement) {
    hear_neighbour(packet, packet.icmp.target, packet.ip.destination, relations);
  }
}

void Story::ask_neighbour(const Packet& packet, const base::IpAddress& wanted,
                          const base::IpAddress& asker, Relations& relations) {
  Neighbour& known = neighbours_.open({wanted, asker, 0});
  if (captured_twice(packet, known.request)) {
    return relate(packet, Tie::same_frame, known.request, relations);
  }
  const bool soon = known.request.is_set() &&
                    base::between(known.request.time, packet.place.time) <= limits::kSameSearch;
  if (soon && !known.answered) {
    relate(packet, Tie::asks_again, known.request, relations, ++known.tries);
  } else {
    known.tries = 1;
  }
  known.answered = false;
  known.request = packet.place;
  // For answers in text, which do not say to whom they go.
  neighbours_.open({wanted, {}, 1}) = {.request = packet.place, .asker = asker};
}

void Story::hear_neighbour(const Packet& packet, const base::IpAddress& found,
                           const base::IpAddress& asker, Relations& relations) {
  base::IpAddress to = asker;
  if (!to.is_known()) {
    const Neighbour* last = neighbours_.find({found, {}, 1});
    if (last != nullptr) to = last->asker;
  }
  Neighbour* known = neighbours_.find({found, to, 0});
  if (known == nullptr) return relate(packet, Tie::neighbour_unasked, {}, relations);
  known->answered = true;
  relate(packet, Tie::neighbour_answers, known->request, relations, known->tries);
}

}  // namespace whydown::explain
