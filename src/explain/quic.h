// Internal to explain/: QUIC in one packet.
#pragma once

#include <string>

#include "explain/sheet.h"

namespace whydown::explain {

// Whether the packet is of a QUIC handshake, by its header or by its words. What comes after it
// cannot be told from other datagrams.
bool is_quic(const View& view);
// "QUIC Initial"
std::string quic_title(const View& view);
// The name that a client's first packet asks for; empty where it is not shown.
std::string quic_name(const View& view);
void quic_items(const View& view, Sheet& sheet);

}  // namespace whydown::explain
