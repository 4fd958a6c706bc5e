// TCP (RFC 9293) with the options that tell how a connection was set up.
#pragma once

#include <cstddef>

#include "packet/layer.h"

namespace whydown::packet::tcp {

inline constexpr std::size_t kHeader = 20;

// Payload is whatever one segment carries; putting streams together is not done here.
Next decode(Layer& layer);

}  // namespace whydown::packet::tcp
