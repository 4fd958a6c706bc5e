#pragma once

#include "diagnosis/diagnosis.h"
#include "report/html_page.h"
#include "report/words.h"

namespace whydown::report {

// One incident as a section of the page. `alone`: its title is the page's heading already.
void write_html_incident(HtmlPage& page, const diagnosis::Incident& incident, const Citation& cite,
                         bool alone);

}  // namespace whydown::report
