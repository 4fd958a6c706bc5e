// Facts about DNS answers that travel in fragments.
#include <algorithm>
#include <array>

#include "evidence/facts/facts.h"

namespace whydown::evidence::facts_detail {

namespace {

struct Seen {
  std::uint64_t count = 0;
  std::vector<base::Place> packets;
};

// Of the subject's servers, over UDP.
Seen observed(const View& view, Sign sign) {
  Seen out;
  for (const ObservationRow& row : view.store.observations()) {
    const bool is_ours = std::ranges::binary_search(view.servers, row.service.server) &&
                         row.service.protocol == Protocol::dns;
    if (row.sign != sign || !is_ours) continue;
    out.count += row.count;
    for (const Observation& seen : row.first) out.packets.push_back(seen.packet.place);
  }
  return out;
}

// Later fragments carry no ports: a capture filter for one port never admits any. Where nothing but
// that port is in view, and no later fragment of anybody, their absence says nothing.
Finding dns_fragments_missing(const View& view) {
  if (later_fragments_hidden(view.store)) {
    return unknown("the capture admits no later fragments");
  }
  Seen missing = observed(view, Sign::first_piece_only);
  Seen joined = observed(view, Sign::joined_answer);
  if (missing.count != 0) {
    // Some came whole: what is lost is not lost for being a fragment.
    const std::string detail = "of " + counted(missing.count, "large answer") +
                               " only the first fragment came, and the clients asked again";
    if (joined.count >= missing.count) {
      return unknown(detail + "; of " + counted(joined.count, "other") + " all fragments came");
    }
    return yes(detail, earliest(std::move(missing.packets)));
  }
  if (joined.count == 0) return unknown();
  return no("of " + counted(joined.count, "large answer") + " all fragments came",
            earliest(std::move(joined.packets)));
}

Finding fragments_lost(const View& view) {
  std::vector<base::Place> packets;
  std::string who;
  for (const ObservationRow& row : view.store.observations()) {
    const bool is_ours = std::ranges::binary_search(view.servers, row.service.server);
    if (row.sign != Sign::pieces_lost || !is_ours) continue;
    for (const Observation& seen : row.first) {
      if (seen.packet.place.time < view.first) continue;
      if (who.empty()) who = view.book.text(seen.packet.source);
      packets.push_back(seen.packet.place);
    }
  }
  if (packets.empty()) return unknown();
  return yes(
      who + " got only a part of a datagram, and says so (fragment reassembly time exceeded)",
      earliest(std::move(packets)));
}

constexpr std::array kFragmentsFacts = {
    Entry{{"dns.fragments_missing",
           "Do large answers of this service come without the rest of their fragments, so that the "
           "clients ask again? No, where fragmented answers came whole. Unknown where the capture "
           "shows nothing but one port and no later fragment of anybody, as a filter does.",
           "RFC 8900 4.1; RFC 9715 3"},
          dns_fragments_missing},
    Entry{
        {"path.fragments_lost",
         "Did a receiver of a fragmented datagram, from or to the servers, report since the first "
         "failure that it got only a part of it (ICMP type 11 code 1, ICMPv6 type 3 code 1)? In "
         "the kept packets; never no.",
         "RFC 792; RFC 4443 3.3; RFC 8900 4"},
        fragments_lost},
};

}  // namespace

std::span<const Entry> fragments_facts() { return kFragmentsFacts; }

bool later_fragments_hidden(const Store& store) {
  if (store.totals().later_pieces != 0) return false;
  const bool is_by_filter = std::ranges::any_of(store.inputs(), [](const auto& input) {
    const std::string& filter = input.filter;
    return filter.find("port ") != std::string::npos && filter.find("ip[6") == std::string::npos;
  });
  return is_by_filter || !store.totals().beyond_dns;
}

}  // namespace whydown::evidence::facts_detail
