// To whom the system hands packets for a host first.
#pragma once

#include <optional>

#include "base/address.h"

namespace whydown::probe {

// The gateway, or the host itself where it is on the same network; nothing where there is no way.
std::optional<base::IpAddress> next_hop(const base::IpAddress& host);

}  // namespace whydown::probe
