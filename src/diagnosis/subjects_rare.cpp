// What fails all day and is no incident.
#include <algorithm>
#include <map>
#include <utility>

#include "diagnosis/limits.h"
#include "diagnosis/subjects_steps.h"

namespace whydown::diagnosis::subjects {

namespace {

using evidence::Protocol;
using evidence::Row;
using evidence::RowKey;
using evidence::Symptom;

// Served attempts at a service over the whole input.
std::map<evidence::Service, std::uint64_t> served_counts(
    const evidence::Store& store, std::map<evidence::Service, base::Time>& last_served) {
  std::map<evidence::Service, std::uint64_t> counts;
  for (const auto& [key, row] : store.rows()) {
    if (!is_served(row) || is_transfer(key)) continue;
    counts[key.service] += judged(row);
    auto [at, is_new] = last_served.try_emplace(key.service, row.last);
    if (!is_new) at->second = std::max(at->second, row.last);
  }
  return counts;
}

bool is_usual_nx_domain(const Row& row, std::uint64_t served) {
  const std::uint64_t count = judged(row);
  return row.key.symptom == Symptom::nx_domain &&
         count * limits::kUsualNxDomainShare < served + count &&
         count < limits::kAskedInsistently * row.names.count();
}

// Whether some client got nothing but refusals from this service for a while, and several of them.
// While a new rule takes hold, one more request may get through.
bool shuts_out_a_client(const evidence::Store& store, const Row& denied) {
  const RowKey& key = denied.key;
  const auto& pairs = store.service_clients();
  for (auto at = pairs.lower_bound({key.service, {}, {}});
       at != pairs.end() && at->first.service == key.service; ++at) {
    const evidence::ServiceClientRow& row = at->second;
    const bool let_in =
        row.ok() != 0 && row.first_ok <= row.last_failed && row.last_ok >= row.first_failed;
    const std::uint64_t since =
        let_in ? denied.times.within(row.last_ok, base::Time::max()) : row.failed();
    const std::uint64_t enough = limits::kShutOut * (let_in ? 1 + denied.clients.count() : 1);
    if (at->first.step == key.step && since >= enough) return true;
  }
  return false;
}

// A refusal of what nobody is seen to have sent, to a port that a client may have had: so ends an
// answer that came too late.
bool is_late_answer(const Row& row) {
  constexpr std::uint16_t kUserPorts = 1024;  // RFC 6335 6
  return row.key.symptom == Symptom::port_unreachable &&
         row.key.service.protocol == Protocol::udp && row.key.service.port >= kUserPorts &&
         row.request_unseen == row.attempts && row.attempts < limits::kFewFailures;
}

// What there is not, and what a client has no right to, is asked for all day: pages that are gone,
// a password mistyped. Not so where hardly anything is found for a while, or a client is shut out.
bool is_usual_refusal(const evidence::Store& store, const Row& row) {
  if (is_late_answer(row)) return true;
  // Log lines of answers do not repeat the question; without it, nobody knows what there is not.
  if (row.key.symptom == Symptom::nx_domain && row.names.count() == 0) return true;
  if (row.key.symptom == Symptom::denied) return !shuts_out_a_client(store, row);
  if (row.key.symptom != Symptom::not_found) return false;
  const Window window = window_of(row);
  const std::uint64_t count = judged(row);
  if (count < limits::kNothingFound) return true;
  if (base::between(window.first, window.last) < limits::kNothingFoundSpell) return true;
  std::uint64_t found = 0;
  for (const auto& [key, other] : store.rows()) {
    const bool is_same = key.service == row.key.service && key.step == row.key.step;
    if (is_same && is_served(other)) found += begun_between(other, window.first, window.last);
  }
  return count < found * limits::kNothingFoundShare;
}

}  // namespace

void drop_rare(const evidence::Store& store, std::vector<Item>& items, std::uint64_t& rare) {
  std::map<evidence::Service, base::Time> last_served;
  const std::map<evidence::Service, std::uint64_t> served = served_counts(store, last_served);
  std::map<std::pair<evidence::Service, bool>, std::uint64_t> failed;
  const auto kind_of = [](const Item& item) {
    return std::pair(item.row->key.service, is_transfer(item.row->key));
  };
  for (const Item& item : items) failed[kind_of(item)] += judged(*item.row);

  std::erase_if(items, [&](const Item& item) {
    const evidence::Service& service = item.row->key.service;
    const auto ok = served.find(service);
    if (is_usual_refusal(store, *item.row)) {
      rare += judged(*item.row);
      return true;
    }
    if (ok == served.end()) return false;
    const std::uint64_t count = failed[kind_of(item)];
    const bool is_few =
        count < limits::kFewFailures && count * limits::kFewFailuresShare < ok->second + count;
    // The service died at the end: two refusals with nothing served after them.
    const bool is_death = item.row->key.symptom != Symptom::no_response && count > 1 &&
                          last_served.at(service) < item.window.first;
    const bool is_rare =
        (is_few && !is_death && !is_for_all(item)) || is_usual_nx_domain(*item.row, ok->second);
    if (is_rare) rare += judged(*item.row);
    return is_rare;
  });
}

}  // namespace whydown::diagnosis::subjects
