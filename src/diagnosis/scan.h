// A search for open ports meets closed ones, and nobody needed those: no incident.
//
// Told by an act for each port (a reset or ICMP error: the machine runs), very many ports of one
// host, each tried a few times only, in quick order. Silence is left to the faults: a dead host
// that offered many services looks the same.
#pragma once

#include "base/address.h"
#include "base/quality.h"
#include "diagnosis/subjects.h"

namespace whydown::diagnosis {

bool is_port_scan(const Case& found);
base::QualityRemark scan_remark(const Case& found, const base::AddressBook& book);

}  // namespace whydown::diagnosis
