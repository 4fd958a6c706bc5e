#include "diagnosis/row_view.h"

#include <algorithm>

namespace whydown::diagnosis {

namespace {

using evidence::Attempt;
using evidence::Outcome;
using evidence::Row;

std::uint64_t uncounted(const Row& row) { return row.attempts - row.counted + row.open_at_end; }

// Some of the row does not count, and exemplars that do are there to stand for the rest.
bool is_seen_through_exemplars(const Row& row) {
  if (uncounted(row) == 0) return false;
  return std::ranges::any_of(row.exemplars(), [](const Attempt* a) { return is_judged(*a); });
}

}  // namespace

void Window::widen(const Window& other) {
  first = std::min(first, other.first);
  last = std::max(last, other.last);
}

bool Window::is_near(const Window& other, base::Duration gap) const {
  return first <= base::add(other.last, gap) && other.first <= base::add(last, gap);
}

bool is_judged(const Attempt& attempt) {
  return !attempt.is_probe && !attempt.is_noise && !attempt.open_at_end && !attempt.mid_stream;
}

bool is_exact(const Row& row) { return row.kept().size() == row.attempts; }

std::vector<const Attempt*> judged_exemplars(const Row& row) {
  std::vector<const Attempt*> out = row.exemplars();
  std::erase_if(out, [](const Attempt* attempt) { return !is_judged(*attempt); });
  return out;
}

std::vector<base::Place> first_requests(std::span<const Row* const> rows) {
  constexpr std::size_t kShown = 4;
  std::vector<base::Place> out;
  for (const Row* row : rows) {
    for (const Attempt* attempt : judged_exemplars(*row)) {
      if (attempt->request.place.is_set()) out.push_back(attempt->request.place);
    }
  }
  std::ranges::sort(out, {},
                    [](const base::Place& place) { return std::pair(place.input, place.number); });
  if (out.size() > kShown) out.resize(kShown);
  return out;
}

std::uint64_t judged(const Row& row) {
  // One attempt may be noise and open at once: count where every attempt is at hand.
  if (is_exact(row)) return judged_exemplars(row).size();
  return row.attempts - std::min(row.attempts, uncounted(row));
}

bool is_transfer(const evidence::RowKey& key) { return key.step == evidence::Step::transfer; }

bool is_failing(const Row& row) {
  const Outcome outcome = row.key.outcome;
  const bool failed = outcome == Outcome::refused || outcome == Outcome::failed ||
                      outcome == Outcome::silent || outcome == Outcome::cut;
  return failed && !row.key.healed && row.key.symptom != evidence::Symptom::none && judged(row) > 0;
}

bool is_served(const Row& row) {
  if (row.key.unmeant) return false;  // who leaves a handshake half open got nothing from it
  return row.key.outcome == Outcome::ok || row.key.outcome == Outcome::slow;
}

Window window_of(const Row& row) {
  if (!is_seen_through_exemplars(row)) return {row.first, row.last};
  Window window;
  for (const Attempt* attempt : judged_exemplars(row)) {
    window.widen({attempt->begin, std::max(attempt->begin, attempt->end)});
  }
  return window;
}

Window window_of(std::span<const Row* const> rows) {
  Window window;
  for (const Row* row : rows) window.widen(window_of(*row));
  return window;
}

void add_clients(const Row& row, evidence::AddressSketch& clients) {
  if (!is_seen_through_exemplars(row)) {
    clients.merge(row.clients);
    return;
  }
  for (const Attempt* attempt : judged_exemplars(row)) clients.add(attempt->client);
}

void add_names(const Row& row, std::set<std::uint32_t>& names) {
  if (!is_seen_through_exemplars(row)) {
    names.insert(row.names.kept().begin(), row.names.kept().end());
    return;
  }
  for (const Attempt* attempt : judged_exemplars(row)) {
    if (attempt->question.name != 0) names.insert(attempt->question.name);
  }
}

std::uint64_t begun_between(const Row& row, base::Time from, base::Time to) {
  std::uint64_t count = 0;
  if (is_exact(row)) {
    for (const Attempt* attempt : judged_exemplars(row)) {
      if (attempt->begin >= from && attempt->begin <= to) ++count;
    }
    return count;
  }
  if (row.first >= from && row.last <= to) return judged(row);
  if (row.last < from || row.first > to) return 0;
  // Slots that lie within, and of those at the edges what the exemplars show: an outage begins
  // where the last answer came, often in the middle of a slot full of answers.
  for (std::size_t slot = 0; slot < evidence::TimeHistogram::kSlots; ++slot) {
    const base::Time begin = row.times.slot_start(slot);
    const base::Time end = base::add(begin, row.times.slot_width());
    if (begin >= from && end <= to) {
      count += row.times.slots()[slot];
      continue;
    }
    for (const Attempt* attempt : judged_exemplars(row)) {
      const base::Time at = attempt->begin;
      if (at >= begin && at < end && at >= from && at <= to) ++count;
    }
  }
  return std::min(count, judged(row));
}

}  // namespace whydown::diagnosis
