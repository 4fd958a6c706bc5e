#include "report/page.h"

#include <algorithm>

namespace whydown::report {

bool is_empty(const Spans& spans) {
  return std::ranges::all_of(spans, [](const Span& span) { return span.text.empty(); });
}

void Page::field(const std::string& label, const Spans& words) {
  Spans line{{Tone::strong, label}, " "};
  line.insert(line.end(), words.begin(), words.end());
  paragraph(line);
}

}  // namespace whydown::report
