// What a report says about the text itself.
#pragma once

#include "base/input_info.h"
#include "capture/text/records.h"
#include "capture/text/session.h"

namespace whydown::capture::text {

// text.unread_lines, text.prose_lines, text.repaired, text.omitted, text.cut_lines
void add_remarks(const RecordCounts& counts, std::uint64_t cut_lines, base::InputInfo& info);

// capture.drops
void add_drop_remark(const Session& session, base::InputInfo& info);

}  // namespace whydown::capture::text
