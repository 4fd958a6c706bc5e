// Relations in words.
#pragma once

#include <string>

#include "explain/cite.h"
#include "explain/story.h"

namespace whydown::explain {

// One sentence; empty for relations that need none.
std::string relation_words(const Relation& relation, const Cite& cite);

}  // namespace whydown::explain
