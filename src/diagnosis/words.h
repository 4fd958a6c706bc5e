// Finished words for people: numbers with nouns, times of day, lists, and catalogue sentences with
// their placeholders filled.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/input_info.h"
#include "diagnosis/row_view.h"
#include "diagnosis/values.h"
#include "evidence/evidence.h"

namespace whydown::diagnosis {

// Unknown placeholders stay as they are; the catalogue's reader refuses them.
std::string fill(std::string_view text, const Values& values);
// For a command that somebody will paste into a shell. Names come from packets: one that is not
// plain (a blank, a quote, a leading dash) is left out, and its placeholder stands in capitals.
std::string fill_command(std::string_view text, const Values& values);

// "a", "a and b", "a, b and c"; of more than `shown`: "a, b, c and 4 more", where `total` is known.
std::string list_words(std::span<const std::string> items, std::size_t shown, std::uint64_t total);
// "1 lookup", "3 lookups".
std::string count_words(std::uint64_t count, std::string_view noun);
// "all 3 lookups", "both lookups", "the only lookup", "3 of 5 lookups".
std::string share_words(std::uint64_t part, std::uint64_t total, std::string_view noun);
// "about 55 %", in steps of 5: the weights are no finer than that.
std::string percent_words(double probability);
// "lookup", "connection attempt", ...
std::string_view attempt_noun(evidence::Protocol protocol);
std::string_view attempt_noun(const evidence::RowKey& key);
// "got no answer", "were refused with a TCP reset": what happened to several attempts.
std::string_view symptom_words(evidence::Symptom symptom);
// The same of so many: "was refused with a TCP reset" of one.
std::string symptom_words(evidence::Symptom symptom, std::uint64_t count);

// Whether the inputs carry times, dates and zones.
struct Calendar {
  bool has_time = true;
  bool has_date = true;
  bool has_zone = true;
};
Calendar calendar_of(std::span<const base::InputInfo> inputs);
// "between 13:24:32 and 13:28:50 (1:24 pm to 1:28 pm)", "on 2026-01-02 at 13:24:32 UTC (1:24 pm)";
// empty without times.
std::string window_words(const Window& window, const Calendar& calendar);

// First letter in upper case, a full stop at the end.
std::string sentence(std::string text);
// Joined by one blank; empty ones are left out.
std::string paragraph(std::span<const std::string> sentences);

}  // namespace whydown::diagnosis
