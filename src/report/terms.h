// The terms of reports, each explained in one or two sentences: for students, and the few that a
// supervisor meets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/diagnosis.h"

namespace whydown::report {

struct Term {
  std::string_view name;
  std::string_view meaning;
  std::string_view plain = {};  // for a supervisor; empty where the term must not meet one
};

// Those that stand in the text as whole words, in the order of the alphabet.
std::vector<Term> terms_in(std::string_view text);
// Everything that the diagnosis says, as one text.
std::string words_of(const diagnosis::Diagnosis& diagnosis);
// What a field of diagnosis::PacketField means; empty for one that is not known.
std::string_view field_meaning(std::string_view name);

}  // namespace whydown::report
