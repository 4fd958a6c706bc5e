// What the diagnosis reads off evidence rows: which ones failed, when, for whom.
//
// A row sums attempts of one outcome, among them some that must not count: probes, noise, and what
// was still open. Where a row holds such ones, its exemplars tell them apart; where its exemplars
// are all of its attempts, every count is exact.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "evidence/evidence.h"

namespace whydown::diagnosis {

using RowList = std::vector<const evidence::Row*>;

struct Window {
  base::Time first{base::Time::max()};
  base::Time last{base::Time::min()};

  bool is_empty() const { return last < first; }
  void widen(const Window& other);
  // Whether the two overlap or lie no further apart than `gap`.
  bool is_near(const Window& other, base::Duration gap) const;
};

bool is_judged(const evidence::Attempt& attempt);
// Attempts that count: without probes, noise, open and mid-stream ones.
std::uint64_t judged(const evidence::Row& row);
// Failed, not healed, and something in it counts.
// What became of a connection's data, told apart from how the connection came about.
bool is_transfer(const evidence::RowKey& key);
bool is_failing(const evidence::Row& row);
// Served: ok or slow.
bool is_served(const evidence::Row& row);
// Its exemplars are all there is.
bool is_exact(const evidence::Row& row);

std::vector<const evidence::Attempt*> judged_exemplars(const evidence::Row& row);
// The first few requests of what is judged in the rows, in the inputs' order: what a remark names.
std::vector<base::Place> first_requests(std::span<const evidence::Row* const> rows);
Window window_of(const evidence::Row& row);
Window window_of(std::span<const evidence::Row* const> rows);
void add_clients(const evidence::Row& row, evidence::AddressSketch& clients);
void add_names(const evidence::Row& row, std::set<std::uint32_t>& names);
// How many of its attempts began in [from, to]; of rows that are not exact, those in slots of time
// that lie within, and at the edges those that are exemplars.
std::uint64_t begun_between(const evidence::Row& row, base::Time from, base::Time to);

}  // namespace whydown::diagnosis
