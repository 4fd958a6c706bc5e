// Parts of an incident as plain text, headings left to the caller.
#pragma once

#include "diagnosis/diagnosis.h"
#include "report/text_page.h"
#include "report/words.h"

namespace whydown::report {

void write_text_causes(TextPage& page, const diagnosis::Incident& incident, const Citation& cite);
void write_text_checks(TextPage& page, const diagnosis::Incident& incident);
void write_text_journey(TextPage& page, const diagnosis::Incident& incident);
void write_text_evidence(TextPage& page, const diagnosis::Incident& incident, const Citation& cite);

}  // namespace whydown::report
