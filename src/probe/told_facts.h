// What a server told the probe's own connection, as facts: of TLS by the alert that OpenSSL
// received, of HTTP by the status. Sealed connections hide both from packets, and one answer alone
// raises no incident in a capture.
#pragma once

#include <vector>

#include "base/time.h"
#include "evidence/evidence.h"

namespace whydown::probe {

// How a handshake failed, from libcurl's words, which carry OpenSSL's error code.
struct TlsEnding {
  enum class Kind : std::uint8_t {
    unknown,  // no code: the system's own error
    alert,    // the server's
    refusal,  // this side does not take what the server offers
    no_tls,   // what came is no TLS
    cut       // the connection ended
  };
  Kind kind = Kind::unknown;
  int alert = -1;  // RFC 8446 6
};
TlsEnding tls_ending(const std::string& words);
std::vector<evidence::Fact> alert_facts(int alert);

// `wait` is from the request to the first byte, `handshake` that of TCP.
struct HttpAnswer {
  long status = 0;
  bool has_retry_after = false;
  base::Duration wait{0};
  base::Duration handshake{0};
};
std::vector<evidence::Fact> status_facts(const HttpAnswer& answer);
std::vector<evidence::Fact> slow_facts(const HttpAnswer& answer);

}  // namespace whydown::probe
