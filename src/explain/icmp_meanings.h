// ICMP and ICMPv6 messages: what each type and code says, and how grave it is.
#pragma once

#include <cstdint>
#include <string_view>

#include "packet/packet.h"

namespace whydown::explain {

struct IcmpMeaning {
  packet::Transport family;
  std::uint8_t type;
  int code;  // -1: whatever the code
  bool is_failure;
  std::string_view text;  // a sentence
};

// The entry that fits best; null for what no registry names.
const IcmpMeaning* icmp_meaning(packet::Transport family, std::uint8_t type, std::uint8_t code);

}  // namespace whydown::explain
