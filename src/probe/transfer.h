// One transfer by libcurl: what it was, and how that is told.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <curl/curl.h>

#include "base/address.h"
#include "probe/clock.h"
#include "probe/trust.h"
#include "report/probe_part.h"

namespace whydown::probe {

// One request, as libcurl goes along.
struct Running {
  const Clock* clock = nullptr;
  const Authorities* authorities = nullptr;
  std::size_t body = 0;
  bool is_cut = false;   // the body is longer than the limit
  bool is_mute = false;  // nothing came for too long
  Clock::Steady::time_point begin = Clock::Steady::now();
  base::Duration secure_begin{0};  // when TLS began, that is when TCP was connected
  curl_off_t seen = 0;
  Presented presented;  // by the server, in TLS
  Clock::Steady::time_point last_heard = Clock::Steady::now();
};

// What one transfer was, read off libcurl when it ended.
struct Transfer {
  CURLcode code = CURLE_OK;
  std::string url;
  base::IpAddress address;
  std::uint16_t port = 0;
  bool is_https = false;
  base::Duration begin{0};
  base::Duration connected{0};  // 0: it did not come so far; from the beginning, like the others
  base::Duration secured{0};
  base::Duration first_byte{0};
  base::Duration total{0};
  long error = 0;  // of the operating system
  long status = 0;
  long retry_after = 0;  // seconds; 0: the server does not say
  std::string words;     // libcurl's
  std::string redirect;
  Running running;
};

// The transfer's steps, each as it ended.
void tell(const Transfer& transfer, std::vector<report::ProbePhase>& out);
// Of the last step, where one redirect too many came.
void tell_endless_redirects(report::ProbePhase& last);

}  // namespace whydown::probe
