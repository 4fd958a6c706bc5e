// Parts that several layouts are made of.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "report/complaints.h"
#include "report/page.h"
#include "report/report.h"
#include "report/words.h"

namespace whydown::report {

// What a layout lays out. Everything is sanitised, and outlives the layout.
struct Material {
  Material(const diagnosis::Diagnosis& of, const Options& how);

  const diagnosis::Diagnosis& diagnosis;
  const Options& options;
  Citation cite;
  Case supplied;  // empty where there is no case file
  std::vector<ComplaintFinding> findings;

  bool is_alone() const { return diagnosis.incidents.size() == 1; }
};

// The words as supplied, or "to be filled in by the analyst".
Spans supplied_or_missing(const std::string& words);
std::string incident_anchor(const diagnosis::Incident& incident);  // "incident-1"

void write_front(Page& page, const Material& material, std::string kicker, std::string title);
// Reference, organisation, classification, who and when; nothing where none is supplied.
// What `whydown probe` tried; nothing where the report is of no probe.
void write_probe(Page& page, const Material& material);
void write_case_head(Page& page, const Material& material);
void write_actions(Page& page, const Material& material);  // a list
void write_contacts(Page& page, const Material& material);
void write_complaints(Page& page, const Material& material);
// What happened when, from packets and from the case, in order of time.
void write_events(Page& page, const Material& material, const diagnosis::Incident& incident);
void write_impact_table(Page& page, const diagnosis::Incident& incident);
void write_inseparable(Page& page, const diagnosis::Incident& incident);
void write_inputs(Page& page, const Material& material);
void write_quality(Page& page, const Material& material);
void write_method(Page& page, const Material& material);
// For students: the fields of the evidence packets, and the words used.
void write_field_words(Page& page, const Material& material);
void write_term_words(Page& page, const Material& material);

}  // namespace whydown::report
