// Whole answers over TCP that nobody can read here: text shows no message that spans segments, and
// a short snap length shows none at all. After an answer with TC, data of the server on a
// connection of the same client is taken for the whole one. Otherwise every answer that was fetched
// over TCP would look like one that was never had.
#include "journey/dns_tracker.h"

namespace whydown::journey {

void DnsTracker::note_cut_off(const Query& query, const packet::Packet& packet) {
  CutOff& cut_off = cut_off_.get(pair_hash(query.client, query.server));
  cut_off.last = base::ns_of(packet.place.time);
  cut_off.name = query.name;
  cut_off.type = query.type;
  cut_off.checking_disabled = query.checking_disabled;
}

void DnsTracker::unread(const packet::Packet& packet) {
  const base::IpAddress& client = packet.ip.destination;
  CutOff* cut_off = cut_off_.find(pair_hash(client, packet.ip.source));
  if (cut_off == nullptr || cut_off->name == 0) return;
  const base::Time asked = base::time_from_ns(cut_off->last);
  if (base::between(asked, packet.place.time) > limits::kActHealing) return;
  healing_.name_served({.client = healing_.client_of(client),
                        .server = packet.ip.source,
                        .name = cut_off->name,
                        .type = cut_off->type,
                        .data = true,
                        .checking_disabled = cut_off->checking_disabled,
                        .asked = asked,
                        .answered = packet.place.time});
  cut_off->name = 0;
}

}  // namespace whydown::journey
