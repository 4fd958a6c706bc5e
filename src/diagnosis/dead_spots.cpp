#include "diagnosis/dead_spots.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/core.h>

#include "diagnosis/limits.h"
#include "diagnosis/row_view.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

namespace {

struct Spot {
  std::uint64_t healed = 0;
  bool is_out = false;  // it served somebody, or is an incident of its own
  RowList rows;
};

// What an answer with a code says is an answer: the service is there.
bool is_answer(evidence::Symptom symptom) { return symptom >= evidence::Symptom::nx_domain; }

void add(const evidence::Row& row, Spot& spot) {
  if (is_served(row) || is_failing(row) || is_answer(row.key.symptom)) {
    spot.is_out = spot.is_out || judged(row) > 0;
    return;
  }
  if (!row.key.healed) return;
  spot.healed += judged(row);
  spot.rows.push_back(&row);
}

}  // namespace

std::vector<base::QualityRemark> dead_spots(const evidence::Store& store,
                                            std::span<const Case> incidents,
                                            const base::AddressBook& book) {
  std::map<evidence::Service, Spot> spots;
  for (const auto& [key, row] : store.rows()) {
    if (key.service.port != 0) add(row, spots[key.service]);
  }
  // Slow, not down: said there.
  for (const Case& incident : incidents) {
    for (const evidence::Service& service : incident.subject.services) spots.erase(service);
  }
  std::vector<base::QualityRemark> remarks;
  for (const auto& [service, spot] : spots) {
    if (spot.is_out || spot.healed < limits::kDeadSpotFailures) continue;
    if (remarks.size() == limits::kDeadSpots) break;
    base::QualityRemark remark;
    remark.id = "diagnosis.dead_spot";
    remark.severity = base::Severity::warning;
    remark.text = fmt::format(
        "{} served none of {}. Nobody went without, for another server or address served the same "
        "clients, so this is no incident; but this service looks dead, and asking it first costs "
        "time.",
        book.endpoint(service.server, service.port),
        count_words(spot.healed, attempt_noun(service.protocol)));
    remark.packets = first_requests(spot.rows);
    remark.count = spot.healed;
    remarks.push_back(std::move(remark));
  }
  return remarks;
}

}  // namespace whydown::diagnosis
