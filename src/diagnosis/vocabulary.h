// The closed lists that catalogue files and reports speak in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ports.h"
#include "evidence/evidence.h"

namespace whydown::diagnosis {

std::span<const std::string_view> cause_ids();     // without "other", which is always there
std::span<const std::string_view> severity_ids();  // from the gravest to the mildest
std::span<const std::string_view> kind_ids();      // "fault", "attack"
std::span<const std::string_view> send_ids();      // what a probe's check may send
std::span<const std::string_view> placeholders();  // without braces
std::vector<std::string_view> step_ids();
std::vector<std::string_view> protocol_ids();  // journey's, and "any"
std::vector<std::string_view> symptom_ids();   // journey's, without "none"
std::vector<std::string_view> fact_ids();
std::vector<std::string_view> pattern_ids();  // evidence's

std::optional<evidence::Step> step_from(std::string_view id);
// 0 for the gravest; unknown ids rank behind the last.
std::size_t severity_rank(std::string_view severity);
std::string one_severity_lower(std::string_view severity);

bool contains(std::span<const std::string_view> list, std::string_view word);
// The word of the list with the fewest edits to `word`; empty when none comes near.
std::string_view nearest(std::span<const std::string_view> list, std::string_view word);

using base::port_name;
using base::port_purpose;

}  // namespace whydown::diagnosis
