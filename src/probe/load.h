// A page loaded from one address of its server, by libcurl.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/address.h"
#include "probe/clock.h"
#include "probe/libcurl.h"
#include "probe/ports.h"
#include "probe/target.h"
#include "probe/trust.h"
#include "report/probe_part.h"

namespace whydown::probe {

// What a load needs of the probe.
struct Loading {
  const LibCurl& curl;
  const Clock& clock;
  const OwnPorts& ports;
  const Authorities& authorities;
  // Whether another name leads to the very same address.
  std::function<bool(const std::string& host, const base::IpAddress& address)> leads_to;
};

// Adds a phase for each of connect, secure, request and transfer that was come to. Redirects are
// followed to the same address only, whatever the name.
void load(const Target& target, const base::IpAddress& address, const Loading& with,
          std::vector<report::ProbePhase>& phases);

}  // namespace whydown::probe
