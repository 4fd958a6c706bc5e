// What packets cannot hold and the analyst supplies: who reported it, what was done, whom to call,
// and what people complained about. One TOML file; `whydown case new` writes a commented one.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "base/written_time.h"

namespace whydown::report {

namespace limits {
inline constexpr std::size_t kCaseFileBytes = std::size_t{256} << 10U;
inline constexpr std::size_t kCaseEntries = 200;  // actions, contacts, complaints: of each
}  // namespace limits

struct CaseAction {
  std::string when;  // as written
  std::string who;
  std::string what;
};

struct CaseContact {
  std::string role;
  std::string name;
  std::string reach;  // telephone, mail
};

struct Complaint {
  std::string who;
  std::string when;     // as written; may be empty
  std::string saw;      // in their own words
  std::string address;  // of their machine; may be empty
  std::optional<base::PointInTime> time;
};

// Everything may be empty.
struct Case {
  std::string file;  // its name, as given
  std::string reference;
  std::string organisation;
  std::string classification;
  std::string prepared_by;
  std::string report_date;
  std::string reported_by;
  std::string aware;                   // how the team became aware
  std::string systems;                 // location and function of the systems
  std::string impact;                  // functional impact, impact on information, recoverability
  std::string status;                  // since the capture ended
  std::string custody;                 // where the files are kept, and who had them
  std::optional<base::Time> date;      // of text logs that name none
  std::optional<base::Duration> zone;  // of their times, and of times in this file
  std::vector<CaseAction> actions;
  std::vector<CaseContact> contacts;
  std::vector<Complaint> complaints;
};

std::expected<Case, base::Error> parse_case(std::string_view toml, const std::string& file_name);
// A commented case file to fill in.
std::string_view case_template();

}  // namespace whydown::report
