#include "diagnosis/impact.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "diagnosis/limits.h"

namespace whydown::diagnosis {

namespace {

using evidence::Row;
using evidence::Service;

bool is_at(const Case& found, const Service& service) {
  return std::ranges::binary_search(found.subject.services, service);
}

bool has(const RowList& rows, const Row& row) {
  return std::ranges::find(rows, &row) != rows.end();
}

// Decided attempts of the row that began in the window.
std::uint64_t decided_within(const Row& row, const Window& window) {
  if (row.key.outcome == evidence::Outcome::unknown) return 0;
  return begun_between(row, window.first, window.last);
}

}  // namespace

Window window_of(const Case& found) {
  Window window = window_of(found.failing);
  window.widen(window_of(found.absorbed));
  return window;
}

RowList rows_at(const evidence::Store& store, const Case& found) {
  RowList rows;
  for (const auto& [key, row] : store.rows()) {
    if (is_at(found, key.service)) rows.push_back(&row);
  }
  return rows;
}

Tally tally(const evidence::Store& store, const Case& found) {
  const Window window = window_of(found);
  Tally out;
  std::uint64_t doubled = 0;
  for (const Row* row : rows_at(store, found)) {
    if (has(found.failing, *row) || has(found.absorbed, *row)) {
      out.failed += judged(*row);
      out.total += judged(*row);
      // The first of two answers is counted as served; the second one is no lookup of its own.
      if (row->key.symptom == evidence::Symptom::wrong_answer) doubled += row->request_unseen;
      continue;
    }
    const std::uint64_t within = decided_within(*row, window);
    // What a retry healed is the same wish again: the retry stands for it.
    if (row->key.healed) {
      out.healed += within;
      continue;
    }
    out.total += within;
    if (!is_served(*row)) continue;
    out.served += within;
    const std::uint64_t after =
        begun_between(*row, base::add(window.last, base::Duration{1}), base::Time::max());
    out.ok_after += after;
    const std::uint64_t later = within + after;
    if (row->first < window.first && judged(*row) > later) out.ok_before += judged(*row) - later;
    out.is_served_after = out.is_served_after || (judged(*row) > 0 && row->last > window.last);
  }
  doubled = std::min(doubled, out.served);
  out.served -= doubled;
  out.total -= doubled;
  return out;
}

evidence::AddressSketch failing_clients_of(const Case& found) {
  evidence::AddressSketch clients;
  for (const Row* row : found.failing) add_clients(*row, clients);
  return clients;
}

evidence::AddressSketch clients_of(const Case& found) {
  evidence::AddressSketch clients = failing_clients_of(found);
  for (const Row* row : found.absorbed) add_clients(*row, clients);
  return clients;
}

std::vector<ClientImpact> client_impact(const evidence::Store& store, const Case& found,
                                        const base::AddressBook& book) {
  struct Counts {
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    bool before = false;
    bool after = false;
  };
  const Window window = window_of(found);
  std::map<base::IpAddress, Counts> by_client;
  for (const auto& [key, row] : store.service_clients()) {
    if (!is_at(found, key.service) || row.ok() + row.failed() == 0) continue;
    Counts& counts = by_client[key.client];
    counts.ok += row.ok();
    counts.failed += row.failed();
    if (row.ok() == 0) continue;
    counts.before = counts.before || row.first_ok < window.first;
    // Of a client that failed, its own last failure counts: another's may come later.
    const base::Time failed = row.failed() > 0 ? row.last_failed : window.last;
    counts.after = counts.after || row.last_ok > std::min(failed, window.last);
  }
  std::vector<std::pair<base::IpAddress, Counts>> sorted(by_client.begin(), by_client.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return std::tie(b.second.failed, a.first) < std::tie(a.second.failed, b.first);
  });
  std::vector<ClientImpact> out;
  for (const auto& [client, counts] : sorted) {
    if (out.size() == limits::kImpact) break;
    out.push_back({book.text(client), counts.ok, counts.failed, counts.before, counts.after});
  }
  return out;
}

}  // namespace whydown::diagnosis
