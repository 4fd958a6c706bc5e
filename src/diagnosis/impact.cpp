#include "diagnosis/impact.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "diagnosis/attack.h"
#include "diagnosis/limits.h"

namespace whydown::diagnosis {

namespace {

using evidence::Row;

bool is_at(const Case& found, const evidence::Service& service) {
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

bool is_about_transfers(const Case& found) {
  return found.subject.step == evidence::Step::transfer;
}

RowList rows_at(const evidence::Store& store, const Case& found) {
  RowList rows;
  for (const auto& [key, row] : store.rows()) {
    if (!is_at(found, key.service)) continue;
    // A transfer that fails is one of the connections that were made.
    const bool is_made = key.step == evidence::Step::connect && is_served(row);
    const bool belongs =
        is_about_transfers(found) ? is_transfer(key) || is_made : !is_transfer(key);
    if (belongs) rows.push_back(&row);
  }
  return rows;
}

namespace {

// Of the connections that were made, those whose transfer failed. That one works again shows by a
// transfer that went well; connections may be made all the while.
Tally tally_of_transfers(const evidence::Store& store, const Case& found) {
  const Window window = window_of(found);
  const base::Time behind = base::add(window.last, base::Duration{1});
  Tally out;
  std::uint64_t made = 0;
  std::uint64_t made_within = 0;
  std::uint64_t made_after = 0;
  for (const Row* row : rows_at(store, found)) {
    if (has(found.failing, *row) || has(found.absorbed, *row)) {
      out.failed += judged(*row);
    } else if (!is_transfer(row->key)) {
      made += judged(*row);
      made_within += begun_between(*row, window.first, window.last);
      made_after += begun_between(*row, behind, base::Time::max());
    } else if (is_served(*row)) {
      out.ok_after += begun_between(*row, behind, base::Time::max());
    }
  }
  out.total = std::max(out.failed, made_within);
  out.served = out.total - out.failed;
  const std::uint64_t later = std::max(out.total, made_within) + made_after;
  out.ok_before = made > later ? made - later : 0;
  out.is_served_after = out.ok_after > 0;
  return out;
}

}  // namespace

Tally tally(const evidence::Store& store, const Case& found) {
  if (is_about_transfers(found)) return tally_of_transfers(store, found);
  const Window window = window_of(found);
  Tally out;
  std::uint64_t doubled = 0;
  std::uint64_t looped = 0;
  for (const Row* row : rows_at(store, found)) {
    if (has(found.failing, *row) || has(found.absorbed, *row)) {
      out.failed += judged(*row);
      out.total += judged(*row);
      // The first of two answers is counted as served; the second one is no lookup of its own.
      if (row->key.symptom == evidence::Symptom::wrong_answer) doubled += row->request_unseen;
      if (row->key.step == evidence::Step::link) looped += judged(*row);
      continue;
    }
    const std::uint64_t within = decided_within(*row, window);
    // What a retry healed is the same wish again: the retry stands for it.
    if (row->key.healed) {
      out.healed += within;
      continue;
    }
    // Of a flood, or of somebody who did not wait for an answer: no wish of a user's.
    if (row->key.unmeant) continue;
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
  // A packet that goes round is that of an attempt which failed for it.
  const std::uint64_t told_twice = std::min(looped, out.failed - looped);
  out.failed -= told_twice;
  out.total -= told_twice;
  if (found.flood != nullptr) {
    out.failed = found.users_failed;
    out.total = out.failed + out.served;
  }
  return out;
}

evidence::AddressSketch failing_clients_of(const Case& found) {
  evidence::AddressSketch clients;
  if (found.flood != nullptr) return found.users;
  for (const Row* row : found.failing) add_clients(*row, clients);
  return clients;
}

evidence::AddressSketch clients_of(const Case& found) {
  evidence::AddressSketch clients = failing_clients_of(found);
  for (const Row* row : found.absorbed) add_clients(*row, clients);
  return clients;
}

namespace {

struct Counts {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  bool before = false;
  bool after = false;
};
using CountsByClient = std::map<base::IpAddress, Counts>;

// What of a row counts: connections for what concerns them, and where it is about transfers those
// made and the transfers that failed.
struct Counted {
  bool ok = true;
  bool failed = true;
};

void add(CountsByClient& by_client, const evidence::ServiceClientKey& key,
         const evidence::ServiceClientRow& row, const Window& window, Counted counted = {}) {
  if (row.ok() + row.failed() == 0) return;
  Counts& counts = by_client[key.client];
  counts.ok += counted.ok ? row.ok() : 0;
  counts.failed += counted.failed ? row.failed() : 0;
  if (row.ok() == 0) return;
  counts.before = counts.before || row.first_ok < window.first;
  // Of a client that failed, its own last failure counts: another's may come later.
  const base::Time failed = row.failed() > 0 ? row.last_failed : window.last;
  counts.after = counts.after || row.last_ok > std::min(failed, window.last);
}

std::vector<ClientImpact> listed(const CountsByClient& by_client, const base::AddressBook& book) {
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

}  // namespace

std::vector<ClientImpact> client_impact(const evidence::Store& store, const Case& found,
                                        const base::AddressBook& book) {
  const Window window = window_of(found);
  CountsByClient by_client;
  for (const auto& [key, row] : store.service_clients()) {
    const bool is_theirs = found.flood == nullptr || is_bystander(key, row, *found.flood);
    if (!is_at(found, key.service) || !is_theirs) continue;
    const bool is_of_transfer = key.step == evidence::Step::transfer;
    if (is_about_transfers(found)) {
      add(by_client, key, row, window, {.ok = !is_of_transfer, .failed = is_of_transfer});
    } else if (!is_of_transfer) {
      add(by_client, key, row, window);
    }
  }
  if (is_about_transfers(found)) {
    for (auto& [client, counts] : by_client) counts.ok -= std::min(counts.ok, counts.failed);
  }
  return listed(by_client, book);
}

std::vector<ClientImpact> client_impact(const evidence::Store& store,
                                        const evidence::Pattern& pattern,
                                        const base::AddressBook& book) {
  CountsByClient by_client;
  for (const auto& [key, row] : store.service_clients()) {
    if (!concerns(pattern, key.service) || !is_bystander(key, row, pattern)) continue;
    add(by_client, key, row, {pattern.first, pattern.last});
  }
  return listed(by_client, book);
}

}  // namespace whydown::diagnosis
