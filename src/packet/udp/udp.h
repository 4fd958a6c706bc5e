// UDP (RFC 768).
#pragma once

#include <cstddef>

#include "packet/layer.h"

namespace whydown::packet::udp {

inline constexpr std::size_t kHeader = 8;

Next decode(Layer& layer);

}  // namespace whydown::packet::udp
