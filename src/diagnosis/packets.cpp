#include "diagnosis/packets.h"

#include <algorithm>
#include <map>

#include "diagnosis/impact.h"
#include "diagnosis/limits.h"
#include "diagnosis/packet_fields.h"
#include "diagnosis/timeline.h"

namespace whydown::diagnosis {

namespace {

using evidence::Attempt;
using evidence::Digest;
using evidence::Row;

// An answer is the symptom and its request the context; unanswered, the request is the symptom.
void offer_row(Candidates& candidates, const Row& row, bool is_absorbed) {
  for (const Attempt* attempt : judged_exemplars(row)) {
    const bool is_silent = !attempt->answer.is_set();
    const Role request = is_silent && !is_absorbed ? Role::symptom : Role::context;
    offer(candidates, attempt->request, request);
    offer(candidates, attempt->last_request, request);
    offer(candidates, attempt->answer, Role::symptom);
  }
}

std::uint64_t packets_of(const Row& row) {
  if (is_exact(row)) {
    std::uint64_t count = 0;
    for (const Attempt* attempt : judged_exemplars(row)) {
      count += attempt->tries + (attempt->answer.is_set() ? 1U : 0U);
    }
    return count;
  }
  const bool has_answers = row.key.symptom != evidence::Symptom::no_response;
  return row.tries + (has_answers ? judged(row) : 0);
}

// The last answer served before the failures and the first one after them.
void offer_neighbours(Candidates& candidates, const evidence::Store& store, const Case& found) {
  const auto [before, after] = served_around(store, found);
  if (before != nullptr) offer(candidates, *before, Role::context);
  if (after != nullptr) offer(candidates, *after, Role::context);
}

}  // namespace

void offer(Candidates& candidates, const Digest& digest, Role role) {
  if (!digest.is_set() || !digest.place.is_set()) return;
  candidates.try_emplace(digest.place, Shown{&digest, role});
}

PacketList list_packets(const Candidates& candidates, std::uint64_t all,
                        const base::Interner& names) {
  PacketList out;
  const std::size_t skipped = candidates.size() > limits::kEvidencePackets
                                  ? candidates.size() - limits::kEvidencePackets
                                  : 0;
  std::size_t at = 0;
  for (const auto& [place, shown] : candidates) {
    const std::size_t index = at++;
    if (index >= limits::kEvidenceFromStart && index < limits::kEvidenceFromStart + skipped) {
      continue;
    }
    out.packets.push_back({place, journey::describe(*shown.digest, names), shown.role,
                           packet_fields(*shown.digest, names)});
  }
  out.left_out = std::max<std::uint64_t>(all, out.packets.size()) - out.packets.size();
  return out;
}

PacketList evidence_packets(const evidence::Store& store, const Case& found,
                            const base::Interner& names) {
  Candidates candidates;
  std::uint64_t all = 0;
  for (const Row* row : found.failing) {
    offer_row(candidates, *row, false);
    all += packets_of(*row);
  }
  for (const Row* row : found.absorbed) {
    offer_row(candidates, *row, true);
    all += packets_of(*row);
  }
  all = std::max<std::uint64_t>(all, candidates.size());
  const std::size_t failing = candidates.size();
  offer_neighbours(candidates, store, found);
  all += candidates.size() - failing;

  return list_packets(candidates, all, names);
}

}  // namespace whydown::diagnosis
