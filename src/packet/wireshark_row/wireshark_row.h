// One row of a Wireshark or tshark packet list -> a packet.
//
// The Protocol and Info columns say in words what the dissectors saw; ports are only known where
// Info shows them. Nothing is guessed: a field is set only where the words show it.
#pragma once

#include <string_view>

#include "base/interner.h"
#include "packet/packet.h"

namespace whydown::packet {

// `record` is "source\tdestination\tprotocol\tlength\tinfo". Host names go to `names`. `packet`
// comes with place, wire_length, direction and has_time set and all else reset.
void decode_wireshark_row(std::string_view record, base::Interner& names, Packet& packet);

}  // namespace whydown::packet
