// A look at TOML text before the parser sees it.
#pragma once

#include <cstddef>
#include <string_view>

namespace whydown::diagnosis {

// The line (from 1) of the first byte beyond ASCII that stands outside texts and comments, where
// TOML has no use for one; 0 when there is none. toml++ 3.3 runs into undefined behaviour on some
// of them ("name = ä") instead of reporting an error.
std::size_t line_of_stray_character(std::string_view toml);

}  // namespace whydown::diagnosis
