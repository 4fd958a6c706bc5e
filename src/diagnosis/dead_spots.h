// Services that served nobody although nobody went without: the first of two resolvers that is
// dead, the IPv6 address of a site that answers over IPv4. No outage, and worth a look.
#pragma once

#include <span>
#include <vector>

#include "base/address.h"
#include "base/quality.h"
#include "diagnosis/subjects.h"
#include "evidence/evidence.h"

namespace whydown::diagnosis {

// One remark for each service with at least limits::kDeadSpotFailures failures, all of them healed,
// that is not in an incident already.
std::vector<base::QualityRemark> dead_spots(const evidence::Store& store,
                                            std::span<const Case> incidents,
                                            const base::AddressBook& book);

}  // namespace whydown::diagnosis
