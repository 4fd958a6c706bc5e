// Slow, not down: everybody was served in the end, and nearly everybody waited too long for it.
//
// Now and then one slow answer is daily life (a cache that misses, a program that starts). It is an
// incident when most of what a service was asked was served late, again and again, for some
// seconds. Two kinds of rows tell: answers that came late (outcome slow, with a symptom), and
// failures that cost a long wait before another server served the client (healed).
#pragma once

#include <vector>

#include "diagnosis/row_view.h"
#include "evidence/evidence.h"

namespace whydown::diagnosis {

// Served, and the row's symptom says that it was late.
bool is_late(const evidence::Row& row);
// Not served here, but by another server, after a long wait.
bool is_rescued(const evidence::Row& row);
// What a row of one of these kinds raises.
evidence::RowKey raised_as(const evidence::Row& row);

// The rows of both kinds that are many enough, lasted long enough and are most of what their
// service was asked meanwhile.
RowList slow_rows(const evidence::Store& store);

}  // namespace whydown::diagnosis
