// Answers that cannot be true: two that contradict each other, and one address for whatever is
// asked.
#include <algorithm>

#include "journey/dns_tracker.h"
#include "journey/verdict.h"

namespace whydown::journey {

using packet::Packet;
using packet::dns::Record;
using packet::dns::Section;

namespace {

// The first address that an answer gives; null where it gives none.
const Record* first_address(const packet::dns::Message& message) {
  const auto found = std::ranges::find_if(message.records, [](const Record& record) {
    return record.section == Section::answer && record.address.is_known();
  });
  return found == message.records.end() ? nullptr : &*found;
}

}  // namespace

bool DnsTracker::is_sole_address(const View& view, const Query& query) {
  const packet::dns::Message& message = view.packet.dns;
  const bool is_resolved = message.rcode == packet::dns::Rcode::no_error &&
                           message.recursion_available && !message.truncated &&
                           message.answer_count != 0;
  if (!is_resolved || query.name == 0) return false;
  const Record* given = first_address(message);
  return given != nullptr && sole_.is_sole(view.server, given->address, query.name, context_.names);
}

void DnsTracker::tell_contradiction(const Query& query, const Packet& packet) {
  Attempt attempt;
  static_cast<Outline&>(attempt) = outline_of(query);
  Told{query, &packet, Kind::dns_answer}.show(attempt);
  attempt.request_seen = false;
  attempt.tries = 0;
  attempt.last_request = {};
  attempt.server_spoke = true;
  attempt.end = packet.place.time;
  attempt.timed = query.timed && packet.has_time;
  attempt.latency = latency_of(attempt.timed, attempt.begin, packet.place.time);
  tell_wrong(context_, attempt, packet);
}

// Nothing heals it: that the client was given something is the very trouble.
void DnsTracker::tell_wrong(Context& context, Attempt attempt, const Packet& packet) {
  attempt.symptom = Symptom::wrong_answer;
  attempt.outcome = outcome_of(attempt.symptom);
  attempt.healed = attempt.answered_by_other_server = false;
  if (const Record* given = first_address(packet.dns)) {
    attempt.answer.quoted_destination = given->address;
  }
  attempt.end = std::max(attempt.begin, attempt.end);
  context.sink.attempt(attempt);
}

}  // namespace whydown::journey
