#include "diagnosis/slowness.h"

#include <algorithm>
#include <map>

#include "diagnosis/limits.h"

namespace whydown::diagnosis {

namespace {

using evidence::Attempt;
using evidence::Outcome;
using evidence::Row;
using evidence::Symptom;

// What was tried at one service at one step.
struct Spell {
  RowList slow;
  RowList quick;  // answered, be it by an error: then it was not slow
};

// From the first begin to the last one.
Window begins_of(const RowList& rows) {
  Window window;
  for (const Row* row : rows) {
    for (const Attempt* attempt : judged_exemplars(*row)) {
      window.widen({attempt->begin, attempt->begin});
    }
  }
  return window;
}

bool is_lasting(const Spell& spell) {
  const Window window = begins_of(spell.slow);
  if (window.is_empty() || base::between(window.first, window.last) < limits::kSlowSpell) {
    return false;
  }
  std::uint64_t slow = 0;
  for (const Row* row : spell.slow) slow += judged(*row);
  std::uint64_t quick = 0;
  for (const Row* row : spell.quick) quick += begun_between(*row, window.first, window.last);
  return slow >= limits::kFewSlow && slow >= quick;
}

}  // namespace

bool is_late(const Row& row) {
  return row.key.outcome == Outcome::slow && row.key.symptom != Symptom::none && judged(row) > 0;
}

bool is_rescued(const Row& row) {
  if (!row.key.healed || row.key.noise || row.key.symptom == Symptom::none) return false;
  const std::uint64_t others = row.answered_by_other_server;
  return others * 2 >= row.attempts && row.latency.count() > 0 &&
         row.latency.quantile(limits::kLongWaitShare) >= limits::kLongWait && judged(row) > 0;
}

evidence::RowKey raised_as(const Row& row) {
  evidence::RowKey key = row.key;
  if (is_rescued(row)) key.symptom = Symptom::slow_answer;
  return key;
}

RowList slow_rows(const evidence::Store& store) {
  std::map<std::pair<evidence::Service, evidence::Step>, Spell> spells;
  for (const auto& [key, row] : store.rows()) {
    Spell& spell = spells[{key.service, key.step}];
    const bool is_answer = is_served(row) || row.server_spoke > 0;
    if (is_late(row) || is_rescued(row)) {
      spell.slow.push_back(&row);
    } else if (is_answer && !key.noise && key.outcome != Outcome::unknown) {
      spell.quick.push_back(&row);
    }
  }
  RowList out;
  for (const auto& [key, spell] : spells) {
    if (is_lasting(spell)) out.insert(out.end(), spell.slow.begin(), spell.slow.end());
  }
  return out;
}

}  // namespace whydown::diagnosis
