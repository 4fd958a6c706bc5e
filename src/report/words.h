// Numbers, times and packet lists as people read them; shared by every format for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/numbers.h"
#include "diagnosis/diagnosis.h"

namespace whydown::report {

using base::counted;
using base::thousands;

std::string joined(const std::vector<std::string>& items,
                   std::string_view last = " and ");  // "a, b and c"
// Of more than `most`, the first few and how many more: "a, b, c and 6 more".
std::string first_few(const std::vector<std::string>& items, std::size_t most = 4);
std::string capitalised(std::string_view text);  // its first letter, where that is ASCII
std::string upper_case(std::string_view text);
// Without a full stop at its end, so that it fits inside a sentence.
std::string without_stop(std::string_view text);

// Shares of `whole` (100 for percent, 10000 for four digits) that sum to it where the probabilities
// sum to 1 (largest remainder).
std::vector<std::uint32_t> shares(const std::vector<diagnosis::RankedCause>& causes,
                                  std::uint32_t whole);
// Per cause "55 %"; "under 1 %" for what rounds to nothing.
std::vector<std::string> percents(const std::vector<diagnosis::RankedCause>& causes);

// Everything that depends on the inputs: whether times carry a date, how packets are cited. The
// diagnosis must outlive it.
class Citation {
 public:
  explicit Citation(const diagnosis::Diagnosis& diagnosis);

  // "packets 2, 4, 6", "lines 3, 5" of text, "packet 2 of input 1, line 3 of input 2" of several.
  // Empty for no packets.
  std::string packets(const std::vector<base::Place>& places) const;
  // " [packets 2, 4]", empty for no packets.
  std::string bracketed(const std::vector<base::Place>& places) const;
  // "2", or "1:2" (input and number) where there are several inputs.
  std::string number(const base::Place& place) const;
  // "13:24:32.192571", with the date where the inputs are of several days; empty for a packet
  // without a time.
  std::string time(const base::Place& place) const;
  std::string time(base::Time time) const;
  // What such times lack: "2026-01-02, UTC".
  std::string time_scope() const;
  bool has_time(const base::Place& place) const;
  bool is_text(const base::Place& place) const;  // cited by its line
  // "2026-01-02 13:24:32 to 13:28:50 (1:24 pm to 1:28 pm, UTC)"; "time not known".
  std::string window(const diagnosis::Incident& incident) const;
  std::string span(base::Time first, base::Time last) const;
  // What the times are: "UTC", "date and time zone not known".
  std::string time_basis() const;
  bool is_zone_known() const { return zone_known_; }
  bool any_text() const { return any_text_; }
  bool several_inputs() const { return inputs_->size() > 1; }

 private:
  const base::InputInfo* input_of(const base::Place& place) const;

  const std::vector<base::InputInfo>* inputs_;
  bool date_known_ = true;
  bool zone_known_ = true;
  bool any_text_ = false;
  std::string only_day_;  // the date of every packet, where there is just one
};

// "incident", as in JSON.
std::string_view verdict_id(diagnosis::Verdict verdict);

}  // namespace whydown::report
