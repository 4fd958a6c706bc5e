// Each complaint of the case beside the packets: what explains it, what came too early, what the
// incident does not explain.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/diagnosis.h"
#include "report/case.h"

namespace whydown::report {

enum class Finding : std::uint8_t {
  explained,      // by an incident: its time and its words fit
  before,         // it came before the incident that would fit began
  not_explained,  // by any incident
  undecided,      // the packets do not cover it, or its words name nothing they could show
};

std::string_view finding_id(Finding finding);  // "explained"

struct ComplaintFinding {
  Finding finding = Finding::undecided;
  int incident = 0;     // that it is about; 0 where there is none
  std::string because;  // one or two sentences
};

// One per complaint of the case, in its order. Both must be sanitised.
std::vector<ComplaintFinding> judge_complaints(const diagnosis::Diagnosis& diagnosis,
                                               const Case& supplied);

// A time of the case file on the inputs' scale: without a date, the one nearest to the incident.
// None where either side has no time.
std::optional<base::Time> place_on_scale(const diagnosis::Diagnosis& diagnosis,
                                         const Case& supplied,
                                         const std::optional<base::PointInTime>& point,
                                         const diagnosis::Incident& incident);

// What the words of a complaint name, and what an incident looks like to a user.
enum class Sight : std::uint8_t {
  unreachable,
  name_error,
  refused,
  timeout,
  reset,
  slow,
  certificate,
  http_status,
  login,
  outage,  // "does not open": fits any failure
};

// Those whose phrases are in the text, in the order of the list above.
std::vector<Sight> sights_in(std::string_view saw);
bool is_seen_as(const diagnosis::Incident& incident, Sight sight);
// Why the incident is not seen like that: a clause.
std::string why_not(const diagnosis::Incident& incident, Sight sight);

}  // namespace whydown::report
