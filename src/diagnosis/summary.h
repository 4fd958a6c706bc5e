// The two paragraphs of an incident: what it means technically, and what a supervisor reads.
#pragma once

#include <string>

#include "base/address.h"
#include "diagnosis/incident_build.h"
#include "diagnosis/words.h"

namespace whydown::diagnosis {

// The catalogue's meaning, and which other failures the incident explains.
// How sure the likeliest cause is; a part of the summary.
std::string cause_sentence(const Incident& incident);
std::string explanation_of(const Case& found, const Values& values, const base::AddressBook& book);
// What failed, when, for whom, how sure the cause is, and what was never tried. Everything but the
// paragraphs themselves must be set in `incident`.
std::string summary_of(const Incident& incident, const Case& found, const Values& values,
                       const Calendar& calendar, const WebUse& web);

// The same of an attack; `first` says what it is.
std::string attack_summary_of(const Incident& incident, const std::string& first,
                              const Calendar& calendar);

}  // namespace whydown::diagnosis
