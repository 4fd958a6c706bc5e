// The page of a fault under docs/faults/, generated from its catalogue entry.
#pragma once

#include <string>

#include "diagnosis/catalogue.h"

namespace whydown::diagnosis {

// Markdown with a final newline. Placeholders show as words in capitals: SERVER, NAME.
std::string fault_page(const Fault& fault);
// The list of all pages, with links "ID.md".
std::string fault_index(const Catalogue& catalogue);

}  // namespace whydown::diagnosis
