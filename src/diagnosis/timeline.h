// When things happened: the attempts of an incident's services over time, and the moments worth a
// mark among them.
#pragma once

#include <span>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "diagnosis/subjects.h"

namespace whydown::diagnosis {

struct ServedAround {
  const evidence::Digest* before = nullptr;  // the last answer before the failures
  const evidence::Digest* after = nullptr;   // the first one after them
};
ServedAround served_around(const evidence::Store& store, const Case& found);

// Served and failed attempts at the services of the case over the whole input.
Activity activity_of(const evidence::Store& store, const Case& found);
// In order of time; none where packets carry no times.
std::vector<Mark> marks_of(const evidence::Store& store, const Case& found,
                           std::span<const evidence::Fact> facts, const base::Interner& names);

}  // namespace whydown::diagnosis
