// The closed lists that catalogue files and reports speak in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/evidence.h"

namespace whydown::diagnosis {

std::span<const std::string_view> cause_ids();     // without "other", which is always there
std::span<const std::string_view> severity_ids();  // from the gravest to the mildest
std::span<const std::string_view> kind_ids();      // "fault", "attack"
std::span<const std::string_view> placeholders();  // without braces
std::vector<std::string_view> step_ids();
std::vector<std::string_view> protocol_ids();  // journey's, and "any"
std::vector<std::string_view> symptom_ids();   // journey's, without "none"
std::vector<std::string_view> fact_ids();

std::optional<evidence::Step> step_from(std::string_view id);
// 0 for the gravest; unknown ids rank behind the last.
std::size_t severity_rank(std::string_view severity);
std::string one_severity_lower(std::string_view severity);

bool contains(std::span<const std::string_view> list, std::string_view word);
// The word of the list with the fewest edits to `word`; empty when none comes near.
std::string_view nearest(std::span<const std::string_view> list, std::string_view word);

// The name of a well-known port as people know it ("domain", "https"); empty for the others.
// https://www.iana.org/assignments/service-names-port-numbers
std::string_view port_name(std::uint16_t port);
// What the service behind it does, for a supervisor: "the web, encrypted"; empty for the others.
std::string_view port_purpose(std::uint16_t port);

}  // namespace whydown::diagnosis
