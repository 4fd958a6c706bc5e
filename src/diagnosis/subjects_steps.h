// How subjects are found, in steps. Internal to subjects*.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "diagnosis/subjects.h"

namespace whydown::diagnosis::subjects {

// A row that may become an incident.
struct Item {
  const evidence::Row* row = nullptr;
  const Fault* fault = nullptr;
  Window window;
  RowList absorbed;
  bool is_gone = false;       // absorbed by another
  bool is_slow = false;       // not down: see slowness.h
  bool is_cut_short = false;  // of a slow one: some still waited when the capture ended
};

// A login page stands before the whole internet: whoever meets it meets the same.
inline bool is_for_all(const Item& item) {
  return item.row->key.symptom == evidence::Symptom::diverted;
}

// Rows that others explain move into these.
void absorb(std::vector<Item>& items);
// Leaves out what happens all day, and adds its attempts to `rare`.
void drop_rare(const evidence::Store& store, std::vector<Item>& items, std::uint64_t& rare);

}  // namespace whydown::diagnosis::subjects
