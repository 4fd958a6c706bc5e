// The numbers and names of TLS alerts, for the stage after this one.
#pragma once

#include "packet/tls/tls.h"

namespace whydown::journey {

namespace alert = packet::tls::alert;
using packet::tls::alert_name;
using packet::tls::kTls12;

}  // namespace whydown::journey
