// Diagnoses built by hand, for the tests of every format.
#pragma once

#include "diagnosis/diagnosis.h"
#include "report/report.h"

namespace whydown::report {

// Three DNS queries refused by ICMP "udp port 53 unreachable", from a text log without a date.
diagnosis::Diagnosis dns_refused();
diagnosis::Diagnosis healthy();
diagnosis::Diagnosis inconclusive();
// Two incidents seen in two captures, with names, paths and words made by an attacker.
diagnosis::Diagnosis hostile();
// An incident with nothing filled in that may be left out.
diagnosis::Diagnosis bare();

// Rendered with everything else at its default.
std::string as_text(const diagnosis::Diagnosis& diagnosis);
std::string as_json(const diagnosis::Diagnosis& diagnosis);
std::string as_worksheet(const diagnosis::Diagnosis& diagnosis);
std::string as_incident_form(const diagnosis::Diagnosis& diagnosis);
std::string as_html(const diagnosis::Diagnosis& diagnosis);

// With line ends and runs of blanks as one blank, so that wrapping does not hide a phrase.
std::string flat(std::string_view text);

}  // namespace whydown::report
