// The numbers and names of TLS alerts, for the stage after this one.
#pragma once

#include "packet/tls/tls.h"

namespace whydown::journey {

namespace alert = packet::tls::alert;
using packet::tls::alert_name;
using packet::tls::kTls12;

// Outline::code where a Version Negotiation of QUIC ended a handshake, as alert 70 does in TLS: out
// of the range of alerts.
inline constexpr std::uint16_t kQuicVersions = 256 + alert::protocol_version;

}  // namespace whydown::journey
