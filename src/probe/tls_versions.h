// A handshake that offers every version of TLS, also those that clients gave up: what a server
// speaks that refuses the usual ones.
#pragma once

#include <string>

#include "base/address.h"
#include "probe/check_actions.h"

namespace whydown::probe {

Heard ask_old_versions(const Subject& subject, const std::string& host, const Tools& tools);

}  // namespace whydown::probe
