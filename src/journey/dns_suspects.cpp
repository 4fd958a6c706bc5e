// Questions that an ICMP error may be about which shows no ports: only the latest are looked at.
#include "journey/dns_tracker.h"

namespace whydown::journey {

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

}  // namespace whydown::journey
