// A probe's result beside somebody else's capture: what the probe made known settles the capture's
// causes, and where the two places saw different things, that is said.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "diagnosis/catalogue.h"
#include "diagnosis/diagnosis.h"

namespace whydown::probe {

struct KnownThere {
  std::string fact;
  bool is = true;
  std::string detail;
};

struct IncidentThere {
  std::string fault;
  std::string title;
  std::vector<std::string> servers;
  std::uint16_t port = 0;  // 0: none
  std::vector<KnownThere> facts;
};

// What `whydown probe -f json` wrote, as far as it is needed.
struct ProbeResult {
  std::string target;
  std::string verdict;  // "incident", "healthy", "inconclusive"
  std::vector<IncidentThere> incidents;
};

std::expected<ProbeResult, base::Error> parse_result(std::string_view json,
                                                     const std::string& file_name);

// Weighs incidents of the same fault at the same service anew with what the probe made known, and
// adds remarks: what that moved, and where the two differ.
void settle(diagnosis::Diagnosis& diagnosis, const diagnosis::Catalogue& catalogue,
            const ProbeResult& result);

}  // namespace whydown::probe
