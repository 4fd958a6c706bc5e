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

Finding dns_fragments_missing(const View& view) {
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

constexpr std::array kFacts = {
    Entry{{"dns.fragments_missing",
           "Do large answers of this service come without the rest of their fragments, so that the "
           "clients ask again? No, where fragmented answers came whole.",
           "RFC 8900 4.1; RFC 9715 3"},
          dns_fragments_missing},
};

}  // namespace

std::span<const Entry> fragments_facts() { return kFacts; }

}  // namespace whydown::evidence::facts_detail
