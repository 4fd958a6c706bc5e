#pragma once

#include <string_view>

namespace whydown::report {

// The page's only style sheet, and the hash by which the page's policy admits it (a test compares
// the two): an injected style would not be applied.
extern const std::string_view kHtmlCss;
extern const std::string_view kHtmlCssHash;

}  // namespace whydown::report
