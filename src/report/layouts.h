// The forms of the report, each on whatever page it is given.
#pragma once

#include "report/layout_parts.h"
#include "report/page.h"

namespace whydown::report {

void lay_out_incident(Page& page, const Material& material);
void lay_out_worksheet(Page& page, const Material& material);
void lay_out_supervisor(Page& page, const Material& material);

}  // namespace whydown::report
