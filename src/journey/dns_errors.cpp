// ICMP errors: the question that one is about, and what becomes of it. Where an error shows no
// ports, only the latest questions are looked at.
#include "journey/dns_tracker.h"
#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
using packet::Transport;

template <typename Each>
void DnsTracker::each_latest(Age age, Each each) const {
  std::size_t steps = 0;
  for (Slot slot = by_age_.back(age); slot != kNoSlot && steps < limits::kChainWalk;
       slot = by_age_.previous(slot), ++steps) {
    each(slot);
  }
}

Slot DnsTracker::oldest_of(Suspects& suspects) const {
  Slot oldest = kNoSlot;
  each_latest(young, [&](Slot slot) {
    const Query& query = queries_[slot];
    const Trace& request = query.last.is_set() ? query.last : query.first;
    if (suspects.add(service_of(query), query.client, request, query.order)) oldest = slot;
  });
  return oldest;
}

bool DnsTracker::has_asked(const base::IpAddress& client, const base::IpAddress& server) const {
  bool asked = false;
  for (const Age age : {young, old, delivering, settled}) {
    each_latest(age, [&](Slot slot) {
      asked = asked || (queries_[slot].client == client && queries_[slot].server == server);
    });
  }
  return asked;
}

void DnsTracker::doubt(const Complaint& complaint) {
  each_latest(young, [&](Slot slot) {
    Query& query = queries_[slot];
    const Trace& request = query.last.is_set() ? query.last : query.first;
    Suspects one{context_, complaint};
    query.doubted = query.doubted || one.add(service_of(query), query.client, request, query.order);
  });
}

DnsTracker::Found DnsTracker::find(const Complaint& complaint) {
  const std::uint16_t id = complaint.packet.icmp.quoted.dns_id;
  const bool has_id = complaint.packet.icmp.quoted.has_dns_id;
  const auto fits = [&](Slot slot) {
    const Query& query = queries_[slot];
    return query.client == complaint.client && query.server == complaint.server &&
           (!complaint.has_client_port || query.client_port == complaint.client_port) &&
           (complaint.server_port == 0 || query.server_port == complaint.server_port) &&
           (complaint.transport == Transport::none || query.transport == complaint.transport) &&
           (!has_id || query.id == id);
  };
  const auto asked = [&](Slot slot) { return queries_[slot].state == State::asked && fits(slot); };
  const auto found = [&](Slot slot, Match match) -> Found {
    return {.match = match, .slot = slot, .age = context_.since(queries_[slot].order)};
  };
  if (!complaint.has_client_port) {
    const std::uint64_t pair = pair_hash(complaint.client, complaint.server);
    const Slot slot = find_in(by_pair_, pair & (limits::kDnsQueries / 8 - 1), asked);
    return slot == kNoSlot ? Found{} : found(slot, Match::pending);
  }
  const std::uint64_t socket = flow_hash(complaint.client, complaint.client_port, complaint.server,
                                         or_dns(complaint.server_port));
  if (!has_id && !indexes_sockets_) index_sockets();
  const auto first = [&](auto matches) {
    return has_id ? by_exact_.find(fold(socket, id), matches)
                  : find_in(by_socket_, socket & (limits::kDnsQueries - 1), matches);
  };
  Slot slot = first(asked);
  if (slot != kNoSlot) return found(slot, Match::pending);
  slot = first(fits);
  return slot == kNoSlot ? Found{} : found(slot, Match::settled);
}

void DnsTracker::fail(Slot slot, const Complaint& complaint) {
  Query& query = queries_[slot];
  const Packet& packet = complaint.packet;
  Attempt attempt;
  static_cast<Outline&>(attempt) = outline_of(query);
  Told{query, &packet, Kind::icmp_error}.show(attempt);
  attempt.symptom = complaint.symptom;
  attempt.outcome = outcome_of(attempt.symptom);
  attempt.server_spoke = packet.ip.source == query.server;
  attempt.end = packet.place.time;
  attempt.timed = query.timed && packet.has_time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, packet.place.time);
  attempt.healed = query.healed;
  attempt.answered_by_other_server = query.healed && query.healed_by_other;
  attempt.is_probe = probes_.is_probe(attempt);
  query.errors = 1;
  query.last_seen = base::ns_of(packet.place.time);
  if (query.own.is_told()) tell_usage(query, attempt, &packet, Kind::icmp_error);
  settle(slot, State::failed);
  healing_.settle(attempt);
}

bool DnsTracker::absorb(Slot slot) {
  Query& query = queries_[slot];
  const bool repeated =
      base::between(base::time_from_ns(query.last_seen), context_.now) <= limits::kRepeatedError;
  // An answered question may still get an error for a retransmission.
  const bool owed = query.errors < query.tries || query.state == State::answered ||
                    query.state == State::delivering;
  if (!repeated && !owed) return false;
  count_up(query.errors);
  query.last_seen = base::ns_of(context_.now);
  return true;
}

bool DnsTracker::is_rejected_answer(const Complaint& complaint) {
  const Packet& packet = complaint.packet;
  if (complaint.symptom != Symptom::port_unreachable || complaint.transport != Transport::udp ||
      packet.ip.source != complaint.server) {
    return false;
  }
  // Roles are reversed: the quoted datagram went from the DNS server to the client.
  const Complaint asked{.packet = packet,
                        .symptom = complaint.symptom,
                        .client = complaint.server,
                        .server = complaint.client,
                        .client_port = complaint.server_port,
                        .server_port = kDnsPort,
                        .has_client_port = true,
                        .transport = Transport::udp};
  const bool shown = complaint.has_client_port;
  if (shown && complaint.client_port != kDnsPort) return false;
  const Found found = find(asked);
  // Text hides the source port: only a question known to come from there makes it an answer.
  if (found.match == Match::none && (!shown || complaint.server_port == kDnsPort)) return false;
  Observation observation;
  observation.sign = Sign::late_answer_rejected;
  observation.service = {.server = asked.server,
                         .port = kDnsPort,
                         .transport = Transport::udp,
                         .protocol = Protocol::dns};
  observation.client = asked.client;
  std::uint32_t name = 0;
  if (found.match != Match::none) {
    Query& query = queries_[found.slot];
    if (query.state == State::delivering) count_up(query.rejected);
    name = query.name;
    if (query.first.is_set()) {
      observation.latency =
          latency_of(query.timed && packet.has_time, query.first.when(), packet.place.time);
    }
  }
  observation.packet = digest_of(packet, Kind::icmp_error, name);
  context_.sink.observation(observation);
  return true;
}

}  // namespace whydown::journey
